"""Builds articles from the items of a parsed document.

Document --to_articles--> (Article, …), (reason for each skipped item, …)
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Literal

from feeds.model import Article, Document, Feed, GeoPlace, Item, Link, Media, Origin, StatedDate, Url, utc
from feeds.model.headline import content_warning
from feeds.normalize.base_url import document_base, item_bases
from feeds.normalize.body import BodyAndSummary, normalize_body_and_summary
from feeds.normalize.canonical import canonical_form, canonical_part
from feeds.normalize.content_hash import content_hash
from feeds.normalize.credits.agencies import agency_name
from feeds.normalize.dates import MAX_DATE_CHARS, resolve_date
from feeds.normalize.distinct import distinct
from feeds.normalize.enclosure_key import enclosure_key
from feeds.normalize.language import SAMPLE_CHARS, direction_of, language_of, normalize_tag
from feeds.normalize.lead_image import lead_image
from feeds.normalize.media import normalize_media
from feeds.normalize.own_output import OwnItem, read_own_item
from feeds.normalize.people import normalize_categories, normalize_people
from feeds.normalize.podcast import normalize_podcast
from feeds.normalize.reference import single_url
from feeds.normalize.text import one_line, plain_text, remove_unpublishable_chars, title_text
from feeds.normalize.url import absolute_url, clean_url

_PLACEHOLDERS = frozenset({"n/a", "na", "none", "null", "undefined", "nil", "-"})  # for the link of an item
_RELATED = frozenset({"alternate", "related", "via", "replies", "describedby", "payment"})


def to_articles(
    document: Document,
    *,
    source: str,
    url: str,
    now: datetime,
    begin_item: Callable[[int, Item], None] = lambda number, item: None,
) -> tuple[tuple[Article, ...], tuple[str, ...]]:
    """Returns the articles of a document, in document order, and the reasons why items were skipped.

    `source` is the source's id. `url` is the document's final URL, to which relative links refer. An item is
    skipped if it has no title, body, link or media, or if it cannot be read; the others are not affected. Items
    with the same guid, link and content become one article. The articles have no ids yet (see `_article`).
    Raises only ValueError, for a `now` without time zone, and MemoryError. `begin_item` is called before
    each item, with its number from 1.
    """
    now = utc(now)
    base = document_base(url, document.feed)
    articles: list[Article] = []
    skipped: list[str] = []
    for number, item in enumerate(document.items, start=1):
        begin_item(number, item)
        try:
            article = _article(item, document.feed, source=source, base=base, now=now)
        except MemoryError:
            raise  # the caller reads the document without the items that cost, or in parts
        except Exception as error:  # hostile input can raise anything; the other items are still published
            skipped.append(
                f"item {number} ({item_label(item)}): {type(error).__name__}: {one_line(str(error)[:200])}"
            )
            continue
        if article is None:
            skipped.append(f"item {number} ({item_label(item)}): neither title, text, link nor media")
        else:
            articles.append(article)
    return distinct(articles), tuple(skipped)


def item_label(item: Item) -> str:
    return (one_line(item.guid[:80]) or title_text(item.title)[:80] or "without a name").strip()


def _article(item: Item, feed: Feed, *, source: str, base: str, now: datetime) -> Article | None:
    """The article, or None for an empty item. `dedupe.identity.match_known` sets its id, which is "" here."""
    own = read_own_item(item, feed) if feed.own_output else None
    item = own.item if own else item
    link = _page_link(item, base)
    if own:
        title, bodies = own.title, own.bodies
    else:
        title = title_text(item.title)
        bodies = normalize_body_and_summary(item, title, item_bases(item, link, base))
    body = bodies.body
    attachments = normalize_media(item.media, base)
    if not title and not body.html and link is None and not attachments:
        return None
    podcast = normalize_podcast(item.podcast, base)
    rating = item.rating or feed.rating
    is_sensitive = rating == "adult" or bool(not title and content_warning(body.html))
    authors = own.authors if own else normalize_people(item.authors, base)
    sample = f"{title}\n{body.text[:SAMPLE_CHARS]}"
    language = language_of(_declared_languages(item, feed), "" if own else sample)
    published, updated, rejected_date = _dates(item, now)
    canonical_link = canonical_form(link) if link else ""
    also_in = tuple(mention for mention in own.also_in if mention.link != link) if own else ()
    origin = own.origin if own else _origin(item.origin, base, now)
    outlet = origin.title if own and origin else feed.title
    return Article(
        id="",
        source=source,
        guid=remove_unpublishable_chars(item.guid).strip(),
        link=link,
        canonical=canonical_link,
        canonical_part=canonical_part(link) if link else "",
        enclosure_key=enclosure_key(attachments),
        title=title,
        html=body.html,
        summary=bodies.summary,
        text=body.text,
        authors=authors,
        contributors=own.contributors if own else normalize_people(item.contributors, base),
        credits=_credits(bodies, tuple(author.name for author in authors), outlet),
        categories=normalize_categories(item.categories),
        published=published,
        updated=updated,
        rejected_date=rejected_date,
        first_seen=now,
        language=language,
        direction=_direction(own, language, sample),
        media=attachments,
        rating=rating,
        image=lead_image(attachments, body.tree, podcast, is_sensitive=is_sensitive),
        comments=_clean_link(item.comments, base),
        comment_count=item.comment_count,
        rights=plain_text(item.rights),
        license=absolute_url(item.license, base=base),
        podcast=podcast,
        place=_valid_place(item.place),
        related=_related_links(item, link, attachments, base),
        origin=origin,
        also_in=also_in,
        content_hash=content_hash(title, body.text, canonical_link or link or "", attachments, also_in),
    )


def _page_link(item: Item, base: str) -> Url | None:
    """The article's page: the first alternate link, HTML before other types; else a permalink guid; else the
    URL of the content; else a guid or Atom id that is a URL.
    """
    alternates = [link for link in item.links if (link.rel or "alternate").lower() == "alternate"]
    alternates.sort(key=lambda link: "html" not in link.type if link.type else False)
    for link in alternates:
        if link.href.strip().lower() in _PLACEHOLDERS:
            continue
        if (url := _clean_link(single_url(link.href), base)) is not None:
            return url
    if item.guid_is_link and (url := _clean_link(item.guid, "")) is not None:
        return url
    guid = item.guid.strip()
    return _clean_link(item.content_src, base) or (None if len(guid.split()) > 1 else _clean_link(guid, ""))


def _clean_link(href: str, base: str) -> Url | None:
    url = absolute_url(href, base=base) if href else None
    return clean_url(url) if url else None


def _declared_languages(item: Item, feed: Feed) -> tuple[str, ...]:
    bodies = (item.content, item.summary, item.title)
    return (item.language, *(body.language for body in bodies if body), feed.language)


def _direction(own: OwnItem | None, language: str, sample: str) -> Literal["", "ltr", "rtl"]:
    """The direction of the text; that of our own output is marked on the body."""
    direction = direction_of(language, sample)
    if own is None or own.is_right_to_left is None:
        return direction
    return "rtl" if own.is_right_to_left else "ltr" if direction == "rtl" else direction


def _dates(item: Item, now: datetime) -> tuple[datetime | None, datetime | None, str]:
    """`published`, `updated`, and the text of a stated date that is neither."""
    published, updated = resolve_date(item.published, now), resolve_date(item.updated, now)
    rejected = (item.published.raw if published is None else "") or (
        item.updated.raw if updated is None else ""
    )
    rejected = one_line(rejected[:MAX_DATE_CHARS])
    if published is None:
        return updated, None, rejected
    return published, updated if updated is not None and updated > published else None, rejected


def _credits(bodies: BodyAndSummary, authors: tuple[str, ...], outlet: str) -> tuple[str, ...]:
    """Names credited in the text, and agencies named as authors, without the outlet itself ("| HARBOUR, AFP")."""
    names = (*bodies.credits, *(name for author in authors if (name := agency_name(author))))
    if not names:
        return ()
    outlet_key = _name_key(outlet)
    return tuple(dict.fromkeys(name for name in names if not _is_outlet(_name_key(name), outlet_key)))


def _is_outlet(credit: str, outlet: str) -> bool:
    """Compares two name keys. Agency names must match whole: they are short and occur inside other words."""
    return credit == outlet or (len(credit) > 4 and credit in outlet and agency_name(credit) == "")


def _name_key(name: str) -> str:
    """The letters and digits of a name without case and accents (accents are often dropped in capitals)."""
    return "".join(char for char in unicodedata.normalize("NFKD", name.casefold()) if char.isalnum())


def _valid_place(place: GeoPlace | None) -> GeoPlace | None:
    """The place with a plain name; None if a point of it is not on the globe."""
    if place is None:
        return None
    points = ((place.latitude, place.longitude), *place.points)
    if not all(-90 <= latitude <= 90 and -180 <= longitude <= 180 for latitude, longitude in points):
        return None
    return replace(place, name=plain_text(place.name))


def _related_links(
    item: Item, page: Url | None, attachments: tuple[Media, ...], base: str
) -> tuple[Link, ...]:
    """The item's links other than its page.

    An alternate that is not HTML stays an alternate. An HTML alternate (another language, another URL) becomes
    `related`, because feed readers take one HTML alternate for the entry's page.
    """
    links: dict[tuple[str, str], Link] = {}
    for stated in item.links:
        rel, media_type = stated.rel.strip().lower() or "alternate", _type_without_parameters(stated.type)
        if rel == "alternate" and (not media_type or "html" in media_type):
            rel = "related"
        if rel not in _RELATED or (url := _clean_link(stated.href, base)) is None or url == page:
            continue
        link = Link(
            href=url,
            rel=rel,
            type=media_type,
            title=plain_text(stated.title),
            hreflang=normalize_tag(stated.hreflang),
        )
        links.setdefault((rel, url), link)
    already_shown = {page, *(media.url for media in attachments), None}
    if item.content_src and (url := _clean_link(item.content_src, base)) not in already_shown:
        links.setdefault(("related", str(url)), Link(href=str(url), rel="related"))
    return tuple(links.values())


def _type_without_parameters(stated: str) -> str:
    """The type without parameters, which no output format needs: "text/html; charset=utf-8" → "text/html"."""
    return plain_text(stated).partition(";")[0].strip().lower()


def _origin(origin: Origin | None, base: str, now: datetime) -> Origin | None:
    if origin is None:
        return None
    normalized = replace(
        origin,
        title=plain_text(origin.title),
        id=remove_unpublishable_chars(origin.id).strip(),
        url=absolute_url(origin.url, base=base) or "",
        link=_clean_link(origin.link, base) or "",
        links=tuple(
            replace(
                link,
                href=href,
                type=_type_without_parameters(link.type),
                title=plain_text(link.title),
                hreflang=normalize_tag(link.hreflang),
            )
            for link in origin.links
            if (href := absolute_url(link.href, base=base))
        ),
        categories=normalize_categories(origin.categories),
        updated=resolve_date(StatedDate(parsed=origin.updated), now),
        rights=plain_text(origin.rights),
        authors=normalize_people(origin.authors, base),
        language=normalize_tag(origin.language),
        icon=absolute_url(origin.icon, base=base) or "",
    )
    return normalized if normalized != Origin() else None
