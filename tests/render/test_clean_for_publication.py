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
from feeds.render.listing import Listing, Subscription
from tests.render.sample_edition import EDITION, FERRY, HOSTILE

ANY = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("given_url", "kept"),
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
def test_web_url(given_url: str, kept: str) -> None:
    assert web_url(given_url) == kept


@given(ANY | ANY.map(lambda text: f"https://{text}") | ANY.map(lambda text: f"http://a.example/{text}"))
def test_web_url_gives_a_web_url_or_nothing_and_is_stable(text: str) -> None:
    url = web_url(text)
    assert not url or re.fullmatch(r'(?i:https?)://[^\s<>"{}|\\^`\x00-\x20]+', url)
    assert web_url(url) == url


@given(ANY)
def test_characters_leaves_only_what_xml_can_hold(text: str) -> None:
    kept = xml_characters(text)
    assert all(
        sign in "\t\n" or "\x20" <= sign <= "\ud7ff" or "\ue000" <= sign <= "\ufffd" or sign >= "\U00010000"
        for sign in kept
    )
    assert xml_characters(kept) == kept
    kept.encode()


def test_noncharacters_go_too() -> None:
    """They are an error in HTML (NotHtml), and in XML discouraged."""
    assert xml_characters("a\ufdd0b\ufdefc\U0001fffed\U0010ffffe\ufdf0\U0001fffd") == "abcde\ufdf0\U0001fffd"


def test_an_identifier_is_a_whole_one_or_none() -> None:
    assert uri("https://a.example") == "https://a.example"
    assert uri("tag:a.example,2026:x") == "tag:a.example,2026:x"
    assert [uri(one) for one in ("tag:x", "urn:x", "urn:uuid:1", "a b", "javascript:x")] == [""] * 5


def test_characters_marks_what_was_lost_as_validators_allow() -> None:
    assert xml_characters("caf\ufffd\x85") == "caf?"


def test_characters_keeps_text_and_reads_line_ends_as_xml_does() -> None:
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


def test_admit_gives_back_the_value_itself_where_nothing_is_wrong() -> None:
    assert clean_for_publication(FERRY) is FERRY
    assert clean_for_publication(EDITION).entries[0] is FERRY


def test_admit_mends_every_part() -> None:
    admitted = repr(clean_for_publication(HOSTILE))
    assert "javascript:" not in admitted.replace(repr(HOSTILE.origin.id), "")  # ids are judged by `iri`
    assert "\\ud800" not in admitted
    assert "secret" not in admitted


# The published text fields of the model that are not URLs. A new field has to be added here or to URL_FIELDS.
NOT_URLS = {
    "Entry": {"id"},
    "Edition": {"id", "folder", "name", "title", "description", "language", "current", "previous"},
    "Article": {
        *("id", "source", "guid", "canonical", "title", "html", "summary", "text", "language", "direction"),
        *("rights",),
    },
    "Person": {"name", "email"},
    "Category": {"term", "scheme", "label"},
    "Link": {"rel", "type", "title", "hreflang", "length"},
    "Media": {"type", "medium", "title", "description", "role", "language", "expression"},
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
def test_every_text_field_of_the_model_is_known_as_a_url_or_as_none(name: str) -> None:
    kind: Any = {"Listing": Listing, "Subscription": Subscription}.get(name) or getattr(model, name)
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
def test_what_is_passed_at_a_glance_would_be_passed_after_a_long_look(url: str) -> None:
    assert web_url(url) == _repair_url(url)
