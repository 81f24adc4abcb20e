"""The values that an entry must have after it was rendered as JSON Feed and read again, with its extension."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any, cast

from feeds.model import Article, Category, Entry, Link, Media, Podcast
from feeds.render import entry_text
from feeds.render.media_details import group_numbers
from feeds.render.podcast import usual_spellings
from tests.render.round_trip import Values, place, related


def json_values(entry: Entry, item: Values) -> tuple[Values, Values]:
    """(expected values, parsed values) of an entry. `item`: the item of JSON Feed, with its `_feeds` extension."""
    article, extension = entry.article, item["_feeds"]
    origin = extension["origin"]
    expected: Values = {
        "title": entry_text.headline(entry),
        "html": entry_text.body_html(entry),
        "summary": entry_text.plain_text(article.summary) if entry_text.has_own_summary(entry) else "",
        "link": article.link,
        "authors": {(person.name, person.email, person.uri) for person in entry_text.people(article.authors)},
        "contributors": {
            (person.name, person.email, person.uri) for person in entry_text.people(article.contributors)
        },
        "credits": [credit for credit in map(entry_text.one_line, article.credits) if credit],
        "categories": {
            (category.term, entry_text.category_scheme(category), category.label)
            for category in _json_categories(article)
        },
        "comments": article.comments,
        "comment_count": article.comment_count,
        "license": article.license,
        "rights": article.rights.strip(),
        "image": article.image,
        "podcast": _plain(article.podcast)
        | {name: value for name, value in usual_spellings(article.podcast).items() if value},
        "place": place(article.place),
        "related": related(article),
        "published": entry_text.rfc3339(entry.published),
        "updated": entry_text.rfc3339(entry.updated),
        "media": {medium.url: _plain_media(medium, group_numbers(article)) for medium in article.media},
        "origin": (
            entry_text.source_id(entry),
            entry_text.source_title(entry),
            entry.origin.url,
            entry.origin.link,
        ),
        "origin.rest": (
            entry_text.language_tag(entry.origin.language),
            entry.origin.rights.strip(),
            entry.origin.icon,
        ),
        "origin.authors": {
            (person.name, person.email, person.uri) for person in entry_text.people(entry.origin.authors)
        },
    }
    known = {
        (person.get("name"), person.get("url", "")): person.get("email", "")
        for person in extension.get("authors", ())
    }
    details = {medium["url"]: medium for medium in extension.get("media", ())}
    files = {medium["url"]: medium for medium in item.get("attachments", ())}
    actual: Values = {
        "title": item["title"],
        "html": item.get("content_html", ""),
        "summary": item.get("summary", ""),
        "link": item.get("url"),
        "authors": {
            (person["name"], known.get((person["name"], person.get("url", "")), ""), person.get("url", ""))
            for person in item.get("authors", ())
        },
        "contributors": set(map(_person, extension.get("contributors", ()))),
        "credits": extension.get("credits", []),
        "categories": {_json_category(name, extension) for name in item.get("tags", ())},
        "comments": extension.get("comments"),
        "comment_count": extension.get("comment_count"),
        "license": extension.get("license"),
        "rights": extension.get("rights", ""),
        "image": item.get("image"),
        "podcast": extension.get("podcast", {}),
        "place": _json_place(extension.get("place")),
        "related": {
            link["url"]: Link(href=link["url"], rel=link["rel"], title=link.get("title", ""))
            for link in extension.get("related", ())
        },
        "published": item["date_published"],
        "updated": item["date_modified"],
        "media": {url: _json_media(url, files.get(url, {}), details.get(url, {})) for url in files | details},
        "origin": (
            origin["id"],
            origin["title"],
            origin.get("feed_url", ""),
            origin.get("home_page_url", ""),
        ),
        "origin.rest": (origin.get("language", ""), origin.get("rights", ""), origin.get("icon", "")),
        "origin.authors": set(map(_person, origin.get("authors", ()))),
    }
    return expected, actual


def _person(stated: Values) -> tuple[str, str, str]:
    return stated["name"], stated.get("email", ""), stated.get("url", "")


def _json_categories(article: Article) -> Iterable[Category]:
    return {
        entry_text.one_line(category.label) or category.term: category
        for category in reversed(entry_text.categories(article.categories))
    }.values()


def _json_category(name: str, extension: Values) -> tuple[str, str, str]:
    for category in extension.get("categories", ()):
        if name in (category.get("label"), category["term"]):
            return category["term"], category.get("scheme", ""), category.get("label", "")
    return name, "", ""


def _plain_media(medium: Media, groups: Mapping[int, int]) -> Values:
    """A group of one is no group, and a length of 0 is unknown."""
    known_type = "" if medium.type == "application/octet-stream" else medium.type
    plain = replace(medium, type=known_type, length=medium.length or None, group=groups.get(medium.group, 0))
    return asdict(plain) | {"role": ""}


def _json_media(url: str, file: Values, extension: Values) -> Values:
    kind = file.get("mime_type", "")
    of_file: Values = {
        "type": "" if kind == "application/octet-stream" else kind,
        "length": file.get("size_in_bytes"),
        "title": file.get("title", ""),
        "duration": file.get("duration_in_seconds"),
    }
    return asdict(Media(url=url)) | of_file | extension | {"role": ""}


def _json_place(stated: Values | None) -> Any:
    if stated is None:
        return None
    points = stated.get("points") or [(stated["latitude"], stated["longitude"])]
    return (
        stated.get("shape", "point"),
        stated.get("name", ""),
        [(round(lat, 8), round(long, 8)) for lat, long in points],
    )


def _plain(podcast: Podcast) -> Values:
    """As JSON has it, without empty values."""

    def without_empty(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                name: without_empty(part)
                for name, part in value.items()
                if part or type(part) in (int, float)
            }
        return [without_empty(part) for part in value] if isinstance(value, list | tuple) else value

    return cast(Values, without_empty(asdict(podcast)))
