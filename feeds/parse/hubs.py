"""Which hubs push a document, and under which name: WebSub's discovery (W3C, §4).

Link header fields ─ else ─ <link> in Atom, atom:link in RSS, hubs of JSON Feed, <link> in a page's head
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from feeds.model import Feed
from feeds.parse.parts import absolute, is_web

MOST = 5
"""Hubs of one document that are kept; a hub is asked in place of one that fails, and no feed names many."""

# RFC 8288 §3: <target>; name=value; name="quoted". No part can begin where another may: linear in time.
_LINK = re.compile(r'<([^<>]*)>((?:\s*;\s*[^\s=;,"<>]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?)*)')
_PARAMETER = re.compile(r';\s*([^\s=;,"<>]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?')


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A document that is pushed. `topic` is its rel=self, `hubs` are in the order of the document."""

    topic: str
    hubs: tuple[str, ...]


def offer(header: str, feed: Feed | None, url: str) -> Offer | None:
    """What the `Link` header field (its lines joined by commas) and the document at `url` offer together.

    The header's hubs go before the document's, and so does its self. None where either is missing: a topic
    MUST be the self URL, so there is nothing that could be subscribed to.
    """
    found = [(rel, target) for rel, target in links(header, url) if is_web(target)] if header else []
    hubs = [target for rel, target in found if rel == "hub"] or list(feed.hubs if feed else ())
    topics = [target for rel, target in found if rel == "self"] or [feed.self_url if feed else ""]
    wanted = tuple(hub for hub in dict.fromkeys(absolute(url, hub) for hub in hubs) if is_web(hub))
    topic = absolute(url, topics[0])
    return Offer(topic=topic, hubs=wanted[:MOST]) if wanted and is_web(topic) else None


def links(header: str, url: str) -> Iterator[tuple[str, str]]:
    """(relation in lower case, absolute target) of a Link header field, in its order.

    A link with an `anchor` elsewhere is about another document (RFC 8288 §3.2), and is left out.
    """
    for target, written in _LINK.findall(header):
        parameters: dict[str, str] = {}
        for name, quoted, token in _PARAMETER.findall(written):
            parameters.setdefault(name.lower(), re.sub(r"\\(.)", r"\1", quoted) or token)  # the first counts
        if absolute(url, parameters.get("anchor", "")) in ("", url):
            # <> is the document itself (RFC 3986 §4.4). Apostrophes are no quotes; servers write them all the same.
            leads_to = absolute(url, target) if target.strip() else url
            for relation in parameters.get("rel", "").strip("'").lower().split():
                yield relation, leads_to
