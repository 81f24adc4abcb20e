"""Obeys robots.txt (RFC 9309) for pages that are scraped.

Feeds that a user named are fetched without it, as all large readers do: a feed is made for programs.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from feeds.errors import BadStatus, Blocked, FetchError, Throttled, TooLarge
from feeds.fetch.fetcher import Fetcher
from feeds.fetch.http import EmptyDocument
from feeds.model import Access, Response, Source, Validators
from feeds.model.urls import UrlOrigin, origin, safe_url

if TYPE_CHECKING:  # its patterns take 15 ms, and most configurations have no page
    from protego import Protego

ROBOTS_AGENT = "feeds"
"""Our name in a robots.txt, whatever User-Agent is configured (RFC 9309 §2.2.1)."""

RULES_MAX_AGE = timedelta(hours=24)  # §2.4
RETRY_INTERVAL = timedelta(hours=1)  # after the file could not be fetched
MAX_ROBOTS_BYTES = 500 << 10  # what follows is ignored (§2.5)
MAX_CACHED_SITES = 256  # whose rules are kept in memory

_AGENT_FIELD_NAMES = ("user-agent", "useragent", "user agent")  # the spellings that protego accepts

_SiteKey = tuple[UrlOrigin, Access]  # another source may reach the site in another way, such as a proxy


class Robots:
    """The rules of sites, for any number of threads."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._lock = threading.Lock()
        self._rules_by_site: OrderedDict[_SiteKey, tuple[datetime, Protego | str]] = OrderedDict()

    def forget_failures(self) -> None:
        """Fetch the files anew that could not be fetched: the network was away."""
        with self._lock:
            for key in [key for key, (_, rules) in self._rules_by_site.items() if isinstance(rules, str)]:
                del self._rules_by_site[key]

    def check(self, source: Source, url: str, now: datetime) -> None:
        """Raises Blocked if the site forbids robots to fetch `url`, or its rules cannot be fetched."""
        rules = self._rules(source, url, now)
        if isinstance(rules, str):
            raise Blocked(
                source.id,
                f"the robots.txt of {safe_url(url)} cannot be fetched, so the page is not read: {rules}",
            )
        if not rules.can_fetch(url, ROBOTS_AGENT):
            raise Blocked(
                source.id,
                f"the robots.txt of {safe_url(url)} forbids this page; if you may read it, set robots: false",
            )

    def _rules(self, source: Source, url: str, now: datetime) -> Protego | str:
        """The site's rules, or why they could not be fetched."""
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
        access = replace(
            source.access, max_transferred_bytes=4 * MAX_ROBOTS_BYTES, max_decoded_bytes=4 * MAX_ROBOTS_BYTES
        )
        try:
            answer = self._fetcher.fetch(replace(source, access=access), url, Validators())
        except FetchError as error:
            if isinstance(error, TooLarge):
                return "it is too large"
            return _parse_rules(b"") if _means_no_rules(error) else error.problem
        return _parse_rules(answer.body if isinstance(answer, Response) else b"")


def _means_no_rules(error: FetchError) -> bool:
    """Whether the error means that there are no rules: any 4xx, and too many redirects (§2.3.1.2, §2.3.1.3).

    The exception is 429, after which nothing more is requested. An empty file has no rules.
    """
    if isinstance(error, BadStatus):
        return error.status < HTTPStatus.INTERNAL_SERVER_ERROR and not isinstance(error, Throttled)
    return isinstance(error, EmptyDocument)


def _parse_rules(body: bytes) -> Protego:
    from protego import Protego

    if len(body) > MAX_ROBOTS_BYTES:  # without the truncated last line, which would forbid too much
        body = body[:MAX_ROBOTS_BYTES].rpartition(b"\n")[0]
    lines = body.decode("utf-8-sig", "replace").splitlines()
    return Protego.parse("\n".join(map(_merge_other_agents, lines)))


def _merge_other_agents(line: str) -> str:
    """Give all agents but ours the same name: protego takes minutes for 20,000 different ones."""
    if not line.lstrip().lower().startswith(_AGENT_FIELD_NAMES):
        return line
    name = line.partition("#")[0].replace(":", " ").split()[-1:]
    return line if name and name[0].lower() in (ROBOTS_AGENT, "*") else "User-agent: another"
