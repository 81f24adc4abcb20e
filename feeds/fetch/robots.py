"""robots.txt (RFC 9309), for pages that are scraped.

A feed that a user named is asked for without it, as by all large readers: a feed is there for programs.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from feeds.errors import BadStatus, Blocked, FetchError, Throttled
from feeds.fetch.fetcher import Fetcher
from feeds.fetch.redirects import Origin, origin, safe_url
from feeds.model import Access, Response, Source, Validators

if TYPE_CHECKING:  # its patterns take 15 ms, and most configurations have no page
    from protego import Protego

ROBOTS_AGENT = "feeds"
"""What we are called in a robots.txt, whatever User-Agent is configured (RFC 9309 §2.2.1)."""

RULES_MAX_AGE = timedelta(hours=24)  # §2.4
RETRY_INTERVAL = timedelta(hours=1)  # after the rules could not be had
MAX_ROBOTS_BYTES = 500 << 10  # bytes that are read; what comes after them is not (§2.5)
MAX_CACHED_SITES = 256  # of which the rules are kept

_AGENT_FIELD_NAMES = ("user-agent", "useragent", "user agent")  # as protego knows it

_SiteKey = tuple[Origin, Access]  # a source that is let through by a proxy proves nothing for the others


class Robots:
    """What sites want left alone. From any number of threads."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._lock = threading.Lock()
        self._rules_by_site: OrderedDict[_SiteKey, tuple[datetime, Protego | str]] = OrderedDict()

    def check(self, source: Source, url: str, now: datetime) -> None:
        """Raises Blocked where the site does not want robots at `url`, or does not say whether it does."""
        rules = self._rules(source, url, now)
        if isinstance(rules, str):
            raise Blocked(
                source.id, f"whether {safe_url(url)} lets robots read this page is not known: {rules}"
            )
        if not rules.can_fetch(url, ROBOTS_AGENT):
            raise Blocked(source.id, f"{safe_url(url)} does not let robots read this page (its robots.txt)")

    def _rules(self, source: Source, url: str, now: datetime) -> Protego | str:
        """The site's rules, or why they could not be had."""
        key = origin(url), source.access
        with self._lock:
            until, rules = self._rules_by_site.get(key, (now, ""))
        if now < until:
            return rules
        rules = self._fetch_rules(source, urljoin(url, "/robots.txt"))
        with self._lock:
            self._rules_by_site[key] = (
                now + (RETRY_INTERVAL if isinstance(rules, str) else RULES_MAX_AGE),
                rules,
            )
            self._rules_by_site.move_to_end(key)
            while len(self._rules_by_site) > MAX_CACHED_SITES:
                self._rules_by_site.popitem(last=False)
        return rules

    def _fetch_rules(self, source: Source, url: str) -> Protego | str:
        access = replace(source.access, max_wire=4 * MAX_ROBOTS_BYTES, max_body=4 * MAX_ROBOTS_BYTES)
        try:
            answer = self._fetcher.fetch(replace(source, access=access), url, Validators())
        except FetchError as error:
            return _parse_rules(b"") if _means_no_rules(error) else error.problem
        return _parse_rules(answer.body if isinstance(answer, Response) else b"")


def _means_no_rules(error: FetchError) -> bool:
    """Whether the site has no robots.txt: any 4xx, and redirects without end, say so (§2.3.1.2, §2.3.1.3).

    Except 429: who asks for patience is not asked for more. An empty file is one without rules.
    """
    if isinstance(error, BadStatus):
        return error.status < HTTPStatus.INTERNAL_SERVER_ERROR and not isinstance(error, Throttled)
    return error.problem == "the document is empty"


def _parse_rules(body: bytes) -> Protego:
    from protego import Protego

    if len(body) > MAX_ROBOTS_BYTES:  # without the rule that the cut goes through: it would forbid too much
        body = body[:MAX_ROBOTS_BYTES].rpartition(b"\n")[0]
    lines = body.decode("utf-8-sig", "replace").splitlines()
    return Protego.parse("\n".join(map(_merge_other_agents, lines)))


def _merge_other_agents(line: str) -> str:
    """A line in which every agent but us has the same name: protego takes minutes over 20,000 of them."""
    if not line.lstrip().lower().startswith(_AGENT_FIELD_NAMES):
        return line
    name = line.partition("#")[0].replace(":", " ").split()[-1:]
    return line if name and name[0].lower() in (ROBOTS_AGENT, "*") else "User-agent: another"
