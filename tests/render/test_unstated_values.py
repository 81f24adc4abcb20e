"""What no source states is not published, unless the format requires a value."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from feeds.model import Format, Link, Media, Origin, Person, Podcast, Text
from feeds.render import render
from feeds.render.feedgen_extension import NAMESPACES
from tests.render.parse_output import DC, MEDIA, atom, json_items, one_item
from tests.render.sample_edition import BARE_LINK, EDITION, EPISODE, FERRY, with_article

ITUNES = f"{{{NAMESPACES['itunes']}}}"


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_a_feed_with_an_episode_states_nothing_of_a_podcast_as_a_whole(form: Format) -> None:
    """No address of an owner, no category, no explicit flag because of one entry, no language."""
    explicit = with_article(EPISODE, podcast=replace(EPISODE.article.podcast, explicit="yes"))
    data = render(replace(EDITION, language="", entries=(FERRY, explicit)), form).data
    root = etree.fromstring(data)
    head = root if form == "atom" else root[0]
    assert [child.tag for child in head if str(child.tag).startswith(ITUNES)] == []
    assert b"noreply" not in data
    assert b"mul" not in data.partition(b"<entry" if form == "atom" else b"<item")[0]
    assert [element.text for element in root.iter(f"{ITUNES}explicit")] == ["true"]


def test_a_media_type_that_is_not_known_is_published_only_where_it_is_required() -> None:
    unknown = Media(url="https://a.example/x", type="application/octet-stream", role="content")
    entry = with_article(
        BARE_LINK, media=(unknown, replace(unknown, url="https://a.example/y", role="enclosure"))
    )
    item = one_item(entry)
    assert "type" not in item.find(f"{MEDIA}content").attrib
    assert item.find("enclosure").get("type") == "application/octet-stream"
    assert [file["mime_type"] for file in json_items(entry)[0]["attachments"]] == [
        "application/octet-stream"
    ] * 2


def test_an_unknown_length_is_published_only_where_it_is_required() -> None:
    entry = with_article(
        BARE_LINK, media=(Media(url="https://a.example/x.mp3", type="audio/mpeg", length=0),)
    )
    assert one_item(entry).find("enclosure").get("length") == "0"
    assert "size_in_bytes" not in json_items(entry)[0]["attachments"][0]


def test_the_rights_of_the_source_are_not_those_of_the_entry_in_json_feed() -> None:
    entry = replace(with_article(FERRY, rights=Text("")), origin=Origin(title="Herald", rights="© Herald"))
    extension = json_items(entry)[0]["_feeds"]
    assert "rights" not in extension
    assert extension["origin"]["rights"] == "© Herald"
    assert one_item(entry).findtext(f"{DC}rights") == "© Herald"  # RSS has no other place for them


def test_the_source_is_the_author_only_where_atom_needs_one() -> None:
    entry = replace(
        BARE_LINK, origin=replace(BARE_LINK.origin, authors=(Person(name=BARE_LINK.origin.title),))
    )
    source = atom(entry).find("{*}entry/{*}source")
    assert source.findtext("{*}author/{*}name") == BARE_LINK.origin.title
    assert "authors" not in json_items(entry)[0]["_feeds"]["origin"]


def test_the_type_of_a_feed_of_comments_is_the_stated_one() -> None:
    comments = Link(href="https://a.example/c", rel="replies", type="application/atom+xml", title="Talk")
    item = one_item(with_article(BARE_LINK, related=(comments,)))
    [link] = [link for link in item.iterfind(f"{{{NAMESPACES['atom']}}}link") if link.get("rel") == "replies"]
    assert (link.get("type"), link.get("title")) == ("application/atom+xml", "Talk")
    assert item.findtext(f"{{{NAMESPACES['wfw']}}}commentRss") == comments.href
    plain = one_item(
        with_article(BARE_LINK, related=(replace(comments, type="application/rss+xml", title=""),))
    )
    assert plain.findtext(f"{{{NAMESPACES['wfw']}}}commentRss") == comments.href
    assert plain.find(f"{{{NAMESPACES['atom']}}}link") is None


@pytest.mark.parametrize(
    ("stated", "published"),
    [
        ({"explicit": "clean", "duration": "61:5"}, {"explicit": "false", "duration": "1:01:05"}),
        ({"explicit": "perhaps", "duration": "an hour"}, {"explicit": "perhaps", "duration": "an hour"}),
    ],
)
def test_json_feed_spells_the_values_of_an_episode_as_xml_does(stated: Any, published: Any) -> None:
    entry = with_article(BARE_LINK, podcast=Podcast(**stated))
    item = json.loads(render(replace(EDITION, entries=(entry,)), "json").data)["items"][0]
    assert item["_feeds"]["podcast"] == published
