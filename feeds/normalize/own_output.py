"""Reads back what another instance of this program published: the Atom, RSS and JSON Feed of `feeds.render`.

The values are clean already, and are taken as they are: what is guessed about the texts of other publishers (double
escapes, bylines, credits, repeats) could change them at every hop. HTML is sanitized and URLs are checked all the same.
What the renderers add is taken out, because the next renderer adds it again:

- the last line of the body, "Also in: …"
- the `div` around a body that is written from right to left
- a headline that is made out of the text, and a text that only repeats the headline because the format needs one
- the word joiner in plain text that looks like a tag
"""

# ruff: noqa: SIM905 - lists of words are read as words

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from html import escape, unescape
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from feeds.model import Body, Category, Feed, Item, Link, Media, Mention, Origin, Person, Podcast, Text, Url
from feeds.model.headline import place_and_date, words_for_headline
from feeds.normalize.body import EMPTY_BODY, BodyAndSummary, CleanBody
from feeds.normalize.credits.agencies import agency_name
from feeds.normalize.html import sanitize
from feeds.normalize.lines import lines_of, text_of
from feeds.normalize.media import has_media
from feeds.normalize.text import one_line
from feeds.normalize.tree import parse_sanitized
from feeds.normalize.url import absolute_url

T = TypeVar("T")

# As `render.entry_text` writes them. A link in the text of an article has a `rel`, which `html.sanitize` adds.
_LINK = r'<a href="([^"<>]*+)"(?: title="([^"<>]*+)")?>([^<>]*+)</a>'
_MENTION = re.compile(_LINK)
_ALSO_IN = re.compile(rf"<p>[^<>]{{1,60}}: {_LINK}(?:, {_LINK})*</p>")
_RIGHT_TO_LEFT = re.compile(r'<div dir="rtl" lang="([A-Za-z0-9-]*)">')
_DIV_TAG = re.compile(r"<(/?)div[ >]")
_JOINED_TAG = re.compile("<\u2060(?=[A-Za-z/!?])")
_NOT_TEXT = frozenset(
    "chapters comments content_src guid href icon id image license link raw thumbnail type uri url".split()
)


@dataclass(frozen=True, slots=True)
class OwnItem:
    """An item of our own output. `item` has its other fields, for the usual normalization."""

    item: Item
    title: Text  # "" if the renderer made it up
    bodies: BodyAndSummary
    authors: tuple[Person, ...]
    contributors: tuple[Person, ...]
    is_right_to_left: bool | None  # whether the body is marked so; None: there is no body
    origin: Origin | None
    also_in: tuple[Mention, ...]


def read_own_item(item: Item, feed: Feed) -> OwnItem:
    """The item as the other instance has it. `feed`: of its document."""
    title = _title(item.title, feed) if item.title else Text("")
    content, summary = _bodies(item, title, feed)
    html, is_right_to_left = _without_direction(content, item.language or feed.language)
    related = {link.href for link in item.links if link.rel == "related"}
    html, mentioned = _without_also_in(html, related.union(mention.link for mention in item.also_in))
    body, clean_summary = _clean_body(html), _clean_body(summary)
    contributors, agencies = _split_agencies(item, feed)
    also_in = item.also_in or mentioned
    shown = () if item.also_in else {mention.link for mention in mentioned}
    others = replace(
        item,
        title=None,
        content=None,
        summary=None,
        links=tuple(link for link in item.links if link.rel != "related" or link.href not in shown),
        media=tuple(_without_lead_image(item.media)),
        podcast=item.podcast if feed.format.startswith("json") else _podcast(item.podcast),
        authors=(),
        contributors=(),
        origin=None,
    )
    return OwnItem(
        item=_literal(others),
        title=Text("") if _is_made_up(title, body, clean_summary, item) else title,
        bodies=BodyAndSummary(body, clean_summary.html, agencies),
        authors=tuple(_person(_with_page(author, item.links)) for author in item.authors),
        contributors=tuple(map(_person, contributors)),
        is_right_to_left=is_right_to_left if content else None,
        origin=_origin(item),
        also_in=tuple(_clean_mentions(also_in)),
    )


def _title(stated: Body, feed: Feed) -> Text:
    """RSS and JSON Feed have the title as text. Atom has it as HTML if a reader would take it for that."""
    is_html = stated.type == "html" and feed.format.startswith("atom")
    return _plain(unescape(stated.value) if is_html else stated.value)


def _is_made_up(title: str, body: CleanBody, summary: CleanBody, item: Item) -> bool:
    """Whether the renderer made the headline, out of the text or the page and the date."""
    is_adult = "adult" in (item.rating, *(medium.rating for medium in item.media))
    is_adult_caption = is_adult and body.text in {medium.description for medium in item.media}
    summary_words = " ".join(summary.text.split())
    words = words_for_headline(body.html, body.text, summary_words, is_adult_caption=is_adult_caption)
    if words:
        return title == words
    page = next((link.href for link in item.links if link.rel == "alternate"), "")
    place = urlsplit(page).hostname or (item.origin.title if item.origin else "")
    published = item.published.parsed
    return bool(page or item.media) and published is not None and title == place_and_date(place, published)


def _bodies(item: Item, title: str, feed: Feed) -> tuple[str, str]:
    """The HTML of the body and of the summary."""
    body, summary = item.content or item.summary, item.summary if item.content else None
    if body is None:
        return "", ""
    html = "" if _repeats_headline(body, title, item, feed) else body.value
    if summary is None:
        return html, ""
    return html, summary.value if summary.type == "html" else escape(summary.value, quote=False)


def _repeats_headline(body: Body, title: str, item: Item, feed: Feed) -> bool:
    """Whether the text is only there because the format requires one. JSON Feed has it as text. Atom has it as the
    only summary; without a link, as a paragraph that ends with a break."""
    if body.type == "text" or not feed.format.startswith("atom"):
        return body.type == "text"
    has_page = any(link.rel == "alternate" for link in item.links)
    return item.content is None if has_page else body.value == f"<p>{escape(title)}<br></p>"


def _without_direction(html: str, language: str) -> tuple[str, bool]:
    """The HTML without the `div` that marks all of it as written from right to left; whether there was one.

    `language`: of the entry, which such a `div` names, or none.
    """
    opening = _RIGHT_TO_LEFT.match(html)
    if opening is None or opening[1] not in ("", language) or not html.endswith("</div>"):
        return html, False
    depth = 0
    for tag in _DIV_TAG.finditer(html):
        depth += -1 if tag[1] else 1
        if depth == 0:
            is_whole = tag.start() == len(html) - len("</div>")
            return (html[opening.end() : tag.start()], True) if is_whole else (html, False)
    return html, False


def _without_also_in(html: str, links: Collection[str]) -> tuple[str, tuple[Mention, ...]]:
    """The HTML without the last line "Also in: …", and what that names. `links`: the pages that it may name."""
    start = html.rfind("<p>")
    if start < 0 or not _ALSO_IN.fullmatch(html, start):
        return html, ()
    mentions = tuple(
        Mention(source=Text(unescape(source)), title=Text(unescape(title)), link=Url(unescape(href)))
        for href, title, source in _MENTION.findall(html, start)
    )
    return (html[:start], mentions) if all(mention.link in links for mention in mentions) else (html, ())


def _clean_body(html: str) -> CleanBody:
    if not html.strip():
        return EMPTY_BODY
    tree = parse_sanitized(html)
    text = text_of(lines_of(tree))
    safe_html = sanitize(tree)
    return CleanBody(safe_html, text, (), tree) if text or has_media(safe_html) else EMPTY_BODY


def _clean_mentions(mentions: Iterable[Mention]) -> Iterator[Mention]:
    for mention in mentions:
        if link := absolute_url(mention.link):
            yield Mention(source=one_line(mention.source), title=one_line(mention.title), link=link)


def _split_agencies(item: Item, feed: Feed) -> tuple[tuple[Person, ...], tuple[str, ...]]:
    """The contributors, and the agencies: in Atom and RSS those are the last contributors."""
    persons = list(item.contributors)
    agencies = list(item.credits)
    while persons and not feed.format.startswith("json") and _is_agency(persons[-1]):
        agencies.insert(0, persons.pop().name)
    return tuple(persons), tuple(agencies)


def _is_agency(person: Person) -> bool:
    return person == Person(name=person.name) and agency_name(person.name) == person.name


def _without_lead_image(media: tuple[Media, ...]) -> Iterator[Media]:
    """The media without a thumbnail that is one of the files: the renderer marks an enclosure as the lead image so."""
    files = {medium.url for medium in media if medium.role != "thumbnail"}
    return (medium for medium in media if medium.role != "thumbnail" or medium.url not in files)


def _podcast(podcast: Podcast) -> Podcast:
    """The episode without the titles that chapters got because they need one in XML."""
    if not podcast.marks:
        return podcast
    marks = (replace(mark, title="" if mark.title == mark.start else mark.title) for mark in podcast.marks)
    return replace(podcast, marks=tuple(marks))


def _with_page(author: Person, links: Iterable[Link]) -> Person:
    """RSS has the page of an author as a link with the author's name."""
    pages = (link.href for link in links if link.rel == "author" and link.title == author.name)
    return author if author.uri else replace(author, uri=next(pages, ""))


def _origin(item: Item) -> Origin | None:
    """The source, without an author that is the source itself: Atom names it if the entry has no authors.

    RSS says nothing but the title of a source without a URL. It gets an id, the same at every hop.
    """
    stated = item.origin
    if stated is None:
        return None
    title = _plain(stated.title)
    authors = tuple(_person(author) for author in stated.authors)
    if not item.authors and authors == (Person(name=title),):
        authors = ()
    url = absolute_url(stated.url) or ""
    return replace(
        stated,
        title=title,
        id=one_line(stated.id) or ("" if url else f"urn:uuid:{uuid5(NAMESPACE_URL, title)}"),
        url=url,
        link=absolute_url(stated.link) or "",
        links=tuple(
            replace(link, href=href, title=_plain(link.title))
            for link in stated.links
            if (href := absolute_url(link.href))
        ),
        categories=tuple(
            Category(term=_plain(category.term), scheme=_plain(category.scheme), label=_plain(category.label))
            for category in stated.categories
        ),
        rights=_plain(stated.rights),
        authors=authors,
        icon=absolute_url(stated.icon) or "",
    )


def _person(stated: Person) -> Person:
    return Person(name=_plain(stated.name), email=one_line(stated.email), uri=absolute_url(stated.uri) or "")


def _plain(text: str) -> Text:
    return one_line(_without_joiner(text))


def _without_joiner(text: str) -> str:
    return _JOINED_TAG.sub("<", text) if "<\u2060" in text else text


def _literal(value: T) -> T:
    """A copy whose texts `text.plain_text` turns into what is stated here: it resolves references twice."""
    return cast(T, _escaped(value, is_text=False))


def _escaped(value: Any, *, is_text: bool) -> Any:
    if isinstance(value, str):
        if is_text and ("&" in value or "<" in value):
            return escape(escape(_without_joiner(value), quote=False), quote=False)
        return value
    if isinstance(value, tuple):
        return tuple([_escaped(part, is_text=is_text) for part in value])
    changes = {}
    for name in _field_names(cast(Hashable, type(value))):
        old = getattr(value, name)
        if old and (new := _escaped(old, is_text=name not in _NOT_TEXT)) != old:
            changes[name] = new
    return replace(value, **changes) if changes else value


@cache
def _field_names(kind: Hashable) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cast(Any, kind))) if is_dataclass(kind) else ()
