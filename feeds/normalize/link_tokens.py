"""Leave out of a URL what a server generates anew for each answer: session ids, signatures, expiry times.

Used to compare two versions of a link, never to open or show it. No rule knows every generated value, so a mistake must
be cheap: a value taken for a token is published with the next change of its article, and a token that is not recognised
makes a new link, which is published without a new `updated`.
"""

from __future__ import annotations

import re

_TOKEN_NAMES = re.compile(
    r"_|t|r|ts|tm|cb|tok|time|timestamp|rand|random|rnd|nocache|no_cache|cache|cache_?bust(?:er)?|nonce"
    r"|.*token|.*auth|auth.*|.*sign?|.*signature|hmac|hash|digest|md5|sha1|.*key|key-pair-id|policy|credential"
    r"|exp|expiry|expires?(?:_?(?:at|in))?|valid_?(?:until|to)|csrf.*|hdn(?:ts|ea)|x-(?:amz|goog|ms)-.*"
    r"|sid|rid|zenid|cfid|.*sess(?:ion)?(?:_?(?:id|key))?|(?:.*_)?(?:click|visit|visitor|request|req|track(?:ing)?)_?id"
    r"|s[eprtv]|ref(?:errer|erer)?|source|from|xtor",
    re.IGNORECASE,
)
_IDENTITY_NAMES = re.compile(r"[apv]|.*id|articles?|story|news|post|item|page|slug|url|doc", re.IGNORECASE)
"""Names of parameters that say which page or file is meant. A video's id looks like a token."""

_PATH_SESSION = re.compile(
    r";[a-z_]*(?:session|sess|sid)[a-z_]*=[^/?#;]*|/\([a-z]\([^()/]{1,80}\)\)", re.IGNORECASE
)
_TIMESTAMP = re.compile(r"\d{10,}(?:\.\d*)?|0?\.\d{4,}")  # a time in seconds or less, a random number
_RUN = re.compile("[a-z0-9]{8,}", re.IGNORECASE)
_MIXED = re.compile(r"[a-z]\d+[a-z]|\d[a-z]+\d", re.IGNORECASE)
_RISES = re.compile("[a-z][A-Z]")
_PRINTED_URL = re.compile(r"https?://\S+", re.IGNORECASE)

MIN_RISES = 3
"""A run of letters with so many changes from small to capital letters is random: "camelCase" has one or two."""


def without_tokens(url: str) -> str:
    """The URL without parameters whose names or values are those of tokens."""
    stem, question, query = _PATH_SESSION.sub("", url).partition("?")
    if not question:
        return stem
    kept = [part for part in query.split("&") if not _is_token(*part.partition("=")[::2])]
    return f"{stem}?{'&'.join(kept)}" if kept else stem


def changed_parameters(first: str, second: str) -> frozenset[str]:
    """The names of the query parameters in whose values alone two URLs differ. Empty if they differ otherwise."""
    (stem, names), (other_stem, other_names) = _parameters(first), _parameters(second)
    if stem != other_stem or names.keys() != other_names.keys():
        return frozenset()
    return frozenset(name for name, values in names.items() if values != other_names[name])


def _parameters(url: str) -> tuple[str, dict[str, list[str]]]:
    """The URL without its query, and name → values."""
    stem, _, query = without_tokens(url).partition("?")
    values: dict[str, list[str]] = {}
    for part in query.split("&"):
        name, _, value = part.partition("=")
        values.setdefault(name, []).append(value)
    return stem, values


def split_urls(text: str) -> tuple[str, tuple[str, ...]]:
    """A text without the URLs that it prints, and these URLs."""
    if "://" not in text:
        return text, ()
    return _PRINTED_URL.sub(" ", text), tuple(_PRINTED_URL.findall(text))


def _is_token(name: str, value: str) -> bool:
    if _TOKEN_NAMES.fullmatch(name):
        return True
    return not _IDENTITY_NAMES.fullmatch(name) and _looks_generated(value)


def _looks_generated(value: str) -> bool:
    if _TIMESTAMP.fullmatch(value):
        return True
    return any(_MIXED.search(run) or len(_RISES.findall(run)) >= MIN_RISES for run in _RUN.findall(value))
