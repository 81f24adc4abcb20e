"""Check the URLs and paths of sources, compare them, and derive ids from them."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit, urlunsplit

from feeds.config.secrets import without_references

MAX_DERIVED_ID_CHARS = 48
"""A derived id is typed on command lines and printed in tables."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0<>\"\\\ud800-\udfff]")
_HOST_LIKE = re.compile(
    r"(?:[a-z0-9-]+\.)+(?!(?:xml|rss|atom|rdf|json|opml|html?)$)[a-z]{2,}(?::\d+)?(?:[/?]|$)", re.IGNORECASE
)


class Login(NamedTuple):
    """The percent-decoded `user:password` of a URL."""

    user: str
    password: str


def check_web_url(text: str, schemes: Collection[str] = ("http", "https")) -> str:
    """Return an absolute URL of one of these schemes unchanged. A ValueError says what follows the quoted URL."""
    if unsafe := _UNSAFE.search(text):
        character = "a space" if unsafe[0] == " " else f"the character {unsafe[0]!r}"
        raise ValueError(f"is not a URL: {character} must be percent-encoded")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError("is not a URL: its host or port is malformed") from None
    if parts.scheme not in schemes:
        raise ValueError(f"is not an {' or '.join(schemes)} URL")
    if not parts.hostname or port == 0:
        raise ValueError(
            "is not a URL: it names no host" if port != 0 else "is not a URL: port 0 does not exist"
        )
    return text


def without_login(url: str) -> tuple[str, Login | None]:
    """Split `user:password@` off a URL, so that the URL can be logged."""
    parts = urlsplit(url)
    login, separator, host = parts.netloc.rpartition("@")
    if not separator:
        return url, None
    user, _, password = login.partition(":")
    return urlunsplit(parts._replace(netloc=host)), Login(unquote(user), unquote(password))


def local_path(text: str, directory: Path) -> str:
    """Return a path relative to `directory`, below it. The message of the ValueError follows the quoted path."""
    try:
        inside = (directory / text).resolve()
        root = directory.resolve()
    except (OSError, ValueError, RuntimeError):
        raise ValueError("is not a usable path") from None
    if root not in inside.parents:
        raise ValueError("lies outside the folder of this file")
    path = Path(text)
    return Path(os.path.relpath(path, directory) if path.is_absolute() else path).as_posix()


def looks_like_host(text: str) -> bool:
    """Whether the text is a URL without its https://, such as `news.example/feed`."""
    return _HOST_LIKE.match(text) is not None


def url_comparison_key(url: str) -> str:
    """A key that is equal for two spellings of one URL: scheme, login, default port and final slash are left out."""
    if "://" not in url:
        return os.path.normpath(url)
    try:
        parts = urlsplit(without_login(url)[0])
        port = "" if parts.port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f":{parts.port}"
    except ValueError:  # not a URL: equal only to itself
        return url
    host = (parts.hostname or "").removesuffix(".")
    query = f"?{parts.query}" if parts.query else ""
    scheme = "" if parts.scheme in _DEFAULT_PORTS else f"{parts.scheme}:"
    return f"{scheme}//{host}{port}{parts.path.rstrip('/')}{query}"


def source_id(url: str) -> str:
    """Derive a readable id from a URL: `https://news.example/world/feed` → `news.example-world-feed`.

    The state refers to sources by these ids, so the rule must never change. A short hash is appended where the
    slug does not determine the URL (a query, non-ASCII text, great length). `url` is as written in the file:
    references to secrets are left out, so that an id neither reveals a secret nor changes with it.
    """
    plain = without_references(url).strip()
    scheme, separator, rest = plain.partition("://")
    rest, _, query = (rest if separator else scheme).partition("#")[0].partition("?")
    host, slash, path = rest.partition("/")
    words = unquote(f"{host.rpartition('@')[2].removeprefix('www.')}{slash}{path}" if separator else rest)
    slug = re.sub(r"[^a-z0-9._]+", "-", words.lower()).strip("-._")
    if query or not words.isascii() or not 0 < len(slug) <= MAX_DERIVED_ID_CHARS:
        digest = hashlib.blake2b(
            f"{words}?{query}".encode("utf-8", "surrogatepass"), digest_size=4
        ).hexdigest()
        slug = f"{slug[: MAX_DERIVED_ID_CHARS - len(digest) - 1].strip('-._') or 'source'}-{digest}"
    return slug
