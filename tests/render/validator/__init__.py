"""The rules of the W3C's feed validator for Atom 1.0 and RSS 2.0, implemented under the names that they have there.

It checks our own documents, so it knows only the elements that we use. Any other element is a finding
(UndefinedElement). `python -m tests.render.validator` publishes every document of the corpus and prints the findings.
"""

from __future__ import annotations

from datetime import datetime

from lxml import etree

from tests.render.validator.atom import Atom
from tests.render.validator.check import Finding
from tests.render.validator.rss import Rss

__all__ = ["UNAVOIDABLE", "Finding", "validate"]

UNAVOIDABLE = frozenset(
    {"UnknownNamespace", "UnsupportedItunesFormat", "MissingItunesElement", "NonCanonicalURI", "InvalidURN"}
)
"""Accepted findings: the validator does not know the namespaces of Podcasting 2.0 and Podlove's chapters, the URL of an
episode need not end in .mp3, no source states what the validator recommends for a whole podcast, and an id is kept
verbatim (RFC 4287 §4.2.6), even if it is a URN by RFC 8141."""


def validate(data: bytes, self_url: str, now: datetime) -> list[Finding]:
    """Every error and warning. Raises XMLSyntaxError if the document is not well-formed."""
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    kind = Atom if root.tag.endswith("feed") else Rss
    return list(kind(root, data, self_url, now).findings())
