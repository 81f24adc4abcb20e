"""RSS 2.0."""

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


# output checklist 9
def test_the_channel_link_is_the_page_and_the_self_link_is_this_file() -> None:
    channel = xml(render(EDITION, "rss").data)[0]
    assert words(channel, "link") == ["https://feeds.example/world.html"]
    assert [(link.get("rel"), link.get("href")) for link in channel.iterfind(f"{ATOM}link")] == [
        ("self", "https://feeds.example/world.rss")
    ]
    assert words(xml(render(EMPTY, "rss").data)[0], "link") == ["https://feeds.example/"]
    own = xml(render(EDITION, "atom").data).findall(f"{ATOM}link[@rel='self']")
    assert [link.get("href") for link in own] == ["https://feeds.example/world.atom"]


# output checklist 10
def test_a_guid_is_a_permalink_only_if_it_is_the_link() -> None:
    guids = [item.find("guid") for item in items(render(EDITION, "rss").data)]
    assert [guid.text for guid in guids] == [entry.id for entry in EDITION.entries]
    assert [guid.get("isPermaLink") for guid in guids] == ["true"] + ["false"] * 6
    elsewhere = with_article(FERRY, link=Url("https://ledger.example/other"))
    assert one_item(elsewhere).find("guid").get("isPermaLink") == "false"


# output checklist 11
def test_an_author_is_written_as_author_or_as_creator() -> None:
    assert words(one_item(FERRY), f"{DC}creator") == ["Ada Quay", "Bo Mole"]
    assert words(one_item(FERRY), "author") == []
    assert words(one_item(EPISODE), "author") == ["dee@tide.example (Dee Lock)"]
    assert words(one_item(EPISODE), f"{DC}creator") == []
    nameless = with_article(EPISODE, authors=(Person(name="Eve Weir"),))
    assert words(one_item(nameless), f"{DC}creator") == ["Eve Weir"]
    assert words(one_item(nameless), "author") == []


# output checklist 11
@pytest.mark.parametrize("name", ["Weir, Eve", "Eve (the elder) Weir", 'Eve "Weir', "Eve <Weir>"])
def test_a_name_that_does_not_fit_into_author_is_written_as_creator(name: str) -> None:
    """A strict reader of addresses (RFC 5322), such as the W3C's validator, takes a comma for the end of an address."""
    item = one_item(with_article(EPISODE, authors=(Person(name=name, email="eve@tide.example"),)))
    assert words(item, "author") == []
    assert [creator.replace("\u2060", "") for creator in words(item, f"{DC}creator")] == [name]


# output checklist 12
def test_description_precedes_content_and_is_alone_if_there_is_one_body() -> None:
    names = [child.tag for child in one_item(FERRY)]
    assert names.index("description") < names.index(f"{CONTENT}encoded")
    for entry in (LIGHTHOUSE, EPISODE, UNTITLED):
        item = one_item(entry)
        assert len(words(item, "description")) == 1
        assert words(item, f"{CONTENT}encoded") == []


# output checklist 13
def test_dates_are_rfc_822_in_english() -> None:
    channel = xml(render(EDITION, "rss").data)[0]
    assert words(channel, "lastBuildDate") == ["Tue, 06 Jan 2026 09:05:00 GMT"]
    assert words(channel, "item/pubDate")[0] == "Tue, 06 Jan 2026 08:30:00 GMT"
    for date, entry in zip(words(channel, "item/pubDate"), EDITION.entries, strict=True):
        assert parsedate_to_datetime(date) == entry.published


# output checklist 13
def test_the_locale_of_the_process_is_not_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    def switch(date: datetime) -> str:
        raise AssertionError(f"feedgen wrote {date} through setlocale")

    monkeypatch.setattr(feedgen.feed, "formatRFC2822", switch)
    monkeypatch.setattr(feedgen.entry, "formatRFC2822", switch)
    assert not render(EDITION, "rss").skipped_entries
    assert not render(EDITION, "atom").skipped_entries


# output checklist 14
def test_the_first_enclosure_is_an_enclosure_and_the_others_are_media_rss() -> None:
    item = one_item(FERRY)
    assert [dict(enclosure.attrib) for enclosure in item.iterfind("enclosure")] == [
        {"url": "https://ledger.example/ferry.mp3", "length": "123456", "type": "audio/mpeg"}
    ]
    # The first one again, because the enclosure element has no attribute for its duration.
    assert [content.get("url") for content in item.iterfind(f"{MEDIA}content")] == [
        "https://ledger.example/ferry.mp3",
        "https://ledger.example/timetable.pdf",
        "https://ledger.example/ferry.jpg",
    ]
    unknown = with_article(EPISODE, media=(Media(url="https://tide.example/x"),))
    assert [dict(enclosure.attrib) for enclosure in one_item(unknown).iterfind("enclosure")] == [
        {"url": "https://tide.example/x", "length": "0", "type": "application/octet-stream"}
    ]


# output checklist 15
def test_source_and_ttl_are_written_and_text_input_is_not() -> None:
    channel = xml(render(EDITION, "rss").data)[0]
    sources = [(source.get("url"), source.text) for source in channel.iterfind("item/source")]
    assert sources[0] == ("https://ledger.example/feed.atom", "The Harbour Ledger")
    # The council has a page and no feed, so there is no feed URL.
    assert len(sources) == 4
    assert words(channel, "ttl") == ["30"]
    assert words(xml(render(replace(EDITION, ttl=0), "rss").data)[0], "ttl") == ["1"]
    assert channel.find("textInput") is None


# output checklist 16
def test_plain_text_is_escaped_and_forbidden_characters_are_dropped() -> None:
    data = render(EDITION, "rss").data.decode()
    assert "AT&#x26;amp;T is written AT&#x26;T" in data
    assert "&amp;" not in data
    assert "&lt;" not in data
    for form in FORMATS:
        text = render(EDITION, form).data.decode("utf-8", "strict")
        assert not re.search("[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)


# output checklist 16
def test_a_title_is_safe_for_a_reader_that_takes_it_for_html() -> None:
    for item in items(render(EDITION, "rss").data):
        for path in ("title", "category", "source", f"{DC}creator", f"{DC}contributor", f"{DC}rights"):
            for word in words(item, path):
                assert not re.search(r"<[A-Za-z/!?]", word), word
