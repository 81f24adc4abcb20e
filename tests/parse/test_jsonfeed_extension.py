"""The `_feeds` extension of our own JSON Feed is read back; values of the wrong type in it are ignored."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from feeds.model import (
    Body,
    Category,
    Chapter,
    Document,
    GeoPlace,
    Item,
    Link,
    Media,
    Mention,
    Origin,
    Person,
    Podcast,
    PodcastLocation,
    PodcastPerson,
    Soundbite,
    Text,
    Transcript,
    Url,
)
from feeds.parse import parse
from feeds.render import render
from tests.render.sample_edition import EDITION, FERRY

URL = "https://feeds.example/world.json"


def read(item: Any, **top: Any) -> Document:
    version = "https://jsonfeed.org/version/1.1"
    body = json.dumps({"version": version, "items": [{"id": "a", **item}], **top}).encode()
    return parse("s", body, url=URL, content_type="application/feed+json")


def test_every_value_of_a_published_entry_is_read_back() -> None:
    podcast = Podcast(
        title="12",
        duration="1:01:07",
        episode="12",
        season="2",
        explicit="false",
        marks=(Chapter(start="0", title="Start"),),
        transcripts=(Transcript(url="https://tide.example/12.vtt", type="text/vtt", language="en"),),
        voices=(PodcastPerson(name="Dee", role="host", href="https://tide.example/dee"),),
        soundbites=(Soundbite(start=1.5, duration=20.0, title="Waves"),),
        location=PodcastLocation(name="Quay", geo="geo:55.6,-4.25"),
    )
    place = GeoPlace(
        latitude=55.6, longitude=-4.25, name="Quay", shape="line", points=((55.6, -4.25), (56.0, -4.0))
    )
    article = replace(FERRY.article, podcast=podcast, place=place, comment_count=0)
    edition = replace(EDITION, entries=(replace(FERRY, article=article),))
    document = parse("s", render(edition, "json").data, url=URL, content_type="application/feed+json")
    assert document.feed.own_output
    assert (document.feed.id, document.feed.ttl, document.feed.updated.parsed) == (
        EDITION.id,
        30,
        EDITION.updated,
    )
    [item] = document.items
    assert item.podcast == podcast
    assert item.place == place
    assert item.origin == replace(FERRY.origin, links=())
    assert item.also_in == FERRY.also
    assert item.authors == article.authors
    assert item.contributors == article.contributors
    assert item.credits == article.credits
    assert item.categories == article.categories
    assert (item.rights, item.license) == (article.rights, article.license)
    assert (item.comments, item.comment_count) == (article.comments, 0)
    assert item.summary == Body(value=article.summary, language="en-GB")
    assert [link for link in item.links if link.rel != "alternate"] == list(article.related[:2])
    assert {medium.url: medium.role for medium in item.media} == {
        medium.url: medium.role for medium in article.media
    }
    assert [medium for medium in item.media if medium.width] == [
        replace(medium, medium=medium.medium) for medium in article.media if medium.width
    ]


def test_the_lead_image_is_a_thumbnail_and_no_attachment() -> None:
    image = {"image": "https://a.example/lead.jpg"}
    thumbnail = Media(url="https://a.example/lead.jpg", medium="image", role="thumbnail")
    assert read(image | {"_feeds": {"credits": ["AFP"]}}).items[0].media == (thumbnail,)
    assert read(image).items[0].media == (replace(thumbnail, role="content"),)  # of other publishers


KEYS = (
    *("origin", "also_in", "summary", "authors", "contributors", "credits", "categories", "related", "media"),
    *("podcast", "place", "rights", "license", "comments", "comment_count", "rating"),
)
WRONG_PARTS: tuple[Any, ...] = (None, 7, [7], [{}], [{"start": 1, "duration": -1}], {"name": 7})
WRONG: tuple[Any, ...] = (
    None,
    7,
    True,
    "x",
    "",
    [],
    [7],
    [[]],
    [None],
    [{}],
    [{"url": 7, "term": [], "name": {}}],
    {},
    {"title": 7},
)


@pytest.mark.parametrize("key", KEYS)
def test_values_of_the_wrong_type_are_ignored(key: str) -> None:
    plain = read({"_feeds": {"credits": ["AFP"]}}).items[0]
    for wrong in WRONG:
        if isinstance(wrong, str) and key in ("summary", "rights", "license", "comments"):
            continue  # the right type
        if wrong == 7 and key == "comment_count":
            continue
        [item] = read({"_feeds": {"credits": ["AFP"], key: wrong}}).items
        expected = replace(plain, credits=()) if key == "credits" else plain
        assert item == expected, wrong


@pytest.mark.parametrize("key", ["podcast", "place", "origin"])
def test_values_of_the_wrong_type_inside_an_object_are_ignored(key: str) -> None:
    inside = (
        "title",
        "marks",
        "transcripts",
        "voices",
        "soundbites",
        "location",
        "latitude",
        "points",
        "authors",
    )
    for name in inside:
        for wrong in WRONG_PARTS:
            [item] = read({"_feeds": {key: {name: wrong}}}).items
            assert item == Item(guid="a"), (name, wrong)


def test_a_feed_of_another_publisher_is_not_our_own() -> None:
    document = read({"title": "t", "tags": ["x"]})
    assert not document.feed.own_output
    assert document.items[0].categories == (Category(term="x"),)
    assert document.items[0].origin is None


def test_relations_and_mentions_need_a_url() -> None:
    extension = {
        "related": [{"url": "/1"}, {"rel": "via"}],
        "also_in": [{"url": "/2", "source": "B"}, {"source": "C"}],
        "contributors": [{"name": "Cy", "url": "/cy"}],
        "origin": {"feed_url": "/feed"},
    }
    [item] = read({"_feeds": extension}).items
    assert item.links == (Link(href="https://feeds.example/1", rel="related"),)
    assert item.also_in == (Mention(source=Text("B"), title=Text(""), link=Url("https://feeds.example/2")),)
    assert item.contributors == (Person(name="Cy", uri="https://feeds.example/cy"),)
    assert item.origin == Origin(url="https://feeds.example/feed")
