"""Any edition is published well-formed, is read back with the same meaning, and contains nothing that runs."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.model import (
    Article,
    Category,
    Entry,
    GeoPlace,
    Link,
    Media,
    Mention,
    Origin,
    Person,
    Podcast,
    Transcript,
)
from feeds.publish.sink import check_for
from feeds.render import entry_text, opml, render
from feeds.render.clean_for_publication import clean_for_publication
from feeds.render.listing import FeedListing, build_listing
from feeds.render.pages import index
from tests.render.parse_output import ATOM, read, words, xml
from tests.render.sample_edition import EDITION

NASTY = (
    "<script>alert(1)</script>",
    "]]>",
    "<![CDATA[",
    "&amp;",
    "&#0;",
    "&nbsp;",
    "\x00\x0b\x1b",
    "\ud800",
    "\ufffe\uffff",
    "\u202e\u200b",
    "<!--",
    "\r\n\t",
    "javascript:alert(1)",
    'https://a.example/?q="<>&',
    "{{ 7 * 7 }}",
    "<a>",
    "&",
    "<",
)
ANY: Any = st.text(st.characters(exclude_categories=()), max_size=12)
TEXT: Any = st.lists(ANY | st.sampled_from(NASTY), max_size=3).map("".join)
# feedparser drops a question mark that nothing follows
WEB: Any = st.from_regex(
    r"https?://[a-z]{1,8}\.example/[a-zA-Z0-9/?&=.%~_-]{0,11}[a-zA-Z0-9/&=.%~_-]", fullmatch=True
)
URL: Any = TEXT | WEB
NUMBER: Any = st.none() | st.integers(-5, 2**40)
MOMENT: Any = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=0)
)


def many(strategy: Any) -> Any:
    return st.lists(strategy, max_size=2).map(tuple)


PERSON = st.builds(Person, name=TEXT, email=TEXT, uri=URL)
MEDIA = st.builds(
    Media,
    url=URL,
    type=TEXT,
    length=NUMBER,
    medium=TEXT,
    title=TEXT,
    description=TEXT,
    width=NUMBER,
    height=NUMBER,
    duration=NUMBER,
    thumbnail=URL,
    role=st.sampled_from(["enclosure", "content", "thumbnail"]),
)
PODCAST = st.builds(
    Podcast,
    duration=TEXT,
    episode=TEXT,
    season=TEXT,
    episode_type=TEXT,
    explicit=TEXT,
    image=URL,
    subtitle=TEXT,
    keywords=TEXT,
    chapters=URL,
    chapters_type=TEXT,
    transcripts=many(st.builds(Transcript, url=URL, type=TEXT, language=TEXT, rel=TEXT)),
)
ARTICLE = st.builds(
    Article,
    id=TEXT,
    source=TEXT,
    link=st.none() | URL,
    title=TEXT,
    html=TEXT,
    summary=TEXT,
    text=TEXT,
    authors=many(PERSON),
    contributors=many(PERSON),
    credits=many(TEXT),
    categories=many(st.builds(Category, term=TEXT, scheme=URL, label=TEXT)),
    first_seen=MOMENT,
    language=TEXT,
    direction=st.sampled_from(["", "ltr", "rtl"]),
    media=many(MEDIA),
    image=st.none() | URL,
    comments=st.none() | URL,
    rights=TEXT,
    license=st.none() | URL,
    podcast=PODCAST,
    place=st.none() | st.builds(GeoPlace, latitude=st.floats(), longitude=st.floats(), name=TEXT),
    related=many(st.builds(Link, href=URL, rel=TEXT | st.sampled_from(["related", "via"]), title=TEXT)),
)
ORIGIN = st.builds(
    Origin,
    title=TEXT,
    id=URL,
    url=URL,
    link=URL,
    updated=st.none() | MOMENT,
    rights=TEXT,
    authors=many(PERSON),
    language=TEXT,
    icon=URL,
)
ENTRY = st.builds(
    Entry,
    id=WEB | st.uuids().map(lambda uuid: f"urn:uuid:{uuid}"),
    published=MOMENT,
    updated=MOMENT,
    article=ARTICLE,
    origin=ORIGIN,
    also=many(st.builds(Mention, source=TEXT, title=TEXT, link=URL)),
    copies=many(st.builds(Mention, source=TEXT, title=TEXT, link=URL)),
)
EDITIONS = st.builds(
    lambda title, description, language, entries: replace(
        EDITION, title=title, description=description, language=language, entries=entries
    ),
    TEXT,
    TEXT,
    TEXT,
    st.lists(ENTRY, max_size=3, unique_by=lambda entry: entry.id).map(tuple),
)
some = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@some
@given(EDITIONS)
def test_any_entry_is_published_and_read_back_with_the_same_meaning(edition: Any) -> None:
    shown = [clean_for_publication(entry) for entry in edition.entries]
    headlines = [entry_text.headline(entry) for entry in shown]

    data = render(edition, "atom").data
    check_for("world.atom")(data)
    root = xml(data)
    assert words(root, f"{ATOM}entry/{ATOM}id") == [entry.id for entry in shown]
    titles = root.iterfind(f"{ATOM}entry/{ATOM}title")
    assert [
        unescape(title.text) if title.get("type") == "html" else title.text for title in titles
    ] == headlines
    links = root.iterfind(f"{ATOM}entry/{ATOM}link[@rel='alternate']")
    assert [link.get("href") for link in links] == [
        entry.article.link for entry in shown if entry.article.link
    ]

    data = render(edition, "rss").data
    check_for("world.rss")(data)
    channel = xml(data)[0]
    assert words(channel, "item/guid") == [entry.id for entry in shown]
    assert words(channel, "item/title") == [entry_text.neutralize_tags(headline) for headline in headlines]
    assert words(channel, "item/link") == [entry.article.link for entry in shown if entry.article.link]


@some
@given(EDITIONS)
def test_feedparser_reads_any_edition_without_an_error(edition: Any) -> None:
    shown = [clean_for_publication(entry) for entry in edition.entries]
    for form in ("atom", "rss"):
        rendered = render(edition, form)
        assert rendered.skipped_entries == ()
        feed = read(rendered.data, form)
        assert not feed.bozo
        assert [entry.id for entry in feed.entries] == [entry.id for entry in shown]
        for back, entry in zip(feed.entries, shown, strict=True):
            headline = entry_text.headline(entry)
            shown_title = (
                unescape(back.title)
                if form == "atom" and entry_text.looks_like_html(headline)
                else back.title
            )
            assert shown_title == _repaired(
                headline if form == "atom" else entry_text.neutralize_tags(headline)
            )
            assert back.published_parsed[:6] == entry.published.timetuple()[:6]
            if entry.article.link:
                assert back.link == entry.article.link


def _repaired(text: str) -> str:
    """feedparser repairs text that looks like UTF-8 decoded as Latin-1."""
    with suppress(UnicodeError):
        return text.encode("iso-8859-1").decode("utf-8")
    return text


@some
@given(EDITIONS)
def test_json_and_html_of_any_edition_are_whole(edition: Any) -> None:
    shown = [clean_for_publication(entry) for entry in edition.entries]
    rendered = render(edition, "json")
    assert rendered.skipped_entries == ()
    items = json.loads(rendered.data)["items"]
    assert [item["id"] for item in items] == [entry.id for entry in shown]
    assert [item["title"] for item in items] == [entry_text.headline(entry) for entry in shown]
    rendered = render(edition, "html")
    assert rendered.skipped_entries == ()
    check_for("world.html")(rendered.data)
    text = rendered.data.decode()
    assert text.count("<article") == len(shown)
    assert "<script" not in text
    assert not re.search(r"(?:href|src)=.javascript:", text)


@some
@given(
    TEXT,
    EDITIONS,
    many(st.builds(FeedListing, title=TEXT, url=URL, link=URL, tags=many(TEXT), language=TEXT)),
)
def test_opml_and_the_front_page_of_any_edition_are_whole(
    title: str, edition: Any, subscriptions: Any
) -> None:
    check_for("world.opml")(opml.render(title, subscriptions).data)
    listings = (build_listing(edition),)
    check_for("world.opml")(opml.render(title, opml.list_outputs(listings)).data)
    front_page = index.render(title, EDITION.base_url, listings, subscriptions)
    check_for("world.html")(front_page)
    assert b"<script" not in front_page


@some
@given(EDITIONS)
def test_the_same_edition_gives_the_same_bytes(edition: Any) -> None:
    again = replace(edition, entries=tuple(replace(entry) for entry in edition.entries))
    for form in ("atom", "rss", "json", "html"):
        assert render(edition, form) == render(again, form)
