"""The door of every renderer: what does not belong in a published document ends here.

`admit` walks a value of the model once, so that the renderers below need not think of it again:
characters that XML 1.0 forbids are dropped from every text, and whatever stands in the place of a URL is an
absolute http or https URL or nothing.
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

# So that one feed cannot make a reader's terminal act; lone surrogates and U+FFFE/U+FFFF are no Chars either.
_FORBIDDEN = re.compile(f"[^\t\n{PRINTABLE}]")
_LINE_END = re.compile("\r\n?")
_LOST = "\ufffd"  # where a character was lost in somebody's decoding; validators warn of it (BadCharacters)

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
"""The names under which the model keeps URLs; a test holds this against the model itself."""

# Nothing to mend; most are so.
_FINE = re.compile(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::[0-9]{1,4})?/[\x21-\x7e]*")
_WEB = re.compile(r"https?://[^/?#\\]", re.IGNORECASE)
_IGNORED = re.compile(r"[\t\n\r]")  # browsers drop these inside a URL (WHATWG URL §4.4)
_UNWISE = re.compile(r'[^\x21-\x7e]|[<>"{}|\\^`\[\]]')  # outside RFC 3986
_HOST = re.compile(r"https?://[\w\-.~%!$&'()*+,;=:\[\]]+/", re.IGNORECASE | re.ASCII)
_AUTHORITY = re.compile(r"https?://[^/?#]*", re.IGNORECASE)
_USERINFO = re.compile(r"(?<=://)[^/?#]*@")
_SCHEME = re.compile(r"(?:https?://[^\s/]|urn:[a-z0-9]|tag:[^\s])", re.IGNORECASE)


def characters(value: str) -> str:
    """The text without what XML cannot hold, its line ends as XML reads them (XML 1.0 §2.11)."""
    if "\r" in value:
        value = _LINE_END.sub("\n", value)
    if _LOST in value:
        value = value.replace(_LOST, "?")
    return _FORBIDDEN.sub("", value) if _FORBIDDEN.search(value) else value


def web_url(value: str) -> str:
    """The URL where it is absolute and http or https, else "". Never with a user name or a password.

    In ASCII (RFC 3987 §3.1), as RSS asks, and with a path, as the validator does.
    """
    return value if _FINE.fullmatch(value) and not _UNWISE.search(value) else _mended(value)


def _mended(value: str) -> str:
    value = _IGNORED.sub("", _FORBIDDEN.sub("", value)).strip()
    if not _WEB.match(value):
        return ""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return ""
    if not parts.hostname or "\\" in parts.netloc:  # browsers read a backslash as a slash: another host
        return ""
    if "@" in parts.netloc:
        value = _USERINFO.sub("", value, count=1)
    authority = _AUTHORITY.match(value)
    at = authority.end() if authority else 0
    plain = value[at : at + 1] == "/" and not _UNWISE.search(value, at) and value[:at].isascii()
    made = value if plain else _rebuilt(value, at)
    return made if _HOST.match(made) else ""


def _rebuilt(value: str, at: int) -> str:
    """`at`: where the host, the port and with them the authority end."""
    scheme, _, host = value[:at].partition("://")
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    rest = value[at:] if value[at : at + 1] == "/" else f"/{value[at:]}"
    return f"{scheme}://{host}" + _UNWISE.sub(lambda found: quote(found[0]), rest)


def uri(value: str) -> str:
    """The identifier where it is one that a reader may be shown, in ASCII, else ""."""
    if made := web_url(value):
        return value if made == f"{value}/" else made  # an identifier is compared character by character
    return value if is_iri(value) and not _UNWISE.search(value) and not _WEB.match(value) else ""


def iri(value: str) -> str:
    """The identifier where it is one that a reader may be shown (http, https, urn, tag), else ""."""
    return value if _SCHEME.match(value) and not any(sign.isspace() for sign in value) else ""


def admit(value: T) -> T:
    """The same value, fit for publication; itself where there was nothing to mend."""
    return cast(T, _admit(value, url=False))


@cache
def _names(kind: Hashable) -> tuple[tuple[str, bool], ...]:
    """The fields of a dataclass, and which of them are URLs; of another type none."""
    return (
        tuple((one.name, one.name in URL_FIELDS) for one in fields(cast(Any, kind)))
        if is_dataclass(kind)
        else ()
    )


def _admit(value: Any, *, url: bool) -> Any:
    if isinstance(value, str):
        return web_url(value) if url else characters(value)
    if isinstance(value, tuple):
        admitted = tuple([_admit(part, url=False) for part in value])
        return value if all(a is b for a, b in zip(admitted, value, strict=True)) else admitted
    changes = {}
    for name, is_url in _names(cast(Hashable, type(value))):
        was = getattr(value, name)
        if was and (now := _admit(was, url=is_url)) is not was:
            changes[name] = now
    return replace(value, **changes) if changes else value
