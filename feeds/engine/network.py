"""The network as the poller sees it: sifts finished polls by `network_watch`, and runs its probes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress

from feeds.clock import Clock
from feeds.engine.network_probe import choose_hosts, needs_network, start_probe
from feeds.engine.network_watch import NetworkChange, NetworkWatch, ProbeReport, Sifted
from feeds.errors import StoreError
from feeds.fetch import Fetcher
from feeds.ingest.poll_source import PollOutcome
from feeds.ingest.record_poll import PollResult
from feeds.model import Source
from feeds.store import Store, sources
from feeds.store.store import AWAY_SINCE_FACT, load_fact, save_fact
from feeds.websub.thread_pool import ResultQueue


class Network:
    """Use it from one thread. `results` receives the reports of probes; give them to `sift`."""

    def __init__(self, store: Store, clock: Clock, results: ResultQueue[ProbeReport]) -> None:
        self._store = store
        self._clock = clock
        self._results = results
        self._watch = NetworkWatch()
        self._probes = 0
        self._changes: list[NetworkChange] = []
        with store.read() as connection:
            self._is_marked_away = bool(load_fact(connection, AWAY_SINCE_FACT))

    def reconfigure(self, configured: Mapping[str, Source], fetcher: Fetcher) -> None:
        self._configured, self._fetcher = configured, fetcher
        self._public_only = any(
            source.scheme.is_web and not source.access.allow_private for source in configured.values()
        )

    @property
    def is_away(self) -> bool:
        return self._watch.away_since is not None

    def may_poll(self, source: Source) -> bool:
        """Whether the source may be polled: while the network is away, only what does not need it."""
        return not self.is_away or not self._needs_network(source)

    def _needs_network(self, source: Source) -> bool:
        return needs_network(source, public_only=self._public_only)

    def sift(
        self, outcomes: Iterable[PollOutcome], reports: Iterable[ProbeReport], *, polls_in_flight: int
    ) -> Sifted:
        """The polls to commit, and those that the absence of the network made fail. `polls_in_flight`: with the held
        ones. Starts a probe if one is needed."""
        now, monotonic = self._clock.now(), self._clock.monotonic()
        ready, dropped, needing = list[PollOutcome](), list[PollOutcome](), list[PollOutcome]()
        for outcome in outcomes:
            (needing if self._needs_network(outcome.source) else ready).append(outcome)
        for sifted in (
            *(self._watch.take_report(report, now, monotonic) for report in reports),
            self._watch.sift(needing, now, monotonic),
        ):
            ready += sifted.ready
            dropped += sifted.dropped
            if sifted.change is not None:
                self._changes.append(sifted.change)
        done = len(self._watch.held) + len(ready) + len(dropped)
        if self._watch.wants_probe(monotonic, others_running=polls_in_flight > done):
            # The results must not be lost with a state that cannot be read: the next call starts the probe.
            with suppress(StoreError):
                self._start_probe()
        return Sifted(ready=ready, dropped=dropped)

    def _start_probe(self) -> None:
        held = {outcome.state.host for outcome in self._watch.held}
        with self._store.read() as connection:
            states = sources.states(connection)
        wanted = {state.id: source for state in states if (source := self._configured.get(state.id))}
        wanted = {name: source for name, source in wanted.items() if self._needs_network(source)}
        start_probe(self._fetcher, choose_hosts(states, wanted, held, self._probes), self._results)
        self._probes += 1

    def take_changes(self) -> list[NetworkChange]:
        """What has changed since the last call. The state remembers whether the network is away."""
        if self._is_marked_away != self.is_away:
            away_since = self._watch.away_since
            with self._store.write() as connection:
                save_fact(connection, AWAY_SINCE_FACT, away_since.isoformat() if away_since else "")
            self._is_marked_away = self.is_away
        changes, self._changes = self._changes, []
        return changes


def unreached(outcome: PollOutcome) -> PollResult:
    """The result of a poll that failed because the network is away. Its source stays due as it was."""
    assert outcome.error is not None
    return PollResult(source=outcome.source.id, outcome="unreached", error=outcome.error.problem)
