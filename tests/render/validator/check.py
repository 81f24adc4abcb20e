"""The rules that both formats share: values, links, and extensions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from lxml import etree

from feeds.render.feedgen_extension import NAMESPACES, OPTIONAL_NAMESPACES
from tests.render.validator.words import bad_words, looks_like_html, unsafe_html

PREFIX = {uri: prefix for prefix, uri in NAMESPACES.items()} | {"http://www.w3.org/XML/1998/namespace": "xml"}

URIC = r"[\w.!~*'();/?:@&=+$,%#-]"  # RFC 2396 §2: reserved, unreserved, escaped
TOKEN = r"[^\s()<>@,;:\\\"/\[\]?=]+"  # RFC 2045 §5.1
URI = re.compile(rf"[a-z][\w+.-]*:{URIC}+", re.I | re.A)
WEB = re.compile(r"https?://(?:[a-z0-9-]+\.)+[a-z0-9-]+(?::\d+)?(?:/.*)?", re.I)
TAG_URI = re.compile(rf"tag:[\w.@-]+,\d{{4}}(?:-\d\d){{0,2}}:{URIC}*", re.A)  # RFC 4151 §2.1
URN = re.compile(r"urn:[a-z0-9][a-z0-9-]{1,31}:(?:[\w()+,.:=@;$!*'-]|%[0-9a-f]{2})+", re.I | re.A)  # RFC 2141
UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
MIME = re.compile(rf"{TOKEN}/{TOKEN}(?:\s*;.*)?")
EMAIL = re.compile(r"[\w.+'-]+@(?:[a-z0-9-]+\.)+[a-z0-9-]+", re.I | re.A)
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
RFC822 = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:GMT|[+-]\d{4})"
)
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
DURATION = re.compile(r"\d+(?::[0-5]\d(?::[0-5]\d)?)?")
DULL = re.compile(r"%(?:[0-9A-F]?[a-f][0-9A-Fa-f]?|2[DE]|3[0-9]|[46][1-9A-F]|[57][0-9A]|5F|7E)")
RELATIONS = frozenset(
    {
        *(
            "alternate",
            "author",
            "current",
            "describedby",
            "enclosure",
            "hub",
            "license",
            "next-archive",
            "payment",
        ),
        *("prev-archive", "related", "replies", "self", "via"),
    }
)
HISTORY = frozenset({"current", "prev-archive", "next-archive"})


class Finding(NamedTuple):
    rule: str
    where: str
    what: str = ""


def name_of(element: Any) -> str:
    uri, _, local = element.tag[1:].rpartition("}") if element.tag[0] == "{" else ("", "", element.tag)
    prefix = PREFIX.get(uri, uri)
    return f"{prefix}:{local}" if prefix else local


class Check:
    def __init__(self, root: Any, data: bytes, self_url: str, now: datetime) -> None:
        self.root, self.self_url, self.now = root, self_url, now
        self.lines = data.decode().split("\n")

    def findings(self) -> Iterator[Finding]:
        for prefix, uri in self.root.nsmap.items():
            if prefix in OPTIONAL_NAMESPACES or PREFIX.get(uri) is None:
                yield Finding("UnknownNamespace", "root", uri)
        for element in self.root.iter(etree.Element):
            where = name_of(element)
            for text in (element.text or "", *element.attrib.values()):
                if bad := bad_words(text):
                    yield Finding("BadCharacters", where, repr(bad))
            if language := element.get("{http://www.w3.org/XML/1998/namespace}lang"):
                yield from self.language(where, language)
            if where.startswith(
                ("media:", "itunes:", "georss:", "slash:", "thr:", "wfw:", "creativeCommons:")
            ):
                yield from self.module(element, where)
        yield from self.document()

    def document(self) -> Iterator[Finding]:
        raise NotImplementedError

    # values

    def looks_like_html(self, text: str, element: Any) -> bool:
        guarded = "&#x" in self.lines[element.sourceline - 1]
        return looks_like_html(text, guarded=guarded, rss=self.root.tag == "rss")

    def text(self, element: Any, rule: str = "ContainsHTML") -> Iterator[Finding]:
        """Plain text that a reader could take for markup."""
        value = element.text or ""
        if self.looks_like_html(value, element):
            yield Finding(rule, name_of(element), value[:80])

    def blank(self, element: Any) -> Iterator[Finding]:
        if not (element.text or "").strip():
            yield Finding("NotBlank", name_of(element))

    def link_to(self, where: str, value: str, *, web: bool = False) -> Iterator[Finding]:
        scheme = value.partition(":")[0].lower()
        if scheme == "tag":
            valid = TAG_URI.fullmatch(value)
        elif scheme == "urn":
            if not value.lower().startswith("urn:uuid:"):
                yield from () if URN.fullmatch(value) else (Finding("InvalidURN", where, value),)
                return
            valid = UUID.fullmatch(value)
        else:
            valid = URI.fullmatch(value) if not web or WEB.fullmatch(value) else None
        if not valid:
            yield Finding("InvalidFullLink", where, value[:120])

    def canonical(self, where: str, value: str) -> Iterator[Finding]:
        """Ids are compared character by character, so they must be in normal form (RFC 3986 §6.2.2)."""
        parts = urlsplit(value)
        netloc = parts.netloc.lower().removesuffix({"http": ":80", "https": ":443"}.get(parts.scheme, ":"))
        whole = bool(parts.path) or not parts.netloc
        plain = not re.search(r"/\.{1,2}(?:/|$)", parts.path) and not DULL.search(value)
        if not (whole and plain and parts.netloc == netloc and value.startswith(f"{parts.scheme}:")):
            yield Finding("NonCanonicalURI", where, value)

    def date(self, element: Any, pattern: re.Pattern[str], parse: Any) -> Iterator[Finding]:
        value = element.text or ""
        if value != value.strip():
            yield Finding("UnexpectedWhitespace", name_of(element))
        if not pattern.fullmatch(value):
            yield Finding("InvalidDate", name_of(element), value)
        elif (moment := parse(value)).year < 1990 or moment > self.now + timedelta(minutes=10):
            yield Finding("ImplausibleDate", name_of(element), value)
        elif pattern is RFC822 and f"{moment:%a}" != value[:3]:
            yield Finding("IncorrectDOW", name_of(element), value)

    def language(self, where: str, value: str) -> Iterator[Finding]:
        if not LANGUAGE.fullmatch(value):
            yield Finding("InvalidLanguage", where, value)

    def html(self, element: Any) -> Iterator[Finding]:
        for rule, what in unsafe_html(element.text or ""):
            yield Finding(rule, name_of(element), what)

    # elements of both formats

    def atom_link(self, element: Any, within: str) -> Iterator[Finding]:
        rel, media_type = element.get("rel", "alternate"), element.get("type")
        if rel not in RELATIONS:
            yield Finding("UnregisteredAtomLinkRel", within, rel)
        if rel in HISTORY and within in ("entry", "item"):
            yield Finding("FeedHistoryRelInEntry", within, rel)
        if media_type is not None and not MIME.fullmatch(media_type):
            yield Finding("InvalidMIMEType", within, media_type)
        if rel == "enclosure" and media_type is None:  # the validator misses it
            yield Finding("MissingTypeAttr", within, element.get("href", ""))
        if (title := element.get("title")) is not None:
            if not title.strip():
                yield Finding("AttrNotBlank", within)
            elif self.looks_like_html(title, element):
                yield Finding("ContainsHTML", f"{within} link title", title)
        if (length := element.get("length")) is not None and not length.isdigit():
            yield Finding("InvalidNonNegativeInteger", within, length)
        if language := element.get("hreflang"):
            yield from self.language(within, language)
        yield from self.link_to(f"{within} link {rel}", element.get("href", ""))
        if rel == "self" and within in ("feed", "channel"):
            if element.get("href") != self.self_url:
                yield Finding("SelfDoesntMatchLocation", within, element.get("href"))
            if media_type not in ("application/atom+xml", "application/rss+xml"):
                yield Finding("SelfNotAtom", within, str(media_type))

    def module(self, element: Any, where: str) -> Iterator[Finding]:
        value = element.text or ""
        for name, attribute in element.attrib.items():
            if name in ("url", "href"):
                yield from self.link_to(where, attribute, web=where == "itunes:image")
            elif name in ("width", "height", "fileSize") and not (attribute.isdigit() and int(attribute)):
                yield Finding("InvalidPositiveInteger", where, attribute)
            elif name == "type" and where == "media:content" and not MIME.fullmatch(attribute):
                yield Finding("InvalidMIMEAttribute", where, attribute)
            elif name == "lang":
                yield from self.language(where, attribute)
        if where in (
            "media:title",
            "media:description",
            "itunes:subtitle",
            "itunes:summary",
            "itunes:keywords",
        ):
            yield from self.text(element)
        if where in ("itunes:subtitle", "itunes:keywords", "itunes:name") and len(value) > 255:
            yield Finding("TooLong", where, str(len(value)))
        if where == "itunes:keywords" and " " in value and "," not in value:
            yield Finding("InvalidKeywords", where, value)
        if where == "itunes:duration" and not DURATION.fullmatch(value):
            yield Finding("InvalidDuration", where, value)
        if where in ("itunes:episode", "itunes:season") and not (value.isdigit() and int(value)):
            yield Finding("InvalidPositiveInteger", where, value)
        if where == "itunes:explicit" and value not in ("true", "false"):
            yield Finding("InvalidTrueFalse", where, value)
        if where in ("slash:comments", "thr:total") and not value.isdigit():
            yield Finding("InvalidNonNegativeInteger", where, value)
        if where in ("wfw:commentRss", "creativeCommons:license"):
            yield from self.link_to(where, value)
        if where == "media:group" and len(element) < 2:
            yield Finding("MediaGroupWithoutAlternatives", where)
        if where.startswith("georss:") and where != "georss:featureName":
            numbers = [float(number) for number in value.split()]
            if any(abs(number) > (180 if at % 2 else 90) for at, number in enumerate(numbers)):
                yield Finding("InvalidCoord", where, value)

    def show(self, head: Any, language: str | None) -> Iterator[Finding]:
        """What is recommended for a feed that contains podcasts."""
        if any(name_of(element).startswith("itunes:") for element in self.root.iter(etree.Element)):
            for name in ("category", "explicit", "owner"):
                if head.find(f"{{{NAMESPACES['itunes']}}}{name}") is None:
                    yield Finding("MissingItunesElement", name)
            if not language:
                yield Finding("MissingItunesElement", "language")
            for address in self.root.iter(f"{{{NAMESPACES['itunes']}}}email"):
                if not EMAIL.fullmatch(address.text or ""):
                    yield Finding("UnknownHost", "itunes:email", address.text or "")

    def once(self, values: list[str], rule: str) -> Iterator[Finding]:
        yield from (Finding(rule, "", value) for value, count in Counter(values).items() if count > 1)
