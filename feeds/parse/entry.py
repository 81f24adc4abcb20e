"""Builds an Item from one of feedparser's entries and its raw extras.

Fields are read with `dict.get`: feedparser's own look-up returns one field for another ("updated" falls back to
"published") and raises where an entry has no links.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from feeds.model import Body, Category, Item, Link, Media, Origin, Person, StatedDate
from feeds.parse.content_types import TEXT, is_readable, kind_of
from feeds.parse.html_tree import html_to_text, text_line
from feeds.parse.place import build_place
from feeds.parse.reference.handlers import TYPE_AS_WRITTEN
from feeds.parse.reference.mediarss import media_contents, media_thumbnails, shared_caption, stated_rating
from feeds.parse.reference.podcasting import build_podcast
from feeds.parse.reference.raw_extras import RawExtras
from feeds.parse.values import (
    Fields,
    is_http_url,
    merge_people,
    parse_iso_date,
    text_field,
    utc_datetime,
    whole_number,
)

_IANA = "http://www.iana.org/assignments/relation/"  # RFC 4287 §4.2.7.2: the same relation as without it
_MARKUP_SUFFIXES = ("html", "xml")


def build_item(entry: Fields, extras: RawExtras, version: str, *, is_own_output: bool = False) -> Item:
    """The item of an entry. `version`: feedparser's name of the document's format. May raise on bad values.

    `is_own_output`: this program published the entry, and put no value in the place of another.
    """
    links = (*links_of(entry), *_further_links(entry, extras))
    content, content_src, src_type = _content(entry)
    tags = categories(entry)
    summary = _stated_summary(entry) if is_own_output else _summary(entry, extras)
    guid = text_field(entry, "id")
    guid_is_link = extras.guid_is_permalink and version.startswith("rss")
    if guid_is_link and is_http_url(guid) and all(link.rel != "alternate" for link in links):
        links = (Link(href=guid), *links)
    return Item(
        guid=guid,
        guid_is_link=guid_is_link,
        title=text_body(entry, "title") or _text_body(shared_caption(extras, "title")),
        links=tuple(link for link in links if link.rel not in ("enclosure", "license")),
        summary=summary,
        content=content,
        content_src=content_src,
        authors=people(entry, "author"),
        contributors=merge_people(
            (*people(entry, "contributor"), *(Person(name=name.strip()) for name in extras.credits))
        ),
        categories=(*tags, *(Category(term=word.strip()) for word in extras.keywords if word.strip())),
        published=stated_date(entry, "published")
        if text_field(entry, "published")
        else stated_date(entry, "created"),
        updated=stated_date(entry, "updated"),
        media=(
            *_enclosures(links),
            *_linked_media(content_src, src_type),
            *media_contents(extras),
            *media_thumbnails(extras),
        ),
        rating=stated_rating(extras.captions),
        comments=text_field(entry, "comments") or _comments(links),
        comment_count=_comment_count(entry),
        rights=plain_line(entry, "rights") or plain_line(entry, "media_copyright"),
        license=next((href for href in (*_licenses(links), *extras.license_urls) if href), ""),
        language=text_field(entry, "language") or extras.language,
        podcast=build_podcast(entry, extras, tags, summary.value if summary and not is_own_output else ""),
        place=build_place(entry, extras.location.get("geo", "")),
        origin=_origin(entry),
    )


def _further_links(entry: Fields, extras: RawExtras) -> Iterable[Link]:
    """The elements of other vocabularies that Atom expresses as a link."""
    if comments_feed := text_field(entry, "wfw_commentrss"):
        yield Link(href=comments_feed, rel="replies", type="application/rss+xml")
    for discussion_url in filter(is_http_url, extras.discussion_urls):
        yield Link(href=discussion_url, rel="replies")
    in_reply_to = dict.get(entry, "thr_in-reply-to")
    if isinstance(in_reply_to, dict) and in_reply_to.get("href"):  # RFC 4685 §3
        yield Link(href=in_reply_to["href"], rel="related", type=in_reply_to.get("type", ""))
    for player_url in filter(None, extras.player_urls):
        yield Link(href=player_url, rel="related", type="text/html")


def _comments(links: tuple[Link, ...]) -> str:
    """The URL of the page with the comments, which may be given as a link (RFC 4685 §4)."""
    pages = (link for link in links if link.rel == "replies" and (not link.type or "html" in link.type))
    return next((link.href for link in pages), "")


def _comment_count(entry: Fields) -> int | None:
    stated_counts: list[object] = [text_field(entry, "slash_comments"), text_field(entry, "thr_total")]
    stated_counts += [
        dict.get(link, "thr:count") for link in dict.get(entry, "links") or () if "thr:count" in link
    ]
    return next((count for stated in stated_counts if (count := whole_number(stated)) is not None), None)


def _licenses(links: tuple[Link, ...]) -> Iterable[str]:
    return (link.href for link in links if link.rel == "license")


def is_empty(item: Item) -> bool:
    """Whether nothing identifies the item, and there is nothing to read or link (RSS 2.0: a title or a description)."""
    stated = item.guid or item.links or item.title or item.summary or item.content or item.content_src
    return not (stated or item.media)


def plain_line(fields: Fields, name: str) -> str:
    """A text construct as plain text, on one line."""
    construct = text_body(fields, name)
    if construct is None:
        return ""
    return html_to_text(construct.value) if construct.type == "html" else text_line(construct.value)


def _rows(fields: Fields, name: str) -> list[Fields]:
    """The dictionaries in the list of that name, as plain dictionaries without feedparser's look-up."""
    return [dict(row) for row in dict.get(fields, name) or () if isinstance(row, dict)]


def text_body(fields: Fields, name: str) -> Body | None:
    """A text construct. Its `_detail` is used only if the values agree: it may be a nested element's."""
    value = text_field(fields, name)
    detail = dict.get(fields, f"{name}_detail") or {}
    return _body(detail if detail.get("value") == value else {"value": value, "type": "text/html"})


def _body(detail: Fields) -> Body | None:
    value, media_type = detail.get("value") or "", detail.get("type") or TEXT
    if not value or not is_readable(media_type, value):
        return None
    language, base = detail.get("language") or "", detail.get("base") or ""
    return Body(value=value, type=kind_of(media_type, value), language=language, base=base)


def _text_body(value: str) -> Body | None:
    return Body(value=value, type="text") if value else None


def _stated_summary(entry: Fields) -> Body | None:
    # A summary without a detail is feedparser's copy of the content.
    return text_body(entry, "summary") if "summary_detail" in entry else None


def _summary(entry: Fields, extras: RawExtras) -> Body | None:
    media_description = shared_caption(extras, "description")
    kind: Literal["text", "html"] = "html" if shared_caption(extras, "description type") == "html" else "text"
    described = Body(value=media_description, type=kind) if media_description else None
    return _stated_summary(entry) or text_body(entry, "itunes_summary") or described


def _content(entry: Fields) -> tuple[Body | None, str, str]:
    """The best content (HTML before text, then the longest), and the URL and media type of external content."""
    rows = _rows(entry, "content")
    bodies = [body for row in rows if (body := _body(row))]
    best = max(bodies, key=lambda body: (body.type == "html", len(body.value)), default=None)
    return best, *next(((row["src"], row.get("type", "")) for row in rows if row.get("src")), ("", ""))


def people(fields: Fields, role: str) -> tuple[Person, ...]:
    """`role`: "author" or "contributor"."""
    return merge_people(
        Person(name=row.get("name") or "", email=row.get("email") or "", uri=row.get("href") or "")
        for row in _rows(fields, f"{role}s")
    )


def categories(fields: Fields) -> tuple[Category, ...]:
    return tuple(
        Category(
            term=row.get("term") or row["label"], scheme=row.get("scheme") or "", label=row.get("label") or ""
        )
        for row in _rows(fields, "tags")
        if row.get("term") or row.get("label")
    )


def stated_date(fields: Fields, name: str) -> StatedDate:
    return StatedDate(raw=text_field(fields, name), parsed=utc_datetime(dict.get(fields, f"{name}_parsed")))


def links_of(entry: Fields) -> Iterable[Link]:
    # The link that FeedBurner replaced by a counting redirect.
    original = text_field(entry, "feedburner_origlink")
    if original:
        yield Link(href=original)
    for link in _rows(entry, "links"):
        href = (link.get("href") or "").strip()
        if href and href != original:
            yield Link(
                href=href,
                rel=(link.get("rel") or "alternate").strip().lower().removeprefix(_IANA),
                type=link.get(TYPE_AS_WRITTEN, link.get("type")) or "",
                title=link.get("title") or "",
                hreflang=link.get("hreflang") or "",
                length=link.get("length") or "",
            )


def _enclosures(links: tuple[Link, ...]) -> Iterable[Media]:
    for link in links:
        if link.rel == "enclosure":
            yield Media(url=link.href, type=link.type, length=whole_number(link.length), title=link.title)


def _linked_media(src: str, media_type: str) -> Iterable[Media]:
    """Atom content at a URL that is not text but audio, video or an image (RFC 4287 §4.1.3.2)."""
    if (
        src
        and "/" in media_type
        and not media_type.startswith("text/")
        and not media_type.endswith(_MARKUP_SUFFIXES)
    ):
        yield Media(url=src, type=media_type)


def _origin(entry: Fields) -> Origin | None:
    source = dict.get(entry, "source")
    if not isinstance(source, dict):
        return None
    all_links = tuple(links_of(source))
    url_by_rel = {link.rel: link.href for link in reversed(all_links)}
    origin = Origin(
        title=plain_line(source, "title"),
        id=text_field(source, "id"),
        # feedparser's href is the url of an RSS source, but in Atom it may be an author's.
        url=url_by_rel.get("self", "")
        or ("" if all_links or text_field(source, "id") else text_field(source, "href")),
        link=url_by_rel.get("alternate", ""),
        links=tuple(
            link
            for link in all_links
            if link.href not in (url_by_rel.get("self"), url_by_rel.get("alternate"))
        ),
        categories=categories(source),
        # Not as feedparser parsed it: it fills in what it does not understand from today's date.
        updated=parse_iso_date(text_field(source, "updated")).parsed,
        rights=plain_line(source, "rights"),
        authors=people(source, "author"),
        icon=text_field(source, "icon"),
        language=text_field(source, "language"),
    )
    return origin if replace(origin, language="") != Origin() else None  # a language alone names no source
