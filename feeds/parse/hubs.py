"""WebSub discovery (W3C, §4): finds the hubs and the topic URL of a document.

They come from the Link header field, or else from the document: <link> in Atom or in a page's head, atom:link in RSS,
`hubs` in JSON Feed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from feeds.model import Feed
from feeds.parse.values import is_http_url, resolve_url

MAX_HUBS = 5
"""Of one document. Another hub is tried if one fails, and no feed names many."""

# RFC 8288 §3: <target>; name=value; name="quoted". No part can begin where another may: linear in time.
_LINK = re.compile(r'<([^<>]*)>((?:\s*;\s*[^\s=;,"<>]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?)*)')
_PARAMETER = re.compile(r';\s*([^\s=;,"<>]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?')


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoveredHubs:
    """The hubs that a document can be subscribed to at, in its order. `topic` is its rel=self URL."""

    topic: str
    hubs: tuple[str, ...]


def discover_hubs(header: str, feed: Feed | None, url: str) -> DiscoveredHubs | None:
    """The hubs and topic of the document at `url`; None if it has no hub or no topic.

    The topic is the rel=self URL, as WebSub §4 requires.

    `header`: the lines of the Link header field, joined by commas. Its hubs replace the document's, and so does its
    self URL.
    """
    links = [(rel, target) for rel, target in parse_link_header(header, url) if is_http_url(target)]
    hubs = [target for rel, target in links if rel == "hub"] or list(feed.hubs if feed else ())
    topics = [target for rel, target in links if rel == "self"] or [feed.self_url if feed else ""]
    hub_urls = tuple(
        hub for hub in dict.fromkeys(resolve_url(hub, base=url) for hub in hubs) if is_http_url(hub)
    )
    topic = resolve_url(topics[0], base=url)
    return DiscoveredHubs(topic=topic, hubs=hub_urls[:MAX_HUBS]) if hub_urls and is_http_url(topic) else None


def parse_link_header(header: str, url: str) -> Iterator[tuple[str, str]]:
    """(relation in lower case, absolute target) of each link in a Link header field, in its order.

    A link whose `anchor` is another document is about that document (RFC 8288 §3.2): it is left out.
    """
    for target, parameter_text in _LINK.findall(header):
        parameters: dict[str, str] = {}
        for name, quoted, token in _PARAMETER.findall(parameter_text):
            # Of several parameters of one name, the first is valid.
            parameters.setdefault(name.lower(), re.sub(r"\\(.)", r"\1", quoted) or token)
        if resolve_url(parameters.get("anchor", ""), base=url) in ("", url):
            # <> is the document itself (RFC 3986 §4.4). Some servers quote with apostrophes, which are not quotes.
            absolute_target = resolve_url(target, base=url) if target.strip() else url
            for relation in parameters.get("rel", "").strip("'").lower().split():
                yield relation, absolute_target
