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
# RFC 3987 §2.2 allows no controls, private characters and noncharacters, §4.1 no bidirectional formatting.
_CHAR = rf"[^{_EXCLUDED}#%\x7f-\x9f\u200e\u200f\u202a-\u202e\ue000-\uf8ff\ufff0-\uffff]"
_CHARS = rf"(?:{_CHAR}|%[0-9a-f]{{2}})"
_IRI = re.compile(
    # An absolute IRI without an excluded character. Other guids ("12345", "article 7") are only unique within their
    # feed. URNs and tags must also have the form that their own RFCs ask for.
    rf"(?:https?://[^{_EXCLUDED}]+"
    r"|urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # RFC 9562 §4
    rf"|urn:(?!uuid:)[a-z0-9][a-z0-9-]{{1,31}}:[^{_EXCLUDED}]+"
    rf"|tag:(?:[\w.-]+@)?[a-z0-9.-]+,\d{{4}}(?:-\d\d){{0,2}}:[^{_EXCLUDED}]*"  # RFC 4151 §2.1
    # A reader may use the id as a link, so no scheme whose links run code.
    r"|(?!(?:https?|urn|tag|javascript|vbscript|data|blob):)[a-z][a-z0-9+.-]*:"
    rf"(?>{_CHARS}+)(?:#(?>{_CHARS}*))?)",
    re.IGNORECASE,
)


def entry_id(article: Article) -> str:
    """The article's guid, verbatim, if it is an IRI (RFC 4287 §4.2.6); else a UUID derived from the article's id."""
    return article.guid if is_iri(article.guid) else minted_id(article)


def is_iri(value: str) -> bool:
    """Whether it is a legal Atom id (RFC 4287 §4.2.6): an absolute IRI."""
    return _IRI.fullmatch(value) is not None


def minted_id(article: Article) -> str:
    """A UUID derived from the article's id, the same at any time and on any machine."""
    return f"urn:uuid:{uuid5(NAMESPACE, article.id)}"


def feed_id(base_url: str, name: str) -> str:
    """The id of an output."""
    return f"urn:uuid:{uuid5(NAMESPACE, f'{base_url}{name}')}"
