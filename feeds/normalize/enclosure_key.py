"""The address of an enclosure for comparison: equal at each poll, whatever counts or signs the download.

Podcasts change the counting services before their addresses, and hosts sign addresses anew for each document. Used to
recognise an item that has no guid; never opened or shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

from feeds.model import Media, Url
from feeds.normalize.url import absolute_url, clean_url

# A host name inside a path: counting services take the real address as the end of theirs
# ("https://dts.podtrac.com/redirect.mp3/pdst.fm/e/cdn.example/1.mp3").
_HOST = re.compile(r"(?:[a-z0-9_-]{1,63}\.){1,8}[a-z]{2,24}", re.I)
_NAMES_AN_ITEM = re.compile(
    r"(?:\w*[_-])?(?:id|guid|uuid|ep|episode|item|file(?:name)?|media|track|name|n|no|nr)", re.I
)
_VOLATILE_NAME = re.compile(
    r"token|sig|hash|hmac|expir|policy|auth|session|nonce|credential|amz|goog|hdn|key|time|stamp|date|valid|ttl"
    r"|listener|browser|client|user|referr?er|source",
    re.I,
)
# An epoch in seconds or milliseconds, or a signature
_VOLATILE_VALUE = re.compile(r"\d{10}|\d{13}|[\w+/=.~%-]{24,}")


def enclosure_key(media: Iterable[Media]) -> str:
    """The key of the first enclosure that is no picture (many items share one picture); "" if there is none."""
    enclosures = (item for item in media if item.role == "enclosure" and not item.type.startswith("image/"))
    first = next(enclosures, None)
    return "" if first is None else canonical_file(first.url)


def canonical_file(url: str) -> str:
    """`host/path?query` without counting services, without the parameters that sign or date the URL, and without the
    fragment. "" if `url` is not http or https."""
    resolved = absolute_url(url)
    if resolved is None:
        return ""
    stem, _, query = clean_url(resolved).partition("#")[0].partition("?")
    parts = sorted(part for part in query.split("&") if part and not _is_volatile(part))
    return _without_counters(stem) + ("?" + "&".join(parts) if parts else "")


def _without_counters(stem: Url | str) -> str:
    """`host/path` of the innermost address in a URL without query."""
    address = unquote(stem).rpartition("://")[2]
    segments = [segment for segment in address.split("/") if segment]
    inner = max((index for index, segment in enumerate(segments[:-1]) if _HOST.fullmatch(segment)), default=0)
    return (
        "/".join((segments[inner].lower().removeprefix("www."), *segments[inner + 1 :])) if segments else ""
    )


def _is_volatile(part: str) -> bool:
    name, _, value = part.partition("=")
    if _NAMES_AN_ITEM.fullmatch(name):
        return False
    return bool(_VOLATILE_NAME.search(name) or _VOLATILE_VALUE.fullmatch(value))
