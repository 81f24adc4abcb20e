from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from feeds.engine.network_probe import choose_hosts, needs_network
from feeds.engine.network_watch import (
    HOLD_SECONDS,
    MAX_PROBE_SECONDS,
    MAX_UNCERTAIN_SECONDS,
    Evidence,
    NetworkWatch,
    ProbeReport,
    Sifted,
    evidence_of,
)
from feeds.errors import (
    BadAnswer,
    BadStatus,
    Blocked,
    Malformed,
    NotAFeed,
    SourceError,
    Throttled,
    TooSlow,
    Unreachable,
)
from feeds.ingest.poll_source import PollOutcome
from feeds.model import Access, Source, SourceState
from tests.make import NOW

NOTHING = ProbeReport(reached=False)
SOMETHING = ProbeReport(reached=True)
SECOND = timedelta(seconds=1)


def outcome(
    n: int = 1,
    error: SourceError | None = None,
    *,
    failures: int = 0,
    seconds: float = 0,
    proxy: str = "",
    url: str = "",
) -> PollOutcome:
    """Of source `n`, whose poll began `seconds` after NOW."""
    url = url or f"https://s{n}.example/feed"
    source = Source(id=f"s{n}", url=url, access=Access(proxy=proxy))
    state = SourceState(
        id=source.id, url=url, host=f"s{n}.example", due_at=NOW, succeeded_at=NOW, failures=failures
    )
    return PollOutcome(source=source, state=state, asked_at=NOW + seconds * SECOND, error=error)


def unreachable(n: int = 1, *, failures: int = 0, seconds: float = 0) -> PollOutcome:
    return outcome(n, Unreachable(f"s{n}", "no connection"), failures=failures, seconds=seconds)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (None, Evidence.ANSWER),
        (BadStatus("s", "", status=404), Evidence.ANSWER),
        (BadStatus("s", "", status=503), Evidence.ANSWER),
        (BadStatus("s", "", status=511), Evidence.NO_ANSWER),  # a captive portal (RFC 6585)
        (Throttled("s", "in cooldown"), Evidence.NONE),
        (Throttled("s", "", status=429), Evidence.ANSWER),
        (Unreachable("s", ""), Evidence.NO_ANSWER),
        (TooSlow("s", ""), Evidence.NO_ANSWER),
        (NotAFeed("s", "a login page"), Evidence.NO_ANSWER),
        (Blocked("s", "a private address"), Evidence.NO_ANSWER),
        (BadAnswer("s", "cut off"), Evidence.UNCLEAR),
        (Malformed("s", ""), Evidence.ANSWER),
    ],
)
def test_the_evidence_of_an_outcome(error: SourceError | None, expected: Evidence) -> None:
    assert evidence_of(outcome(error=error)) is expected


def test_a_source_that_failed_before_and_its_proxy_prove_less() -> None:
    assert evidence_of(outcome(error=NotAFeed("s", ""), failures=2)) is Evidence.UNCLEAR
    assert evidence_of(outcome(error=BadStatus("s", "", status=502), proxy="http://p/")) is Evidence.NO_ANSWER
    assert evidence_of(outcome(error=Unreachable("s", ""), url="news/a.xml")) is Evidence.NONE


class Play:
    """A watch, and the seconds since NOW."""

    def __init__(self) -> None:
        self.watch = NetworkWatch()

    def sift(self, seconds: float, *outcomes: PollOutcome) -> Sifted:
        return self.watch.sift(outcomes, NOW + seconds * SECOND, seconds)

    def report(self, seconds: float, report: ProbeReport) -> Sifted:
        return self.watch.take_report(report, NOW + seconds * SECOND, seconds)

    def go_away(self, *hosts: int) -> None:
        self.sift(0, *(unreachable(n) for n in hosts))
        assert self.watch.wants_probe(0, others_running=False)
        sifted = self.report(1, NOTHING)
        assert sifted.change is not None
        assert sifted.change.state == "away"
        assert len(sifted.dropped) == len(hosts)


def test_a_failure_is_held_until_another_source_answers() -> None:
    play = Play()
    failed, answered = unreachable(1), outcome(2)
    assert play.sift(0, failed) == Sifted()
    assert not play.watch.wants_probe(HOLD_SECONDS - 1, others_running=True)
    assert play.sift(1, answered).ready == [failed, answered]
    assert not play.watch.wants_probe(100, others_running=False)


def test_a_failure_is_judged_by_a_probe_if_no_other_source_answers() -> None:
    play = Play()
    play.sift(0, outcome(2))
    failed = unreachable(1)
    play.sift(0, failed)  # the last answer came before it: the line may have been cut in between
    assert play.watch.wants_probe(HOLD_SECONDS, others_running=True)
    assert not play.watch.wants_probe(HOLD_SECONDS, others_running=False)  # one at a time
    assert play.report(4, SOMETHING).ready == [failed]


def test_a_source_that_fails_again_causes_no_probe_shortly_after_an_answer() -> None:
    play = Play()
    play.sift(0, outcome(2))
    again = unreachable(1, failures=4)
    assert play.sift(1, again).ready == [again]
    assert play.sift(1000, again).ready == []


def test_while_the_network_is_away_every_failure_is_dropped_and_the_first_answer_ends_it() -> None:
    play = Play()
    play.go_away(1, 2, 3)
    late = outcome(4, TooSlow("s4", "not complete"))
    assert play.sift(2, late, unreachable(5, failures=3)).dropped
    answered, began_before = outcome(1, seconds=20), unreachable(2, seconds=5)
    sifted = play.sift(21, answered)
    assert sifted.ready == [answered]
    assert sifted.change is not None
    assert (sifted.change.state, sifted.change.polls) == ("back", 5)
    assert play.sift(30, began_before).dropped == [began_before]  # a look-up that began while it was away
    assert play.sift(31, unreachable(2, seconds=25)) == Sifted()


def test_probes_come_quickly_at_first_and_then_every_minute() -> None:
    play = Play()
    play.go_away(1, 2, 3)
    times, seconds = [], 1.0
    while seconds < 600:
        if play.watch.wants_probe(seconds, others_running=False):
            times.append(seconds)
            play.report(seconds, NOTHING)
        seconds += 1
    assert times[:4] == [6, 16, 36, 76]
    assert {after - before for before, after in pairwise(times[3:])} == {MAX_PROBE_SECONDS}
    assert play.report(seconds, SOMETHING).change is not None
    assert play.watch.away_since is None


def test_one_host_that_is_down_is_no_absent_network() -> None:
    play = Play()
    failed = unreachable(1)
    play.sift(0, failed)
    assert play.watch.wants_probe(0, others_running=False)
    assert play.report(1, ProbeReport(reached=False, unreachable=frozenset({"s1.example"}))).ready == [failed]


@pytest.mark.parametrize(
    ("report", "certain"),
    [
        (ProbeReport(reached=False, no_route=True), True),
        (ProbeReport(reached=False, local_failure=True), False),
        (ProbeReport(reached=False, unreachable=frozenset({"s2.example"})), False),
        (ProbeReport(reached=False, unreachable=frozenset({"s2.example", "s3.example"})), True),
    ],
)
def test_with_few_hosts_the_network_is_doubted_after_an_hour(report: ProbeReport, *, certain: bool) -> None:
    play = Play()
    play.sift(0, unreachable(1))
    assert play.watch.wants_probe(0, others_running=False)
    assert play.report(1, report).change is not None
    later = MAX_UNCERTAIN_SECONDS + 2
    change = play.sift(later).change
    assert (change is None) == certain
    if not certain:
        failed = unreachable(1, seconds=later)
        assert play.sift(later + 1, failed).ready == [failed]
        play.sift(later + 2, outcome(1))
        assert play.sift(later + 3, unreachable(1, seconds=later + 3)) == Sifted()


def test_sources_of_the_private_network_prove_nothing_of_the_internet() -> None:
    private = Source(id="bridge", url="http://127.0.0.1:3000/feed", access=Access(allow_private=True))
    public = Source(id="herald", url="https://herald.example/feed")
    file = Source(id="file", url="news/a.xml")
    assert [needs_network(one, public_only=True) for one in (private, public, file)] == [False, True, False]
    assert [needs_network(one, public_only=False) for one in (private, public, file)] == [True, True, False]


def test_probes_take_turns_among_hosts_that_did_not_fail() -> None:
    states = [outcome(n, failures=n == 9).state for n in range(10)]
    configured = {state.id: Source(id=state.id, url=state.url) for state in states}

    def chosen(turn: int, *held: str) -> list[str]:
        return [source.id for source, _ in choose_hosts(states, configured, held, turn)]

    assert chosen(0, "s0.example") == ["s1", "s2", "s3"]
    assert chosen(1, "s0.example") == ["s4", "s5", "s6"]
    assert chosen(0, *(f"s{n}.example" for n in range(9))) == ["s0", "s1", "s2"]
