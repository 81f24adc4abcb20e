"""Has a source moved for good? What to believe of permanent redirects, and for how long. Pure.

    the address that is asked ─301/308─→ another one, which reads as a feed
      seen often enough, for days  → that one is asked, in place of the configured URL
      and if it fails for a week   → the configured URL again

Captive portals and maintenance pages send 301 too (Vienna #1546), mostly to some host's front page: only what was
read as what the source is meant to be counts. `sources.yaml` is the user's; that it should say something else is
proposed, and never done unasked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feeds.errors import BadStatus, Gone, SourceError, Throttled
from feeds.fetch.redirects import safe_url
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

    permanent_url: str = ""  # asked in place of the configured URL
    permanent_since: datetime | None = None  # since when
    redirect_url: str = ""  # where permanent redirects lead from what is asked now
    redirect_since: datetime | None = None  # since when
    redirect_count: int = 0  # how often that was seen


STAYED = Move()


def after_answer(move: Move, target: str, url: str, now: datetime) -> Move:
    """After an answer that was read, or was known to be read before, or was "unchanged".

    `target`: where the unbroken chain of permanent redirects led that it began with; "" where it began with none.
    `url`: the configured one; where a source moved back to it, it has not moved.
    """
    if not target:
        return replace(move, redirect_url="", redirect_since=None, redirect_count=0)
    if target != move.redirect_url or move.redirect_since is None:
        return replace(move, redirect_url=target, redirect_since=now, redirect_count=1)
    if move.redirect_count + 1 < SEEN or now - move.redirect_since < SPAN:
        return replace(move, redirect_count=move.redirect_count + 1)
    return STAYED if target == url else Move(permanent_url=target, permanent_since=now)


def after_failure(
    move: Move, error: SourceError, *, read: bool, failures: int, ok_at: datetime | None, now: datetime
) -> Move:
    """After failure number `failures` in a row, the last good answer having come at `ok_at`.

    `read`: a document came, and was not what the source is meant to be. What was seen so far is in doubt then, as
    after a status that speaks of the place (404) and not of the hour (503). Where an address says 410, the configured
    URL is asked once more before the source counts as ended.
    """
    good = ok_at or move.permanent_since
    late = failures >= TRIES and (good is None or now - good >= PATIENCE)
    if move.permanent_url and (late or isinstance(error, Gone)):
        return STAYED
    passing = isinstance(error, Throttled) or not isinstance(error, BadStatus) or error.status >= 500
    return (
        move
        if passing and not read
        else replace(move, redirect_url="", redirect_since=None, redirect_count=0)
    )


def told(before: Move, after: Move) -> str:
    """What the user should know of the difference, fit for a log; "" where there is none."""
    if after.permanent_url == before.permanent_url:
        return ""
    if after.permanent_url:
        return f"moved for good to {safe_url(after.permanent_url)}, and is asked there from now on"
    return f"no longer asked at {safe_url(before.permanent_url)}, where it had moved to, but at its configured URL"


def of(seen: SourceState) -> Move:
    """What the state holds of a source's permanent redirects."""
    return Move(
        permanent_url=seen.permanent_url,
        permanent_since=seen.permanent_since,
        redirect_url=seen.redirect_url,
        redirect_since=seen.redirect_since,
        redirect_count=seen.redirect_count,
    )
