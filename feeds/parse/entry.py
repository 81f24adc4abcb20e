"""One entry of feedparser → Item.

Everything is read with `dict.get`: feedparser's own look-up takes one field for another ("updated" falls back
to "published") and raises where a list of links is missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from feeds.model import (
    Body,
    Category,
    Item,
    Link,
    Media,
    Origin,
    Person,
    Place,
    Podcast,
    Stated,
    Transcript,
)
from feeds.parse.handlers import AS_WRITTEN, Extra
from feeds.parse.parts import each_once, is_web, moment, number_of, whole_number
from feeds.parse.tree import plain

Fields = dict[str, Any]  # FeedParserDict is one

# RFC 4287 §4.1.3.3: content may as well be an image in base64, or another document in line.
_READABLE = ("text", "html", "xhtml", "plain", "application/xhtml+xml")
_IANA = "http://www.iana.org/assignments/relation/"  # RFC 4287 §4.2.7.2: the same as the bare name
_ITUNES = "http://www.itunes.com/"  # the scheme that feedparser gives to itunes:keywords


def item(entry: Fields, extra: Extra, version: str) -> Item:
    """What the entry says."""
    links = tuple(links_of(entry))
    content, content_src = _content(entry)
    tags = categories(entry)
    guid = text(entry, "id")
    guid_is_link = extra.permalink and version.startswith("rss")
    if guid_is_link and is_web(guid) and all(link.rel != "alternate" for link in links):
        links = (Link(href=guid), *links)
    return Item(
        guid=guid,
        guid_is_link=guid_is_link,
        title=body(entry, "title") or _plain(extra.captions.get("title")),
        links=tuple(link for link in links if link.rel not in ("enclosure", "license")),
        summary=_summary(entry, extra),
        content=content,
        content_src=content_src,
        authors=people(entry, "author"),
        contributors=each_once(
            (*people(entry, "contributor"), *(Person(name=name.strip()) for name in extra.credits))
        ),
        categories=tags,
        published=stated(entry, "published") if text(entry, "published") else stated(entry, "created"),
        updated=stated(entry, "updated"),
        media=(*_enclosures(links), *_contents(extra), *_thumbnails(extra)),
        comments=text(entry, "comments"),
        rights=line(entry, "rights"),
        license=next((link.href for link in links if link.rel == "license"), ""),
        language=text(entry, "language") or extra.language,
        podcast=_podcast(entry, extra, tags),
        place=_place(entry),
        origin=_origin(entry),
    )


def is_empty(item: Item) -> bool:
    """Nothing by which it could be told, read or linked: RSS 2.0 asks for a title or a description."""
    says = item.guid or item.links or item.title or item.summary or item.content or item.content_src
    return not (says or item.media)


def text(fields: Fields, name: str) -> str:
    """An element's text. An element that feedparser does not know and that has attributes is a dict."""
    value = dict.get(fields, name)
    return value if isinstance(value, str) else ""


def line(fields: Fields, name: str) -> str:
    """A text construct as plain text, on one line."""
    said = body(fields, name)
    if said is None:
        return ""
    return plain(said.value) if said.type == "html" else " ".join(said.value.split())


def _rows(fields: Fields, name: str) -> list[Fields]:
    """The list of that name, its members freed of feedparser's look-up."""
    return [dict(one) for one in dict.get(fields, name) or () if isinstance(one, dict)]


def body(fields: Fields, name: str) -> Body | None:
    """A text construct. Its `_detail` may be of another element of that name, nested deeper: compare."""
    value = text(fields, name)
    detail = dict.get(fields, f"{name}_detail") or {}
    return _body(detail if detail.get("value") == value else {"value": value, "type": "text/html"})


def _body(detail: Fields) -> Body | None:
    value, declared = detail.get("value") or "", (detail.get("type") or "text/plain").lower()
    is_text = declared in ("text", "plain") or (declared.startswith("text/") and declared != "text/html")
    kind: Literal["text", "html"] = "text" if is_text else "html"
    language, base = detail.get("language") or "", detail.get("base") or ""
    return Body(value=value, type=kind, language=language, base=base) if value else None


def _plain(value: str | None) -> Body | None:
    return Body(value=value, type="text") if value else None


def _summary(entry: Fields, extra: Extra) -> Body | None:
    # Without a detail it is feedparser's copy of the content.
    said = body(entry, "summary") if "summary_detail" in entry else None
    caption = extra.captions.get("description", "")
    kind: Literal["text", "html"] = "html" if extra.captions.get("description type") == "html" else "text"
    return said or body(entry, "itunes_summary") or (Body(value=caption, type=kind) if caption else None)


def _content(entry: Fields) -> tuple[Body | None, str]:
    """The best of several: HTML before text, then the longest; and where content lies elsewhere, its URL."""
    contents = _rows(entry, "content")
    readable = (one for one in contents if one.get("type", "text/html").startswith(_READABLE))
    bodies = [made for one in readable if (made := _body(one))]
    best = max(bodies, key=lambda made: (made.type == "html", len(made.value)), default=None)
    return best, next((one["src"] for one in contents if one.get("src")), "")


def people(fields: Fields, role: str) -> tuple[Person, ...]:
    """`role`: "author" or "contributor"."""
    return each_once(
        Person(name=one.get("name") or "", email=one.get("email") or "", uri=one.get("href") or "")
        for one in _rows(fields, f"{role}s")
    )


def categories(fields: Fields) -> tuple[Category, ...]:
    return tuple(
        Category(
            term=one.get("term") or one["label"], scheme=one.get("scheme") or "", label=one.get("label") or ""
        )
        for one in _rows(fields, "tags")
        if one.get("term") or one.get("label")
    )


def stated(fields: Fields, name: str) -> Stated:
    return Stated(raw=text(fields, name), parsed=moment(dict.get(fields, f"{name}_parsed")))


def links_of(entry: Fields) -> Iterable[Link]:
    # What feedburner wraps in a counting redirect.
    original = text(entry, "feedburner_origlink")
    if original:
        yield Link(href=original)
    for link in _rows(entry, "links"):
        href = (link.get("href") or "").strip()
        if href and href != original:
            yield Link(
                href=href,
                rel=(link.get("rel") or "alternate").strip().lower().removeprefix(_IANA),
                type=link.get(AS_WRITTEN, link.get("type")) or "",
                title=link.get("title") or "",
                hreflang=link.get("hreflang") or "",
                length=link.get("length") or "",
            )


def _enclosures(links: tuple[Link, ...]) -> Iterable[Media]:
    for link in links:
        if link.rel == "enclosure":
            yield Media(url=link.href, type=link.type, length=whole_number(link.length), title=link.title)


def _contents(extra: Extra) -> Iterable[Media]:
    for one in extra.media:
        if one.get("url"):
            yield Media(
                url=one["url"],
                type=one.get("type", ""),
                length=whole_number(one.get("filesize")),
                medium=one.get("medium", ""),
                title=one.get("title") or extra.captions.get("title", ""),
                description=one.get("description") or extra.captions.get("description", ""),
                width=whole_number(one.get("width")),
                height=whole_number(one.get("height")),
                duration=whole_number(one.get("duration")),
                thumbnail=one.get("thumbnail", ""),
                role="content",
            )


def _thumbnails(extra: Extra) -> Iterable[Media]:
    # A video in a player of its own (media:player) is a media:content without a URL.
    inner = ({"url": one.get("thumbnail", "")} for one in extra.media if not one.get("url"))
    for one in (*extra.thumbnails, *inner):
        if one.get("url"):
            width, height = whole_number(one.get("width")), whole_number(one.get("height"))
            yield Media(url=one["url"], medium="image", width=width, height=height, role="thumbnail")


def _podcast(entry: Fields, extra: Extra, tags: tuple[Category, ...]) -> Podcast:
    image = dict.get(entry, "image")
    return Podcast(
        duration=text(entry, "itunes_duration"),
        episode=text(entry, "itunes_episode"),
        season=text(entry, "itunes_season"),
        episode_type=text(entry, "itunes_episodetype"),
        explicit=text(entry, "itunes_explicit"),
        image=text(image, "href") if isinstance(image, dict) else "",
        subtitle=text(entry, "subtitle"),
        keywords=", ".join(tag.term for tag in tags if tag.scheme == _ITUNES),
        chapters=extra.chapters.get("url", ""),
        chapters_type=extra.chapters.get("type", ""),
        transcripts=tuple(
            Transcript(
                url=one["url"],
                type=one.get("type", ""),
                language=one.get("language", ""),
                rel=one.get("rel", ""),
            )
            for one in extra.transcripts
            if one.get("url")
        ),
    )


def _place(entry: Fields) -> Place | None:
    where = dict.get(entry, "where")
    latitude, longitude = number_of(text(entry, "geo_lat")), number_of(text(entry, "geo_long"))
    if isinstance(where, dict) and where.get("type") == "Point":
        longitude, latitude = where["coordinates"][:2]  # GeoJSON's order
    if latitude is None or longitude is None or not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return None
    return Place(latitude=latitude, longitude=longitude, name=text(entry, "georss_featurename"))


def _origin(entry: Fields) -> Origin | None:
    source = dict.get(entry, "source")
    if not isinstance(source, dict):
        return None
    links = {link.rel: link.href for link in reversed(tuple(links_of(source)))}
    origin = Origin(
        title=line(source, "title"),
        id=text(source, "id"),
        url=text(source, "href") or links.get("self", ""),
        link=links.get("alternate", ""),
        updated=stated(source, "updated").parsed,
        rights=line(source, "rights"),
        authors=people(source, "author"),
        icon=text(source, "icon"),
    )
    return origin if origin != Origin() else None
