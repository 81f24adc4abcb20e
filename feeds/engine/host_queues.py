"""Queues of jobs, one a host or domain: which job may start now? No threads and no clock; `fetch_pool` has them.

One thread at a time works on a queue. The queue waits here, and not in a thread, until its host may get the next
request. Only a few threads may work on unresponsive queues, so that the other queues have the rest of the threads. A
queue is unresponsive if its host did not answer the last time, or if only sources are left in it that did not.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush
from itertools import count
from typing import Generic, Protocol, TypeVar

W = TypeVar("W")


class HostPacing(Protocol):
    """The methods of `fetch.pacing.HostPacer` that are used here."""

    def queue_of(self, host: str) -> str: ...

    def next_request_at(self, host: str) -> datetime: ...

    def in_cooldown(self, host: str) -> bool: ...

    def is_unresponsive(self, host: str) -> bool: ...


@dataclass(slots=True)
class _HostQueue(Generic[W]):
    responsive: deque[tuple[str, W]] = field(default_factory=deque)  # (host, job)
    unresponsive: deque[tuple[str, W]] = field(
        default_factory=deque
    )  # sources that did not answer the last time
    busy: bool = False
    counted: bool = False  # in HostQueues._busy_unresponsive
    ticket: int = 0  # of its valid heap entry; entries with other tickets are stale


class HostQueues(Generic[W]):
    """All queues with jobs. `max_unresponsive`: how many unresponsive ones may be worked on at once."""

    def __init__(self, pacing: HostPacing, max_unresponsive: int) -> None:
        self.max_unresponsive = max_unresponsive
        self.jobs_in_cooldown: list[W] = []
        """They will not run. The caller takes them and empties the list."""
        self._pacing = pacing
        self._queues: dict[str, _HostQueue[W]] = {}
        self._responsive_heap: list[tuple[datetime, int, str]] = []  # (earliest start, ticket, queue)
        self._unresponsive_heap: list[tuple[datetime, int, str]] = []
        self._tickets = count(1)
        self._busy_unresponsive = 0

    def __len__(self) -> int:
        return len(self._queues)

    def add(self, host: str, job: W, *, unresponsive: bool = False) -> None:
        """`unresponsive`: the source did not answer the last time; it runs after the host's other sources."""
        name = self._pacing.queue_of(host)
        queue = self._queues.setdefault(name, _HostQueue())
        jobs = queue.unresponsive if unresponsive else queue.responsive
        jobs.append((host, job))
        if not queue.busy and len(jobs) == 1:  # the queue is new, or responsive from now on
            self._schedule(name, queue)

    def start_next(self, now: datetime) -> tuple[str, W] | None:
        """(queue, job) of a job that may start now; call `finish(queue)` when it has ended. None if there is none."""
        while entry := self._pop(now):
            name, queue = entry
            # The host may have got a request meanwhile for another host's source, by a redirect.
            if self._pacing.in_cooldown(name) or self._pacing.next_request_at(name) > now:
                self._schedule(name, queue)
                continue
            unresponsive = self._is_unresponsive(name, queue)
            host, job = (queue.responsive or queue.unresponsive).popleft()
            if self._pacing.in_cooldown(host):  # and the other hosts of its domain are not
                self.jobs_in_cooldown.append(job)
                self._schedule_or_remove(name, queue)
                continue
            queue.busy, queue.counted = True, unresponsive
            self._busy_unresponsive += unresponsive
            return name, job
        return None

    def finish(self, name: str) -> None:
        queue = self._queues[name]
        self._busy_unresponsive -= queue.counted
        queue.busy = queue.counted = False
        self._schedule_or_remove(name, queue)

    def _schedule_or_remove(self, name: str, queue: _HostQueue[W]) -> None:
        if queue.responsive or queue.unresponsive:
            self._schedule(name, queue)
        else:
            del self._queues[name]

    def next_start(self) -> datetime | None:
        """The earliest time at which `start_next` may return a job; None: not before an `add` or a `finish`."""
        heads = [heap[0][0] for heap in self._open_heaps() if heap]
        return min(heads, default=None)

    def _schedule(self, name: str, queue: _HostQueue[W]) -> None:
        if self._pacing.in_cooldown(name):
            self.jobs_in_cooldown += (job for _, job in (*queue.responsive, *queue.unresponsive))
            del self._queues[name]
            return
        queue.ticket = next(self._tickets)
        heap = self._unresponsive_heap if self._is_unresponsive(name, queue) else self._responsive_heap
        heappush(heap, (self._pacing.next_request_at(name), queue.ticket, name))

    def _is_unresponsive(self, name: str, queue: _HostQueue[W]) -> bool:
        return not queue.responsive or self._pacing.is_unresponsive(name)

    def _open_heaps(self) -> tuple[list[tuple[datetime, int, str]], ...]:
        """The heaps from which a job may start now."""
        if self._busy_unresponsive < self.max_unresponsive:
            return self._responsive_heap, self._unresponsive_heap
        return (self._responsive_heap,)

    def _pop(self, now: datetime) -> tuple[str, _HostQueue[W]] | None:
        for heap in self._open_heaps():
            while heap and heap[0][0] <= now:
                _, ticket, name = heappop(heap)
                queue = self._queues.get(name)
                if queue is not None and queue.ticket == ticket:
                    return name, queue
        return None
