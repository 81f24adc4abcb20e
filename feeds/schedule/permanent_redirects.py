"""Has a source moved for good? What to believe of permanent redirects, and for how long. Pure.

    the address that is asked ─301/308─→ another one, which reads as a feed
      seen often enough, for days  → that one is asked, in place of the configured URL
      and if it fails for a week   → the configured URL again

Captive portals and maintenance pages send 301 too (Vienna #1546), mostly to some host's front page: only what was
read as what the source is meant to be counts. `sources.yaml` is the user's; that it should say something else is
proposed, and never done unasked.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from feeds.errors import BadStatus, Gone, SourceError, Throttled
from feeds.fetch.redirects import place
from feeds.model import SourceState

SEEN = 3
"""Times that the same redirect must have led to a feed."""

SPAN = timedelta(days=3)
"""Between the first of them and the last: a hotel's portal and a server's maintenance are over by then."""

PATIENCE = timedelta(days=7)
"""For an address that a source has moved to and that fails: as long as an outage may well last."""

TRIES = 3
"""Failures in a row that this takes besides; a program that was switched off for a week has seen none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What is known of where one source went. `address` "": nothing is believed yet."""

    address: str = ""  # asked in place of the configured URL
    address_at: datetime | None = None  # since when
    moved_to: str = ""  # where permanent redirects lead from what is asked now
    moved_at: datetime | None = None  # since when
    moved_seen: int = 0  # how often that was seen


STAYED = Move()

_FIELDS = tuple(field.name for field in fields(Move))


def after_answer(move: Move, target: str, url: str, now: datetime) -> Move:
    """After an answer that was read, or was known to be read before, or was "unchanged".

    `target`: where the unbroken chain of permanent redirects led that it began with; "" where it began with none.
    `url`: the configured one; where a source moved back to it, it has not moved.
    """
    if not target:
        return replace(move, moved_to="", moved_at=None, moved_seen=0)
    if target != move.moved_to or move.moved_at is None:
        return replace(move, moved_to=target, moved_at=now, moved_seen=1)
    if move.moved_seen + 1 < SEEN or now - move.moved_at < SPAN:
        return replace(move, moved_seen=move.moved_seen + 1)
    return STAYED if target == url else Move(address=target, address_at=now)


def after_failure(
    move: Move, error: SourceError, *, read: bool, failures: int, ok_at: datetime | None, now: datetime
) -> Move:
    """After failure number `failures` in a row, the last good answer having come at `ok_at`.

    `read`: a document came, and was not what the source is meant to be. What was seen so far is in doubt then, as
    after a status that speaks of the place (404) and not of the hour (503). Where an address says 410, the configured
    URL is asked once more before the source counts as ended.
    """
    good = ok_at or move.address_at
    late = failures >= TRIES and (good is None or now - good >= PATIENCE)
    if move.address and (late or isinstance(error, Gone)):
        return STAYED
    passing = isinstance(error, Throttled) or not isinstance(error, BadStatus) or error.status >= 500
    return move if passing and not read else replace(move, moved_to="", moved_at=None, moved_seen=0)


def told(before: Move, after: Move) -> str:
    """What the user should know of the difference, fit for a log; "" where there is none."""
    if after.address == before.address:
        return ""
    if after.address:
        return f"moved for good to {place(after.address)}, and is asked there from now on"
    return f"no longer asked at {place(before.address)}, where it had moved to, but at its configured URL"


def of(seen: SourceState) -> Move:
    return Move(**{name: getattr(seen, name) for name in _FIELDS})


def values(move: Move) -> dict[str, Any]:
    """As the state keeps it."""
    return {name: getattr(move, name) for name in _FIELDS}
