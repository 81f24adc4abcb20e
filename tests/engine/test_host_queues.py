"""Which poll may begin now. No thread, no clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feeds.engine.host_queues import Lanes
from tests.make import NOW

SECOND = timedelta(seconds=1)


@dataclass
class Hosts:
    free: dict[str, datetime] = field(default_factory=dict)
    resting: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)

    def free_at(self, host: str) -> datetime:
        return self.free.get(host, NOW)

    def rests(self, host: str) -> bool:
        return host in self.resting

    def doubtful(self, host: str) -> bool:
        return host in self.silent


def lanes(hosts: Hosts | None = None, at_once: int = 2) -> Lanes[str]:
    return Lanes(hosts or Hosts(), at_once)


def all_of(made: Lanes[str], now: datetime = NOW) -> list[str]:
    """Whatever may begin now, nothing of it ended."""
    return [taken[1] for taken in iter(lambda: made.take(now), None)]


def test_line_16_one_at_a_time_to_a_lane() -> None:
    made = lanes()
    for work in ("a1", "a2", "b1", "b2"):
        made.add(work[0], work)
    assert all_of(made) == ["a1", "b1"]
    made.end("b")
    assert all_of(made) == ["b2"]
    made.end("b")
    made.end("a")
    assert all_of(made) == ["a2"]


def test_line_16_a_lane_waits_until_its_host_is_free_and_holds_up_no_other() -> None:
    hosts = Hosts()
    made = lanes(hosts)
    for work in ("a1", "a2", "b1"):
        made.add(work[0], work)
    assert made.take(NOW) == ("a", "a1")
    hosts.free["a"] = NOW + 2 * SECOND
    made.end("a")
    assert all_of(made) == ["b1"]
    assert made.next_at() == NOW + 2 * SECOND
    assert all_of(made, NOW + SECOND) == []
    assert all_of(made, NOW + 2 * SECOND) == ["a2"]
    assert made.next_at() is None


def test_a_host_that_was_asked_by_a_redirect_meanwhile_is_waited_for() -> None:
    hosts = Hosts()
    made = lanes(hosts)
    made.add("a", "a1")
    hosts.free["a"] = NOW + SECOND
    assert all_of(made) == []
    assert made.next_at() == NOW + SECOND


def test_line_14_the_work_of_a_host_that_rests_goes_back() -> None:
    hosts = Hosts()
    made = lanes(hosts)
    for work in ("a1", "a2", "a3", "b1"):
        made.add(work[0], work)
    assert made.take(NOW) == ("a", "a1")
    hosts.resting.add("a")
    made.end("a")
    assert made.returned == ["a2", "a3"]
    assert all_of(made) == ["b1"]
    made.add("a", "a4")
    assert made.returned == ["a2", "a3", "a4"]
    hosts.resting.clear()
    made.add("a", "a5")
    assert all_of(made) == ["a5"]


def test_a_rest_that_begins_while_a_lane_waits_sends_its_work_back() -> None:
    hosts = Hosts()
    made = lanes(hosts)
    made.add("a", "a1")
    hosts.resting.add("a")
    assert all_of(made) == []
    assert made.returned == ["a1"]


def test_only_a_few_lanes_may_be_waiting_for_nothing() -> None:
    hosts = Hosts(silent=set("abcd"))
    made = lanes(hosts, at_once=2)
    for name in "abcdxyz":
        made.add(name, f"{name}1")
    assert all_of(made) == ["x1", "y1", "z1", "a1", "b1"]
    assert made.next_at() is None  # c and d wait for an end
    made.end("a")
    assert all_of(made) == ["c1"]


def test_sources_that_did_not_answer_come_last_and_make_their_lane_doubtful() -> None:
    made = lanes(at_once=1)
    made.add("a", "hangs", doubtful=True)
    made.add("a", "fine")
    made.add("b", "hangs too", doubtful=True)
    assert all_of(made) == ["fine", "hangs too"]
    made.end("a")
    assert all_of(made) == []
    made.end("b")
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
def test_every_poll_is_done_or_returned_once_and_never_two_of_a_lane_at_once(
    steps: list[tuple[str, str, bool]],
) -> None:
    hosts, now = Hosts(), NOW
    made = lanes(hosts)
    added: list[str] = []
    done: list[str] = []
    busy: set[str] = set()

    def take() -> bool:
        taken = made.take(now)
        if taken is not None:
            assert taken[0] not in busy
            assert hosts.free_at(taken[0]) <= now
            assert not hosts.rests(taken[0])
            busy.add(taken[0])
            done.append(taken[1])
        return taken is not None

    def end(name: str) -> None:
        busy.discard(name)
        hosts.free[name] = now + SECOND
        made.end(name)

    for step, name, flag in steps:
        if step == "add":
            added.append(f"{name}{len(added)}")
            made.add(name, added[-1], doubtful=flag)
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
