"""The ids of entries and of feeds: an article's own IRI, or a name-based UUID."""

from __future__ import annotations

import re
from uuid import UUID, uuid5

from feeds.model import Article

NAMESPACE = UUID("6f0c6a0e-6d1c-5f0b-9a3e-3f2f0a6b7c51")
"""Ours, for name-based UUIDs (RFC 9562 §5.5). Never to be changed: entry ids hang on it."""

_LEFT_OUT = r"\s\x00-\x20<>\"{}|\\^`\[\]"  # of RFC 3986 §2, but for what is not ASCII (RFC 3987 §2.2)
_IRI = re.compile(
    # An absolute IRI that any reader takes for one: a known scheme and no character that has no place there.
    # Other guids ("12345", "article 7") are only unique within their feed.
    rf"(?:https?://[^{_LEFT_OUT}]+"
    r"|urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # RFC 9562 §4
    rf"|urn:(?!uuid:)[a-z0-9][a-z0-9-]{{1,31}}:[^{_LEFT_OUT}]+"
    r"|tag:(?:[\w.-]+@)?[a-z0-9.-]+,\d{4}(?:-\d\d){0,2}:[a-z0-9_.~!$&'()*+,;=:@/?%#-]*)",  # RFC 4151 §2.1
    re.IGNORECASE,
)


def entry_id(article: Article) -> str:
    """The article's own guid where it is an IRI, verbatim (RFC 4287 §4.2.6); else a UUID derived from it."""
    return article.guid if is_iri(article.guid) else minted_id(article)


def is_iri(value: str) -> bool:
    """Whether it can be an id of Atom's, for any reader."""
    return _IRI.fullmatch(value) is not None


def minted_id(article: Article) -> str:
    """An id of our own for an article: the same whenever and wherever it is derived."""
    return f"urn:uuid:{uuid5(NAMESPACE, article.id)}"


def feed_id(base_url: str, name: str) -> str:
    """An output's own id."""
    return f"urn:uuid:{uuid5(NAMESPACE, f'{base_url}{name}')}"
