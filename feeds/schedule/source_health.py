"""Finds what is wrong with a source, and when that begins and ends. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus

from feeds import codec
from feeds.logs import mask_secrets
from feeds.model import IssueKind, SourceIssue, SourceState
from feeds.schedule.publishing_pattern import PublishingPattern

MIN_FAILURES = 3
"""How many failures in a row make a source count as failing, if it has answered before: servers restart."""

MIN_MISSED_ARTICLES = 8.0
"""How many articles that its publishing pattern predicts must be missing for a source to count as silent. Our own
choice."""

MIN_SILENCE = timedelta(days=3)
"""A source is not reported as silent before this time, however busy it is: a long weekend. Our own choice."""

FLOOD_REPORTED_FOR = timedelta(days=3)
"""How long a flood is reported."""


def current_issues(state: SourceState, now: datetime) -> Iterator[SourceIssue]:
    """The issues of one source."""
    if state.error and state.status == HTTPStatus.GONE:
        yield _issue(state, "gone", "is gone (410) and is no longer polled", now)
    elif state.error and (state.failures >= MIN_FAILURES or state.succeeded_at is None):
        since = f"; it last answered at {state.succeeded_at:%Y-%m-%d %H:%M} UTC" if state.succeeded_at else ""
        yield _issue(state, "failing", f"{mask_secrets(state.error)}{since}", now)
    elif not state.error and state.publishing_pattern:
        pattern = codec.loads(PublishingPattern, state.publishing_pattern)
        # Since its last answer nothing is known of it: we may have been switched off, or without a network.
        known_until = min(now, state.succeeded_at or now)
        if (
            pattern.last
            and known_until - pattern.last > MIN_SILENCE
            and pattern.missed_articles(known_until) > MIN_MISSED_ARTICLES
        ):
            silence = f"has published nothing since {pattern.last:%Y-%m-%d %H:%M} UTC"
            yield _issue(state, "silent", f"answers, but {silence}, which is unusual for it", now)
    if state.permanent_url:
        yield _issue(state, "moved", "has moved for good and is polled at its new address", now)
    if state.backfill_at and now - state.backfill_at < FLOOD_REPORTED_FOR:
        many = f"{state.backfill_entries} entries appeared as new at once"
        yield _issue(state, "flooding", f"{many}; they are published, but ranked behind the news", now)


def _issue(state: SourceState, kind: IssueKind, description: str, now: datetime) -> SourceIssue:
    return SourceIssue(source=state.id, kind=kind, description=description, since=now)


def issue_changes(
    open_issues: Sequence[SourceIssue], states: Sequence[SourceState], now: datetime
) -> tuple[SourceIssue, ...]:
    """The issues that have begun, and those of `open_issues` that have ended (with `until`)."""
    current = {(issue.source, issue.kind): issue for state in states for issue in current_issues(state, now)}
    known = {(issue.source, issue.kind) for issue in open_issues}
    ended = [replace(issue, until=now) for issue in open_issues if (issue.source, issue.kind) not in current]
    return (*ended, *(issue for key, issue in current.items() if key not in known))
