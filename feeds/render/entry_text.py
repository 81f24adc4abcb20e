"""The texts of an entry that all formats share: headline, body, summary, excerpt, names, dates."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from html import escape
from urllib.parse import urlsplit
from uuid import uuid5

from lxml import html as lxml_html

from feeds.model import Article, Category, Entry, Link, Media, Mention, Person, utc
from feeds.model.headline import clip, content_warning, first_words, place_and_date, words_for_headline
from feeds.render import labels
from feeds.render.clean_for_publication import uri, xml_characters
from feeds.render.entry_ids import NAMESPACE, is_iri

UNKNOWN_TYPE = "application/octet-stream"
MAX_TITLE_CHARS = 1000
MAX_BODY_BYTES = 9_000_000  # in UTF-8; libxml2, and with it most readers, refuses a text above 10 MB
MAX_EXCERPT_CHARS = 300

_BLOCKS = (
    "p",
    "div",
    "br",
    "li",
    "tr",
    "td",
    "th",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "pre",
    "hr",
)
_EMAIL = re.compile(r"[\w.+'-]{1,64}@[\w-]++(?:\.[\w-]++)+", re.ASCII)
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
_TAG_LIKE = re.compile(r"<(?=[A-Za-z/!?])")
_TAG = re.compile(
    r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*"
)  # RFC 5646: ISO 639 codes; longer ones are not registered
_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "syr", "ug", "ur", "yi"})


def one_line(text: str) -> str:
    """The text on one line; "" if it contains nothing visible."""
    flat = " ".join(text.split())
    return flat if any(character.isprintable() for character in flat.replace(" ", "")) else ""


def looks_like_html(text: str) -> bool:
    """Whether the validator takes this plain text for HTML (ContainsUndeclaredHTML)."""
    return "</" in text


def neutralize_tags(text: str) -> str:
    """Plain text that is safe if a reader takes it for HTML.

    RSS and its modules cannot state whether a title is text or HTML, and most readers guess. An invisible word joiner
    is inserted after each `<` that would open a tag. The text then looks the same either way, and nothing in it runs.
    """
    return _TAG_LIKE.sub("<\u2060", text)


def headline(entry: Entry) -> str:
    """The title; else the first words of the text; else the host or source, and the date. Never blank (NotBlank)."""
    article = entry.article
    if words := title_or_first_words(article):
        return words
    place = urlsplit(article.link).hostname if article.link else ""
    return place_and_date(place or source_title(entry), entry.published)


def title_or_first_words(article: Article) -> str:
    """The title, else words of the text that may be shown unasked, else ""."""
    if title := one_line(article.title):
        return clip(title, MAX_TITLE_CHARS)
    is_adult_caption = article.is_adult and article.text in {medium.description for medium in article.media}
    summary = plain_text(article.summary)
    words = words_for_headline(article.html, article.text, summary, is_adult_caption=is_adult_caption)
    if words or is_adult_caption:
        return one_line(words)
    return one_line(first_words(plain_text(article.html)))


def source_title(entry: Entry) -> str:
    """The title of the feed that the lead was taken from, else its host, else the source's id."""
    origin = entry.origin
    return (
        one_line(origin.title)
        or urlsplit(origin.link or origin.url).hostname
        or entry.article.source
        or entry.id
    )


def plain_text(html: str) -> str:
    """The text of an HTML fragment on one line, with a space between blocks."""
    if not html.strip():
        return ""
    if "<" not in html and "&" not in html:
        return one_line(html)
    root = lxml_html.fragment_fromstring(html[:MAX_BODY_BYTES], create_parent="div")
    for block in root.iter(*_BLOCKS):
        block.text = " " + (block.text or "")
        block.tail = " " + (block.tail or "")
    return one_line(xml_characters(str(root.text_content())))  # &#0; is U+FFFD to a parser


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(part)}</p>" for raw in text.split("\n") if (part := raw.strip()))


def body_html(entry: Entry) -> str:
    """The article in HTML: its body, else its summary, else its plain text, followed by the other sources.

    "" if the article has nothing but a headline. Right-to-left text is wrapped in a `div` with its direction, because
    few readers use the language of the entry.
    """
    article = entry.article
    candidates = (article.html, article.summary, _paragraphs(article.text[: MAX_BODY_BYTES // 4]))
    html = next((text for text in candidates if text.strip() and _is_readable(text)), "")
    html += _also_in(mentions(entry), article.language)
    if html and article.direction == "rtl":
        tag = language_tag(article.language)
        html = f'<div dir="rtl" lang="{tag}">{html}</div>'
    return html


def has_own_summary(entry: Entry) -> bool:
    """Whether the article has a summary besides the body that `body_html` returns."""
    article = entry.article
    return bool(article.summary.strip() and article.html.strip() and _is_readable(article.html))


def _is_readable(html: str) -> bool:
    """Whether feed readers accept a text of this size."""
    return 4 * len(html) <= MAX_BODY_BYTES or len(html.encode()) <= MAX_BODY_BYTES


def excerpt(entry: Entry) -> str:
    """At most MAX_EXCERPT_CHARS of plain text: the summary, else the beginning of the article."""
    article = entry.article
    warning = "" if article.title else content_warning(article.html)
    words = (
        plain_text(article.summary) or warning or one_line(article.text[:2000]) or plain_text(article.html)
    )
    return clip(words, MAX_EXCERPT_CHARS)


def mentions(entry: Entry) -> tuple[Mention, ...]:
    """The other pages that carry the story, each once; not the page of the entry itself."""
    by_link: dict[str, Mention] = {}
    for mention in entry.also:
        if mention.link and mention.link != entry.article.link:
            by_link.setdefault(mention.link, mention)
    return tuple(by_link.values())


def mention_title(mention: Mention) -> str:
    return (
        one_line(mention.source) or urlsplit(mention.link).hostname or one_line(mention.title) or mention.link
    )


def _also_in(others: tuple[Mention, ...], tag: str) -> str:
    """The last line of a body. `normalize.own_output` reads it back: if its form changes, that must change too."""
    links = ", ".join(map(_mention_link, others))
    return f"<p>{labels.also_in(tag)}: {links}</p>" if links else ""


def _mention_link(mention: Mention) -> str:
    headline = one_line(mention.title)
    title = f' title="{escape(headline)}"' if headline else ""
    return f'<a href="{escape(mention.link)}"{title}>{escape(mention_title(mention))}</a>'


def language_tag(tag: str) -> str:
    """The language tag if it has the form of one (BCP 47), else ""."""
    tag = tag.replace("_", "-")
    return tag if _TAG.fullmatch(tag) else ""


def is_right_to_left(tag: str) -> bool:
    return tag.partition("-")[0].lower() in _RIGHT_TO_LEFT


def people(persons: Iterable[Person]) -> tuple[Person, ...]:
    """The persons that have a name, each once. An e-mail address inside a name becomes the person's address."""
    by_name: dict[str, Person] = {}
    for person in persons:
        inside = _EMAIL.search(person.name)
        address = person.email if _EMAIL.fullmatch(person.email) else inside[0] if inside else ""
        name = one_line(
            _EMAIL.sub("", person.name).replace("()", "").replace("<>", "").replace("mailto:", "")
        )
        if name := name or one_line(address.partition("@")[0]):
            by_name.setdefault(name.casefold(), Person(name=name, email=address, uri=person.uri))
    return tuple(by_name.values())


def contributors(article: Article) -> tuple[Person, ...]:
    """The contributors and the credited agencies, without those that are authors already."""
    agencies = (Person(name=credit) for credit in article.credits)
    return _without_authors(article, (*article.contributors, *agencies))


def named_contributors(article: Article) -> tuple[Person, ...]:
    """The contributors without the agencies, and without those that are authors already."""
    return _without_authors(article, article.contributors)


def _without_authors(article: Article, persons: Iterable[Person]) -> tuple[Person, ...]:
    authors = {person.name for person in people(article.authors)}
    return tuple(person for person in people(persons) if person.name not in authors)


def source_authors(entry: Entry) -> tuple[Person, ...]:
    """The authors of the source. Not one who is only the source itself, for an entry without authors: Atom names the
    source in any case, and the other formats need nobody."""
    authors = people(entry.origin.authors)
    if authors == (Person(name=source_title(entry)),) and not people(entry.article.authors):
        return ()
    return authors


def media(article: Article, *roles: str) -> tuple[Media, ...]:
    """The media of the article in these roles that have a URL, each once."""
    by_url: dict[str, Media] = {}
    for medium in article.media:
        if medium.url and medium.role in roles:
            by_url.setdefault(medium.url, medium)
    return tuple(by_url.values())


def media_type(medium: Media) -> str:
    """The media type for an element that requires one."""
    return medium.type if is_media_type(medium.type) else UNKNOWN_TYPE


def is_media_type(text: str) -> bool:
    return _MEDIA_TYPE.fullmatch(text) is not None


def related(article: Article, relations: Collection[str]) -> tuple[Link, ...]:
    """The related links with these relations, each once, without those that have an element of their own."""
    published_elsewhere = {article.link, article.comments}
    return distinct_links(
        (link for link in article.related if link.href not in published_elsewhere), relations
    )


def distinct_links(links: Iterable[Link], relations: Collection[str]) -> tuple[Link, ...]:
    """The links with these relations, each address once.

    Of the alternates, one for each type and language (DuplicateAtomLink). An alternate HTML page becomes a related
    link.
    """
    by_key: dict[tuple[str, ...], Link] = {}
    for link in links:
        if link.href and link.rel in relations:
            is_page = link.rel == "alternate" and link.type in ("", "text/html") and not link.hreflang
            is_alternate = link.rel == "alternate" and not is_page
            key = (link.rel, link.type, link.hreflang) if is_alternate else ("related", link.href)
            by_key.setdefault(key, replace(link, rel="related") if is_page else link)
    return tuple(by_key.values())


def source_id(entry: Entry) -> str:
    """The id of the feed that the lead was taken from. RSS feeds have none: their URL is used."""
    origin = entry.origin
    return (
        (origin.id if is_iri(origin.id) else "")
        or origin.url
        or origin.link
        or f"urn:uuid:{uuid5(NAMESPACE, entry.article.source)}"
    )


def unique_timestamp(entry: Entry) -> str:
    """The update time of an entry, with a fraction of a second that is derived from its id.

    Feeds date to the second, and a validator takes two entries with the same time for a copied entry
    (DuplicateUpdated). The fraction also gives a stable order to readers that sort by time.
    """
    fraction = int.from_bytes(blake2b(entry.id.encode("utf-8", "replace"), digest_size=8).digest()) % 10**6
    return f"{rfc3339(entry.updated)[:-1]}.{fraction:06}Z"


def rfc3339(moment: datetime) -> str:
    """RFC 3339 in UTC. Raises ValueError for a datetime without a time zone."""
    return utc(moment).isoformat().replace("+00:00", "Z")


def categories(stated: Iterable[Category]) -> tuple[Category, ...]:
    """The categories that have a term, each once within its scheme."""
    by_key: dict[tuple[str, str], Category] = {}
    for category in stated:
        if term := one_line(category.term):
            by_key.setdefault(
                (term, category.scheme), Category(term=term, scheme=category.scheme, label=category.label)
            )
    return tuple(by_key.values())


def category_scheme(category: Category) -> str:
    """The scheme of a category: a URI, or a name without a colon; else ""."""
    return uri(category.scheme) or ("" if ":" in category.scheme else one_line(category.scheme))
