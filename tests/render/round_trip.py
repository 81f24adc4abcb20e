"""What an entry can come back as. Everything that is changed on the way on purpose is written here, and in
docs/output.md in words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from html import unescape
from typing import Any

from feeds.model import (
    Article,
    Category,
    Entry,
    Format,
    GeoPlace,
    Item,
    Link,
    Media,
    Origin,
    Person,
    Podcast,
    Url,
)
from feeds.normalize.url import clean_url
from feeds.render import entry_text
from feeds.render.clean_for_publication import uri
from feeds.render.podcast import duration

Told = dict[str, Any]

RELATIONS = {"alternate", "related", "via", "replies", "describedby", "payment"}
FEED_RELATIONS = {"alternate", "related", "via", "license", "hub"}
EXPLICIT = {
    "true": "true",
    "yes": "true",
    "explicit": "true",
    "false": "false",
    "no": "false",
    "clean": "false",
}
_JOINER = "\u2060"  # where RSS and its modules would let a reader guess at markup


def as_told(one: Entry, item: Item, back: Article, form: Format) -> tuple[Told, Told]:
    """What Atom and RSS have to say of the entry, and what they said."""
    article = one.article
    body = entry_text.body_html(one)
    heard_body = item.content or item.summary
    title = item.title.value if item.title else ""
    own = entry_text.has_own_summary(one)
    told = {
        "title": entry_text.headline(one),
        "html": body,
        "summary": article.summary.strip() if own else "",
        "link": article.link,
        "authors": _authors(article, form),
        "contributors": _people(entry_text.contributors(article), form),
        "categories": _categories(article.categories, form),
        "comments": article.comments,
        "comment_count": article.comment_count,
        "license": article.license,
        "rights": article.rights.strip() or (one.origin.rights.strip() if form == "rss" else ""),
        "language": article.language,
        "podcast": _podcast(article.podcast, "" if back.podcast.summary else _words(item)),
        "place": place(article.place),
        "related": related(article),
        "published": one.published,
        "updated": one.updated,
        "origin": _origin(one, form),
        "media": _media(article, form),
    }
    heard = {
        "title": unescape(title) if item.title and item.title.type == "html" and form == "atom" else title,
        "html": heard_body.value if heard_body and body else "",
        "summary": item.summary.value if item.summary and own else "",
        "link": back.link,
        "authors": back.authors,
        "contributors": back.contributors,
        "categories": back.categories,
        "comments": back.comments,
        "comment_count": back.comment_count,
        "license": back.license,
        "rights": back.rights,
        "language": back.language,
        "podcast": back.podcast,
        "place": place(back.place),
        "related": related(back),
        "published": back.published,
        "updated": back.updated or back.published,
        "origin": _bare_origin(back.origin),
        "media": _media(
            back, form, picture=article.image, besides={article.image} - {one.url for one in article.media}
        ),
    }
    if form == "rss":
        for links in (told["related"], heard["related"]):  # wfw:commentRss has no title
            links.update({url: replace(one, title="") for url, one in links.items() if one.rel == "replies"})
        heard = {name: _unmarked(value) for name, value in heard.items()}
        told = {name: _unmarked(value) for name, value in told.items()}
    return told, heard


def _unmarked(value: Any) -> Any:
    return value.replace(_JOINER, "") if isinstance(value, str) else value


def _authors(article: Article, form: Format) -> tuple[Person, ...]:
    authors = tuple(
        {who.name.casefold(): who for who in reversed(entry_text.people(article.authors))}.values()
    )[::-1]
    if form == "rss":  # one address, where there is one author; and never his page
        alone = len(authors) == 1
        return tuple(Person(name=one.name, email=one.email if alone else "") for one in authors)
    return authors


def _people(people: Iterable[Person], form: Format) -> tuple[Person, ...]:
    return tuple(Person(name=one.name) if form == "rss" else one for one in people)


def _categories(stated: tuple[Category, ...], form: Format) -> tuple[Category, ...]:
    found: dict[tuple[str, str], Category] = {}
    for one in entry_text.categories(stated):
        if form == "atom":  # where a scheme is an IRI, or nothing
            made = replace(one, scheme=uri(one.scheme))
        else:  # where a category has one name: the one for people
            made = Category(
                term=entry_text.one_line(one.label) or one.term, scheme=entry_text.category_scheme(one)
            )
        found.setdefault((made.term.casefold(), made.scheme), made)
    return tuple(found.values())


def related(article: Article) -> dict[str, Link]:
    """By address; one that is the comments', or no relation of an entry, is told elsewhere or not at all."""
    links = (one for one in article.related if one.rel in RELATIONS and one.href != article.comments)
    return {one.href: Link(href=one.href, rel=one.rel, title=entry_text.one_line(one.title)) for one in links}


def _podcast(told: Podcast, summary: str) -> Podcast:
    """Without what is outside of the vocabularies' rules. `summary`: the item's only one, if that was it."""
    number = re.compile(r"0*[1-9][0-9]*", re.ASCII)
    return replace(
        told,
        duration=duration(told.duration),
        explicit=EXPLICIT.get(told.explicit.lower(), ""),
        episode_type=told.episode_type.lower()
        if told.episode_type.lower() in ("full", "trailer", "bonus")
        else "",
        season=told.season if number.fullmatch(told.season) else "",
        episode=told.episode if number.fullmatch(told.episode) else "",
        title=entry_text.clip(told.title, 255),
        subtitle=entry_text.clip(told.subtitle, 255),
        summary="" if told.summary and told.summary == summary else entry_text.clip(told.summary, 4000),
    )


def place(said: GeoPlace | None) -> Any:
    if said is None:
        return None
    points = said.points or ((said.latitude, said.longitude),)
    return said.shape, said.name, [(round(lat, 8), round(long, 8)) for lat, long in points]


def _media(
    article: Article, form: Format, picture: str | None = None, besides: Any = frozenset()
) -> dict[str, Media]:
    """By address; a group of one is none, a length of 0 is unknown, and the lead image a picture."""
    kept = [one for one in article.media if one.url not in besides]
    sizes = Counter(one.group for one in kept)
    groups: dict[int, int] = {0: 0}
    made = {}
    for one in kept:
        group = groups.setdefault(one.group, len(groups)) if sizes[one.group] > 1 else 0
        medium = one.medium or ("image" if one.url == (picture or article.image) else "")
        made[one.url] = replace(one, length=one.length or None, group=group, medium=medium)
    if form == "rss":  # which has one enclosure
        for url in [url for url, one in made.items() if one.role == "enclosure"][1:]:
            made[url] = replace(made[url], role="content")
    return made


def _origin(one: Entry, form: Format) -> Origin | None:
    origin = one.origin
    title = entry_text.source_title(one)
    if form == "rss":  # which has two words for it
        return Origin(title=title, url=origin.url) if origin.url else None
    authors = entry_text.people(origin.authors)
    if not authors and not entry_text.people(one.article.authors):
        authors = (Person(name=title),)  # the entry needs one
    return replace(
        origin,
        id=entry_text.source_id(one),
        title=title,
        authors=authors,
        categories=() if one.article.categories else _categories(origin.categories, form),
        rights=origin.rights.strip(),
        links=tuple(_bare(link) for link in entry_text.distinct_links(origin.links, FEED_RELATIONS)),
        language="",
        link=_clean(origin.link),
    )


def _bare_origin(origin: Origin | None) -> Origin | None:
    return (
        replace(origin, links=tuple(map(_bare, origin.links)), language="", link=_clean(origin.link))
        if origin
        else None
    )


def _bare(link: Link) -> Link:
    return Link(href=link.href, rel=link.rel, title=link.title)


def _clean(link: str) -> str:
    return clean_url(Url(link)) if link else ""


def _words(item: Item) -> str:
    return entry_text.plain_text(item.summary.value) if item.summary else ""
