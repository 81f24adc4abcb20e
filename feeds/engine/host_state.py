"""What `fetch.pacing` knows of hosts ↔ the state: politeness outlives a process."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from feeds.fetch.pacing import Host, Pacing
from feeds.store import hosts
from feeds.store.hosts import Lane


def recalled(connection: Connection) -> Iterator[tuple[str, Host]]:
    """Every host of which something is noted, for `Pacing.recall`."""
    for one in hosts.known(connection):
        yield one.id, Host(free_at=one.next_ok_at, rest=one.rest, rests=one.rests)


def note(connection: Connection, pacing: Pacing) -> None:
    """What the next process must know."""
    hosts.note(
        connection,
        (
            Lane(id=name, next_ok_at=one.free_at, rest=one.rest, rests=one.rests)
            for name, one in pacing.unsaved()
        ),
    )
