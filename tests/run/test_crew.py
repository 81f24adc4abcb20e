"""Threads: one that waits too long does not count, up to a bound. No test here waits for time to pass."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from feeds.fetch.pacing import Pacing
from feeds.run.crew import MOST, PATIENCE, Crew
from tests.run.newsroom import HandClock

AT_MOST = 30.0  # seconds until a test fails that would wait for ever


class Hangs:
    """Work that hangs until it is let go."""

    def __init__(self) -> None:
        self.begun: queue.Queue[str] = queue.Queue()
        self.done: queue.Queue[str] = queue.Queue()
        self.seconds = 0.0
        self._go = threading.Event()
        clock = HandClock()
        self.crew: Crew[str, str] = Crew(
            self._do, self.done, Pacing(clock), clock, size=2, monotonic=lambda: self.seconds
        )

    def _do(self, work: str) -> str:
        self.begun.put(work)
        if work.startswith("hang"):
            assert self._go.wait(AT_MOST)
        return work

    def add(self, *work: str, doubtful: bool = False) -> None:
        self.crew.add((one, one, doubtful) for one in work)

    def later(self) -> None:
        self.seconds += 2 * PATIENCE
        self.crew.man()

    def begins(self, count: int) -> list[str]:
        return sorted(self.begun.get(timeout=AT_MOST) for _ in range(count))

    def let_go(self) -> None:
        self._go.set()


@contextmanager
def hanging() -> Iterator[Hangs]:
    made = Hangs()
    try:
        yield made
    finally:
        made.let_go()
        made.crew.stop()


def test_work_is_done_by_no_more_threads_than_there_are_hosts() -> None:
    with hanging() as made:
        before = threading.active_count()
        made.add("a")
        assert made.done.get(timeout=AT_MOST) == "a"
        assert threading.active_count() <= before + 1


def test_in_the_place_of_a_thread_that_hangs_comes_another() -> None:
    with hanging() as made:
        made.add("hang1", "hang2", "fine")
        assert made.begins(2) == ["hang1", "hang2"]
        made.later()
        assert made.begins(1) == ["fine"]
        assert made.done.get(timeout=AT_MOST) == "fine"
        assert made.done.empty()


def test_there_is_a_bound_to_them_and_what_hung_goes_on_when_it_ends() -> None:
    with hanging() as made:
        most = 2 * MOST
        made.add(*(f"hang{n}" for n in range(most)), "fine")
        for _ in range(MOST):
            made.begins(2)
            made.later()
        assert made.begun.empty()
        made.let_go()
        assert sorted(made.done.get(timeout=AT_MOST) for _ in range(most + 1))[0] == "fine"


def test_hosts_known_to_hang_hold_no_more_than_their_share() -> None:
    with hanging() as made:
        made.add(*(f"hang{n}" for n in range(20)), doubtful=True)
        made.begins(2)
        made.later()
        made.later()
        made.add("fine")
        assert made.begins(1) == ["fine"]
        assert made.begun.empty()
