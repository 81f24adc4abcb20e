"""The URL schemes that sources may have: one record each, with everything that depends on the scheme.

To add a scheme, write a module with its retriever (`feeds.fetch.retrievers.Retriever`) and add its record to
`SCHEMES`. A source whose URL has no scheme is a file: its URL is a path below the configuration's directory.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit

PacingMode = Literal["none", "per fetch", "per request"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """How sources of one URL scheme are fetched. The defaults are the careful ones, for a server on the internet."""

    name: str  # in lower case
    noun: str  # names such a source in messages, "a file"
    retriever: str  # "module:function", imported at the first fetch (`feeds.fetch.retrievers`)
    pacing: PacingMode = "per fetch"
    """When a fetch waits for its turn at the URL's host. "per request": the retriever waits itself, because its
    requests may go to several hosts."""
    is_web: bool = False
    """Whether it is HTTP: robots.txt and hubs apply, and feeds, pages and lists may link to such URLs. URLs of
    other schemes are fetched only for the source that the user gave this very URL."""
    is_local: bool = False
    """Whether the source is on this machine. Each has a queue of its own instead of its host's, is polled in every
    `feeds once`, and needs no random delay. If it is an OPML list, its members inherit `allow_private`."""
    poll_interval: timedelta | None = None  # without `every`; None: by the source's publishing pattern


FILE = Scheme(
    name="file",
    noun="a file",
    retriever="feeds.fetch.file:retrieve",
    pacing="none",
    is_local=True,
    poll_interval=timedelta(minutes=1),  # reading the user's own file disturbs nobody
)
HTTP = Scheme(
    name="http",
    noun="a web address",
    retriever="feeds.fetch.http:retrieve",
    pacing="per request",
    is_web=True,
)
HTTPS = replace(HTTP, name="https")

SCHEMES = {scheme.name: scheme for scheme in (FILE, HTTP, HTTPS)}
"""Name → record."""


def find_scheme(url: str) -> Scheme | None:
    """The record of a source's URL; None for a scheme that is not registered. `file://` is not: files are paths."""
    name, separator, _ = url.partition("://")
    if not separator:
        return FILE
    scheme = SCHEMES.get(name.lower())
    return None if scheme is FILE else scheme


def url_schemes() -> list[str]:
    """The schemes that a source's URL may begin with."""
    return [name for name in SCHEMES if name != FILE.name]


def queue_key(url: str) -> str:
    """The key of the queue in which a source waits: the host of its URL, or the URL itself for a local source."""
    scheme = find_scheme(url)
    if scheme is not None and scheme.is_local:
        return f"{_local_prefix(scheme)}{url}"
    return urlsplit(url).hostname or ""


def local_prefixes() -> list[str]:
    """What the queue keys of local sources begin with."""
    return [_local_prefix(scheme) for scheme in SCHEMES.values() if scheme.is_local]


def _local_prefix(scheme: Scheme) -> str:
    return f"{scheme.name}:"
