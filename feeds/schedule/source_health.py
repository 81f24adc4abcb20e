"""What is wrong with a source, and since when: told when it begins and when it ends, never in between. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus

from feeds import codec
from feeds.logs import mask_secrets
from feeds.model import IssueKind, SourceIssue, SourceState
from feeds.schedule.publishing_pattern import Rhythm

IN_A_ROW = 3
"""Failures before a source that has answered before counts as failing: servers restart."""

MISSED = 8.0
"""Articles that should have come by a source's own rhythm before it counts as silent. Ours."""

QUIET = timedelta(days=3)
"""A silence that nobody remarks on, however busy the source is: a long weekend. Ours."""

FLOODED = timedelta(days=3)
"""For so long a flood is told."""


def troubles(state: SourceState, now: datetime) -> Iterator[SourceIssue]:
    """What is wrong with a source now."""
    if state.error and state.status == HTTPStatus.GONE:
        yield _trouble(state, "gone", "has ended (410 Gone), and is not asked any more", now)
    elif state.error and (state.failures >= IN_A_ROW or state.succeeded_at is None):
        since = f"; it last answered at {state.succeeded_at:%Y-%m-%d %H:%M} UTC" if state.succeeded_at else ""
        yield _trouble(state, "failing", f"{mask_secrets(state.error)}{since}", now)
    elif not state.error and state.publishing_pattern:
        learned = codec.loads(Rhythm, state.publishing_pattern)
        if learned.last and now - learned.last > QUIET and learned.missed(now) > MISSED:
            said = f"answers, but has published nothing since {learned.last:%Y-%m-%d %H:%M} UTC, which is not its way"
            yield _trouble(state, "silent", said, now)
    if state.permanent_url:
        yield _trouble(state, "moved", "has moved for good, and is asked at its new address", now)
    if state.backfill_at and now - state.backfill_at < FLOODED:
        said = f"presented {state.backfill_entries} entries as new at once; they are published, but ranked behind the news"
        yield _trouble(state, "flooding", said, now)


def _trouble(state: SourceState, kind: IssueKind, said: str, now: datetime) -> SourceIssue:
    return SourceIssue(source=state.id, kind=kind, description=said, since=now)


def changes(
    standing: Sequence[SourceIssue], states: Sequence[SourceState], now: datetime
) -> tuple[SourceIssue, ...]:
    """What began and what ended. `standing`: the troubles that are known and have not ended."""
    found = {(one.source, one.kind): one for state in states for one in troubles(state, now)}
    known = {(one.source, one.kind) for one in standing}
    ended = [replace(one, until=now) for one in standing if (one.source, one.kind) not in found]
    return (*ended, *(one for key, one in found.items() if key not in known))
