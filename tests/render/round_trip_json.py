"""What an entry can come back as from JSON Feed, by its own words and those of our extension."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any, cast

from feeds.model import Article, Category, Entry, Link, Media, Podcast
from feeds.render import entry_text
from tests.render.round_trip import Told, place, related


def json_told(one: Entry, item: Told) -> tuple[Told, Told]:
    """What JSON Feed has to say: a word of its own, or one in its extension."""
    article, more = one.article, item["_feeds"]
    origin = more["origin"]
    told: Told = {
        "title": entry_text.headline(one),
        "html": entry_text.body_html(one),
        "summary": entry_text.plain_text(article.summary) if entry_text.has_own_summary(one) else "",
        "link": article.link,
        "authors": {(who.name, who.email, who.uri) for who in entry_text.people(article.authors)},
        "contributors": {(who.name, who.email, who.uri) for who in entry_text.people(article.contributors)},
        "credits": [credit for credit in map(entry_text.one_line, article.credits) if credit],
        "categories": {
            (made.term, entry_text.category_scheme(made), made.label) for made in _json_categories(article)
        },
        "comments": article.comments,
        "comment_count": article.comment_count,
        "license": article.license,
        "rights": article.rights.strip() or one.origin.rights.strip(),
        "image": article.image,
        "podcast": _plain(article.podcast),
        "place": place(article.place),
        "related": related(article),
        "published": entry_text.rfc3339(one.published),
        "updated": entry_text.rfc3339(one.updated),
        "media": {made.url: _plain_media(made) for made in article.media},
        "origin": (entry_text.source_id(one), entry_text.source_title(one), one.origin.url, one.origin.link),
        "origin.rest": (
            entry_text.language_tag(one.origin.language),
            one.origin.rights.strip(),
            one.origin.icon,
        ),
        "origin.authors": {(who.name, who.email, who.uri) for who in entry_text.people(one.origin.authors)},
    }
    known = {(who.get("name"), who.get("url", "")): who.get("email", "") for who in more.get("authors", ())}
    pages = {one["url"]: one for one in more.get("media", ())}
    files = {one["url"]: one for one in item.get("attachments", ())}
    heard: Told = {
        "title": item["title"],
        "html": item.get("content_html", ""),
        "summary": item.get("summary", ""),
        "link": item.get("url"),
        "authors": {
            (who["name"], known.get((who["name"], who.get("url", "")), ""), who.get("url", ""))
            for who in item.get("authors", ())
        },
        "contributors": set(map(_who, more.get("contributors", ()))),
        "credits": more.get("credits", []),
        "categories": {_json_category(name, more) for name in item.get("tags", ())},
        "comments": more.get("comments"),
        "comment_count": more.get("comment_count"),
        "license": more.get("license"),
        "rights": more.get("rights", ""),
        "image": item.get("image"),
        "podcast": more.get("podcast", {}),
        "place": _json_place(more.get("place")),
        "related": {
            link["url"]: Link(href=link["url"], rel=link["rel"], title=link.get("title", ""))
            for link in more.get("related", ())
        },
        "published": item["date_published"],
        "updated": item["date_modified"],
        "media": {url: _json_media(url, files.get(url, {}), pages.get(url, {})) for url in files | pages},
        "origin": (
            origin["id"],
            origin["title"],
            origin.get("feed_url", ""),
            origin.get("home_page_url", ""),
        ),
        "origin.rest": (origin.get("language", ""), origin.get("rights", ""), origin.get("icon", "")),
        "origin.authors": set(map(_who, origin.get("authors", ()))),
    }
    return told, heard


def _who(said: Told) -> tuple[str, str, str]:
    return said["name"], said.get("email", ""), said.get("url", "")


def _json_categories(article: Article) -> Iterable[Category]:
    return {
        entry_text.one_line(made.label) or made.term: made
        for made in reversed(entry_text.categories(article.categories))
    }.values()


def _json_category(name: str, more: Told) -> tuple[str, str, str]:
    for made in more.get("categories", ()):
        if name in (made.get("label"), made["term"]):
            return made["term"], made.get("scheme", ""), made.get("label", "")
    return name, "", ""


def _plain_media(one: Media) -> Told:
    return asdict(replace(one, type="" if one.type == "application/octet-stream" else one.type)) | {
        "role": ""
    }


def _json_media(url: str, file: Told, more: Told) -> Told:
    kind = file.get("mime_type", "")
    of_file: Told = {
        "type": "" if kind == "application/octet-stream" else kind,
        "length": file.get("size_in_bytes"),
        "title": file.get("title", ""),
        "duration": file.get("duration_in_seconds"),
    }
    return asdict(Media(url=url)) | of_file | more | {"role": ""}


def _json_place(said: Told | None) -> Any:
    if said is None:
        return None
    points = said.get("points") or [(said["latitude"], said["longitude"])]
    return (
        said.get("shape", "point"),
        said.get("name", ""),
        [(round(lat, 8), round(long, 8)) for lat, long in points],
    )


def _plain(podcast: Podcast) -> Told:
    """As JSON has it, without what says nothing."""

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: bare(part) for name, part in value.items() if part or type(part) in (int, float)}
        return [bare(part) for part in value] if isinstance(value, list | tuple) else value

    return cast(Told, bare(asdict(podcast)))
