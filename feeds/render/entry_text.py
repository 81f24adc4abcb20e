"""The words of an entry as every format shows them: headline, body, summary, excerpt, names, dates."""

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
from feeds.render import labels
from feeds.render.clean_for_publication import characters, uri
from feeds.render.entry_ids import NAMESPACE, is_iri

HEADLINE = 100  # characters, where a headline has to be made out of the text
LONGEST_TITLE = 1000  # characters; a longer one is no title
LONGEST_BODY = 4_000_000  # characters; libxml2, and with it most readers, refuses a text above 10 MB
EXCERPT = 300  # characters

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
_EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
_TAG_LIKE = re.compile(r"<(?=[A-Za-z/!?])")
_TAG = re.compile(
    r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*"
)  # RFC 5646: ISO 639 codes; longer ones are not registered
_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "syr", "ug", "ur", "yi"})


def line(text: str) -> str:
    """The text on one line, "" where nothing in it can be seen."""
    flat = " ".join(text.split())
    return flat if any(sign.isprintable() for sign in flat.replace(" ", "")) else ""


def holds_tags(text: str) -> bool:
    """Whether plain text looks as if it held elements (ContainsUndeclaredHTML)."""
    return "</" in text


def unmarked(text: str) -> str:
    """Plain text that is no markup to a reader that takes it for HTML.

    RSS and its modules cannot say whether a title is text or HTML, and most readers guess. A word joiner,
    which is not seen, stands after a `<` that would open a tag: both readings then show the same words, and
    neither runs them.
    """
    return _TAG_LIKE.sub("<\u2060", text)


def clip(text: str, limit: int) -> str:
    """At most `limit` characters, cut between words where there are any, with an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    head, space, _ = cut.rpartition(" ")
    return (head if space and len(head) > limit // 2 else cut).rstrip(" ,;:–—-") + "…"


def headline(entry: Entry) -> str:
    """The title; else the first words of the text; else where and when. Never blank (Atom: NotBlank)."""
    article = entry.article
    if words := opening(article):
        return words
    place = urlsplit(article.link).hostname if article.link else ""
    return f"{place or source_title(entry)}, {entry.published.date().isoformat()}"


def opening(article: Article) -> str:
    """The title, else the first words of the text; "" where there are neither."""
    if title := line(article.title):
        return clip(title, LONGEST_TITLE)
    return clip(
        line(article.text[:1000]) or line(plain(article.summary)) or line(plain(article.html)), HEADLINE
    )


def source_title(entry: Entry) -> str:
    """What the place is called that the lead was taken from."""
    origin = entry.origin
    return (
        line(origin.title) or urlsplit(origin.link or origin.url).hostname or entry.article.source or entry.id
    )


def plain(html: str) -> str:
    """The words of an HTML fragment, on one line; blocks are parted by a space."""
    if not html.strip():
        return ""
    if "<" not in html and "&" not in html:
        return line(html)
    root = lxml_html.fragment_fromstring(html[:LONGEST_BODY], create_parent="div")
    for block in root.iter(*_BLOCKS):
        block.text = " " + (block.text or "")
        block.tail = " " + (block.tail or "")
    return line(characters(str(root.text_content())))  # &#0; is U+FFFD to a parser


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(part)}</p>" for raw in text.split("\n") if (part := raw.strip()))


def body(entry: Entry) -> str:
    """The article in HTML: its body, else its summary, else its plain text; below it where else it stands.

    Wrapped in a `div` that says so where it is written from right to left, since few readers honour the
    language of the entry. "" where there is nothing but a headline.
    """
    article = entry.article
    candidates = (article.html, article.summary, _paragraphs(article.text[:LONGEST_BODY]))
    html = next((one for one in candidates if one.strip() and len(one) <= LONGEST_BODY), "")
    html += _also_in(mentions(entry), article.language)
    if html and article.direction == "rtl":
        tag = language(article.language)
        html = f'<div dir="rtl" lang="{tag}">{html}</div>'
    return html


def has_own_summary(entry: Entry) -> bool:
    """Whether a summary stands beside the body and is not itself the body."""
    article = entry.article
    return bool(article.summary.strip() and article.html.strip() and len(article.html) <= LONGEST_BODY)


def excerpt(entry: Entry) -> str:
    """At most 300 characters of plain text: the summary, else the beginning of the article."""
    article = entry.article
    words = plain(article.summary) or line(article.text[:2000]) or plain(article.html)
    return clip(words, EXCERPT)


def mentions(entry: Entry) -> tuple[Mention, ...]:
    """The other places that carry the story: those that can be visited, each once, and not the lead's own."""
    found: dict[str, Mention] = {}
    for mention in entry.also:
        if mention.link and mention.link != entry.article.link:
            found.setdefault(mention.link, mention)
    return tuple(found.values())


def mention_title(mention: Mention) -> str:
    return line(mention.source) or urlsplit(mention.link).hostname or line(mention.title) or mention.link


def _also_in(others: tuple[Mention, ...], tag: str) -> str:
    if not others:
        return ""
    links = ", ".join(f'<a href="{escape(one.link)}">{escape(mention_title(one))}</a>' for one in others)
    return f"<p>{labels.said(tag)}: {links}</p>"


def language(tag: str) -> str:
    """The language tag where it has the form of one (BCP 47), else ""."""
    tag = tag.replace("_", "-")
    return tag if _TAG.fullmatch(tag) else ""


def right_to_left(tag: str) -> bool:
    return tag.partition("-")[0].lower() in _RIGHT_TO_LEFT


def people(persons: Iterable[Person]) -> tuple[Person, ...]:
    """Those who have a name, each once. An address inside a name moves to where addresses belong."""
    found: dict[str, Person] = {}
    for person in persons:
        inside = _EMAIL.search(person.name)
        address = person.email if _EMAIL.fullmatch(person.email) else inside[0] if inside else ""
        name = line(_EMAIL.sub("", person.name).replace("()", "").replace("<>", "").replace("mailto:", ""))
        if name := name or line(address.partition("@")[0]):
            found.setdefault(name, Person(name=name, email=address, uri=person.uri))
    return tuple(found.values())


def contributors(article: Article) -> tuple[Person, ...]:
    """Contributors, and the agencies that the copy came from: who else had a hand in it."""
    writers = {person.name for person in people(article.authors)}
    agencies = (Person(name=credit) for credit in article.credits)
    return tuple(one for one in people((*article.contributors, *agencies)) if one.name not in writers)


def media(article: Article, *roles: str) -> tuple[Media, ...]:
    """What hangs on the article in these roles: those with a URL, each once."""
    found: dict[str, Media] = {}
    for one in article.media:
        if one.url and one.role in roles:
            found.setdefault(one.url, one)
    return tuple(found.values())


def media_type(one: Media) -> str:
    return one.type if is_media_type(one.type) else "application/octet-stream"


def is_media_type(said: str) -> bool:
    return _MEDIA_TYPE.fullmatch(said) is not None


def related(article: Article, relations: Collection[str]) -> tuple[Link, ...]:
    """The links that may be published: each once, and none that is said in another way."""
    said = {article.link, article.comments}
    return distinct((one for one in article.related if one.href not in said), relations)


def distinct(links: Iterable[Link], relations: Collection[str]) -> tuple[Link, ...]:
    """Links in these relations, each address once; of alternates, one a type and language (DuplicateAtomLink)."""
    found: dict[tuple[str, ...], Link] = {}
    for one in links:
        if one.href and one.rel in relations:
            is_page = one.rel == "alternate" and one.type in ("", "text/html") and not one.hreflang
            alternate = one.rel == "alternate" and not is_page
            key = (one.rel, one.type, one.hreflang) if alternate else ("related", one.href)
            found.setdefault(key, replace(one, rel="related") if is_page else one)
    return tuple(found.values())


def source_id(entry: Entry) -> str:
    """The id of the feed that the lead was taken from; RSS has none, so its address stands for it."""
    origin = entry.origin
    return (
        (origin.id if is_iri(origin.id) else "")
        or origin.url
        or origin.link
        or f"urn:uuid:{uuid5(NAMESPACE, entry.article.source)}"
    )


def instant(entry: Entry) -> str:
    """When the entry was updated, as `rfc3339`, told from all others of that second by a fraction made of its id.

    Feeds date to the second, and a validator takes two entries of one second for one that was copied
    (DuplicateUpdated); the fraction also gives readers that sort by it an order that stays.
    """
    fraction = int.from_bytes(blake2b(entry.id.encode("utf-8", "replace"), digest_size=8).digest()) % 10**6
    return f"{rfc3339(entry.updated)[:-1]}.{fraction:06}Z"


def rfc3339(moment: datetime) -> str:
    """RFC 3339 in UTC. Raises ValueError for a moment without a zone."""
    return utc(moment).isoformat().replace("+00:00", "Z")


def categories(stated: Iterable[Category]) -> tuple[Category, ...]:
    """Those with a term, each once within its scheme."""
    found: dict[tuple[str, str], Category] = {}
    for one in stated:
        if term := line(one.term):
            found.setdefault((term, one.scheme), Category(term=term, scheme=one.scheme, label=one.label))
    return tuple(found.values())


def taxonomy(category: Category) -> str:
    """What the category belongs to: any name; what looks like an address has to be one."""
    return uri(category.scheme) or ("" if ":" in category.scheme else line(category.scheme))
