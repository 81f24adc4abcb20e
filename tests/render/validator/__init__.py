"""What the W3C's feed validator asks of Atom 1.0 and RSS 2.0, rule by rule, in our own words; each by its name there.

It goes over documents that we made, so that it knows the elements that we use and no others: one more is a
finding (UndefinedElement). `python -m tests.render.validator` looks at what we make of every document of the
corpus, and prints the findings.
"""

from __future__ import annotations

from datetime import datetime

from lxml import etree

from tests.render.validator.atom import Atom
from tests.render.validator.check import Finding
from tests.render.validator.rss import Rss

__all__ = ["UNAVOIDABLE", "Finding", "validate"]

UNAVOIDABLE = frozenset({"UnknownNamespace", "UnsupportedItunesFormat", "NonCanonicalURI", "InvalidURN"})
"""What stays: Podcasting 2.0 and Podlove's chapters are no vocabularies that it knows, an episode's file may have an
address that does not end in .mp3, and an id is kept as its feed writes it (RFC 4287 §4.2.6), also where it is a URN
of RFC 8141."""


def validate(data: bytes, self_url: str, now: datetime) -> list[Finding]:
    """Every error and warning. Raises XMLSyntaxError for what is not well-formed."""
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    kind = Atom if root.tag.endswith("feed") else Rss
    return list(kind(root, data, self_url, now).findings())
