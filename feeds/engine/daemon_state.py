"""The daemon's state: opens it, and notices when its files are deleted, replaced or damaged.

deleted    written again from the connection that is still open: nothing is lost
replaced   opened anew: somebody has restored a backup
damaged    moved aside, and a new state is built from the sources
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import structlog

from feeds.clock import Clock
from feeds.engine.lock import StateLock
from feeds.errors import StateDamaged, StateUnavailable
from feeds.store import Store, open_or_set_aside

MIN_REBUILD_INTERVAL = timedelta(hours=1)
"""Each rebuild asks all sources for everything. Memory or a disk that fails would damage the next state too."""

log = structlog.get_logger("feeds")


class DaemonState:
    """Use it from one thread at a time."""

    def __init__(self, path: Path, clock: Clock, lock: StateLock) -> None:
        self._path = path
        self._clock = clock
        self._lock = lock
        self._rebuilt_at: float | None = None  # monotonic
        self.store = self._open()

    def check(self) -> bool:
        """Put right what happened to the files. Returns whether `store` is a new one. Raises StoreError, and StateInUse
        if another process has the lock now."""
        if not self.store.is_in_place():
            if self.store.is_replaced():
                log.warning("state.replaced", action="the file that has its name now is used")
                self._reopen()
                return True
            self._write_back()
        if self._lock.renew():
            log.warning("state.lock_deleted", action="the state is locked with a new file")
            self._lock.write_owner()
        if self.store.damage:
            self._rebuild()
            return True
        return False

    def _write_back(self) -> None:
        try:
            self.store.write_back()
        except StateDamaged:
            self._reopen()
            raise
        log.error("state.deleted", path=str(self._path), action="written again from memory; nothing is lost")

    def _rebuild(self) -> None:
        now = self._clock.monotonic()
        last = self._rebuilt_at
        if last is not None and now - last < MIN_REBUILD_INTERVAL.total_seconds():
            raise StateUnavailable(
                f"the state in {self._path} is damaged again ({self.store.damage}). Check the disk and the memory of "
                f"this machine. It is rebuilt {MIN_REBUILD_INTERVAL.total_seconds() / 60:g} minutes after the last time"
            )
        self._reopen(damage=self.store.damage)

    def _reopen(self, damage: str = "") -> None:
        self.store.close()
        self.store = self._open(damage)

    def _open(self, damage: str = "") -> Store:
        """`damage`: what is known to be wrong with the file."""
        store, moved_to = open_or_set_aside(
            self._path, self._clock.now(), check_all=True, known_damage=damage
        )
        if moved_to:
            self._rebuilt_at = self._clock.monotonic()
            log.error("state.damaged", moved_to=str(moved_to), action="rebuilding the state from the sources")
        self._lock.renew()
        return store
