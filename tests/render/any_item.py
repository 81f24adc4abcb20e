"""Generates documents whose items hold anything that a feed can hold, as the parsers return them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from feeds.model import (
    Body,
    Category,
    Chapter,
    Document,
    Feed,
    GeoPlace,
    Item,
    Link,
    Media,
    Origin,
    Person,
    Podcast,
    PodcastPerson,
    StatedDate,
)

_PIECES = (
    *("The council met. ", "R&D", "<b>bold</b>", "<b>", "</p>", "&amp;", "&amp;lt;", "&lt;i&gt;x&lt;/i&gt;"),
    *("<script>", "By Ann", "(Reuters)", "“quoted” – 'x'", '"', ", ", ": ", "\u2060", "<\u2060b>", "…"),
    *(
        "Also in: ",
        "[1]",
        "한국어 기사입니다. ",
        "مرحبا بالعالم. ",
        "1 < 2",
        "<https://x.example/>",
        "\n",
        "  ",
    ),
)
_HTML = (
    *(
        "<p>The council met on Monday to talk about the pier.</p>",
        "<p>Nobody came.</p>",
        "text without a tag",
    ),
    *('<p><a href="https://a.example/1">A</a></p>', '<img src="https://c.example/d.jpg" alt="d">', "<hr>"),
    *('<p>Also in: <a href="https://a.example/1">A</a></p>', '<div dir="rtl">مرحبا بالعالم</div>', "(AFP)"),
    *(
        "<pre>a\n  b</pre>",
        "<ul><li>one<li>two</ul>",
        "&lt;b&gt;",
        "R&amp;D",
        "<b>bold</b>",
        "1 &lt; 2",
        "\n\n",
    ),
    *(
        '<div dir="rtl" lang="ar"><p>مرحبا</p></div>',
        "<table><tr><td>1</table>",
        "<p>&lt;p&gt;x&lt;/p&gt;</p>",
    ),
    *(
        '<iframe src="https://www.youtube.com/embed/abcdefghijk"></iframe>',
        '<p id="n1"><a href="#n1">1</a></p>',
    ),
    *('<audio src="https://d.example/e.mp3">', "<math><mi>x</mi></math>", "<p>“Alas”, he said. <br></p>"),
)
_URLS = (
    "https://a.example/1",
    "https://b.example/?x=1&y=2",
    "https://c.example/d.jpg",
    "http://d.example/e.mp3?f=g",
)


def _text(pieces: Sequence[str] = _PIECES, size: int = 4) -> Any:
    return st.lists(st.sampled_from(pieces), max_size=size).map("".join)


def _many(strategy: Any) -> Any:
    return st.lists(strategy, max_size=2).map(tuple)


def _maybe(strategy: Any) -> Any:
    return st.just("") | strategy


_TEXT, _URL = _text(), st.sampled_from(_URLS)
_BODY = st.none() | st.builds(Body, value=_text(_HTML, 5))
_PERSON = st.builds(Person, name=_TEXT, email=_maybe(st.just("bo@desk.example")), uri=_maybe(_URL))
_LINK = st.builds(
    Link,
    href=_URL,
    rel=st.sampled_from(["alternate", "related", "via"]),
    type=st.sampled_from(["", "text/html", "application/atom+xml"]),
    title=_TEXT,
) | st.builds(Link, href=_URL, rel=st.just("replies"), type=st.just("application/rss+xml"), title=_TEXT)
_FILE = st.builds(
    Media,
    url=_URL,
    type=st.sampled_from(["", "audio/mpeg", "image/png", "x"]),
    length=st.sampled_from([None, 0, 7]),
    medium=st.sampled_from(["", "image", "audio", "document"]),
    title=_TEXT,
    description=_TEXT,
    width=st.sampled_from([None, 1, 150, 900]),
    duration=st.sampled_from([None, 60]),
    default=st.booleans(),
    group=st.integers(0, 2),
    thumbnail=_maybe(_URL),
    rating=st.sampled_from(["", "adult", "nonadult"]),
)
_THUMBNAIL = st.builds(
    Media,
    url=_URL,
    medium=st.just("image"),
    width=st.sampled_from([None, 1, 150, 900]),
    role=st.just("thumbnail"),
)


def _in_order(files: tuple[tuple[Media, ...], ...]) -> tuple[Media, ...]:
    """Enclosures first, and the members of a group together."""
    enclosures, contents, thumbnails = files
    return (
        *(replace(medium, group=0) for medium in enclosures),
        *(replace(medium, role="content") for medium in sorted(contents, key=lambda medium: medium.group)),
        *thumbnails,
    )


_PODCAST = st.builds(
    Podcast,
    title=_TEXT,
    duration=st.sampled_from(["", "61", "1:01:01", "9:9"]),
    season=st.sampled_from(["", "2"]),
    explicit=st.sampled_from(["", "yes", "no", "clean"]),
    subtitle=_TEXT,
    summary=_TEXT,
    image=_maybe(_URL),
    chapters=_maybe(_URL),
    marks=_many(st.builds(Chapter, start=st.sampled_from(["0", "1:05"]), title=_TEXT)),
    voices=_many(st.builds(PodcastPerson, name=_TEXT, role=_TEXT, href=_maybe(_URL))),
)
_ORIGIN = st.builds(
    Origin,
    title=_TEXT,
    id=_maybe(_URL),
    url=_maybe(_URL),
    link=_maybe(_URL),
    rights=_TEXT,
    authors=_many(_PERSON),
    language=st.sampled_from(["", "en", "pt-BR"]),
)
_ITEM = st.builds(
    Item,
    guid=st.uuids().map(lambda uuid: f"urn:uuid:{uuid}"),
    title=st.none() | st.builds(Body, value=_TEXT, type=st.sampled_from(["text", "html"])),
    links=_many(_LINK),
    content=_BODY,
    summary=_BODY,
    authors=_many(_PERSON),
    contributors=_many(_PERSON),
    categories=_many(st.builds(Category, term=_TEXT, scheme=_maybe(_URL), label=_TEXT)),
    published=st.just(StatedDate(raw="May", parsed=datetime(2026, 5, 1, 8, tzinfo=UTC))),
    updated=st.sampled_from(
        [StatedDate(), StatedDate(raw="June", parsed=datetime(2026, 6, 2, 8, tzinfo=UTC))]
    ),
    media=st.tuples(_many(_FILE), _many(_FILE), _many(_THUMBNAIL)).map(_in_order),
    rating=st.sampled_from(["", "adult"]),
    comments=_maybe(_URL),
    comment_count=st.none() | st.integers(0, 3),
    rights=_TEXT,
    license=_maybe(_URL),
    language=st.sampled_from(["", "en", "fa"]),
    podcast=_PODCAST,
    place=st.none()
    | st.builds(GeoPlace, latitude=st.floats(-90, 90), longitude=st.floats(-180, 180), name=_TEXT),
    origin=st.none() | _ORIGIN,
)
_FEED = st.builds(
    Feed,
    format=st.just("rss20"),
    title=st.sampled_from(["", "R&D", "The News"]),
    rights=st.sampled_from(["", "© R&D"]),
    language=st.sampled_from(["", "en"]),
    authors=_many(st.builds(Person, name=st.sampled_from(["Ann", "The News"]))),
)
DOCUMENTS: Any = st.builds(Document, feed=_FEED, items=st.lists(_ITEM, min_size=1, max_size=2).map(tuple))
