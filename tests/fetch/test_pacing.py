"""The pause and the cooldown of hosts. Waiting advances the clock."""

from __future__ import annotations

import sys
import threading
from datetime import timedelta
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import BadStatus, Retry, Throttled, TooLarge, TooSlow, Unreachable
from feeds.fetch.pacing import (
    FIRST_THROTTLE_COOLDOWN,
    FIRST_UNREACHABLE_COOLDOWN,
    MAX_COOLDOWN_JITTER,
    MIN_FAILING_SOURCES,
    Host,
    HostPacer,
    host_after_request,
    host_of,
)
from tests.make import NOW
from tests.newsroom import ManualClock

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def throttled(wait: timedelta | None = None) -> Throttled:
    return Throttled("s", "it answered 429", Retry(at=NOW + wait if wait else None), 429)


def cooldown_after(host: Host, *errors: tuple[str, Exception | None]) -> timedelta:
    """The cooldown of the host after these requests, all at the same time."""
    for source, error in errors:
        host = host_after_request(host, source, error, NOW, SECOND, 0.0)
    return host.next_request_at - NOW if host.cooldown_reason else timedelta()


# fetching checklist 14
def test_a_cooldown_lasts_as_long_as_the_host_asked() -> None:
    assert cooldown_after(Host(), ("s", throttled(timedelta(hours=3)))) == timedelta(hours=3)


# fetching checklist 14
@given(st.integers(1, 40), st.floats(0, 1, exclude_max=True), st.integers(1, 31 * 86400))
def test_a_cooldown_is_never_shorter_than_asked_and_at_most_a_day_in_addition(
    rests: int, chance: float, seconds: int
) -> None:
    asked = timedelta(seconds=seconds)
    host = host_after_request(Host(cooldowns=rests), "s", throttled(asked), NOW, SECOND, chance)
    assert asked <= host.next_request_at - NOW <= max(asked, DAY) + MAX_COOLDOWN_JITTER


# fetching checklist 14
def test_cooldowns_without_retry_after_double_up_to_a_day() -> None:
    cooldowns = [cooldown_after(Host(cooldowns=rests), ("s", throttled())) for rests in range(12)]
    assert cooldowns[:3] == [
        FIRST_THROTTLE_COOLDOWN,
        2 * FIRST_THROTTLE_COOLDOWN,
        4 * FIRST_THROTTLE_COOLDOWN,
    ]
    assert cooldowns == sorted(cooldowns)
    assert cooldowns[-1] == DAY


def test_an_answer_resets_the_record_of_a_host() -> None:
    worse = Host(cooldowns=4, refused_sources=frozenset("ab"), unanswered_sources=frozenset("ab"))
    for answer in (None, TooLarge("s", "too large"), BadStatus("s", "404", status=404)):
        assert host_after_request(worse, "s", answer, NOW, SECOND, 0.0) == Host(next_request_at=NOW + SECOND)


# fetching checklist 14
@pytest.mark.parametrize(
    ("error", "first"),
    [
        (BadStatus("s", "403", status=403), FIRST_THROTTLE_COOLDOWN),
        (BadStatus("s", "503", status=503), FIRST_THROTTLE_COOLDOWN),
        (TooSlow("s", "too slow"), FIRST_UNREACHABLE_COOLDOWN),
        (Unreachable("s", "refused"), FIRST_UNREACHABLE_COOLDOWN),
        (OSError("whatever the libraries raise"), FIRST_UNREACHABLE_COOLDOWN),
    ],
)
def test_the_same_failure_of_several_sources_in_a_row_starts_a_cooldown(
    error: Exception, first: timedelta
) -> None:
    several = [(f"s{n}", error) for n in range(MIN_FAILING_SOURCES)]
    assert cooldown_after(Host(), *several[1:]) == timedelta()
    assert cooldown_after(Host(), *several) == first
    assert cooldown_after(Host(), *several[1:], ("s0", None), *several[1:]) == timedelta()
    # One source has a schedule of its own.
    assert cooldown_after(Host(), *[("s0", error)] * 10) == timedelta()
    assert cooldown_after(Host(), *several, ("s0", error)) == 2 * first  # one request is enough to try again


def pacing(clock: ManualClock) -> HostPacer:
    return HostPacer(clock, draw=lambda: 0.5, wait=clock.advance_to)


def ask(hosts: HostPacer, host: str, error: Exception | None = None, source: str = "s") -> None:
    with hosts.turn(source, host):
        if error:
            raise error


# fetching checklist 16
def test_there_is_a_pause_between_requests_to_one_host_only() -> None:
    clock = ManualClock()
    hosts = pacing(clock)
    for host in ("a.example", "b.example", "c.example"):
        ask(hosts, host)
    assert clock.moment == NOW
    with hosts.turn("s", "a.example"):
        assert clock.moment == NOW + 1.5 * SECOND
        clock.moment += 10 * SECOND  # a slow answer: the pause begins at its end
    ask(hosts, "a.example")
    assert clock.moment == NOW + 13 * SECOND


# fetching checklist 14
def test_no_request_is_sent_to_a_host_in_cooldown() -> None:
    clock = ManualClock()
    hosts = pacing(clock)
    with pytest.raises(Throttled, match="it answered 429"):
        ask(hosts, "a.example", throttled(timedelta(hours=1)))
    with pytest.raises(Throttled, match=r"a\.example is in cooldown until 2026") as caught:
        with hosts.turn("another", "a.example"):
            pytest.fail("it was asked")
    assert (
        caught.value.retry.at
        == hosts.next_request_at("a.example")
        == NOW + timedelta(hours=1) + MAX_COOLDOWN_JITTER / 2
    )
    assert hosts.in_cooldown("a.example")
    assert not hosts.in_cooldown("b.example")
    clock.moment += timedelta(hours=2)
    ask(hosts, "a.example")


# fetching checklist 16
def test_a_host_sees_one_request_at_a_time_from_many_threads() -> None:
    hosts = HostPacer(ManualClock(), timedelta())
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        for _ in range(50):
            with hosts.turn("s", "a.example"):
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 400


# fetching checklist 10
def test_pauses_and_cooldowns_are_restored_in_the_next_process() -> None:
    clock = ManualClock()
    before, later = pacing(clock), pacing(clock)
    ask(before, "a.example")
    with pytest.raises(Throttled):
        ask(before, "b.example", throttled(timedelta(hours=1)))
    noted = before.take_unsaved()
    assert [name for name, _ in noted] == ["a.example", "b.example"]
    assert before.take_unsaved() == ()  # once is enough
    later.restore(noted)
    assert later.in_cooldown("b.example")
    ask(later, "a.example")
    assert clock.moment == NOW + 1.5 * SECOND


def test_the_end_of_a_cooldown_is_saved_too() -> None:
    hosts = HostPacer(ManualClock(), timedelta())
    hosts.restore([("a.example", Host(cooldowns=3))])
    ask(hosts, "a.example")
    assert hosts.take_unsaved() == (("a.example", Host(next_request_at=NOW)),)


def test_nothing_is_saved_without_a_pause() -> None:
    hosts = HostPacer(ManualClock(), timedelta())
    ask(hosts, "127.0.0.1")
    assert hosts.take_unsaved() == ()
    assert hosts.next_request_at("127.0.0.1") <= NOW


@pytest.mark.parametrize("rest", ["", "it answered 429"])
def test_a_clock_that_was_set_back_delays_no_request(rest: str) -> None:
    clock = ManualClock()
    hosts = pacing(clock)
    hosts.restore([("a.example", Host(next_request_at=NOW + 365 * DAY, cooldown_reason=rest))])
    ask(hosts, "a.example")
    assert clock.moment == NOW


def test_free_hosts_are_forgotten_and_hosts_in_cooldown_are_kept() -> None:
    clock = ManualClock()
    hosts = pacing(clock)
    with pytest.raises(Throttled):
        ask(hosts, "resting.example", throttled(DAY))
    for n in range(5000):
        ask(hosts, f"{n}.example")
    hosts.take_unsaved()
    clock.moment += timedelta(minutes=1)
    ask(hosts, "last.example")
    assert sorted(hosts._hosts) == ["last.example", "resting.example"]


def test_remembered_hosts_are_not_scanned_after_each_answer() -> None:
    def calls(remembered: int) -> int:
        """The number of function calls that 1,000 answers take."""
        pacing = HostPacer(ManualClock(), timedelta(0))
        pacing.restore((f"{n}.example", Host(cooldowns=1)) for n in range(remembered))
        count = 0

        def note(_frame: FrameType, event: str, _argument: object) -> None:
            nonlocal count
            count += event == "call"

        sys.setprofile(note)
        try:
            for _ in range(1000):
                with pacing.turn("s", "fine.example"):
                    pass
        finally:
            sys.setprofile(None)
        return count

    assert calls(5000) < 2 * calls(10)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://News.Example:8443/feed", "news.example"),
        ("http://news.example./", "news.example"),
        ("http://user:word@[::1]:80/", "::1"),
        ("feeds/local.xml", ""),
        ("http://[", ""),
    ],
)
def test_the_key_of_a_host_ignores_port_and_scheme(url: str, host: str) -> None:
    assert host_of(url) == host
