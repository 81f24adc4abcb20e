from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest

from feeds.fetch import Fetcher
from feeds.fetch.pacing import HostPacer
from feeds.model import Access, Fetched, Source, Validators
from tests.loopback import Loopback

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
AGENT = "feeds/0.1 (+https://feeds.example/about)"
NOTHING = Validators()


class Clock:
    """`now` is fixed; `monotonic` is real."""

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return time.monotonic()


def source(url: str, **access: Any) -> Source:
    """A source that may reach the loopback and has a short timeout."""
    return Source(id="agency", url=url, access=replace(Access(allow_private=True, timeout=10), **access))


class Ask(Protocol):
    def __call__(self, url: str, validators: Validators = NOTHING, **access: Any) -> Fetched: ...


@pytest.fixture
def other() -> Iterator[Loopback]:
    """A server of another origin (another port)."""
    with Loopback() as server:
        yield server


@pytest.fixture
def make_fetcher(tmp_path: Path) -> Iterator[Callable[..., Fetcher]]:
    made: list[Fetcher] = []

    def make(**options: Any) -> Fetcher:
        clock = Clock()
        options = {"pacing": HostPacer(clock, timedelta())} | options  # no pause, because the clock is fixed
        made.append(Fetcher(tmp_path, clock, AGENT, 8, **options))
        return made[-1]

    yield make
    for fetcher in made:
        fetcher.close()


@pytest.fixture
def fetcher(make_fetcher: Callable[..., Fetcher]) -> Fetcher:
    return make_fetcher()


@pytest.fixture
def ask(fetcher: Fetcher) -> Ask:
    """Fetch a URL as the URL of a source."""

    def ask(url: str, validators: Validators = NOTHING, **access: Any) -> Fetched:
        return fetcher.fetch(source(url, **access), url, validators)

    return ask
