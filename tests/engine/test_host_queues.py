"""HostQueues: which job may start when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feeds.engine.host_queues import HostQueues
from tests.make import NOW

SECOND = timedelta(seconds=1)


@dataclass
class FakePacing:
    free: dict[str, datetime] = field(default_factory=dict)
    resting: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    shared: dict[str, str] = field(default_factory=dict)  # host → the queue that it shares

    def queue_of(self, host: str) -> str:
        return self.shared.get(host, host)

    def next_request_at(self, host: str) -> datetime:
        return self.free.get(host, NOW)

    def in_cooldown(self, host: str) -> bool:
        return host in self.resting

    def is_unresponsive(self, host: str) -> bool:
        return host in self.silent


def make_queues(pacing: FakePacing | None = None, at_once: int = 2) -> HostQueues[str]:
    return HostQueues(pacing or FakePacing(), at_once)


def start_all(queues: HostQueues[str], now: datetime = NOW) -> list[str]:
    """Start every job that may start now, and finish none."""
    return [started[1] for started in iter(lambda: queues.start_next(now), None)]


# fetching checklist 16
def test_a_host_gets_one_job_at_a_time() -> None:
    queues = make_queues()
    for work in ("a1", "a2", "b1", "b2"):
        queues.add(work[0], work)
    assert start_all(queues) == ["a1", "b1"]
    queues.finish("b")
    assert start_all(queues) == ["b2"]
    queues.finish("b")
    queues.finish("a")
    assert start_all(queues) == ["a2"]


# fetching checklist 16
def test_a_queue_waits_until_its_host_is_free_and_delays_no_other() -> None:
    pacing = FakePacing()
    queues = make_queues(pacing)
    for work in ("a1", "a2", "b1"):
        queues.add(work[0], work)
    assert queues.start_next(NOW) == ("a", "a1")
    pacing.free["a"] = NOW + 2 * SECOND
    queues.finish("a")
    assert start_all(queues) == ["b1"]
    assert queues.next_start() == NOW + 2 * SECOND
    assert start_all(queues, NOW + SECOND) == []
    assert start_all(queues, NOW + 2 * SECOND) == ["a2"]
    assert queues.next_start() is None


def test_a_host_that_became_busy_meanwhile_is_waited_for() -> None:
    pacing = FakePacing()
    queues = make_queues(pacing)
    queues.add("a", "a1")
    pacing.free["a"] = NOW + SECOND
    assert start_all(queues) == []
    assert queues.next_start() == NOW + SECOND


# fetching checklist 14
def test_jobs_of_a_host_in_cooldown_are_set_aside() -> None:
    pacing = FakePacing()
    queues = make_queues(pacing)
    for work in ("a1", "a2", "a3", "b1"):
        queues.add(work[0], work)
    assert queues.start_next(NOW) == ("a", "a1")
    pacing.resting.add("a")
    queues.finish("a")
    assert queues.jobs_in_cooldown == ["a2", "a3"]
    assert start_all(queues) == ["b1"]
    queues.add("a", "a4")
    assert queues.jobs_in_cooldown == ["a2", "a3", "a4"]
    pacing.resting.clear()
    queues.add("a", "a5")
    assert start_all(queues) == ["a5"]


def test_a_cooldown_that_begins_while_a_queue_waits_returns_its_jobs() -> None:
    pacing = FakePacing()
    queues = make_queues(pacing)
    queues.add("a", "a1")
    pacing.resting.add("a")
    assert start_all(queues) == []
    assert queues.jobs_in_cooldown == ["a1"]


def test_the_number_of_busy_unresponsive_queues_is_bounded() -> None:
    pacing = FakePacing(silent=set("abcd"))
    queues = make_queues(pacing, at_once=2)
    for name in "abcdxyz":
        queues.add(name, f"{name}1")
    assert start_all(queues) == ["x1", "y1", "z1", "a1", "b1"]
    assert queues.next_start() is None  # c and d wait for an end
    queues.finish("a")
    assert start_all(queues) == ["c1"]


def test_unresponsive_sources_come_last_and_make_their_queue_unresponsive() -> None:
    queues = make_queues(at_once=1)
    queues.add("a", "hangs", unresponsive=True)
    queues.add("a", "fine")
    queues.add("b", "hangs too", unresponsive=True)
    assert start_all(queues) == ["fine", "hangs too"]
    queues.finish("a")
    assert start_all(queues) == []
    queues.finish("b")
    assert start_all(queues) == ["hangs"]


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("add"), st.sampled_from("abcd"), st.booleans()),
            st.tuples(st.just("take"), st.just(""), st.just(False)),
            st.tuples(st.just("end"), st.sampled_from("abcd"), st.booleans()),
            st.tuples(st.just("silent"), st.sampled_from("abcd"), st.booleans()),
            st.tuples(st.just("rests"), st.sampled_from("abcd"), st.booleans()),
        ),
        max_size=60,
    )
)
def test_every_job_runs_or_is_set_aside_once_and_one_per_host_at_a_time(
    steps: list[tuple[str, str, bool]],
) -> None:
    pacing, now = FakePacing(), NOW
    queues = make_queues(pacing)
    added: list[str] = []
    done: list[str] = []
    busy: set[str] = set()

    def take() -> bool:
        taken = queues.start_next(now)
        if taken is not None:
            assert taken[0] not in busy
            assert pacing.next_request_at(taken[0]) <= now
            assert not pacing.in_cooldown(taken[0])
            busy.add(taken[0])
            done.append(taken[1])
        return taken is not None

    def end(name: str) -> None:
        busy.discard(name)
        pacing.free[name] = now + SECOND
        queues.finish(name)

    for step, name, flag in steps:
        if step == "add":
            added.append(f"{name}{len(added)}")
            queues.add(name, added[-1], unresponsive=flag)
        elif step == "take":
            take()
        elif step == "end" and name in busy:
            end(name)
        elif step in ("silent", "rests"):
            flagged = pacing.silent if step == "silent" else pacing.resting
            (flagged.add if flag else flagged.discard)(name)
    while queues:
        for name in sorted(busy):
            end(name)
        now += SECOND
        while take():
            pass
    assert sorted(done + queues.jobs_in_cooldown) == sorted(added)


def test_hosts_that_share_a_queue_get_one_job_at_a_time_and_a_cooldown_is_that_of_its_host() -> None:
    pacing = FakePacing(shared={"a": "*.ab", "b": "*.ab"})
    queues = make_queues(pacing)
    for work in ("a1", "b1", "a2", "b2", "c1"):
        queues.add(work[0], work)
    assert start_all(queues) == ["a1", "c1"]
    pacing.resting.add("a")
    queues.finish("*.ab")
    assert start_all(queues) == ["b1"]
    queues.finish("*.ab")
    assert start_all(queues) == ["b2"]
    assert queues.jobs_in_cooldown == ["a2"]
