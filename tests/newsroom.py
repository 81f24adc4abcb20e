"""A whole instance in its own folder for tests: sources.yaml, state, output, and a clock that the test moves."""

from __future__ import annotations

import atexit
import functools
import random
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import feedparser

from feeds.config import load
from feeds.engine.cycle import CycleReport, run_cycle
from feeds.engine.poller import Poller
from feeds.fetch import Fetcher
from feeds.fetch.pacing import HostPacer
from feeds.fetch.user_agent import user_agent
from feeds.ingest.record_poll import PollResult
from feeds.store import Store, open_store
from feeds.workers.parse_pool import ParseLimits, ParsePool
from tests.make import NOW

OUTPUTS = """
outputs:
  front: {title: Front page}
"""


@dataclass
class ManualClock:
    """A clock that stands still until the test moves it."""

    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return time.monotonic()

    def advance_to(self, condition: threading.Condition, until: datetime) -> None:
        """Replaces the waiting of `HostPacer`: move the clock. Other threads go on meanwhile."""
        self.moment = max(self.moment, until)


class _SharedParsePool(ParsePool):
    """A pool that all pollers share: parse processes are slow to start and keep no state."""

    def stop(self) -> None:
        pass

    def retire(self) -> None:
        pass


def _parse_pool(count: int, limits: ParseLimits, _is_hungry: Callable[[], bool]) -> ParsePool:
    return _shared_pool(count, limits)


@functools.cache
def _shared_pool(count: int, limits: ParseLimits) -> ParsePool:
    pool = _SharedParsePool(min(count, 2), limits)
    atexit.register(ParsePool.stop, pool)
    return pool


class Newsroom:
    """`fetcher` makes the fetcher; tests pass one with its own name look-up. `draw` draws from [0, 1)."""

    def __init__(
        self,
        folder: Path,
        *,
        fetcher: Callable[..., Fetcher] = Fetcher,
        draw: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self.folder = folder
        self._fetcher = fetcher
        self._draw = draw
        self.config = folder / "sources.yaml"
        self.clock = ManualClock()
        self.paced = False  # whether requests to a host have pauses, by this clock
        self._open: tuple[Store, Poller] | None = None

    def configure(self, sources: str, outputs: str = OUTPUTS) -> None:
        """Write sources.yaml. Sources are polled every hour, unless the text sets an interval."""
        if not re.search(r"\b(every|min|max|defaults):", sources):
            sources = "defaults: {every: 1h}\n" + sources
        if not self.paced and "limits:" not in sources:
            sources = "limits: {host_interval: 0s}\n" + sources
        self.close()
        site = "site: {title: Test, base_url: 'http://127.0.0.1:8000/', output: output, state: feeds.db}\n"
        self.config.write_text(f"{site}{sources}{outputs}", encoding="utf-8")

    def configure_urls(self, *urls: str, **options: str) -> None:
        """Configure sources at these loopback URLs, with the ids s1, s2, …"""
        more = "".join(f", {key}: {value}" for key, value in options.items())
        lines = [
            f"  - {{id: s{n}, url: '{url}', allow_private: true{more}}}\n"
            for n, url in enumerate(urls, start=1)
        ]
        self.configure("sources:\n" + "".join(lines))

    def parts(self) -> tuple[Store, Poller]:
        if self._open is None:
            settings = load(self.config, {})
            store = open_store(self.folder / "feeds.db")
            agent = user_agent(settings)
            pacing = HostPacer(self.clock, draw=self._draw, wait=self.clock.advance_to)
            self._open = (
                store,
                Poller(
                    store,
                    settings,
                    self.clock,
                    agent,
                    self._draw,
                    self._fetcher,
                    _parse_pool,
                    pacing=pacing,
                ),
            )
        return self._open

    def once(self, *, later: timedelta = timedelta(), ignore_due_times: bool = False) -> CycleReport:
        self.clock.moment += later
        store, poller = self.parts()
        return run_cycle(poller, store, self.clock.now, ignore_due_times=ignore_due_times)

    def poll(self, *, later: timedelta = timedelta()) -> PollResult:
        """Run one cycle, in which exactly one source is polled. Returns its result."""
        (polled,) = self.once(later=later).polled
        return polled

    def close(self) -> None:
        if self._open is not None:
            store, poller = self._open
            self._open = None
            poller.stop()
            store.close()

    def file(self, name: str) -> Path:
        return self.folder / "output" / name

    def bytes(self, *, recursive: bool = False) -> dict[str, bytes]:
        """File name → bytes of the published files. `recursive`: with those in folders."""
        output = self.folder / "output"
        return {
            path.relative_to(output).as_posix(): path.read_bytes()
            for path in sorted(output.rglob("*") if recursive else output.iterdir())
            if path.is_file()
        }

    def entries(self, output: str = "front") -> list[Any]:
        """The entries of an output's Atom feed, as feedparser reads them."""
        feed = feedparser.parse(self.file(f"{output}.atom").read_bytes())
        assert not feed.bozo
        return list(feed.entries)

    def titles(self, output: str = "front") -> list[str]:
        return [entry.title for entry in self.entries(output)]


_VOCABULARY = re.findall(
    r"\w+",
    "harbour crane ferry council market lamp winter bridge sailor letter museum school garden river engine "
    "window orchard bakery tunnel station festival library mountain island carpenter teacher violin comet "
    "sheep timber quarry mill cinema theatre bicycle umbrella lantern castle meadow valley anchor compass",
)


def prose(n: int) -> str:
    """Forty words that no other number shares in this order."""
    return " ".join(random.Random(n).choices(_VOCABULARY, k=40)).capitalize() + "."


def item(
    n: int, *, title: str = "", text: str = "", guid: str = "", link: str = "", hours: float | None = None
) -> str:
    """An RSS item; number n was published n hours before NOW."""
    date = format_datetime(NOW - timedelta(hours=n if hours is None else hours))
    return (
        f"<item><title>{escape(title or f'Title {n}')}</title><link>{link or f'https://news.example/{n}'}</link>"
        f'<guid isPermaLink="false">{guid or f"tag:news.example,2026:{n}"}</guid><pubDate>{date}</pubDate>'
        f"<description>{escape(text or prose(n))}</description></item>"
    )


def rss(items: Sequence[str], title: str = "News") -> bytes:
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>'
        f"<link>https://news.example/</link><description>d</description>{''.join(items)}</channel></rss>"
    ).encode()
