"""Publishes an edition, and reads it as another instance would: a hop from one instance to the next."""

from __future__ import annotations

import json
from dataclasses import replace

from lxml import etree

from feeds.dedupe.identity import match_known
from feeds.model import Document, Edition, Entry, Format, Mention, Source, Text, Url
from feeds.normalize.article import to_articles
from feeds.parse import parse
from feeds.render import render
from feeds.render.clean_for_publication import uri
from feeds.render.edition import source_origin
from tests.render.invented_edition import NOW, edition_with, entry_of

URL = "https://source.example/feed"
TYPES = {"atom": "application/atom+xml", "rss": "application/rss+xml", "json": "application/feed+json"}


def edition_of(document: Document, url: str = URL) -> Edition:
    """An output whose only source is this document."""
    articles, skipped = to_articles(document, source="source", url=url, now=NOW)
    assert not document.feed.own_output or not skipped, skipped
    home = source_origin(Source(id="source", url=url), document.feed)
    entries: dict[str, Entry] = {}
    for match in match_known(articles, {}):
        entry = entry_of(match.article, home)
        entries.setdefault(entry.id, entry)
    return edition_with(entries.values())


def read_back(edition: Edition, form: Format) -> Document:
    """Publish the edition and parse it."""
    rendered = render(edition, form)
    assert not rendered.skipped_entries, rendered.skipped_entries
    return parse("source", rendered.data, content_type=TYPES[form], url=edition.url(form))


def after_hops(edition: Edition, *forms: Format) -> Edition:
    """The output of the last of several instances, of which each reads the one before it in one of these formats."""
    for form in forms:
        edition = edition_of(read_back(edition, form), edition.url(form))
    return edition


def entries_in(edition: Edition, form: Format) -> dict[str, str]:
    """Entry id → the entry as it is published in this format."""
    data = render(edition, form).data
    if form == "json":
        return {item["id"]: json.dumps(item, indent=1) for item in json.loads(data)["items"]}
    root = etree.fromstring(data)
    name, id_name = ("{*}entry", "{*}id") if form == "atom" else ("channel/item", "guid")
    return {
        element.findtext(id_name): etree.tostring(element, encoding="unicode")
        for element in root.iterfind(name)
    }


def with_mentions(edition: Edition) -> Edition:
    """The edition with other pages that carry the story, on every second entry."""
    mentions = (
        Mention(
            source=Text("Tom & Jerry’s “Daily” <News>"),
            title=Text('One: "a" & <b>'),
            link=Url("https://a.example/?a=1&b=2"),
        ),
        Mention(source=Text("B, and C: more"), title=Text(""), link=Url("https://b.example/'x'")),
    )
    entries = tuple(
        replace(entry, also=mentions) if number % 2 else entry for number, entry in enumerate(edition.entries)
    )
    return replace(edition, entries=entries)


def as_atom_can_say(edition: Edition) -> Edition:
    """The edition without what Atom cannot express: the scheme of a category is an IRI, and the categories of the
    source are not repeated where the entry has its own."""
    return replace(edition, entries=tuple(map(_as_atom_can_say, edition.entries)))


def _as_atom_can_say(entry: Entry) -> Entry:
    categories = tuple(
        replace(category, scheme=uri(category.scheme)) for category in entry.article.categories
    )
    return replace(
        entry,
        article=replace(entry.article, categories=categories),
        origin=replace(entry.origin, categories=()) if categories else entry.origin,
    )
