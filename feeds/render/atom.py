"""Atom 1.0 (RFC 4287)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from html import escape
from typing import TYPE_CHECKING

from feeds.model import Category, Edition, Entry, Link, Person, PreviousEntry
from feeds.render import entry_text, formats, podcast
from feeds.render.checks import check_xml
from feeds.render.clean_for_publication import uri
from feeds.render.extensions import put_extensions
from feeds.render.feedgen_extension import (
    NAMESPACES,
    XML_LANG,
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

ENTRY_RELATIONS = frozenset({"alternate", "related", "via", "replies", "describedby", "payment"})
"""Relations of the links that an entry may have. Never another feed's self, hub, edit or next."""

SOURCE_RELATIONS = frozenset({"alternate", "related", "via", "license", "hub"})
"""Relations of the links that the source of an entry may have."""

_ATOM = f"{{{NAMESPACES['atom']}}}"

check = check_xml


def render(
    edition: Edition | CleanEdition, *, theme: Theme | None = None, cache: RenderedCache | None = None
) -> Rendered:
    """Atom 1.0, UTF-8. Every entry names the feed that it was taken from (§4.2.11). `theme` is ignored."""
    clean = clean_edition(edition)
    edition = clean.edition
    language = entry_text.language_tag(edition.language)
    render_entry = entry_renderer(partial(_entry, language=language), language, cache)
    rendered, entries, skipped = render_each(edition.entries, render_entry)
    edition = replace(edition, entries=rendered)

    feed = new_feed(
        lambda root: _complete_feed(root, edition, with_end_marker(entries, cache)),
        atom=True,
        used_prefixes=podcast.optional_namespaces(rendered),
    )
    feed.id(edition.id)
    feed.title(edition.title)
    feed.subtitle(edition.description or None)
    feed.updated(edition.updated)
    # RFC 4287 §4.1.1 requires an author of the feed. The author of an entry or of its source takes precedence.
    feed.author(name=entry_text.neutralize_tags(edition.title))
    feed.language(language or None)
    feed.link(href=edition.url("atom"), rel="self", type=formats.get("atom").media_type)
    for other in (*formats.pages(), *formats.feeds()):
        if other.name in edition.formats and other.name != "atom":
            feed.link(href=edition.url(other.name), rel="alternate", type=other.media_type)
    if "html" not in edition.formats:
        feed.link(href=edition.base_url, rel="alternate", type="text/html")
    data: bytes = feed.atom_str(pretty=True)
    # In a title such as "R&D2" the validator sees an entity, unless `&` is a numeric character reference.
    data = data.replace(b"&amp;", b"&#x26;")
    return Rendered(cache.insert_cached(data) if cache is not None else data, clean.skipped_entries + skipped)


def _complete_feed(root: Element, edition: Edition, entries: Iterable[Element]) -> None:
    for name in ("title", "subtitle"):
        if (element := root.find(name)) is not None:
            _set_text(element, element.text)
    newest = max(
        map(entry_text.unique_timestamp, edition.entries), default=entry_text.rfc3339(edition.updated)
    )
    root.find("updated").text = newest
    put_history(root, edition, "atom", "link")
    put_hubs(root, edition, "link")
    root.extend(entries)


def _entry(entry: Entry, language: str) -> Element:
    article = entry.article
    body = entry_text.body_html(entry)
    headline = entry_text.headline(entry)
    generated = new_entry(partial(_complete_entry, entry=entry, language=language, bare=not body))
    generated.id(entry.id)
    generated.title(headline)
    generated.updated(entry.updated)
    generated.published(entry.published)
    # The break, which nobody sees, tells `normalize.own_output` that this is no body.
    generated.content(body or f"<p>{escape(headline)}<br></p>", type="html")
    if entry_text.has_own_summary(entry):
        generated.summary(article.summary, type="html")
    for category in entry_text.categories(article.categories):
        generated.category(_category(category))
    return generated.atom_entry()


def _category(category: Category) -> dict[str, str]:
    label = entry_text.neutralize_tags(entry_text.one_line(category.label))
    return {"term": category.term, "scheme": uri(category.scheme), "label": label}


def _set_text(element: Element, text: str) -> None:
    """Write a text construct (§3.1), as text, or as HTML if readers would take it for HTML anyway. On one line, because
    the validator looks for the escaped `&` in the line of the tag (ContainsUndeclaredHTML)."""
    text = " ".join(text.split())
    html = entry_text.looks_like_html(text)
    element.set("type", "html" if html else "text")
    element.text = escape(text, quote=False) if html else text


def _complete_entry(element: Element, entry: Entry, language: str, bare: bool) -> None:
    article = entry.article
    if (
        bare and article.link
    ):  # an entry needs content or an alternate link (§4.1.2); feedgen insists on content
        element.remove(element.find("content"))
        # The validator asks for some text (MissingTextualContent).
        _set_text(put(element, "summary"), entry_text.headline(entry))
    entry_language = entry_text.language_tag(article.language)
    if entry_language and entry_language != language:
        element.set(XML_LANG, entry_language)
    _set_text(element.find("title"), element.find("title").text)
    element.find("updated").text = entry_text.unique_timestamp(entry)
    element.find("published").text = entry_text.rfc3339(entry.published)
    for author in entry_text.people(article.authors):
        _person(element, "author", author)
    for contributor in entry_text.contributors(article):
        _person(element, "contributor", contributor)
    if rights := article.rights.strip():
        _set_text(put(element, "rights"), rights)
    _links(element, entry)
    if article.comment_count is not None:
        put(element, "thr:total", str(article.comment_count))
    put_extensions(element, entry)
    _source(element, entry)


def _links(element: Element, entry: Entry) -> None:
    article = entry.article
    if article.link:
        put(element, "link", rel="alternate", type="text/html", href=article.link)
    for medium in entry_text.media(article, "enclosure"):
        put(
            element,
            "link",
            rel="enclosure",
            href=medium.url,
            type=entry_text.media_type(medium),
            length=str(max(medium.length or 0, 0)),  # 0: unknown, as in RSS
            title=_link_title(medium.title),
        )
    if article.comments:
        put(element, "link", rel="replies", type="text/html", href=article.comments)
    if article.license:
        put(element, "link", rel="license", href=article.license)  # RFC 4946
    written = {(link.get("rel"), link.get("href")) for link in element.iterfind("link")}
    for mention in entry_text.mentions(entry):
        if ("related", mention.link) not in written:
            written.add(("related", mention.link))
            put(
                element,
                "link",
                rel="related",
                href=mention.link,
                title=_link_title(entry_text.mention_title(mention)),
            )
    for link in entry_text.related(article, ENTRY_RELATIONS):
        if (link.rel, link.href) not in written:
            written.add((link.rel, link.href))
            put_link(element, "link", link)


def _link_title(text: str) -> str:
    return entry_text.neutralize_tags(entry_text.one_line(text))


def put_link(parent: Element, name: str, link: Link) -> None:
    """Append a link element with all attributes that the link has."""
    media_type = link.type if entry_text.is_media_type(link.type) else ""
    put(
        parent,
        name,
        rel=link.rel,
        type=media_type,
        href=link.href,
        hreflang=entry_text.language_tag(link.hreflang),
        title=_link_title(link.title),
    )


def _source(element: Element, entry: Entry) -> None:
    """Write atom:source (§4.2.11), with the metadata of the source feed that the entry would lose otherwise."""
    article, origin = entry.article, entry.origin
    source = put(element, "source")
    if origin_language := entry_text.language_tag(origin.language):
        source.set(XML_LANG, origin_language)
    put(source, "id", entry_text.source_id(entry))
    _set_text(put(source, "title"), entry_text.source_title(entry))
    put(source, "updated", entry_text.rfc3339(origin.updated or entry.updated))
    if origin.url:
        put(source, "link", rel="self", href=origin.url)
    if origin.link:
        put(source, "link", rel="alternate", type="text/html", href=origin.link)
    for link in entry_text.distinct_links(origin.links, SOURCE_RELATIONS):
        put_link(source, "link", link)
    if not article.categories:
        for category in entry_text.categories(origin.categories):
            put(source, "category", **_category(category))
    authors = entry_text.source_authors(entry)
    if not authors and not entry_text.people(article.authors):
        authors = entry_text.people((Person(name=entry_text.source_title(entry)),))
    for author in authors:
        _person(source, "author", author)
    if rights := origin.rights.strip():
        _set_text(put(source, "rights"), rights)
    put_if_text(source, "icon", origin.icon)


def _person(parent: Element, name: str, person: Person) -> None:
    element = put(parent, name)
    put(element, "name", entry_text.neutralize_tags(person.name))
    put_if_text(element, "uri", person.uri)
    put_if_text(element, "email", person.email)


def recover_entries(data: bytes, feed_id: str, _address: str) -> Iterator[PreviousEntry]:
    """Read the entries of a published file; none if it is not a file of the output with this id."""
    root = xml_root(data)
    if root.findtext(f"{_ATOM}id") != feed_id:
        return
    for entry in root.iterfind(f"{_ATOM}entry"):
        link = entry.find(f"{_ATOM}link[@rel='alternate']")
        yield PreviousEntry(
            entry=entry.findtext(f"{_ATOM}id"),
            link="" if link is None else link.get("href"),
            published=parse_rfc3339(entry.findtext(f"{_ATOM}published")),
            updated=parse_rfc3339(entry.findtext(f"{_ATOM}updated")),
        )
