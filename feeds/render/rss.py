"""RSS 2.0, by the RSS Advisory Board's specification and its profile of best practices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from typing import TYPE_CHECKING

from feeds.model import Article, Edition, Entry, Link, PreviousEntry, utc
from feeds.render import entry_text, formats, podcast
from feeds.render.atom import ENTRY_RELATIONS, put_link
from feeds.render.checks import check_xml
from feeds.render.entry_text import neutralize_tags
from feeds.render.extensions import put_extensions
from feeds.render.feedgen_extension import (
    NAMESPACES,
    Element,
    new_entry,
    new_feed,
    put,
    put_history,
    put_hubs,
    put_if_text,
)
from feeds.render.recovery import parse_rfc3339, xml_root
from feeds.render.rendered import CleanEdition, Rendered, clean_edition, render_each
from feeds.render.rendered_cache import RenderedCache, entry_renderer, with_end_marker

if TYPE_CHECKING:
    from feeds.render.pages.theme import Theme

_ATOM = f"{{{NAMESPACES['atom']}}}"
_RSS = "application/rss+xml"

check = check_xml


def rfc822(moment: datetime) -> str:
    """An RFC 822 date with English names in every locale. Raises ValueError for a datetime without a time zone."""
    return format_datetime(utc(moment), usegmt=True)


def render(
    edition: Edition | CleanEdition, *, theme: Theme | None = None, cache: RenderedCache | None = None
) -> Rendered:
    """RSS 2.0, UTF-8. `theme` is ignored."""
    clean = clean_edition(edition)
    edition = clean.edition
    language = entry_text.language_tag(edition.language)
    render_item = entry_renderer(partial(_item, language=language), language, cache)
    rendered, items, skipped = render_each(edition.entries, render_item)
    edition = replace(edition, entries=rendered)

    feed = new_feed(
        lambda root: _complete_channel(root[0], edition, with_end_marker(items, cache)),
        atom=False,
        used_prefixes=podcast.optional_namespaces(rendered),
    )
    feed.title(neutralize_tags(edition.title))
    feed.description(neutralize_tags(edition.description or edition.title))
    feed.language(language or None)
    feed.ttl(max(edition.ttl, 1))
    feed.link(href=edition.url("rss"), rel="self", type=formats.get("rss").media_type)
    # feedgen makes the last link the channel's own link element.
    feed.link(href=edition.url("html") if "html" in edition.formats else edition.base_url, rel="alternate")
    data: bytes = feed.rss_str(pretty=True)
    # As the profile asks: a reader that decodes twice meets a numeric character reference, not an entity.
    data = data.replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")
    return Rendered(cache.insert_cached(data) if cache is not None else data, clean.skipped_entries + skipped)


def _complete_channel(channel: Element, edition: Edition, items: Iterable[Element]) -> None:
    put(channel, "lastBuildDate", rfc822(edition.updated))
    put_history(channel, edition, "rss", "atom:link")
    put_hubs(channel, edition, "atom:link")
    channel.extend(items)


def _item(entry: Entry, language: str) -> Element:
    article = entry.article
    generated = new_entry(partial(_complete_item, entry=entry, language=language))
    generated.title(neutralize_tags(entry_text.headline(entry)))
    generated.guid(entry.id, permalink=entry.id == article.link)
    if article.link:
        generated.link(href=article.link, rel="alternate")
    body = entry_text.body_html(entry)
    if entry_text.has_own_summary(entry):
        generated.description(article.summary)
        generated.content(body)
    elif body:
        generated.description(body)
    categories = (
        (entry_text.one_line(category.label) or category.term, entry_text.category_scheme(category))
        for category in entry_text.categories(article.categories)
    )
    for name, scheme in dict.fromkeys(categories):
        generated.category({"term": neutralize_tags(name), "scheme": neutralize_tags(scheme)})
    if article.comments:
        generated.comments(article.comments)
    if entry.origin.url:
        generated.source(url=entry.origin.url, title=neutralize_tags(entry_text.source_title(entry)))
    return generated.rss_entry()


def _complete_item(item: Element, entry: Entry, language: str) -> None:
    article = entry.article
    put(item, "pubDate", rfc822(entry.published))
    if not entry.origin.url:  # RSS's source requires one
        put(item, "dc:source", neutralize_tags(entry_text.source_title(entry)))
    _authors(item, entry)
    for contributor in entry_text.contributors(article):
        put(item, "dc:contributor", neutralize_tags(contributor.name))
    item_language = entry_text.language_tag(article.language)
    put_if_text(item, "dc:language", item_language if item_language != language else "")
    put_if_text(item, "dc:rights", neutralize_tags(article.rights.strip() or entry.origin.rights.strip()))
    put_if_text(item, "creativeCommons:license", article.license or "")
    for mention in entry_text.mentions(entry):
        title = neutralize_tags(entry_text.mention_title(mention))
        put(item, "atom:link", rel="related", href=mention.link, title=title)
    _related_links(item, article)
    if article.comment_count is not None:
        put(item, "slash:comments", str(article.comment_count))
    if entry.updated > entry.published:
        put(item, "atom:updated", entry_text.rfc3339(entry.updated))
    enclosures = entry_text.media(article, "enclosure")
    for enclosure in enclosures[:1]:
        put(
            item,
            "enclosure",
            url=enclosure.url,
            length=str(max(enclosure.length or 0, 0)),  # 0: unknown, as the profile asks
            type=entry_text.media_type(enclosure),
        )
    put_extensions(
        item,
        entry,
        detailed=tuple(medium for medium in enclosures if medium.title or medium != enclosures[0]),
    )


def _related_links(item: Element, article: Article) -> None:
    """Write the links. The last feed of comments is wfw:commentRss, which has only a URL, and a link too if there is
    more to say of it: its type is not that of RSS, or it has a title."""
    links = entry_text.related(article, ENTRY_RELATIONS)
    feeds = (link for link in reversed(links) if link.rel == "replies" and "xml" in link.type)
    comment_feed = next(feeds, None)
    for link in links:
        if link is not comment_feed or link != Link(href=link.href, rel="replies", type=_RSS):
            put_link(item, "atom:link", link)
    if comment_feed:
        put(item, "wfw:commentRss", comment_feed.href)


def _authors(item: Element, entry: Entry) -> None:
    """Write one author with an e-mail address as RSS's author, all others as dc:creator. Never both.

    An author's page is a link with the author's name, because neither element has a place for it.
    """
    authors = entry_text.people(entry.article.authors)
    for author in authors:
        if author.uri:
            put(item, "atom:link", rel="author", href=author.uri, title=neutralize_tags(author.name))
    if len(authors) == 1 and authors[0].email and not set(authors[0].name) & set('()<>\\",'):
        put(item, "author", f"{authors[0].email} ({authors[0].name})")
        return
    for author in authors:
        put(item, "dc:creator", neutralize_tags(author.name))


def recover_entries(data: bytes, _feed_id: str, address: str) -> Iterator[PreviousEntry]:
    """Read the items of a published file; none if its own URL is not `address`. RSS has no feed id."""
    channel = xml_root(data).find("channel")
    if channel.find(f"{_ATOM}link[@rel='self']").get("href") != address:
        return
    for item in channel.iterfind("item"):
        published = parsedate_to_datetime(item.findtext("pubDate")).astimezone(UTC)
        updated = item.findtext(f"{_ATOM}updated")
        yield PreviousEntry(
            entry=item.findtext("guid"),
            link=item.findtext("link") or "",
            published=published,
            updated=parse_rfc3339(updated) if updated else published,
        )
