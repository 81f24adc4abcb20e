"""The queue of finished jobs, from which the poller takes the results for its next transaction."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from contextlib import suppress

from feeds.clock import Clock
from feeds.engine.fetch_pool import GROWTH_CHECK_SECONDS
from feeds.engine.network_watch import ProbeReport
from feeds.ingest.poll_source import PollOutcome
from feeds.websub.delivery import DeliveryBatch
from feeds.websub.hub_request import HubReply
from feeds.websub.publisher import PingResult

MAX_POLLS_PER_COMMIT = 50
"""Measured: 15 us a row then, against 37 us in a transaction of its own."""

MAX_COMMIT_BYTES = 2 << 20
"""Bytes of encoded parse results in one transaction; the last document may exceed it. Some 500 articles: they are in
memory, and other writers wait half a second for them."""

GATHER_SECONDS = 0.01
"""Seconds to wait for more finished polls, so that one transaction commits several."""

JobResult = PollOutcome | HubReply | DeliveryBatch | PingResult | ProbeReport
"""What a thread puts into the queue."""


class FinishedJobs:
    """`queue` is bounded: when the store is slow, the threads that put results into it wait."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.queue: queue.Queue[JobResult] = queue.Queue(maxsize=MAX_POLLS_PER_COMMIT // 2)

    def take_batch(
        self, wait: float, start_threads: Callable[[], None], *, polls_in_flight: int
    ) -> list[JobResult]:
        """The results for one transaction; [] if none comes within `wait` seconds. `start_threads` is called regularly
        meanwhile."""
        batch: list[JobResult] = []
        try:
            batch.append(self._next(wait, start_threads))
            batch_bytes = result_bytes(batch[0])
            if not batch_bytes and polls_in_flight > 1 and self.queue.qsize() < MAX_POLLS_PER_COMMIT // 2:
                time.sleep(GATHER_SECONDS)
            while len(batch) < MAX_POLLS_PER_COMMIT and batch_bytes < MAX_COMMIT_BYTES:
                batch.append(self.queue.get_nowait())
                batch_bytes += result_bytes(batch[-1])
        except queue.Empty:
            pass
        return batch

    def take_all(self) -> list[JobResult]:
        """Every result, without waiting."""
        results: list[JobResult] = []
        with suppress(queue.Empty):
            while True:
                results.append(self.queue.get_nowait())
        return results

    def _next(self, wait: float, start_threads: Callable[[], None]) -> JobResult:
        """The next result. Raises queue.Empty after `wait` seconds."""
        end = self._clock.monotonic() + wait
        while True:
            start_threads()
            left = end - self._clock.monotonic()
            try:
                if left <= 0:
                    return self.queue.get_nowait()
                return self.queue.get(timeout=min(left, GROWTH_CHECK_SECONDS))
            except queue.Empty:
                if left <= GROWTH_CHECK_SECONDS:
                    raise


def result_bytes(result: JobResult) -> int:
    """Length of the encoded parse result; 0 if there is none."""
    return result.parsed_bytes if isinstance(result, PollOutcome) else 0
