"""The values that an entry must have after it was rendered and parsed again. Intended changes are here, and in words in
docs/output.md."""

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
from feeds.model.headline import clip
from feeds.normalize.url import clean_url
from feeds.render import entry_text
from feeds.render.clean_for_publication import uri
from feeds.render.podcast import duration

Values = dict[str, Any]
"""Field → value."""

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
_JOINER = "\u2060"  # inserted by `neutralize_tags`


def xml_values(entry: Entry, item: Item, parsed: Article, form: Format) -> tuple[Values, Values]:
    """(expected values, parsed values) of an entry in Atom or RSS. `item` and `parsed`: the result of parsing."""
    article = entry.article
    body = entry_text.body_html(entry)
    parsed_body = item.content or item.summary
    title = item.title.value if item.title else ""
    has_summary = entry_text.has_own_summary(entry)
    expected = {
        "title": entry_text.headline(entry),
        "html": body,
        "summary": article.summary.strip() if has_summary else "",
        "link": article.link,
        "authors": _authors(article, form),
        "contributors": _people(entry_text.contributors(article), form),
        "categories": _categories(article.categories, form),
        "comments": article.comments,
        "comment_count": article.comment_count,
        "license": article.license,
        "rights": article.rights.strip() or (entry.origin.rights.strip() if form == "rss" else ""),
        "language": article.language,
        "podcast": _podcast(article.podcast, "" if parsed.podcast.summary else _words(item)),
        "place": place(article.place),
        "related": related(article),
        "published": entry.published,
        "updated": entry.updated,
        "origin": _origin(entry, form),
        "media": _media(article, form),
    }
    actual = {
        "title": unescape(title) if item.title and item.title.type == "html" and form == "atom" else title,
        "html": parsed_body.value if parsed_body and body else "",
        "summary": item.summary.value if item.summary and has_summary else "",
        "link": parsed.link,
        "authors": parsed.authors,
        "contributors": _people(entry_text.contributors(parsed), form),
        "categories": parsed.categories,
        "comments": parsed.comments,
        "comment_count": parsed.comment_count,
        "license": parsed.license,
        "rights": parsed.rights,
        "language": parsed.language,
        "podcast": parsed.podcast,
        "place": place(parsed.place),
        "related": related(parsed),
        "published": parsed.published,
        "updated": parsed.updated or parsed.published,
        "origin": _bare_origin(parsed.origin),
        "media": _media(
            parsed,
            form,
            picture=article.image,
            besides={article.image} - {medium.url for medium in article.media},
        ),
    }
    if form == "rss":
        actual = {name: _unmarked(value) for name, value in actual.items()}
        expected = {name: _unmarked(value) for name, value in expected.items()}
    return expected, actual


def _unmarked(value: Any) -> Any:
    return value.replace(_JOINER, "") if isinstance(value, str) else value


def _authors(article: Article, form: Format) -> tuple[Person, ...]:
    authors = tuple(
        {person.name.casefold(): person for person in reversed(entry_text.people(article.authors))}.values()
    )[::-1]
    if form == "rss":  # RSS: the address only of a single author
        return tuple(replace(author, email=author.email if len(authors) == 1 else "") for author in authors)
    return authors


def _people(people: Iterable[Person], form: Format) -> tuple[Person, ...]:
    return tuple(Person(name=person.name) if form == "rss" else person for person in people)


def _categories(stated: tuple[Category, ...], form: Format) -> tuple[Category, ...]:
    by_key: dict[tuple[str, str], Category] = {}
    for category in entry_text.categories(stated):
        if form == "atom":  # the scheme is an IRI or nothing
            expected = replace(category, scheme=uri(category.scheme))
        else:  # a category has category name: the label
            expected = Category(
                term=entry_text.one_line(category.label) or category.term,
                scheme=entry_text.category_scheme(category),
            )
        by_key.setdefault((expected.term.casefold(), expected.scheme), expected)
    return tuple(by_key.values())


def related(article: Article) -> dict[str, Link]:
    """URL → link, without the comments link and links whose relation an entry does not have."""
    links = (link for link in article.related if link.rel in RELATIONS and link.href != article.comments)
    return {
        link.href: Link(href=link.href, rel=link.rel, title=entry_text.one_line(link.title)) for link in links
    }


def _podcast(podcast: Podcast, summary: str) -> Podcast:
    """Without values that break the rules of the namespaces. `summary`: the summary of the item, if it has no other."""
    number = re.compile(r"0*[1-9][0-9]*", re.ASCII)
    return replace(
        podcast,
        duration=duration(podcast.duration),
        explicit=EXPLICIT.get(podcast.explicit.lower(), ""),
        episode_type=podcast.episode_type.lower()
        if podcast.episode_type.lower() in ("full", "trailer", "bonus")
        else "",
        season=podcast.season if number.fullmatch(podcast.season) else "",
        episode=podcast.episode if number.fullmatch(podcast.episode) else "",
        title=clip(podcast.title, 255),
        subtitle=clip(podcast.subtitle, 255),
        summary="" if podcast.summary and podcast.summary == summary else clip(podcast.summary, 4000),
    )


def place(stated: GeoPlace | None) -> Any:
    if stated is None:
        return None
    points = stated.points or ((stated.latitude, stated.longitude),)
    return stated.shape, stated.name, [(round(lat, 8), round(long, 8)) for lat, long in points]


def _media(
    article: Article, form: Format, picture: str | None = None, besides: Any = frozenset()
) -> dict[str, Media]:
    """URL → medium. A group of entry is no group, a length of 0 is unknown, and the lead image is an image."""
    media = [medium for medium in article.media if medium.url not in besides]
    sizes = Counter(medium.group for medium in media)
    groups: dict[int, int] = {0: 0}
    by_url = {}
    for item in media:
        group = groups.setdefault(item.group, len(groups)) if sizes[item.group] > 1 else 0
        medium = item.medium or ("image" if item.url == (picture or article.image) else "")
        by_url[item.url] = replace(item, length=item.length or None, group=group, medium=medium)
    if form == "rss":  # an item has entry enclosure
        for url in [url for url, item in by_url.items() if item.role == "enclosure"][1:]:
            by_url[url] = replace(by_url[url], role="content")
    return by_url


def _origin(entry: Entry, form: Format) -> Origin | None:
    origin = entry.origin
    title = entry_text.source_title(entry)
    if form == "rss":  # the source element has a title and a URL
        return Origin(title=title, url=origin.url) if origin.url else None
    return replace(
        origin,
        id=entry_text.source_id(entry),
        title=title,
        authors=entry_text.source_authors(entry),
        categories=() if entry.article.categories else _categories(origin.categories, form),
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
