"""RSS 2.0, after the RSS Advisory Board's specification and its profile of best practices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from functools import partial

from feeds.model import Edition, Entry, utc
from feeds.render import entry_text, podcast
from feeds.render.atom import RELATIONS, put_link
from feeds.render.entry_text import unmarked
from feeds.render.extensions import put_modules
from feeds.render.feedgen_extension import (
    TYPES,
    Element,
    new_entry,
    new_feed,
    put,
    put_history,
    put_hubs,
    put_some,
)
from feeds.render.rendered import Admitted, Rendered, admit_edition, each
from feeds.render.rendered_cache import Pieces, announced, each_in_xml


def rfc822(moment: datetime) -> str:
    """With English names, whatever the locale. Raises ValueError for a moment without a zone."""
    return format_datetime(utc(moment), usegmt=True)


def render(edition: Edition | Admitted, pieces: Pieces | None = None) -> Rendered:
    """RSS 2.0, UTF-8."""
    edition, refused = admit_edition(edition)
    language = podcast.feed_language(edition)
    made = each_in_xml(partial(_item, language=language), language, pieces)
    kept, items, left_out = each(edition.entries, made)
    edition = replace(edition, entries=kept)

    feed = new_feed(
        lambda root: _complete_channel(root[0], edition, announced(items, pieces)),
        atom=False,
        used=podcast.strange(kept),
    )
    feed.title(unmarked(edition.title))
    feed.description(unmarked(edition.description or edition.title))
    feed.language(language or None)
    feed.ttl(max(edition.ttl, 1))
    feed.link(href=edition.url("rss"), rel="self", type=TYPES["rss"])
    # The last one becomes the channel's link.
    feed.link(href=edition.url("html") if "html" in edition.formats else edition.base_url, rel="alternate")
    data: bytes = feed.rss_str(pretty=True)
    # As the profile asks: a reader that decodes once too often meets a character reference, not an entity.
    data = data.replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")
    return Rendered(pieces.filled(data) if pieces is not None else data, refused + left_out)


def _complete_channel(channel: Element, edition: Edition, items: Iterable[Element]) -> None:
    put(channel, "lastBuildDate", rfc822(edition.updated))
    put_history(channel, edition, "rss", "atom:link")
    put_hubs(channel, edition, "atom:link")
    podcast.put_show(channel, edition)
    channel.extend(items)


def _item(entry: Entry, language: str) -> Element:
    article = entry.article
    made = new_entry(partial(_complete_item, entry=entry, language=language))
    made.title(unmarked(entry_text.headline(entry)))
    made.guid(entry.id, permalink=entry.id == article.link)
    if article.link:
        made.link(href=article.link, rel="alternate")
    body = entry_text.body(entry)
    if entry_text.has_own_summary(entry):
        made.description(article.summary)
        made.content(body)
    elif body:
        made.description(body)
    for category in entry_text.categories(article.categories):
        name = entry_text.line(category.label) or category.term
        made.category({"term": unmarked(name), "scheme": unmarked(entry_text.taxonomy(category))})
    if article.comments:
        made.comments(article.comments)
    if entry.origin.url:
        made.source(url=entry.origin.url, title=unmarked(entry_text.source_title(entry)))
    return made.rss_entry()


def _complete_item(item: Element, entry: Entry, language: str) -> None:
    article = entry.article
    put(item, "pubDate", rfc822(entry.published))
    _authors(item, entry)
    for contributor in entry_text.contributors(article):
        put(item, "dc:contributor", unmarked(contributor.name))
    own = entry_text.language(article.language)
    put_some(item, "dc:language", own if own != language else "")
    put_some(item, "dc:rights", unmarked(article.rights.strip() or entry.origin.rights.strip()))
    put_some(item, "creativeCommons:license", article.license or "")
    for mention in entry_text.mentions(entry):
        title = unmarked(entry_text.mention_title(mention))
        put(item, "atom:link", rel="related", href=mention.link, title=title)
    told = ""
    for link in entry_text.related(article, RELATIONS):
        if link.rel == "replies" and "xml" in link.type and not told:
            told = link.href
            put(item, "wfw:commentRss", told)
        else:
            put_link(item, "atom:link", link)
    if article.comment_count is not None:
        put(item, "slash:comments", str(article.comment_count))
    if entry.updated > entry.published:
        put(item, "atom:updated", entry_text.rfc3339(entry.updated))
    enclosures = entry_text.media(article, "enclosure")
    for one in enclosures[:1]:
        put(
            item,
            "enclosure",
            url=one.url,
            length=str(max(one.length or 0, 0)),  # 0: unknown, as the profile asks
            type=entry_text.media_type(one),
        )
    put_modules(item, entry, spare=tuple(one for one in enclosures if one.title or one != enclosures[0]))


def _authors(item: Element, entry: Entry) -> None:
    """RSS's author is an address, and there is one of it; all others are creators. Never both."""
    authors = entry_text.people(entry.article.authors)
    if len(authors) == 1 and authors[0].email and not set(authors[0].name) & set('()<>\\",'):
        put(item, "author", f"{authors[0].email} ({authors[0].name})")
        return
    for author in authors:
        put(item, "dc:creator", unmarked(author.name))
