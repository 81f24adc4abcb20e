"""Which poll may begin now. No thread, no clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feeds.engine.host_queues import HostQueues
from tests.make import NOW

SECOND = timedelta(seconds=1)


@dataclass
class Hosts:
    free: dict[str, datetime] = field(default_factory=dict)
    resting: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)

    def next_request_at(self, host: str) -> datetime:
        return self.free.get(host, NOW)

    def in_cooldown(self, host: str) -> bool:
        return host in self.resting

    def is_unresponsive(self, host: str) -> bool:
        return host in self.silent


def lanes(hosts: Hosts | None = None, at_once: int = 2) -> HostQueues[str]:
    return HostQueues(hosts or Hosts(), at_once)


def all_of(made: HostQueues[str], now: datetime = NOW) -> list[str]:
    """Whatever may begin now, nothing of it ended."""
    return [taken[1] for taken in iter(lambda: made.start_next(now), None)]


# fetching checklist 16
def test_a_host_gets_one_job_at_a_time() -> None:
    made = lanes()
    for work in ("a1", "a2", "b1", "b2"):
        made.add(work[0], work)
    assert all_of(made) == ["a1", "b1"]
    made.finish("b")
    assert all_of(made) == ["b2"]
    made.finish("b")
    made.finish("a")
    assert all_of(made) == ["a2"]


# fetching checklist 16
def test_a_queue_waits_until_its_host_is_free_and_delays_no_other() -> None:
    hosts = Hosts()
    made = lanes(hosts)
    for work in ("a1", "a2", "b1"):
        made.add(work[0], work)
    assert made.start_next(NOW) == ("a", "a1")
    hosts.free["a"] = NOW + 2 * SECOND
    made.finish("a")
    assert all_of(made) == ["b1"]
    assert made.next_start() == NOW + 2 * SECOND
    assert all_of(made, NOW + SECOND) == []
    assert all_of(made, NOW + 2 * SECOND) == ["a2"]
    assert made.next_start() is None


def test_a_host_that_became_busy_meanwhile_is_waited_for() -> None:
    hosts = Hosts()
    made = lanes(hosts)
    made.add("a", "a1")
    hosts.free["a"] = NOW + SECOND
    assert all_of(made) == []
    assert made.next_start() == NOW + SECOND


# fetching checklist 14
def test_jobs_of_a_host_in_cooldown_are_returned() -> None:
    hosts = Hosts()
    made = lanes(hosts)
    for work in ("a1", "a2", "a3", "b1"):
        made.add(work[0], work)
    assert made.start_next(NOW) == ("a", "a1")
    hosts.resting.add("a")
    made.finish("a")
    assert made.returned == ["a2", "a3"]
    assert all_of(made) == ["b1"]
    made.add("a", "a4")
    assert made.returned == ["a2", "a3", "a4"]
    hosts.resting.clear()
    made.add("a", "a5")
    assert all_of(made) == ["a5"]


def test_a_cooldown_that_begins_while_a_queue_waits_returns_its_jobs() -> None:
    hosts = Hosts()
    made = lanes(hosts)
    made.add("a", "a1")
    hosts.resting.add("a")
    assert all_of(made) == []
    assert made.returned == ["a1"]


def test_the_number_of_busy_unresponsive_queues_is_bounded() -> None:
    hosts = Hosts(silent=set("abcd"))
    made = lanes(hosts, at_once=2)
    for name in "abcdxyz":
        made.add(name, f"{name}1")
    assert all_of(made) == ["x1", "y1", "z1", "a1", "b1"]
    assert made.next_start() is None  # c and d wait for an end
    made.finish("a")
    assert all_of(made) == ["c1"]


def test_unresponsive_sources_come_last_and_make_their_queue_unresponsive() -> None:
    made = lanes(at_once=1)
    made.add("a", "hangs", unresponsive=True)
    made.add("a", "fine")
    made.add("b", "hangs too", unresponsive=True)
    assert all_of(made) == ["fine", "hangs too"]
    made.finish("a")
    assert all_of(made) == []
    made.finish("b")
    assert all_of(made) == ["hangs"]


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
def test_every_job_runs_or_is_returned_once_and_one_per_host_at_a_time(
    steps: list[tuple[str, str, bool]],
) -> None:
    hosts, now = Hosts(), NOW
    made = lanes(hosts)
    added: list[str] = []
    done: list[str] = []
    busy: set[str] = set()

    def take() -> bool:
        taken = made.start_next(now)
        if taken is not None:
            assert taken[0] not in busy
            assert hosts.next_request_at(taken[0]) <= now
            assert not hosts.in_cooldown(taken[0])
            busy.add(taken[0])
            done.append(taken[1])
        return taken is not None

    def end(name: str) -> None:
        busy.discard(name)
        hosts.free[name] = now + SECOND
        made.finish(name)

    for step, name, flag in steps:
        if step == "add":
            added.append(f"{name}{len(added)}")
            made.add(name, added[-1], unresponsive=flag)
        elif step == "take":
            take()
        elif step == "end" and name in busy:
            end(name)
        elif step in ("silent", "rests"):
            flagged = hosts.silent if step == "silent" else hosts.resting
            (flagged.add if flag else flagged.discard)(name)
    while made:
        for name in sorted(busy):
            end(name)
        now += SECOND
        while take():
            pass
    assert sorted(done + made.returned) == sorted(added)
