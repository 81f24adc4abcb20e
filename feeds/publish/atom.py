"""Atom 1.0 (RFC 4287)."""

from __future__ import annotations

from functools import partial
from html import escape

from feeds.model import Edition, Entry, Format, Origin, Person
from feeds.publish import wording
from feeds.publish.door import iri
from feeds.publish.feedgen_extension import (
    TYPES,
    XML_LANG,
    Element,
    new_entry,
    new_feed,
    put,
    put_history,
    put_hubs,
    put_modules,
    put_some,
)
from feeds.publish.rendered import Rendered, admit_edition, each

_BESIDE: tuple[Format, ...] = ("html", "rss", "json")

RELATIONS = frozenset({"related", "via", "replies"})
"""What an entry may point to besides its page. Never another feed's self, hub, edit or next."""


def render(edition: Edition) -> Rendered:
    """Atom 1.0, UTF-8. Every entry names the feed that it was taken from (§4.2.11)."""
    edition = admit_edition(edition)
    entries, left_out = each(edition.entries, partial(_entry, language=edition.language))

    feed = new_feed(lambda root: _complete_feed(root, edition, entries), atom=True)
    feed.id(edition.id)
    feed.title(edition.title)
    feed.subtitle(edition.description or None)
    feed.updated(edition.updated)
    # RFC 4287 §4.1.1 wants one on the feed; what an entry or its source says of its author goes before it.
    feed.author(name=edition.title)
    feed.language(wording.language(edition.language) or None)
    feed.link(href=edition.url("atom"), rel="self", type=TYPES["atom"])
    for form in _BESIDE:
        if form in edition.formats:
            feed.link(href=edition.url(form), rel="alternate", type=TYPES[form])
    if "html" not in edition.formats:
        feed.link(href=edition.base_url, rel="alternate", type=TYPES["html"])
    return Rendered(feed.atom_str(pretty=True), left_out)


def _complete_feed(root: Element, edition: Edition, entries: list[Element]) -> None:
    root.find("title").set("type", "text")
    root.find("updated").text = wording.rfc3339(edition.updated)
    put_history(root, edition, "atom", "link")
    put_hubs(root, edition, "link")
    root.extend(entries)


def _entry(entry: Entry, language: str) -> Element:
    article = entry.article
    body = wording.body(entry)
    headline = wording.headline(entry)
    made = new_entry(partial(_complete_entry, entry=entry, language=language, bare=not body))
    made.id(entry.id)
    made.title(headline)
    made.updated(entry.updated)
    made.published(entry.published)
    made.content(body or f"<p>{escape(headline)}</p>", type="html")
    if wording.has_own_summary(entry):
        made.summary(article.summary, type="html")
    for category in wording.categories(article):
        made.category(
            {"term": category.term, "scheme": iri(category.scheme), "label": wording.line(category.label)}
        )
    made.rights(article.rights.strip() or None)
    return made.atom_entry()


def _complete_entry(element: Element, entry: Entry, language: str, bare: bool) -> None:
    article = entry.article
    if bare and article.link:  # content or an alternate link (§4.1.2); feedgen insists on content
        element.remove(element.find("content"))
    own = wording.language(article.language)
    if own and own != language:
        element.set(XML_LANG, own)
    element.find("title").set("type", "text")
    element.find("updated").text = wording.rfc3339(entry.updated)
    element.find("published").text = wording.rfc3339(entry.published)
    for author in wording.people(article.authors):
        _person(element, "author", author)
    for contributor in wording.contributors(article):
        _person(element, "contributor", contributor)
    _links(element, entry)
    put_modules(element, entry)
    _source(element, entry)


def _links(element: Element, entry: Entry) -> None:
    article = entry.article
    if article.link:
        put(element, "link", rel="alternate", type="text/html", href=article.link)
    for one in wording.media(article, "enclosure"):
        put(
            element,
            "link",
            rel="enclosure",
            href=one.url,
            type=wording.media_type(one),
            length=str(max(one.length or 0, 0)),  # 0: unknown, as in RSS
            title=wording.line(one.title),
        )
    if article.comments:
        put(element, "link", rel="replies", type="text/html", href=article.comments)
    if article.license:
        put(element, "link", rel="license", href=article.license)  # RFC 4946
    said = {(link.get("rel"), link.get("href")) for link in element.iterfind("link")}
    for mention in wording.mentions(entry):
        if ("related", mention.link) not in said:
            said.add(("related", mention.link))
            put(element, "link", rel="related", href=mention.link, title=wording.mention_title(mention))
    for link in article.related:
        if link.href and link.rel in RELATIONS and (link.rel, link.href) not in said:
            said.add((link.rel, link.href))
            put(element, "link", rel=link.rel, href=link.href, title=wording.line(link.title))


def _source(element: Element, entry: Entry) -> None:
    """§4.2.11, with the metadata that the entry would else lose."""
    origin: Origin = entry.origin
    source = put(element, "source")
    if wording.language(origin.language):
        source.set(XML_LANG, origin.language)
    put(source, "id", wording.source_id(entry))
    put(source, "title", wording.source_title(entry), type="text")
    put(source, "updated", wording.rfc3339(origin.updated or entry.updated))
    if origin.url:
        put(source, "link", rel="self", href=origin.url)
    if origin.link:
        put(source, "link", rel="alternate", type="text/html", href=origin.link)
    authors = wording.people(origin.authors)
    if not authors and not wording.people(entry.article.authors):
        authors = (Person(name=wording.source_title(entry)),)
    for author in authors:
        _person(source, "author", author)
    put_some(source, "rights", origin.rights.strip())
    put_some(source, "icon", origin.icon)


def _person(parent: Element, name: str, person: Person) -> None:
    element = put(parent, name)
    put(element, "name", person.name)
    put_some(element, "uri", person.uri)
    put_some(element, "email", person.email)
