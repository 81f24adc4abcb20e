"""One entry of feedparser → Item.

Everything is read with `dict.get`: feedparser's own look-up takes one field for another ("updated" falls back
to "published") and raises where a list of links is missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from feeds.model import Body, Category, Item, Link, Media, Origin, Person, Stated
from feeds.parse.parts import Fields, each_once, is_web, moment, text, whole_number
from feeds.parse.place import place
from feeds.parse.reference.handlers import AS_WRITTEN
from feeds.parse.reference.mediarss import caption, contents, thumbnails
from feeds.parse.reference.podcasting import podcast
from feeds.parse.reference.raw_extras import Extra
from feeds.parse.tree import plain

# RFC 4287 §4.1.3.3: content may as well be an image in base64, or another document in line.
_READABLE = ("text", "html", "xhtml", "plain", "application/xhtml+xml")
_IANA = "http://www.iana.org/assignments/relation/"  # RFC 4287 §4.2.7.2: the same as the bare name
_MARKUP = ("html", "xml")


def item(entry: Fields, extra: Extra, version: str) -> Item:
    """What the entry says."""
    links = (*links_of(entry), *_further_links(entry, extra))
    content, content_src, src_type = _content(entry)
    tags = categories(entry)
    summary = _summary(entry, extra)
    guid = text(entry, "id")
    guid_is_link = extra.permalink and version.startswith("rss")
    if guid_is_link and is_web(guid) and all(link.rel != "alternate" for link in links):
        links = (Link(href=guid), *links)
    return Item(
        guid=guid,
        guid_is_link=guid_is_link,
        title=body(entry, "title") or _plain(caption(extra, "title")),
        links=tuple(link for link in links if link.rel not in ("enclosure", "license")),
        summary=summary,
        content=content,
        content_src=content_src,
        authors=people(entry, "author"),
        contributors=each_once(
            (*people(entry, "contributor"), *(Person(name=name.strip()) for name in extra.credits))
        ),
        categories=(*tags, *(Category(term=word.strip()) for word in extra.keywords if word.strip())),
        published=stated(entry, "published") if text(entry, "published") else stated(entry, "created"),
        updated=stated(entry, "updated"),
        media=(*_enclosures(links), *_played(content_src, src_type), *contents(extra), *thumbnails(extra)),
        comments=text(entry, "comments") or _comments(links),
        comment_count=_comment_count(entry),
        rights=line(entry, "rights") or line(entry, "media_copyright"),
        license=next((href for href in (*_licenses(links), *extra.licenses) if href), ""),
        language=text(entry, "language") or extra.language,
        podcast=podcast(entry, extra, tags, summary.value if summary else ""),
        place=place(entry, extra.location.get("geo", "")),
        origin=_origin(entry),
    )


def _further_links(entry: Fields, extra: Extra) -> Iterable[Link]:
    """What other vocabularies have an element for, and Atom a link."""
    if feed := text(entry, "wfw_commentrss"):
        yield Link(href=feed, rel="replies", type="application/rss+xml")
    for talk in filter(is_web, extra.talks):
        yield Link(href=talk, rel="replies")
    answered = dict.get(entry, "thr_in-reply-to")
    if isinstance(answered, dict) and answered.get("href"):  # RFC 4685 §3
        yield Link(href=answered["href"], rel="related", type=answered.get("type", ""))
    for player in filter(None, extra.players):
        yield Link(href=player, rel="related", type="text/html")


def _comments(links: tuple[Link, ...]) -> str:
    """The page with the comments, which RFC 4685 §4 has as a link."""
    pages = (link for link in links if link.rel == "replies" and (not link.type or "html" in link.type))
    return next((link.href for link in pages), "")


def _comment_count(entry: Fields) -> int | None:
    said: list[object] = [text(entry, "slash_comments"), text(entry, "thr_total")]
    said += [dict.get(link, "thr:count") for link in dict.get(entry, "links") or () if "thr:count" in link]
    return next((count for one in said if (count := whole_number(one)) is not None), None)


def _licenses(links: tuple[Link, ...]) -> Iterable[str]:
    return (link.href for link in links if link.rel == "license")


def is_empty(item: Item) -> bool:
    """Nothing by which it could be told, read or linked: RSS 2.0 asks for a title or a description."""
    says = item.guid or item.links or item.title or item.summary or item.content or item.content_src
    return not (says or item.media)


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


def _plain(value: str) -> Body | None:
    return Body(value=value, type="text") if value else None


def _summary(entry: Fields, extra: Extra) -> Body | None:
    # Without a detail it is feedparser's copy of the content.
    said = body(entry, "summary") if "summary_detail" in entry else None
    words = caption(extra, "description")
    kind: Literal["text", "html"] = "html" if caption(extra, "description type") == "html" else "text"
    return said or body(entry, "itunes_summary") or (Body(value=words, type=kind) if words else None)


def _content(entry: Fields) -> tuple[Body | None, str, str]:
    """The best of several: HTML before text, then the longest; and where content lies elsewhere, its URL and
    its type."""
    several = _rows(entry, "content")
    readable = (one for one in several if one.get("type", "text/html").startswith(_READABLE))
    bodies = [made for one in readable if (made := _body(one))]
    best = max(bodies, key=lambda made: (made.type == "html", len(made.value)), default=None)
    return best, *next(((one["src"], one.get("type", "")) for one in several if one.get("src")), ("", ""))


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


def _played(src: str, kind: str) -> Iterable[Media]:
    """Atom content that lies elsewhere and is not read but heard or seen (RFC 4287 §4.1.3.2)."""
    if src and "/" in kind and not kind.startswith("text/") and not kind.endswith(_MARKUP):
        yield Media(url=src, type=kind)


def _origin(entry: Fields) -> Origin | None:
    source = dict.get(entry, "source")
    if not isinstance(source, dict):
        return None
    every = tuple(links_of(source))
    links = {link.rel: link.href for link in reversed(every)}
    origin = Origin(
        title=line(source, "title"),
        id=text(source, "id"),
        # feedparser keeps RSS's url there, and the address of an Atom author as well.
        url=links.get("self", "") or ("" if every or text(source, "id") else text(source, "href")),
        link=links.get("alternate", ""),
        links=tuple(one for one in every if one.href not in (links.get("self"), links.get("alternate"))),
        categories=categories(source),
        updated=stated(source, "updated").parsed,
        rights=line(source, "rights"),
        authors=people(source, "author"),
        icon=text(source, "icon"),
    )
    return origin if origin != Origin() else None
