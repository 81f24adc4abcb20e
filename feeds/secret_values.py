"""Finds secrets in texts and URLs: values that the user marked as secret, and parameters whose name says that they are.

Pure. A secret may appear as it is, percent-encoded, escaped for XML, or in other letter case, as in a host name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from urllib.parse import quote, quote_plus, unquote_plus, urlsplit

MIN_CHARS = 3
"""Shorter values, and numbers of up to five digits (ports, sizes), are in every text."""

_MIN_CHARS_INSIDE_WORDS = 8
"""A shorter value is only found as a whole word: `news` is not a part of `newsletter`."""

_WORDS = frozenset(
    {
        "auth",
        "authorization",
        "bearer",
        "credential",
        "credentials",
        "hmac",
        "jsessionid",
        "jwt",
        "keys",
        "pass",
    }
    | {
        "passwd",
        "phpsessid",
        "pwd",
        "secrets",
        "session",
        "sessionid",
        "sig",
        "signature",
        "signed",
        "ticket",
    }
    | {"tokens"}
)
_ENDINGS = ("key", "token", "secret", "password", "passwd", "auth")
_NO_SECRETS = frozenset({"donkey", "hockey", "hotkey", "jockey", "monkey", "turkey", "whiskey"})
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

PARAMETER = re.compile(r"(?P<start>[?&;#])(?P<name>[^=&;#?/\s]{1,64})=(?P<value>[^&\s#\"'<>]+)")
"""A parameter in a text. A name of more characters is none."""


def is_secret_name(name: str) -> bool:
    """Whether a parameter of this name holds a secret: `api_key`, `token`, `X-Amz-Signature`, `accessToken`."""
    words = [word.lower() for word in _WORD.findall(unquote_plus(name))]
    return any(word in _WORDS or (word.endswith(_ENDINGS) and word not in _NO_SECRETS) for word in words)


def parameters(url: str) -> Iterator[tuple[str, str]]:
    """(name, value) of the parameters in the query and in the fragment, decoded."""
    _, _, query = url.partition("?")
    _, _, fragment = url.partition("#")
    for part in re.split(r"[&;#]", query or fragment):
        name, separator, value = part.partition("=")
        if separator:
            yield unquote_plus(name), unquote_plus(value)


def secret_parameters(url: str) -> tuple[str, ...]:
    """The values of the parameters that look like secrets."""
    return tuple(value for name, value in parameters(url) if value and is_secret_name(name))


def parts_of(value: str) -> tuple[str, ...]:
    """The value; of a URL also the parts that are secrets of their own: login, tokens in its path and query."""
    if "://" not in value:
        return (value,)
    try:
        parts = urlsplit(value)
        login = [text for text in (parts.username, parts.password) if text]
    except ValueError:
        return (value,)
    segments = [segment for segment in parts.path.split("/") if _is_token(segment)]
    tokens = [text for name, text in parameters(value) if is_secret_name(name) or _is_token(text)]
    rest = value.partition("://")[2]
    whole = [value, rest.rpartition("@")[2]]
    return tuple(text for text in (*whole, *login, *segments, *tokens) if text)


def host_of(value: str) -> str:
    """The host of a URL; "" if there is none."""
    try:
        return urlsplit(value).hostname or ""
    except ValueError:
        return ""


def _is_token(text: str) -> bool:
    """Whether a part of a URL was drawn at random, and is no word."""
    return len(text) >= 16 and any(character.isdigit() for character in text)


def finder(values: Iterable[str]) -> re.Pattern[str] | None:
    """A pattern that finds these values in a text; None if there are none."""
    spellings = {
        spelling
        for value in values
        if len(value) >= MIN_CHARS and not re.fullmatch(r"\d{1,5}", value)
        for spelling in (value, quote(value, safe=""), quote(value), quote_plus(value), escape(value))
    }
    if not spellings:
        return None
    longest_first = sorted(spellings, key=lambda spelling: (-len(spelling), spelling))
    return re.compile("|".join(map(_searched, longest_first)), re.IGNORECASE)


def _searched(spelling: str) -> str:
    text = re.escape(spelling)
    if len(spelling) >= _MIN_CHARS_INSIDE_WORDS:
        return text
    return rf"(?<![^\W_]){text}(?![^\W_])"
