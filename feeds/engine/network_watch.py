"""Decides whether failures are ours: when nothing at all can be reached, no source is blamed for it. No I/O.

    ANSWER       the host answered                  the network is there: what was held before is the sources' own fault
    NO_ANSWER    no connection, no usable answer    held until an answer, or a probe, shows whose fault it is
    UNCLEAR      neither proves anything            held only while others are

A probe connects to the hosts of a few sources that answered the last time, and sends no request. If it reaches none,
the network is away: held failures are dropped, so that their sources stay due as they were, and nothing is polled until
a probe gets through. Times are monotonic seconds, except where they are dates.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from http import HTTPStatus

from feeds.errors import BadStatus, Blocked, FetchError, NotAFeed, TooLarge, TooSlow, Unreachable
from feeds.ingest.poll_source import PollOutcome

HOLD_SECONDS = 3.0
"""How long to wait for the answer of another source before a probe is sent."""

RECENT_ANSWER_SECONDS = 30.0
"""For so long after an answer, the failure of a source that failed before is not examined."""

FIRST_PROBE_SECONDS = 5.0
"""The first probe after the network went away; after sleep it is back within seconds. The interval doubles."""

MAX_PROBE_SECONDS = 60.0

MIN_HOSTS_FOR_CERTAINTY = 3
"""So many hosts that cannot be reached at the same moment are no coincidence."""

MAX_UNCERTAIN_SECONDS = 3600.0
"""How long one or two unreachable hosts are put down to the network. Afterwards they are taken for broken."""

_PROXY_STATUSES = frozenset(
    {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
)


class Evidence(Enum):
    ANSWER = auto()
    NO_ANSWER = auto()
    UNCLEAR = auto()
    NONE = auto()  # of a local source, or nothing was sent


def evidence_of(outcome: PollOutcome) -> Evidence:
    """What the outcome of one poll says about the network."""
    error, source, state = outcome.error, outcome.source, outcome.state
    if not source.scheme.is_web:
        return Evidence.NONE
    if error is None or isinstance(error, TooLarge):
        return Evidence.ANSWER
    if isinstance(error, BadStatus):
        return _evidence_of_status(error.status, has_proxy=bool(source.access.proxy))
    if isinstance(error, Unreachable | TooSlow):
        return Evidence.NO_ANSWER
    # A captive portal answers for all names with its own page, or with its own address, which is private.
    was_well = state.failures == 0 and state.succeeded_at is not None
    if was_well and isinstance(error, NotAFeed | Blocked):
        return Evidence.NO_ANSWER
    return Evidence.UNCLEAR if isinstance(error, FetchError | NotAFeed) else Evidence.ANSWER


def _evidence_of_status(status: int, *, has_proxy: bool) -> Evidence:
    if not status:  # its host is in cooldown
        return Evidence.NONE
    if status == HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED or (has_proxy and status in _PROXY_STATUSES):
        return Evidence.NO_ANSWER
    return Evidence.ANSWER


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeReport:
    """`unreachable`: hosts that could not be connected to. `no_route`: this machine has no route to the internet.
    `local_failure`: an error that arises without the host, such as a name server that cannot be reached."""

    reached: bool
    unreachable: frozenset[str] = frozenset()
    no_route: bool = False
    local_failure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkChange:
    """For the log. `state`: "doubtful" if the network counts as there again although nothing was reached."""

    state: str  # "away", "back", "doubtful"
    since: datetime  # when it went away
    hosts: int = 0  # that cannot be reached
    polls: int = 0  # that were dropped
    error: str = ""  # of one of them


@dataclass(slots=True)
class Sifted:
    """`ready`: to commit. `dropped`: failed because the network is away."""

    ready: list[PollOutcome] = field(default_factory=list)
    dropped: list[PollOutcome] = field(default_factory=list)
    change: NetworkChange | None = None


class NetworkWatch:
    """Sifts the outcomes of polls. Use it from one thread."""

    def __init__(self) -> None:
        self.away_since: datetime | None = None
        self.held: list[PollOutcome] = []
        self._held_at = 0.0  # when the last of them was added
        self._first_held_at = 0.0
        self._probing = False
        self._probed_at = self._next_probe_at = 0.0
        self._probe_interval = FIRST_PROBE_SECONDS
        self._uncertain_until = float("inf")
        self._trusted = True  # False: one or two hosts were unreachable for too long
        self._back_at: datetime | None = None
        self._dropped = 0
        self._last_answer_at = float("-inf")

    def sift(self, outcomes: Iterable[PollOutcome], now: datetime, monotonic: float) -> Sifted:
        """Sort finished polls, of sources that need the network, into those to commit and those to drop."""
        sifted = Sifted()
        for outcome in outcomes:
            evidence = evidence_of(outcome)
            if evidence is Evidence.ANSWER:
                self._note_answer(sifted, now, monotonic)
            if evidence in (Evidence.ANSWER, Evidence.NONE):
                sifted.ready.append(outcome)
            elif self.away_since is not None or self._began_before_back(outcome):
                sifted.dropped.append(outcome)
            elif self._is_judged(outcome, evidence, monotonic):
                sifted.ready.append(outcome)
            else:
                self._first_held_at = self._first_held_at if self.held else monotonic
                self._held_at = monotonic
                self.held.append(outcome)
        if self.away_since is not None and monotonic >= self._uncertain_until:
            self._doubt(sifted)
        self._dropped += len(sifted.dropped)
        return sifted

    def wants_probe(self, monotonic: float, *, others_running: bool) -> bool:
        """Whether to probe now; if so, call `take_report` with the result. `others_running`: polls are in progress, of
        which an answer may come."""
        if self._probing:
            return False
        if self.away_since is not None:
            wanted = monotonic >= self._next_probe_at
        else:
            wanted = bool(self.held) and (
                not others_running or monotonic - self._first_held_at >= HOLD_SECONDS
            )
        self._probing = wanted
        if wanted:
            self._probed_at = monotonic
        return wanted

    def take_report(self, report: ProbeReport, now: datetime, monotonic: float) -> Sifted:
        """Judge the held outcomes by a probe that has just ended."""
        self._probing = False
        sifted = Sifted()
        if report.reached:
            self._note_answer(sifted, now, monotonic)
        elif self.away_since is not None:
            self._probe_interval = min(2 * self._probe_interval, MAX_PROBE_SECONDS)
            self._next_probe_at = self._probed_at + self._probe_interval
        elif self.held:
            self._judge(sifted, report, monotonic)
        self._dropped += len(sifted.dropped)
        return sifted

    # ----------------------------------------------------------------------------------------------------

    def _began_before_back(self, outcome: PollOutcome) -> bool:
        """A name look-up that began while the network was away may fail after it is back."""
        return self._back_at is not None and outcome.asked_at <= self._back_at

    def _is_judged(self, outcome: PollOutcome, evidence: Evidence, monotonic: float) -> bool:
        """Whether the outcome is the source's own without a probe."""
        if evidence is Evidence.UNCLEAR or not self._trusted:
            return not self.held
        # It failed before, so this is nothing new. Without this, broken sources would cause a probe every few seconds.
        return outcome.state.failures > 0 and monotonic - self._last_answer_at < RECENT_ANSWER_SECONDS

    def _note_answer(self, sifted: Sifted, now: datetime, monotonic: float) -> None:
        self._last_answer_at, self._trusted = monotonic, True
        if self.away_since is not None:
            sifted.change = NetworkChange(state="back", since=self.away_since, polls=self._dropped)
            self.away_since, self._back_at, self._dropped = None, now, 0
        sifted.ready += self.held
        self.held = []

    def _judge(self, sifted: Sifted, report: ProbeReport, monotonic: float) -> None:
        """Nothing was reached: is the network away, or are these hosts down?"""
        newly_failing = {outcome.state.host for outcome in self.held if outcome.state.failures == 0}
        hosts = newly_failing | report.unreachable
        is_certain = report.no_route or len(hosts) >= MIN_HOSTS_FOR_CERTAINTY
        if not (is_certain or len(hosts) > 1 or (newly_failing and report.local_failure)):
            sifted.ready, self.held = self.held, []
            return
        self.away_since = min(outcome.asked_at for outcome in self.held)
        self._probe_interval = FIRST_PROBE_SECONDS
        self._next_probe_at = monotonic + self._probe_interval
        self._uncertain_until = float("inf") if is_certain else monotonic + MAX_UNCERTAIN_SECONDS
        error = self.held[0].error
        sifted.change = NetworkChange(
            state="away",
            since=self.away_since,
            hosts=len(hosts),
            polls=len(self.held),
            error=error.problem if error else "",
        )
        sifted.dropped, self.held = self.held, []

    def _doubt(self, sifted: Sifted) -> None:
        assert self.away_since is not None
        sifted.change = NetworkChange(state="doubtful", since=self.away_since, polls=self._dropped)
        self.away_since, self._trusted, self._dropped = None, False, 0
        self._uncertain_until = float("inf")
