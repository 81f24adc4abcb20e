"""Decides when a permanent redirect (301, 308) is believed, and for how long. Pure.

    polled URL ─301/308─→ another URL, whose document can be read
      seen often enough, over days        → the other URL is polled instead of the configured one
      and if that fails for a week        → the configured URL again

Captive portals and maintenance pages send 301 too (Vienna #1546), mostly to a front page. Therefore a redirect counts
only if the document behind it can be read as the kind of source that was configured. The user's `sources.yaml` is not
changed; `feeds status` suggests the change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feeds.errors import BadStatus, Gone, SourceError, Throttled
from feeds.model import SourceState
from feeds.model.urls import safe_url

MIN_SIGHTINGS = 3
"""How often the same redirect must have led to a readable document."""

MIN_SIGHTING_SPAN = timedelta(days=3)
"""Time between the first and the last of them: a hotel's portal or a server's maintenance is over by then."""

MIN_FAILING_TIME = timedelta(days=7)
"""How long the new URL must fail before the configured one is polled again: an outage may last that long."""

MIN_FAILURES = 3
"""And how many failures in a row that takes: a program that was switched off for a week has seen none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedirectState:
    """What is known of one source's permanent redirects."""

    permanent_url: str = ""  # polled instead of the configured URL; "": no redirect is believed
    permanent_since: datetime | None = None
    redirect_url: str = ""  # where permanent redirects from the polled URL lead
    redirect_since: datetime | None = None  # when that was first seen
    redirect_count: int = 0  # how often that was seen


NOT_MOVED = RedirectState()


def after_answer(known: RedirectState, target: str, url: str, now: datetime) -> RedirectState:
    """The state after an answer: a document that could be read, or "unchanged".

    `target`: where the permanent redirects at the beginning of the fetch led; "" if there were none. `url`: the
    configured URL; a source that has moved back to it has not moved.
    """
    if not target:
        return replace(known, redirect_url="", redirect_since=None, redirect_count=0)
    if target != known.redirect_url or known.redirect_since is None:
        return replace(known, redirect_url=target, redirect_since=now, redirect_count=1)
    if known.redirect_count + 1 < MIN_SIGHTINGS or now - known.redirect_since < MIN_SIGHTING_SPAN:
        return replace(known, redirect_count=known.redirect_count + 1)
    return NOT_MOVED if target == url else RedirectState(permanent_url=target, permanent_since=now)


def after_failure(
    known: RedirectState,
    error: SourceError,
    *,
    document_received: bool,
    failures: int,
    ok_at: datetime | None,
    now: datetime,
) -> RedirectState:
    """The state after failure number `failures` in a row. `ok_at`: when the last good answer came.

    `document_received`: a document came, but could not be read. After that, and after a status such as 404, the
    redirects seen so far are forgotten; not after a temporary one such as 503. If the new URL answers 410, the
    configured one is polled once more before the source counts as gone.
    """
    good_at = ok_at or known.permanent_since
    has_failed_for_long = failures >= MIN_FAILURES and (good_at is None or now - good_at >= MIN_FAILING_TIME)
    if known.permanent_url and (has_failed_for_long or isinstance(error, Gone)):
        return NOT_MOVED
    is_temporary = isinstance(error, Throttled) or not isinstance(error, BadStatus) or error.status >= 500
    return (
        known
        if is_temporary and not document_received
        else replace(known, redirect_url="", redirect_since=None, redirect_count=0)
    )


def describe_change(before: RedirectState, after: RedirectState) -> str:
    """A sentence for the log about a new or abandoned permanent URL; "" if there is no change."""
    if after.permanent_url == before.permanent_url:
        return ""
    if after.permanent_url:
        return f"moved permanently to {safe_url(after.permanent_url)}; that address is polled from now on"
    return f"its new address {safe_url(before.permanent_url)} fails: the configured URL is polled again"


def from_state(state: SourceState) -> RedirectState:
    """What the database row of a source says about its permanent redirects."""
    return RedirectState(
        permanent_url=state.permanent_url,
        permanent_since=state.permanent_since,
        redirect_url=state.redirect_url,
        redirect_since=state.redirect_since,
        redirect_count=state.redirect_count,
    )
