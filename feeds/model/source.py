"""Source: where articles come from, and how it is polled."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from feeds.model.schemes import Scheme, find_scheme


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How often a source is polled. `every=None`: according to how often it publishes, between `shortest` and
    `longest`. Where the user did not set `min` or `max`, hints of the server may exceed those limits."""

    every: timedelta | None = None
    min: timedelta | None = None
    max: timedelta | None = None

    @property
    def shortest(self) -> timedelta:
        return self.min or min(timedelta(hours=1), self.max or timedelta.max)

    @property
    def longest(self) -> timedelta:
        return self.max or max(timedelta(days=1), self.min or timedelta.min)

    @property
    def shortest_interval(self) -> timedelta:
        """The shortest time between two polls that the settings allow: the fixed one, if there is one."""
        return self.every or self.shortest


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """The certificates of one source: absolute paths of PEM files, "" for none."""

    ca: tuple[str, ...] = ()  # authorities to trust besides Mozilla's list
    cert: str = ""  # the client certificate, shown to the source's own host only
    key: str = ""  # its key; "": it is in the same file
    verify: bool = True  # False: any certificate of the source's own host is accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How a source is fetched. `headers` may hold secrets: they are never shown, nor sent to another origin."""

    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    user_agent: str = ""  # "": the default one
    proxy: str = field(default="", repr=False)
    trust_env: bool = False  # take proxies and .netrc from the environment
    allow_private: bool = False
    timeout: float = 30.0  # seconds, for the whole fetch including redirects
    max_transferred_bytes: int = 20 << 20  # bytes as transferred
    max_decoded_bytes: int = 50 << 20  # bytes after decompression
    tls: Tls = Tls()


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """CSS selectors for the parts of an item on a page without a feed; `@name` selects an attribute."""

    item: str
    title: str
    link: str = "a@href"
    date: str = ""
    text: str = ""
    image: str = ""
    author: str = ""


Kind = Literal["feed", "page", "opml"]

Identity = Literal["guid", "link", "title"]
"""By what a source tells its items apart. `link` and `title` are for feeds whose guids are wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One source of articles. `id` is stable: it stays when the URL changes."""

    id: str
    url: str = field(repr=False)  # or a path below the configuration's directory; may hold a secret
    kind: Kind = "feed"
    title: str = ""  # "": the title in the feed
    tags: tuple[str, ...] = ()
    priority: int = 0  # of several copies, the one of the source with the highest priority leads
    schedule: Schedule = Schedule()
    access: Access = Access()
    extract: Extract | None = None
    dedupe: bool = True  # False: its articles are never merged with others
    robots: bool = True  # obey robots.txt when scraping its page and the pages of its articles
    max_news_per_poll: int = (
        50  # new entries of one poll that rank by their date; the others rank as a backfill; 0: all
    )
    push: bool = True  # subscribe at its WebSub hub, if it names one and the callback can be reached
    identity: Identity = "guid"
    full_text: int | None = None  # fetch the article's page when its text has fewer characters than this
    secrets: tuple[str, ...] = field(
        default=(), repr=False
    )  # values that no message and no published file may show

    @property
    def scheme(self) -> Scheme:
        """Raises ValueError for a scheme that is not registered. The configuration accepts no such URL."""
        scheme = find_scheme(self.url)
        if scheme is None:
            raise ValueError(f"source {self.id}: the scheme of its URL is not registered")
        return scheme
