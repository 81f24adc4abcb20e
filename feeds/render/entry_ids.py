"""The ids of entries and of feeds: an article's own IRI, or a name-based UUID."""

from __future__ import annotations

import re
from uuid import UUID, uuid5

from feeds.model import Article

NAMESPACE = UUID("6f0c6a0e-6d1c-5f0b-9a3e-3f2f0a6b7c51")
"""The namespace of our name-based UUIDs (RFC 9562 §5.5). Never change it: entry ids are derived from it."""

_EXCLUDED = (
    r"\s\x00-\x20<>\"{}|\\^`\[\]"  # by RFC 3986 §2; other characters than ASCII are allowed (RFC 3987 §2.2)
)
_IRI = re.compile(
    # An absolute IRI that every reader accepts: a known scheme and no excluded character.
    # Other guids ("12345", "article 7") are only unique within their feed.
    rf"(?:https?://[^{_EXCLUDED}]+"
    r"|urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # RFC 9562 §4
    rf"|urn:(?!uuid:)[a-z0-9][a-z0-9-]{{1,31}}:[^{_EXCLUDED}]+"
    r"|tag:(?:[\w.-]+@)?[a-z0-9.-]+,\d{4}(?:-\d\d){0,2}:[a-z0-9_.~!$&'()*+,;=:@/?%#-]*)",  # RFC 4151 §2.1
    re.IGNORECASE,
)


def entry_id(article: Article) -> str:
    """The article's guid, verbatim, if it is an IRI (RFC 4287 §4.2.6); else a UUID derived from the article's id."""
    return article.guid if is_iri(article.guid) else minted_id(article)


def is_iri(value: str) -> bool:
    """Whether every reader accepts it as an Atom id."""
    return _IRI.fullmatch(value) is not None


def minted_id(article: Article) -> str:
    """A UUID derived from the article's id, the same at any time and on any machine."""
    return f"urn:uuid:{uuid5(NAMESPACE, article.id)}"


def feed_id(base_url: str, name: str) -> str:
    """The id of an output."""
    return f"urn:uuid:{uuid5(NAMESPACE, f'{base_url}{name}')}"
