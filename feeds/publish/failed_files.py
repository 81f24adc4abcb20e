"""FailedFile: a file that could not be rendered, or did not pass its check, and when it is tried again.

It is stored, so that `feeds status` shows it, the log names it once, and a cycle that cron starts need not wait for the
same template again. A file that could be rendered but not written is no such file: a full disk says nothing about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection

from feeds.store.outputs import FAILED_FILES_KEY
from feeds.store.store import load_fact, save_fact

FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedFile:
    """`output`: the name of its PublishResult."""

    file: str
    output: str
    error: str
    inputs: (
        bytes  # digest of the settings and templates with which it failed: with others it is tried at once
    )
    is_costly: bool  # it was stopped, so it is not tried with every publication
    failures: int
    next_try: datetime

    def is_due(self, now: datetime) -> bool:
        """Whether it is tried again though nothing else changed. A clock that was set back does not put it off."""
        return not now < self.next_try <= now + LONGEST_RETRY

    def is_put_off(self, inputs: bytes, now: datetime) -> bool:
        return self.is_costly and self.inputs == inputs and not self.is_due(now)


def failed(
    before: FailedFile | None,
    *,
    file: str,
    output: str,
    error: str,
    inputs: bytes,
    is_costly: bool,
    now: datetime,
) -> FailedFile:
    """The record after one more failure. `before`: the one that exists."""
    failures = before.failures + 1 if before and before.inputs == inputs else 1
    delay = min(FIRST_RETRY * 2 ** min(failures - 1, 20), LONGEST_RETRY)
    return FailedFile(
        file=file,
        output=output,
        error=error,
        inputs=inputs,
        is_costly=is_costly,
        failures=failures,
        next_try=now + delay,
    )


def load(connection: Connection) -> dict[str, FailedFile]:
    """File name → record."""
    return decode(load_fact(connection, FAILED_FILES_KEY))


def decode(encoded: str) -> dict[str, FailedFile]:
    """File name → record."""
    try:
        stored = msgspec.json.decode(encoded or "[]", type=list[FailedFile])
    except msgspec.MsgspecError:  # another version of the program wrote it
        return {}
    return {record.file: record for record in stored}


def save(connection: Connection, records: Mapping[str, FailedFile]) -> None:
    if records != load(connection):
        ordered = [records[file] for file in sorted(records)]
        save_fact(connection, FAILED_FILES_KEY, msgspec.json.encode(ordered).decode())


def next_retry(records: Iterable[FailedFile]) -> datetime | None:
    return min((record.next_try for record in records), default=None)
