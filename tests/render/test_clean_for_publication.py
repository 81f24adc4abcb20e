from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import model
from feeds.render.clean_for_publication import (
    _VALID_URL,
    URL_FIELDS,
    _repair_url,
    clean_for_publication,
    iri,
    uri,
    web_url,
    xml_characters,
)
from feeds.render.listing import FeedListing, Listing
from tests.render.sample_edition import EDITION, FERRY, HOSTILE

ANY = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("given_url", "cleaned"),
    [
        ("https://a.example/x?y=1&z=2#f", "https://a.example/x?y=1&z=2#f"),
        ("HTTP://A.example", "HTTP://A.example/"),
        ("https://a.example?q=1", "https://a.example/?q=1"),
        ("https://bücher.example:80/", "https://xn--bcher-kva.example:80/"),
        ("https://a.example/?x[]=1", "https://a.example/?x%5B%5D=1"),
        ('https://a.exa"mple/', ""),
        ("https://a.example/ä ö", "https://a.example/%C3%A4%20%C3%B6"),
        ('https://a.example/"><b>', "https://a.example/%22%3E%3Cb%3E"),
        ("https://a.example\\@b.example/", ""),
        (" https://a.example/\n", "https://a.example/"),
        ("https://a.exa\nmple/\tb", "https://a.example/b"),
        ("https://user:secret@a.example/@x", "https://a.example/@x"),
        ("https://[2001:db8::1]:8080/", "https://[2001:db8::1]:8080/"),
        ("https://[::1/", ""),
        ("https://a.example:99999/", ""),
        ("https:///path", ""),
        ("https://@/", ""),
        ("//a.example/", ""),
        ("/a", ""),
        ("", ""),
        ("javascript:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        ("\x01javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("file:///etc/passwd", ""),
        ("mailto:a@b.example", ""),
        ("https://a.example/\ud800\ufffe\x00", "https://a.example/"),
    ],
)
def test_web_url_keeps_repairs_or_drops_a_url(given_url: str, cleaned: str) -> None:
    assert web_url(given_url) == cleaned


@given(ANY | ANY.map(lambda text: f"https://{text}") | ANY.map(lambda text: f"http://a.example/{text}"))
def test_web_url_returns_a_web_url_or_nothing_and_is_idempotent(text: str) -> None:
    url = web_url(text)
    assert not url or re.fullmatch(r'(?i:https?)://[^\s<>"{}|\\^`\x00-\x20]+', url)
    assert web_url(url) == url


@given(ANY)
def test_xml_characters_leaves_only_characters_that_xml_allows(text: str) -> None:
    cleaned = xml_characters(text)
    assert all(
        character in "\t\n"
        or "\x20" <= character <= "\ud7ff"
        or "\ue000" <= character <= "\ufffd"
        or character >= "\U00010000"
        for character in cleaned
    )
    assert xml_characters(cleaned) == cleaned
    cleaned.encode()


def test_noncharacters_are_dropped() -> None:
    """They are an error in HTML (NotHtml), and in XML discouraged."""
    assert xml_characters("a\ufdd0b\ufdefc\U0001fffed\U0010ffffe\ufdf0\U0001fffd") == "abcde\ufdf0\U0001fffd"


def test_uri_returns_a_whole_identifier_or_nothing() -> None:
    assert uri("https://a.example") == "https://a.example"
    assert uri("tag:a.example,2026:x") == "tag:a.example,2026:x"
    assert [uri(identifier) for identifier in ("tag:x", "urn:x", "urn:uuid:1", "a b", "javascript:x")] == [
        ""
    ] * 5


def test_replacement_characters_become_question_marks() -> None:
    assert xml_characters("caf\ufffd\x85") == "caf?"


def test_xml_characters_keeps_text_and_normalizes_line_ends() -> None:
    assert xml_characters("a\r\nb\rc\n\td 😀 \u200c") == "a\nb\nc\n\td 😀 \u200c"


@pytest.mark.parametrize(
    "good", ["urn:uuid:1", "tag:a.example,2026:x", "https://a.example/1", "HTTP://A.example"]
)
def test_iri_keeps(good: str) -> None:
    assert iri(good) == good


@pytest.mark.parametrize(
    "bad", ["", "12345", "javascript:alert(1)", "urn:a b", "tag:a\nb", "data:x", "https://"]
)
def test_iri_drops(bad: str) -> None:
    assert iri(bad) == ""


def test_a_clean_value_is_returned_itself() -> None:
    assert clean_for_publication(FERRY) is FERRY
    assert clean_for_publication(EDITION).entries[0] is FERRY


def test_every_part_of_a_hostile_entry_is_cleaned() -> None:
    cleaned = repr(clean_for_publication(HOSTILE))
    assert "javascript:" not in cleaned.replace(repr(HOSTILE.origin.id), "")  # ids are judged by `iri`
    assert "\\ud800" not in cleaned
    assert "secret" not in cleaned


# The published text fields of the model that are not URLs. A new field has to be added here or to URL_FIELDS.
NOT_URLS = {
    "Entry": {"id"},
    "Edition": {"id", "folder", "name", "title", "description", "language", "current", "previous"},
    "Article": {
        *(
            "id",
            "source",
            "guid",
            "canonical",
            "rejected_date",
            "canonical_part",
            "enclosure_key",
            "title",
            "html",
            "summary",
            "text",
            "language",
            "direction",
        ),
        *("rights", "rating"),
    },
    "Person": {"name", "email"},
    "Category": {"term", "scheme", "label"},
    "Link": {"rel", "type", "title", "hreflang", "length"},
    "Media": {"type", "medium", "title", "description", "role", "language", "expression", "rating"},
    "Podcast": {
        *(
            "title",
            "duration",
            "episode",
            "episode_name",
            "season",
            "season_name",
            "summary",
            "episode_type",
            "explicit",
            "subtitle",
            "keywords",
            "chapters_type",
        ),
    },
    "Transcript": {"type", "language", "rel"},
    "PodcastPerson": {"name", "role", "group"},
    "Soundbite": {"title"},
    "Chapter": {"start", "title"},
    "PodcastLocation": {"name", "geo", "osm"},
    "GeoPlace": {"name", "shape"},
    "Origin": {"title", "id", "rights", "language"},
    "Mention": {"source", "title"},
    "Listing": {"name", "title", "description", "language"},
    "Subscription": {"title", "description", "language"},
}


@pytest.mark.parametrize("name", sorted(NOT_URLS))
def test_every_text_field_of_the_model_is_listed_as_a_url_or_as_text(name: str) -> None:
    kind: Any = {"Listing": Listing, "Subscription": FeedListing}.get(name) or getattr(model, name)
    assert is_dataclass(kind)
    hints = get_type_hints(kind)
    texts = {field.name for field in fields(kind) if _is_text(hints[field.name])}
    assert texts - URL_FIELDS == NOT_URLS[name]


def _is_text(hint: Any) -> bool:
    written = str(hint)
    return (
        hint is str
        or hasattr(hint, "__supertype__")
        or "model.Url" in written
        or written.startswith("typing.Literal")
    )


@given(st.from_regex(_VALID_URL, fullmatch=True))
def test_the_fast_path_gives_the_same_result_as_the_repair(url: str) -> None:
    assert web_url(url) == _repair_url(url)
