"""Decides when to publish while polls are still in progress."""

from __future__ import annotations

PUBLISH_INTERVAL_SECONDS = 10.0
"""Least interval between two publications while results keep coming."""

PUBLISH_RETRY_SECONDS = 30.0
"""Interval after a failed publication: a full disk or an unreachable object store needs time to recover."""

MAX_PUBLISH_RETRY_SECONDS = 300.0
"""The interval doubles with each failure, up to this; our choice. A store in trouble is not asked every half minute."""

QUIET_SECONDS = 2.0
"""Without a result for so long, only slow sources are left. Then what has come is published at once."""

MAX_PUBLISH_SHARE = 0.2
"""Share of the time that may be spent on publishing: a large site takes seconds, in which nothing is committed."""


def publish_retry_pause(failures: int) -> float:
    """Seconds from the start of a publication to the next one, after so many failures in a row."""
    if not failures:
        return 0.0
    return min(PUBLISH_RETRY_SECONDS * 2.0 ** min(failures - 1, 10), MAX_PUBLISH_RETRY_SECONDS)


class PublishPace:
    """Times are monotonic seconds. `dirty`: whether there is something to publish."""

    def __init__(self, now: float, *, dirty: bool) -> None:
        self.dirty = dirty
        self._last_result_at = now
        self._last_published_at = now
        self._next_at = now  # no publication before, because the last one took long or failed

    def note_results(self, now: float, *, news: bool) -> None:
        self._last_result_at = now
        self.dirty |= news

    def note_publication(self, started: float, ended: float, *, failed: bool) -> None:
        self.dirty = failed
        self._last_published_at = ended
        pause = (ended - started) * (1 / MAX_PUBLISH_SHARE - 1)
        self._next_at = ended + max(pause, PUBLISH_RETRY_SECONDS if failed else 0)

    def is_due(self, now: float) -> bool:
        quiet = now - self._last_result_at >= QUIET_SECONDS
        waited = now - self._last_published_at >= PUBLISH_INTERVAL_SECONDS
        return self.dirty and now >= self._next_at and (quiet or waited)
