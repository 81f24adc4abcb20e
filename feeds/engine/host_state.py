"""Load and save what `fetch.pacing` knows of hosts, so that pauses and cooldowns survive a restart."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from feeds.fetch.pacing import Host, HostPacer
from feeds.store import hosts
from feeds.store.hosts import HostState


def load_hosts(connection: Connection) -> Iterator[tuple[str, Host]]:
    """(name, state) of every stored host, for `HostPacer.restore`."""
    for stored in hosts.load_all(connection):
        yield (
            stored.name,
            Host(
                next_request_at=stored.next_request_at,
                cooldown_reason=stored.cooldown_reason,
                cooldowns=stored.cooldowns,
            ),
        )


def save_hosts(connection: Connection, pacing: HostPacer) -> tuple[str, ...]:
    """Save the hosts that have changed since the last call. Returns their names, for `HostPacer.mark_unsaved` if the
    transaction fails."""
    unsaved = pacing.take_unsaved()
    hosts.save(
        connection,
        (
            HostState(
                name=name,
                next_request_at=host.next_request_at,
                cooldown_reason=host.cooldown_reason,
                cooldowns=host.cooldowns,
            )
            for name, host in unsaved
        ),
    )
    return tuple(name for name, _ in unsaved)
