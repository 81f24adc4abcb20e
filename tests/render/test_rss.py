"""RSS 2.0. A number is the line of the output rules that the test holds."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime

import feedgen.entry
import feedgen.feed
import pytest

from feeds.model import (
    Media,
    Person,
    Url,
)
from feeds.render import render
from tests.render.parse_output import (
    ATOM,
    CONTENT,
    DC,
    FORMATS,
    MEDIA,
    items,
    one_item,
    words,
    xml,
)
from tests.render.sample_edition import (
    EDITION,
    EMPTY,
    EPISODE,
    FERRY,
    LIGHTHOUSE,
    UNTITLED,
    with_article,
)


def test_line_09_channel_link_is_the_page_and_self_is_this_file() -> None:
    channel = xml(render(EDITION, "rss").data)[0]
    assert words(channel, "link") == ["https://feeds.example/world.html"]
    assert [(one.get("rel"), one.get("href")) for one in channel.iterfind(f"{ATOM}link")] == [
        ("self", "https://feeds.example/world.rss")
    ]
    assert words(xml(render(EMPTY, "rss").data)[0], "link") == ["https://feeds.example/"]
    own = xml(render(EDITION, "atom").data).findall(f"{ATOM}link[@rel='self']")
    assert [link.get("href") for link in own] == ["https://feeds.example/world.atom"]


def test_line_10_guid_is_a_permalink_only_where_it_is_the_link() -> None:
    guids = [item.find("guid") for item in items(render(EDITION, "rss").data)]
    assert [guid.text for guid in guids] == [entry.id for entry in EDITION.entries]
    assert [guid.get("isPermaLink") for guid in guids] == ["true"] + ["false"] * 6
    elsewhere = with_article(FERRY, link=Url("https://ledger.example/other"))
    assert one_item(elsewhere).find("guid").get("isPermaLink") == "false"


def test_line_11_an_author_stands_in_one_place() -> None:
    assert words(one_item(FERRY), f"{DC}creator") == ["Ada Quay", "Bo Mole"]
    assert words(one_item(FERRY), "author") == []
    assert words(one_item(EPISODE), "author") == ["dee@tide.example (Dee Lock)"]
    assert words(one_item(EPISODE), f"{DC}creator") == []
    nameless = with_article(EPISODE, authors=(Person(name="Eve Weir"),))
    assert words(one_item(nameless), f"{DC}creator") == ["Eve Weir"]
    assert words(one_item(nameless), "author") == []


@pytest.mark.parametrize("name", ["Weir, Eve", "Eve (the elder) Weir", 'Eve "Weir', "Eve <Weir>"])
def test_line_11_a_name_that_is_no_comment_of_an_address_is_a_creators(name: str) -> None:
    """What reads addresses strictly (RFC 5322), the W3C's validator with it, takes a comma in one for two."""
    item = one_item(with_article(EPISODE, authors=(Person(name=name, email="eve@tide.example"),)))
    assert words(item, "author") == []
    assert [one.replace("\u2060", "") for one in words(item, f"{DC}creator")] == [name]


def test_line_12_description_stands_before_content_and_alone_where_there_is_one_body() -> None:
    names = [child.tag for child in one_item(FERRY)]
    assert names.index("description") < names.index(f"{CONTENT}encoded")
    for entry in (LIGHTHOUSE, EPISODE, UNTITLED):
        item = one_item(entry)
        assert len(words(item, "description")) == 1
        assert words(item, f"{CONTENT}encoded") == []


def test_line_13_dates_are_rfc_822_in_english() -> None:
    channel = xml(render(EDITION, "rss").data)[0]
    assert words(channel, "lastBuildDate") == ["Tue, 06 Jan 2026 09:05:00 GMT"]
    assert words(channel, "item/pubDate")[0] == "Tue, 06 Jan 2026 08:30:00 GMT"
    for date, entry in zip(words(channel, "item/pubDate"), EDITION.entries, strict=True):
        assert parsedate_to_datetime(date) == entry.published


def test_line_13_the_process_wide_locale_is_not_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    def switch(date: datetime) -> str:
        raise AssertionError(f"feedgen wrote {date} through setlocale")

    monkeypatch.setattr(feedgen.feed, "formatRFC2822", switch)
    monkeypatch.setattr(feedgen.entry, "formatRFC2822", switch)
    assert not render(EDITION, "rss").left_out
    assert not render(EDITION, "atom").left_out


def test_line_14_one_enclosure_and_the_others_as_media() -> None:
    item = one_item(FERRY)
    assert [dict(one.attrib) for one in item.iterfind("enclosure")] == [
        {"url": "https://ledger.example/ferry.mp3", "length": "123456", "type": "audio/mpeg"}
    ]
    # The first once more, since its duration has no place in the element.
    assert [one.get("url") for one in item.iterfind(f"{MEDIA}content")] == [
        "https://ledger.example/ferry.mp3",
        "https://ledger.example/timetable.pdf",
        "https://ledger.example/ferry.jpg",
    ]
    unknown = with_article(EPISODE, media=(Media(url="https://tide.example/x"),))
    assert [dict(one.attrib) for one in one_item(unknown).iterfind("enclosure")] == [
        {"url": "https://tide.example/x", "length": "0", "type": "application/octet-stream"}
    ]


def test_line_15_source_ttl_and_no_text_input() -> None:
    channel = xml(render(EDITION, "rss").data)[0]
    sources = [(one.get("url"), one.text) for one in channel.iterfind("item/source")]
    assert sources[0] == ("https://ledger.example/feed.atom", "The Harbour Ledger")
    # The council has a page and no feed: there is no address to give.
    assert len(sources) == 4
    assert words(channel, "ttl") == ["30"]
    assert words(xml(render(replace(EDITION, ttl=0), "rss").data)[0], "ttl") == ["1"]
    assert channel.find("textInput") is None


def test_line_16_plain_text_is_escaped_and_forbidden_characters_are_gone() -> None:
    data = render(EDITION, "rss").data.decode()
    assert "AT&#x26;amp;T is written AT&#x26;T" in data
    assert "&amp;" not in data
    assert "&lt;" not in data
    for form in FORMATS:
        text = render(EDITION, form).data.decode("utf-8", "strict")
        assert not re.search("[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)


def test_line_16_a_title_is_no_markup_to_a_reader_that_guesses() -> None:
    for item in items(render(EDITION, "rss").data):
        for path in ("title", "category", "source", f"{DC}creator", f"{DC}contributor", f"{DC}rights"):
            for word in words(item, path):
                assert not re.search(r"<[A-Za-z/!?]", word), word
