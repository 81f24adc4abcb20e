"""Atom 1.0 (RFC 4287)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from html import escape

from feeds.model import Category, Edition, Entry, Format, Link, Person
from feeds.render import entry_text, podcast
from feeds.render.clean_for_publication import uri
from feeds.render.extensions import put_modules
from feeds.render.feedgen_extension import (
    TYPES,
    XML_LANG,
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

_BESIDE: tuple[Format, ...] = ("html", "rss", "json")

RELATIONS = frozenset({"alternate", "related", "via", "replies", "describedby", "payment"})
"""What an entry may point to besides its page. Never another feed's self, hub, edit or next."""


SOURCE_RELATIONS = frozenset({"alternate", "related", "via", "license", "hub"})


def render(edition: Edition | Admitted, pieces: Pieces | None = None) -> Rendered:
    """Atom 1.0, UTF-8. Every entry names the feed that it was taken from (§4.2.11)."""
    edition, refused = admit_edition(edition)
    language = podcast.feed_language(edition)
    made = each_in_xml(partial(_entry, language=language), language, pieces)
    kept, entries, left_out = each(edition.entries, made)
    edition = replace(edition, entries=kept)

    feed = new_feed(
        lambda root: _complete_feed(root, edition, announced(entries, pieces)),
        atom=True,
        used=podcast.strange(kept),
    )
    feed.id(edition.id)
    feed.title(edition.title)
    feed.subtitle(edition.description or None)
    feed.updated(edition.updated)
    # RFC 4287 §4.1.1 wants one on the feed; what an entry or its source says of its author goes before it.
    feed.author(name=entry_text.unmarked(edition.title))
    feed.language(language or None)
    feed.link(href=edition.url("atom"), rel="self", type=TYPES["atom"])
    for form in _BESIDE:
        if form in edition.formats:
            feed.link(href=edition.url(form), rel="alternate", type=TYPES[form])
    if "html" not in edition.formats:
        feed.link(href=edition.base_url, rel="alternate", type=TYPES["html"])
    data: bytes = feed.atom_str(pretty=True)
    # A title such as "R&D2" looks like an entity to a validator, unless its `&` is written by number.
    data = data.replace(b"&amp;", b"&#x26;")
    return Rendered(pieces.filled(data) if pieces is not None else data, refused + left_out)


def _complete_feed(root: Element, edition: Edition, entries: Iterable[Element]) -> None:
    for name in ("title", "subtitle"):
        if (element := root.find(name)) is not None:
            _say(element, element.text)
    newest = max(map(entry_text.instant, edition.entries), default=entry_text.rfc3339(edition.updated))
    root.find("updated").text = newest
    put_history(root, edition, "atom", "link")
    put_hubs(root, edition, "link")
    podcast.put_show(root, edition)
    root.extend(entries)


def _entry(entry: Entry, language: str) -> Element:
    article = entry.article
    body = entry_text.body(entry)
    headline = entry_text.headline(entry)
    made = new_entry(partial(_complete_entry, entry=entry, language=language, bare=not body))
    made.id(entry.id)
    made.title(headline)
    made.updated(entry.updated)
    made.published(entry.published)
    made.content(body or f"<p>{escape(headline)}</p>", type="html")
    if entry_text.has_own_summary(entry):
        made.summary(article.summary, type="html")
    for category in entry_text.categories(article.categories):
        made.category(_category(category))
    return made.atom_entry()


def _category(category: Category) -> dict[str, str]:
    label = entry_text.unmarked(entry_text.line(category.label))
    return {"term": category.term, "scheme": uri(category.scheme), "label": label}


def _say(element: Element, text: str) -> None:
    """A text construct (§3.1): text, or HTML where it would be taken for that in any case. In one line, because the
    validator looks in the line of its tag for how its `&` are written (ContainsUndeclaredHTML)."""
    text = " ".join(text.split())
    html = entry_text.holds_tags(text)
    element.set("type", "html" if html else "text")
    element.text = escape(text, quote=False) if html else text


def _complete_entry(element: Element, entry: Entry, language: str, bare: bool) -> None:
    article = entry.article
    if bare and article.link:  # content or an alternate link (§4.1.2); feedgen insists on content
        element.remove(element.find("content"))
        _say(
            put(element, "summary"), entry_text.headline(entry)
        )  # some text is asked for (MissingTextualContent)
    own = entry_text.language(article.language)
    if own and own != language:
        element.set(XML_LANG, own)
    _say(element.find("title"), element.find("title").text)
    element.find("updated").text = entry_text.instant(entry)
    element.find("published").text = entry_text.rfc3339(entry.published)
    for author in entry_text.people(article.authors):
        _person(element, "author", author)
    for contributor in entry_text.contributors(article):
        _person(element, "contributor", contributor)
    if rights := article.rights.strip():
        _say(put(element, "rights"), rights)
    _links(element, entry)
    if article.comment_count is not None:
        put(element, "thr:total", str(article.comment_count))
    put_modules(element, entry)
    _source(element, entry)


def _links(element: Element, entry: Entry) -> None:
    article = entry.article
    if article.link:
        put(element, "link", rel="alternate", type="text/html", href=article.link)
    for one in entry_text.media(article, "enclosure"):
        put(
            element,
            "link",
            rel="enclosure",
            href=one.url,
            type=entry_text.media_type(one),
            length=str(max(one.length or 0, 0)),  # 0: unknown, as in RSS
            title=_titled(one.title),
        )
    if article.comments:
        put(element, "link", rel="replies", type="text/html", href=article.comments)
    if article.license:
        put(element, "link", rel="license", href=article.license)  # RFC 4946
    said = {(link.get("rel"), link.get("href")) for link in element.iterfind("link")}
    for mention in entry_text.mentions(entry):
        if ("related", mention.link) not in said:
            said.add(("related", mention.link))
            put(
                element,
                "link",
                rel="related",
                href=mention.link,
                title=_titled(entry_text.mention_title(mention)),
            )
    for link in entry_text.related(article, RELATIONS):
        if (link.rel, link.href) not in said:
            said.add((link.rel, link.href))
            put_link(element, "link", link)


def _titled(text: str) -> str:
    return entry_text.unmarked(entry_text.line(text))


def put_link(parent: Element, name: str, link: Link) -> None:
    """A link with all that is said of it."""
    kind = link.type if entry_text.is_media_type(link.type) else ""
    put(
        parent,
        name,
        rel=link.rel,
        type=kind,
        href=link.href,
        hreflang=entry_text.language(link.hreflang),
        title=_titled(link.title),
    )


def _source(element: Element, entry: Entry) -> None:
    """§4.2.11, with the metadata that the entry would else lose."""
    article, origin = entry.article, entry.origin
    source = put(element, "source")
    if spoken := entry_text.language(origin.language):
        source.set(XML_LANG, spoken)
    put(source, "id", entry_text.source_id(entry))
    _say(put(source, "title"), entry_text.source_title(entry))
    put(source, "updated", entry_text.rfc3339(origin.updated or entry.updated))
    if origin.url:
        put(source, "link", rel="self", href=origin.url)
    if origin.link:
        put(source, "link", rel="alternate", type="text/html", href=origin.link)
    for link in entry_text.distinct(origin.links, SOURCE_RELATIONS):
        put_link(source, "link", link)
    if not article.categories:
        for category in entry_text.categories(origin.categories):
            put(source, "category", **_category(category))
    authors = entry_text.people(origin.authors)
    if not authors and not entry_text.people(article.authors):
        authors = entry_text.people((Person(name=entry_text.source_title(entry)),))
    for author in authors:
        _person(source, "author", author)
    if rights := origin.rights.strip():
        _say(put(source, "rights"), rights)
    put_some(source, "icon", origin.icon)


def _person(parent: Element, name: str, person: Person) -> None:
    element = put(parent, name)
    put(element, "name", entry_text.unmarked(person.name))
    put_some(element, "uri", person.uri)
    put_some(element, "email", person.email)
