"""Whose turn it is at a host. The clock is turned by whoever waits."""

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
    MAX_COOLDOWN_JITTER,
    FIRST_THROTTLE_COOLDOWN,
    MIN_FAILING_SOURCES,
    FIRST_UNREACHABLE_COOLDOWN,
    Host,
    Pacing,
    host_after_request,
    host_of,
)
from tests.make import NOW
from tests.newsroom import HandClock

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def throttled(wait: timedelta | None = None) -> Throttled:
    return Throttled("s", "it answered 429", Retry(at=NOW + wait if wait else None), 429)


def rest_of(host: Host, *errors: tuple[str, Exception | None]) -> timedelta:
    """How long the host rests after these, one after the other, all at the same moment."""
    for source, error in errors:
        host = host_after_request(host, source, error, NOW, SECOND, 0.0)
    return host.next_request_at - NOW if host.cooldown_reason else timedelta()


def test_line_14_a_host_rests_for_as_long_as_it_asked() -> None:
    assert rest_of(Host(), ("s", throttled(timedelta(hours=3)))) == timedelta(hours=3)


@given(st.integers(1, 40), st.floats(0, 1, exclude_max=True), st.integers(1, 31 * 86400))
def test_line_14_never_for_less_and_for_no_more_than_a_day_above_it(
    rests: int, chance: float, seconds: int
) -> None:
    asked = timedelta(seconds=seconds)
    host = host_after_request(Host(cooldowns=rests), "s", throttled(asked), NOW, SECOND, chance)
    assert asked <= host.next_request_at - NOW <= max(asked, DAY) + MAX_COOLDOWN_JITTER


def test_line_14_without_a_word_of_how_long_rests_double_up_to_a_day() -> None:
    found = [rest_of(Host(cooldowns=rests), ("s", throttled())) for rests in range(12)]
    assert found[:3] == [FIRST_THROTTLE_COOLDOWN, 2 * FIRST_THROTTLE_COOLDOWN, 4 * FIRST_THROTTLE_COOLDOWN]
    assert found == sorted(found)
    assert found[-1] == DAY


def test_an_answer_ends_what_was_held_against_a_host() -> None:
    worse = Host(cooldowns=4, refused_sources=frozenset("ab"), unanswered_sources=frozenset("ab"))
    for answer in (None, TooLarge("s", "too large"), BadStatus("s", "404", status=404)):
        assert host_after_request(worse, "s", answer, NOW, SECOND, 0.0) == Host(next_request_at=NOW + SECOND)


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
def test_line_14_what_several_sources_meet_in_a_row_is_the_hosts_doing(
    error: Exception, first: timedelta
) -> None:
    several = [(f"s{n}", error) for n in range(MIN_FAILING_SOURCES)]
    assert rest_of(Host(), *several[1:]) == timedelta()
    assert rest_of(Host(), *several) == first
    assert rest_of(Host(), *several[1:], ("s0", None), *several[1:]) == timedelta()
    assert rest_of(Host(), *[("s0", error)] * 10) == timedelta()  # one source has a schedule of its own
    assert rest_of(Host(), *several, ("s0", error)) == 2 * first  # one request is enough to try again


def pacing(clock: HandClock) -> Pacing:
    return Pacing(clock, chance=lambda: 0.5, wait=clock.turn_to)


def ask(paces: Pacing, host: str, error: Exception | None = None, source: str = "s") -> None:
    with paces.turn(source, host):
        if error:
            raise error


def test_line_16_a_pause_after_each_request_and_none_for_another_host() -> None:
    clock = HandClock()
    paces = pacing(clock)
    for host in ("a.example", "b.example", "c.example"):
        ask(paces, host)
    assert clock.moment == NOW
    with paces.turn("s", "a.example"):
        assert clock.moment == NOW + 1.5 * SECOND
        clock.moment += 10 * SECOND  # a slow answer: the pause begins at its end
    ask(paces, "a.example")
    assert clock.moment == NOW + 13 * SECOND


def test_line_14_nothing_is_asked_of_a_host_that_rests() -> None:
    clock = HandClock()
    paces = pacing(clock)
    with pytest.raises(Throttled, match="it answered 429"):
        ask(paces, "a.example", throttled(timedelta(hours=1)))
    with pytest.raises(Throttled, match=r"a\.example rests until 2026") as caught:
        with paces.turn("another", "a.example"):
            pytest.fail("it was asked")
    assert (
        caught.value.retry.at
        == paces.next_request_at("a.example")
        == NOW + timedelta(hours=1) + MAX_COOLDOWN_JITTER / 2
    )
    assert paces.in_cooldown("a.example")
    assert not paces.in_cooldown("b.example")
    clock.moment += timedelta(hours=2)
    ask(paces, "a.example")


def test_line_16_never_two_at_once_however_many_threads_ask() -> None:
    paces = Pacing(HandClock(), timedelta())
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        for _ in range(50):
            with paces.turn("s", "a.example"):
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 400


def test_line_10_what_a_process_knew_is_known_to_the_next() -> None:
    clock = HandClock()
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


def test_that_a_host_has_answered_again_is_to_be_remembered_too() -> None:
    paces = Pacing(HandClock(), timedelta())
    paces.restore([("a.example", Host(cooldowns=3))])
    ask(paces, "a.example")
    assert paces.take_unsaved() == (("a.example", Host(next_request_at=NOW)),)


def test_where_no_pause_is_due_nothing_is_to_be_remembered() -> None:
    paces = Pacing(HandClock(), timedelta())
    ask(paces, "127.0.0.1")
    assert paces.take_unsaved() == ()
    assert paces.next_request_at("127.0.0.1") <= NOW


@pytest.mark.parametrize("rest", ["", "it answered 429"])
def test_a_clock_that_was_put_back_stops_nothing(rest: str) -> None:
    clock = HandClock()
    paces = pacing(clock)
    paces.restore([("a.example", Host(next_request_at=NOW + 365 * DAY, cooldown_reason=rest))])
    ask(paces, "a.example")
    assert clock.moment == NOW


def test_hosts_without_a_past_are_forgotten_and_those_that_rest_are_not() -> None:
    clock = HandClock()
    paces = pacing(clock)
    with pytest.raises(Throttled):
        ask(paces, "resting.example", throttled(DAY))
    for n in range(5000):
        ask(paces, f"{n}.example")
    paces.take_unsaved()
    clock.moment += timedelta(minutes=1)
    ask(paces, "last.example")
    assert sorted(paces._hosts) == ["last.example", "resting.example"]


def test_hosts_that_must_be_remembered_are_not_gone_through_with_each_answer() -> None:
    def calls(remembered: int) -> int:
        """What 1,000 answers cost, in calls of functions."""
        pacing = Pacing(HandClock(), timedelta(0))
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
def test_a_host_is_one_whatever_the_port_and_the_scheme(url: str, host: str) -> None:
    assert host_of(url) == host
