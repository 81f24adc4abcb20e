"""Threads: more where most time is waited away; one that waits too long does not count, up to a bound.

No test here waits for time to pass.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from feeds.engine.fetch_pool import BUSY, LOOK, MOST, PATIENCE, Crew
from feeds.fetch.pacing import Pacing
from tests.newsroom import HandClock

AT_MOST = 30.0  # seconds until a test fails that would wait for ever


class Hangs:
    """Work that hangs until it is let go."""

    def __init__(self, size: int) -> None:
        self.begun: queue.Queue[str] = queue.Queue()
        self.done: queue.Queue[str] = queue.Queue()
        self.seconds = self.computed = 0.0
        self._go = threading.Event()
        clock = HandClock()
        self.crew: Crew[str, str] = Crew(
            self._do,
            self.done,
            Pacing(clock),
            clock,
            size,
            monotonic=lambda: self.seconds,
            computed=lambda: self.computed,
        )

    def _do(self, work: str) -> str:
        self.begun.put(work)
        if work.startswith("hang"):
            assert self._go.wait(AT_MOST)
        return work

    def add(self, *work: str, doubtful: bool = False) -> None:
        self.crew.add((one, one, doubtful) for one in work)

    def look(self, computed: float = 0.0) -> None:
        """The next look, of a time of which a part was computed."""
        self.seconds += LOOK
        self.computed += computed * LOOK
        self.crew.man()

    def later(self) -> None:
        self.seconds += 2 * PATIENCE
        self.crew.man()

    def begins(self, count: int) -> list[str]:
        return sorted(self.begun.get(timeout=AT_MOST) for _ in range(count))

    def let_go(self) -> None:
        self._go.set()


@contextmanager
def hanging(size: int = 2) -> Iterator[Hangs]:
    made = Hangs(size)
    try:
        yield made
    finally:
        made.let_go()
        made.crew.stop()
        for thread in threading.enumerate():  # the next test counts them
            if thread.name.startswith("fetch-"):
                thread.join(AT_MOST)


def test_work_is_done_by_no_more_threads_than_there_are_hosts() -> None:
    with hanging() as made:
        before = threading.active_count()
        made.add("a")
        assert made.done.get(timeout=AT_MOST) == "a"
        assert threading.active_count() <= before + 1


def test_their_number_doubles_as_long_as_the_time_goes_by_with_waiting() -> None:
    with hanging(size=5) as made:
        made.add(*(f"hang{n}" for n in range(9)))
        for more in (1, 1, 2, 1):
            assert len(made.begins(more)) == more
            assert made.begun.empty()
            made.look()
        assert made.begun.empty()


def test_it_does_not_where_answers_come_so_fast_that_much_is_computed() -> None:
    with hanging(size=5) as made:
        before = threading.active_count()
        made.add(*(f"hang{n}" for n in range(9)))
        made.look(computed=BUSY)
        assert threading.active_count() == before + 1


def test_time_in_which_there_was_nothing_to_do_was_not_waited_away() -> None:
    with hanging(size=5) as made:
        before = threading.active_count()
        made.seconds += 1000
        made.add(*(f"hang{n}" for n in range(9)))
        assert threading.active_count() == before + 1


def test_in_the_place_of_a_thread_that_hangs_comes_another() -> None:
    with hanging() as made:
        made.add("hang1", "hang2", "fine")
        made.look()
        assert made.begins(2) == ["hang1", "hang2"]
        made.later()
        assert made.begins(1) == ["fine"]
        assert made.done.get(timeout=AT_MOST) == "fine"
        assert made.done.empty()


def test_there_is_a_bound_to_them_and_what_hung_goes_on_when_it_ends() -> None:
    with hanging() as made:
        most = 2 * MOST
        made.add(*(f"hang{n}" for n in range(most)), "fine")
        made.look()
        for _ in range(MOST):
            made.begins(2)
            made.later()
        assert made.begun.empty()
        made.let_go()
        assert sorted(made.done.get(timeout=AT_MOST) for _ in range(most + 1))[0] == "fine"


def test_hosts_known_to_hang_hold_no_more_than_their_share() -> None:
    with hanging() as made:
        made.add(*(f"hang{n}" for n in range(20)), doubtful=True)
        made.look()
        made.begins(2)
        made.later()
        made.later()
        made.add("fine")
        assert made.begins(1) == ["fine"]
        assert made.begun.empty()
