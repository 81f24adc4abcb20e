"""Clean every value of an edition before it is rendered.

Characters that XML 1.0 forbids are dropped from all texts, and every URL is an absolute http or https URL or "". So the
renderers need not check either.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, TypeVar, cast
from urllib.parse import quote, urlsplit

from feeds.model import PRINTABLE
from feeds.render.entry_ids import is_iri

T = TypeVar("T")

# Also control characters that a terminal would act on. Lone surrogates and U+FFFE/U+FFFF are not XML characters.
_FORBIDDEN = re.compile(f"[^\t\n{PRINTABLE}]")
_LINE_END = re.compile("\r\n?")
_REPLACEMENT_CHARACTER = (
    "\ufffd"  # for a character that somebody could not decode; validators warn of it (BadCharacters)
)

URL_FIELDS = frozenset(
    {
        "base_url",
        "chapters",
        "comments",
        "href",
        "icon",
        "image",
        "license",
        "link",
        "thumbnail",
        "uri",
        "url",
    }
)
"""The fields of the model that hold URLs. A test compares this set with the model."""

# Most URLs match and need no repair.
_VALID_URL = re.compile(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::[0-9]{1,4})?/[\x21-\x7e]*")
_WEB = re.compile(r"https?://[^/?#\\]", re.IGNORECASE)
_IGNORED = re.compile(r"[\t\n\r]")  # browsers drop these inside a URL (WHATWG URL §4.4)
_UNWISE = re.compile(r'[^\x21-\x7e]|[<>"{}|\\^`\[\]]')  # outside RFC 3986
_HOST = re.compile(r"https?://[\w\-.~%!$&'()*+,;=:\[\]]+/", re.IGNORECASE | re.ASCII)
_AUTHORITY = re.compile(r"https?://[^/?#]*", re.IGNORECASE)
_USERINFO = re.compile(r"(?<=://)[^/?#]*@")
_SCHEME = re.compile(
    r"(?:https?://[^\s/]|(?!(?:https?|javascript|vbscript|data|blob):)[a-z][a-z0-9+.-]*:[^\s])", re.IGNORECASE
)


def xml_characters(value: str) -> str:
    """The text without characters that XML forbids, with line ends as XML reads them (XML 1.0 §2.11)."""
    if "\r" in value:
        value = _LINE_END.sub("\n", value)
    if _REPLACEMENT_CHARACTER in value:
        value = value.replace(_REPLACEMENT_CHARACTER, "?")
    return _FORBIDDEN.sub("", value) if _FORBIDDEN.search(value) else value


def web_url(value: str) -> str:
    """The URL if it is absolute and http or https, else "". User names and passwords are removed.

    In ASCII (RFC 3987 §3.1), as RSS requires, and with a path, as the validator requires.
    """
    return value if _VALID_URL.fullmatch(value) and not _UNWISE.search(value) else _repair_url(value)


def _repair_url(value: str) -> str:
    value = _IGNORED.sub("", _FORBIDDEN.sub("", value)).strip()
    if not _WEB.match(value):
        return ""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return ""
    if (
        not parts.hostname or "\\" in parts.netloc
    ):  # browsers read a backslash as a slash, and so another host
        return ""
    if "@" in parts.netloc:
        value = _USERINFO.sub("", value, count=1)
    authority = _AUTHORITY.match(value)
    end = authority.end() if authority else 0
    is_valid = value[end : end + 1] == "/" and not _UNWISE.search(value, end) and value[:end].isascii()
    url = value if is_valid else _rebuild_url(value, end)
    return url if _HOST.match(url) else ""


def _rebuild_url(value: str, end: int) -> str:
    """Encode a URL in ASCII. `end`: the offset behind the authority, which is the host and the port."""
    scheme, _, host = value[:end].partition("://")
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    path = value[end:] if value[end : end + 1] == "/" else f"/{value[end:]}"
    return f"{scheme}://{host}" + _UNWISE.sub(lambda match: quote(match[0]), path)


def uri(value: str) -> str:
    """The URI if it is http or https or a valid IRI in ASCII, else ""."""
    if url := web_url(value):
        return (
            value if url == f"{value}/" else url
        )  # identifiers are compared character by character: add no slash
    return value if is_iri(value) and not _UNWISE.search(value) and not _WEB.match(value) else ""


def iri(value: str) -> str:
    """The identifier if it has a scheme, whose links run no code, and contains no white space, else ""."""
    return value if _SCHEME.match(value) and not any(character.isspace() for character in value) else ""


def clean_for_publication(value: T) -> T:
    """A cleaned copy of a value of the model. Returns the value itself if nothing had to change."""
    return cast(T, _clean(value, url=False))


@cache
def model_fields(kind: Hashable) -> tuple[tuple[str, bool], ...]:
    """(name, whether it is a URL) of the fields of a dataclass; () for another type."""
    return (
        tuple((field.name, field.name in URL_FIELDS) for field in fields(cast(Any, kind)))
        if is_dataclass(kind)
        else ()
    )


def _clean(value: Any, *, url: bool) -> Any:
    if isinstance(value, str):
        return web_url(value) if url else xml_characters(value)
    if isinstance(value, tuple):
        cleaned = tuple([_clean(part, url=False) for part in value])
        return value if all(a is b for a, b in zip(cleaned, value, strict=True)) else cleaned
    changes = {}
    for name, is_url in model_fields(cast(Hashable, type(value))):
        old = getattr(value, name)
        if old and (new := _clean(old, url=is_url)) is not old:
            changes[name] = new
    return replace(value, **changes) if changes else value
