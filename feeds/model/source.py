"""Source: where articles come from, and how it is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How often a source may and should be asked. `every=None`: by its own rhythm, between the shortest and
    the longest interval; what the user did not write of those may give way to what the server says."""

    every: timedelta | None = None
    min: timedelta | None = None
    max: timedelta | None = None

    @property
    def shortest(self) -> timedelta:
        return self.min or min(timedelta(hours=1), self.max or timedelta.max)

    @property
    def longest(self) -> timedelta:
        return self.max or max(timedelta(days=1), self.min or timedelta.min)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How a source is reached. `headers` may hold secrets: never shown, nor sent to another origin."""

    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    user_agent: str = ""  # "" = ours
    proxy: str = field(default="", repr=False)
    trust_env: bool = False  # take proxies and .netrc from the environment
    allow_private: bool = False
    timeout: float = 30.0  # seconds, for the whole fetch with its redirects
    max_wire: int = 20 << 20  # bytes as they come
    max_body: int = 50 << 20  # bytes after unpacking


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """Where the parts of an item stand on a page without a feed: CSS selectors, `@name` for an attribute."""

    item: str
    title: str
    link: str = "a@href"
    date: str = ""
    text: str = ""
    image: str = ""
    author: str = ""


Kind = Literal["feed", "page", "opml"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One place that articles come from. `id` is stable: it survives a change of the URL."""

    id: str
    url: str = field(repr=False)  # http(s), or a path below the configuration's directory; may hold a secret
    kind: Kind = "feed"
    title: str = ""  # "" = what the feed calls itself
    tags: tuple[str, ...] = ()
    priority: int = 0  # the higher one wins when copies compete
    schedule: Schedule = Schedule()
    access: Access = Access()
    extract: Extract | None = None
    dedupe: bool = True  # False: its articles are copies of nothing, and nothing is a copy of them
    robots: bool = True  # robots.txt decides what may be scraped: its page, the pages of its articles
    flood: int = 50  # how many new entries of one poll may stand as news; 0: all of them
    push: bool = True  # let a hub bring its news, where it names one and we can be reached
    full_text: int | None = None  # fetch the article's page when its text has fewer characters than this

    @property
    def is_file(self) -> bool:
        return "://" not in self.url
