"""Record one poll in the state, in the caller's transaction: the source's row, articles, stories, changed outputs.

The fence (an optimistic lock): the source's row is written only if its `due_at` is still the one that the poll began
with. If a poll is recorded twice, the second one changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Literal

from sqlalchemy import Connection

from feeds import codec
from feeds.errors import BACKOFF, SourceError
from feeds.fetch.pacing import host_of
from feeds.fetch.status import RETRY_UNCONDITIONALLY_STATUSES
from feeds.fetch.validators import usable_validators
from feeds.ingest.articles import DocumentIngest, IngestCounts
from feeds.ingest.poll_source import PollOutcome
from feeds.logs import mask_secrets
from feeds.model import Response, Source, SourceState, Validators
from feeds.model.schemes import queue_key
from feeds.schedule import cache_hints, permanent_redirects
from feeds.schedule.due import Due, after_answer, after_failure
from feeds.schedule.interval_limit import NOTHING_NEW, DocumentNovelty
from feeds.schedule.publishing_pattern import PublishingPattern, update_pattern
from feeds.store import sources
from feeds.store.poll_changes import UNSET, PollChanges, Unset
from feeds.workers.parse_job import ParseResult


@dataclass(frozen=True, slots=True, kw_only=True)
class PollResult:
    """The result of one poll, or of one delivery of a hub, as the log and the terminal report it."""

    source: str
    outcome: Literal["new", "unchanged", "failed", "late", "unreached"]
    """late: another poll was recorded first. unreached: the network is away, and nothing was recorded."""

    new: int = 0
    updated: int = 0
    merged: int = 0  # of the new: joined an existing story
    known: int = 0
    backfilled: int = 0  # of the new: ranked behind the news, because too many came at once
    skipped: tuple[str, ...] = ()
    note: str = ""  # what else the user should know
    error: str = ""
    status: int = 0
    seconds: float = 0.0
    wire_bytes: int = 0
    due_at: datetime | None = None
    due_reason: str = ""
    is_delivery: bool = False  # delivered by a hub


def record_poll(
    connection: Connection,
    outcome: PollOutcome,
    ingest: DocumentIngest,
    now: datetime,
    draw: Callable[[], float],
    subscribed_sources: Collection[str] = (),
) -> PollResult:
    """Write one outcome. `draw` draws from [0, 1). `subscribed_sources`: ids of the sources
    whose news a hub delivers."""
    if outcome.error is not None:
        return _record_failure(connection, outcome, outcome.error, now, draw())
    has_live_subscription = outcome.state.id in subscribed_sources
    return _record_answer(
        connection, outcome, ingest, now, draw(), has_live_subscription=has_live_subscription
    )


def record_abandoned(
    connection: Connection, source: Source, state: SourceState, now: datetime, jitter: float
) -> None:
    """Record a poll that the end of the process interrupts: the server has seen the request, so it counts."""
    due = after_failure(source, 1, BACKOFF, now, jitter)
    changes = PollChanges(due_at=due.at, due_reason="we were stopped while it was asked", requested_at=now)
    sources.finish_poll(connection, state, changes)


def _record_failure(
    connection: Connection, outcome: PollOutcome, error: SourceError, now: datetime, jitter: float
) -> PollResult:
    state = outcome.state
    failures = state.failures + 1
    before = permanent_redirects.from_state(state)
    has_answered = outcome.fetched is not None
    redirect = permanent_redirects.after_failure(
        before, error, document_received=has_answered, failures=failures, ok_at=state.succeeded_at, now=now
    )
    gave_up_redirect = redirect.permanent_url != before.permanent_url
    status = getattr(error, "status", 0) or (outcome.fetched.status if outcome.fetched else 0)
    due = after_failure(
        outcome.source,
        failures,
        BACKOFF if gave_up_redirect else error.retry,
        outcome.ended_at or now,
        jitter,
        status=status,
        feed=state.feed,
        pattern=_pattern(state),
        down_for=now - (state.succeeded_at or now),
    )
    changes = PollChanges(
        due_at=due.at,
        due_reason=due.reason,
        requested_at=outcome.asked_at,
        failures=failures,
        status=status,
        error=mask_secrets(error.problem),
        validators=Validators() if status in RETRY_UNCONDITIONALLY_STATUSES else UNSET,
        unconditional_at=_unconditional_at(outcome),
        host=queue_key(state.feed_url or state.url) if gave_up_redirect else UNSET,
        permanent_url=redirect.permanent_url,
        permanent_since=redirect.permanent_since,
        redirect_url=redirect.redirect_url,
        redirect_since=redirect.redirect_since,
        redirect_count=redirect.redirect_count,
    )
    is_recorded = sources.finish_poll(connection, state, changes)
    return _result(
        outcome,
        due,
        "failed" if is_recorded else "late",
        error=mask_secrets(error.problem),
        status=status,
        note=permanent_redirects.describe_change(before, redirect),
    )


def _record_answer(
    connection: Connection,
    outcome: PollOutcome,
    ingest: DocumentIngest,
    now: datetime,
    jitter: float,
    *,
    has_live_subscription: bool,
) -> PollResult:
    assert outcome.fetched is not None
    state, document = outcome.state, outcome.parsed
    outcome = replace(
        outcome, fetched=cache_hints.with_stored_cache_control(outcome.fetched, state.cache_control)
    )
    due = _due(
        outcome, _pattern(state), NOTHING_NEW, now, jitter, has_live_subscription=has_live_subscription
    )
    changes, note = _answer_changes(outcome, due, now)
    # The fence comes first: if another poll was recorded meanwhile, nothing below is written.
    if not sources.finish_poll(connection, state, changes):
        return _result(outcome, due, "late")
    status = outcome.fetched.status if outcome.fetched else 0
    if document is None:
        return _result(outcome, due, "unchanged", status=status, note=note)
    sources.save_seen_entries(connection, state.id, document.seen_entries)
    counts = ingest.add_document(outcome.source, document, now, first=state.parsed_at is None)
    news, due = _news_changes(
        outcome, document, counts, due, now, jitter, has_live_subscription=has_live_subscription
    )
    sources.note_news(connection, state.id, news)
    result = _result(
        outcome,
        due,
        "new" if counts.has_news else "unchanged",
        status=status,
        skipped=document.notes,
        note=note,
    )
    return with_counts(result, counts)


def _answer_changes(outcome: PollOutcome, due: Due, now: datetime) -> tuple[PollChanges, str]:
    """What an answer changes in the source's row, and what the user should know of its redirects."""
    state, document, fetched = outcome.state, outcome.parsed, outcome.fetched
    assert fetched is not None
    # A document that was cut off has to be fetched again, whole: none of its validators is kept.
    is_cut_off = document is not None and not document.complete
    before = redirect = permanent_redirects.from_state(state)
    if not is_cut_off:
        redirect = permanent_redirects.after_answer(before, fetched.moved_to, state.url, now)
    is_response = isinstance(fetched, Response)
    is_delta = fetched.status == HTTPStatus.IM_USED  # only the new entries (RFC 3229)
    is_whole = document is not None and not document.only_new and not is_delta
    changes = PollChanges(
        due_at=due.at,
        due_reason=due.reason,
        requested_at=outcome.asked_at,
        succeeded_at=now,
        failures=0,
        status=fetched.status,
        error="",
        validators=Validators() if is_cut_off else fetched.validators,
        cache_control=fetched.header("cache-control"),
        # A document that was cut off is parsed again even if the next one is cut off at the same place.
        body_digest=(None if is_cut_off else outcome.body_digest) if is_response else UNSET,
        full_response_at=now if is_response and not is_delta else UNSET,
        unconditional_at=_unconditional_at(outcome),
        parsed_at=now if is_whole else UNSET,
        # The host that answers in the end: all sources that lead there wait in one queue.
        host=UNSET if outcome.source.scheme.is_local else host_of(fetched.url) or UNSET,
        feed_metadata=codec.dumps(document.feed) if document is not None else UNSET,
        feed_url=outcome.feed_url if document is not None else UNSET,
        permanent_url=redirect.permanent_url,
        permanent_since=redirect.permanent_since,
        redirect_url=redirect.redirect_url,
        redirect_since=redirect.redirect_since,
        redirect_count=redirect.redirect_count,
    )
    return changes, permanent_redirects.describe_change(before, redirect)


def _news_changes(
    outcome: PollOutcome,
    document: ParseResult,
    counts: IngestCounts,
    due: Due,
    now: datetime,
    jitter: float,
    *,
    has_live_subscription: bool,
) -> tuple[PollChanges, Due]:
    """What the new articles change in the source's row, and when it is due next."""
    state, fetched = outcome.state, outcome.fetched
    assert fetched is not None
    news = PollChanges(news_at=now) if counts.has_news else PollChanges()
    pattern = _pattern(state)
    if counts.new or pattern is None:
        entry_count = len(document.articles) + len(document.unchanged_keys)
        is_delta = fetched.status == HTTPStatus.IM_USED  # holds new entries only (RFC 3229)
        pattern = update_pattern(
            pattern, counts.published_dates, now, state.requested_at, 0 if is_delta else entry_count
        )
        # In a first document every entry is new, and so it is in a document of new entries only (RFC 3229).
        is_comparable = state.parsed_at and not is_delta
        poll_yield = DocumentNovelty(
            entries=entry_count,
            new_entries=counts.new,
            time_since_previous_request=now - state.requested_at
            if state.requested_at and is_comparable
            else None,
        )
        due = _due(outcome, pattern, poll_yield, now, jitter, has_live_subscription=has_live_subscription)
        encoded = codec.dumps(pattern)
        news = replace(news, publishing_pattern=encoded, due_at=due.at, due_reason=due.reason)
    if counts.backfilled and state.parsed_at:
        news = replace(news, backfill_at=now, backfill_entries=counts.backfilled)
    return news, due


def _pattern(state: SourceState) -> PublishingPattern | None:
    return codec.loads(PublishingPattern, state.publishing_pattern) if state.publishing_pattern else None


def _due(
    outcome: PollOutcome,
    pattern: PublishingPattern | None,
    poll_yield: DocumentNovelty,
    now: datetime,
    jitter: float,
    *,
    has_live_subscription: bool,
) -> Due:
    state, document = outcome.state, outcome.parsed
    feed = document.feed if document else state.feed
    due = after_answer(
        outcome.source,
        feed,
        outcome.fetched,
        outcome.ended_at or now,
        jitter,
        pattern=pattern,
        novelty=poll_yield,
        has_live_subscription=has_live_subscription,
    )
    # The fence compares due times, so each poll needs another one.
    return due if due.at != state.due_at else replace(due, at=due.at + timedelta(seconds=1))


def _unconditional_at(outcome: PollOutcome) -> datetime | Unset:
    """The time of the request if it was sent without the stored validators."""
    state = outcome.state
    sent = usable_validators(
        state.validators, state.full_response_at, outcome.asked_at, state.unconditional_at
    )
    return outcome.asked_at if state.validators and not sent else UNSET


def _result(
    outcome: PollOutcome,
    due: Due,
    result: Literal["new", "unchanged", "failed", "late"],
    *,
    status: int = 0,
    skipped: tuple[str, ...] = (),
    note: str = "",
    error: str = "",
) -> PollResult:
    fetched = outcome.fetched
    return PollResult(
        source=outcome.source.id,
        outcome=result,
        skipped=skipped,
        note=note,
        error=error,
        status=status,
        seconds=fetched.seconds if fetched else 0.0,
        wire_bytes=fetched.wire_bytes if fetched else 0,
        due_at=due.at,
        due_reason=due.reason,
    )


def with_counts(result: PollResult, counts: IngestCounts) -> PollResult:
    """The result with what its document brought."""
    return replace(
        result,
        new=counts.new,
        updated=counts.updated,
        merged=counts.merged,
        known=counts.known,
        backfilled=counts.backfilled,
    )
