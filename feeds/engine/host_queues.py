"""What is to be fetched, by host: which poll may begin now? No threads, no clock; `crew` has them.

A lane is the queue of one host. It is worked on by one thread at a time, and waits here, and not in a thread,
until its host may be asked again. Lanes whose host did not answer the last time (and what is left of a lane
when all but the sources that time out are done) may hold a few threads only, so that the others have the rest.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush
from itertools import count
from typing import Generic, Protocol, TypeVar

W = TypeVar("W")


class Hosts(Protocol):
    """What is asked of `fetch.pacing.Pacing`."""

    def free_at(self, host: str) -> datetime: ...

    def rests(self, host: str) -> bool: ...

    def doubtful(self, host: str) -> bool: ...


@dataclass(slots=True)
class _Lane(Generic[W]):
    sound: deque[W] = field(default_factory=deque)
    doubtful: deque[W] = field(default_factory=deque)  # sources that did not answer the last time
    busy: bool = False
    counted: bool = False  # among the doubtful lanes that are busy
    ticket: int = 0  # of its one entry in a heap that counts


class Lanes(Generic[W]):
    """Every lane that has work. `at_once`: how many doubtful ones may be worked on."""

    def __init__(self, hosts: Hosts, at_once: int) -> None:
        self.at_once = at_once
        self.returned: list[W] = []
        """What will not be done now, because its host rests. Take it out and empty it."""
        self._hosts = hosts
        self._lanes: dict[str, _Lane[W]] = {}
        self._sound: list[tuple[datetime, int, str]] = []  # heaps: when, ticket, lane
        self._doubtful: list[tuple[datetime, int, str]] = []
        self._tickets = count(1)
        self._busy_doubtful = 0

    def __len__(self) -> int:
        return len(self._lanes)

    def add(self, name: str, work: W, *, doubtful: bool = False) -> None:
        """`doubtful`: the source did not answer the last time; it comes after all that did."""
        lane = self._lanes.setdefault(name, _Lane())
        queue = lane.doubtful if doubtful else lane.sound
        queue.append(work)
        if not lane.busy and len(queue) == 1:  # a lane that is new, or sound now
            self._queue(name, lane)

    def take(self, now: datetime) -> tuple[str, W] | None:
        """A poll that may begin now, and its lane, which is to be given back by `end`. None: there is none."""
        while entry := self._pop(now):
            name, lane = entry
            if self._hosts.rests(name) or self._hosts.free_at(name) > now:  # asked on behalf of another lane
                self._queue(name, lane)
                continue
            lane.busy = True
            lane.counted = self._is_doubtful(name, lane)
            self._busy_doubtful += lane.counted
            return name, (lane.sound or lane.doubtful).popleft()
        return None

    def end(self, name: str) -> None:
        lane = self._lanes[name]
        self._busy_doubtful -= lane.counted
        lane.busy = lane.counted = False
        if lane.sound or lane.doubtful:
            self._queue(name, lane)
        else:
            del self._lanes[name]

    def next_at(self) -> datetime | None:
        """When `take` may find something; None: not before an `add` or an `end`."""
        heads = [heap[0][0] for heap in self._open() if heap]
        return min(heads, default=None)

    def _queue(self, name: str, lane: _Lane[W]) -> None:
        if self._hosts.rests(name):
            self.returned += (*lane.sound, *lane.doubtful)
            del self._lanes[name]
            return
        lane.ticket = next(self._tickets)
        heap = self._doubtful if self._is_doubtful(name, lane) else self._sound
        heappush(heap, (self._hosts.free_at(name), lane.ticket, name))

    def _is_doubtful(self, name: str, lane: _Lane[W]) -> bool:
        return not lane.sound or self._hosts.doubtful(name)

    def _open(self) -> tuple[list[tuple[datetime, int, str]], ...]:
        return (self._sound, self._doubtful) if self._busy_doubtful < self.at_once else (self._sound,)

    def _pop(self, now: datetime) -> tuple[str, _Lane[W]] | None:
        for heap in self._open():
            while heap and heap[0][0] <= now:
                _, ticket, name = heappop(heap)
                lane = self._lanes.get(name)
                if lane is not None and lane.ticket == ticket:
                    return name, lane
        return None
