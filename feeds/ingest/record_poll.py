"""One poll → the state, in the caller's transaction: articles, stories, changed outputs, the next due time.

Everything is fenced by the due time that the poll began from: a poll that comes twice has its effects once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from sqlalchemy import Connection

from feeds import codec
from feeds.errors import BACKOFF
from feeds.fetch.pacing import host_of
from feeds.fetch.status import WITHOUT_CONDITIONS
from feeds.fetch.validators import in_force
from feeds.ingest.articles import Intake
from feeds.ingest.poll_source import Outcome
from feeds.model import Response, Source, SourceState, Validators
from feeds.schedule import cache_hints, permanent_redirects
from feeds.schedule.due import Brought, Due, after_answer, after_failure
from feeds.schedule.publishing_pattern import Rhythm, learn
from feeds.store import sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What one poll came to: the facts of its log line."""

    source: str
    result: str  # "new", "unchanged", "failed", "late" (somebody else polled it first)
    new: int = 0
    updated: int = 0
    merged: int = 0  # of the new: those that joined a story that was there
    known: int = 0
    aside: int = 0  # of the new: ranked behind the news, because too much came at once
    skipped: tuple[str, ...] = ()
    note: str = ""  # what else the user should know
    error: str = ""
    status: int = 0
    seconds: float = 0.0
    wire_bytes: int = 0
    due_at: datetime | None = None
    due_why: str = ""
    pushed: bool = False  # delivered by a hub, not asked for


def commit(
    connection: Connection,
    outcome: Outcome,
    intake: Intake,
    now: datetime,
    chance: Callable[[], float],
    pushed: Collection[str] = (),
) -> Polled:
    """Write one outcome. `chance` draws from [0, 1). `pushed`: the sources whose news a hub brings."""
    if outcome.error is not None:
        return _failed(connection, outcome, now, chance())
    return _answered(connection, outcome, intake, now, chance(), pushed=outcome.seen.id in pushed)


def abandoned(
    connection: Connection, source: Source, seen: SourceState, now: datetime, chance: float
) -> None:
    """Note a poll that will have no outcome: we stop while its server is asked, and it has the request in its log."""
    due = after_failure(source, 1, BACKOFF, now, chance)
    changes = {"due_at": due.at, "due_why": "we were stopped while it was asked", "asked_at": now}
    sources.settle(connection, seen, changes)


def _failed(connection: Connection, outcome: Outcome, now: datetime, chance: float) -> Polled:
    error, seen = outcome.error, outcome.seen
    assert error is not None
    failures = seen.failures + 1
    before = permanent_redirects.of(seen)
    read = outcome.fetched is not None
    move = permanent_redirects.after_failure(
        before, error, read=read, failures=failures, ok_at=seen.ok_at, now=now
    )
    back = move.address != before.address
    retry = BACKOFF if back else error.retry
    status = getattr(error, "status", 0) or (outcome.fetched.status if outcome.fetched else 0)
    due = after_failure(
        outcome.source,
        failures,
        retry,
        now,
        chance,
        status=status,
        feed=seen.feed,
        learned=_rhythm(seen),
        silent=now - (seen.ok_at or now),
    )
    changes: dict[str, Any] = {
        "due_at": due.at,
        "due_why": due.why,
        "asked_at": outcome.asked_at,
        "failures": failures,
        "status": status,
        "error": error.problem,
        **_doubt(outcome),
        **permanent_redirects.values(move),
    }
    if back:
        changes["lane"] = sources.lane_of(seen.feed_url or seen.url)
    if status in WITHOUT_CONDITIONS:
        changes |= _validators(Validators())
    written = sources.settle(connection, seen, changes)
    note = permanent_redirects.told(before, move)
    return _polled(
        outcome, due, "failed" if written else "late", error=error.problem, status=status, note=note
    )


def _answered(
    connection: Connection, outcome: Outcome, intake: Intake, now: datetime, chance: float, *, pushed: bool
) -> Polled:
    assert outcome.fetched is not None
    seen, reading = outcome.seen, outcome.reading
    fetched = cache_hints.freshened(outcome.fetched, seen.cache_control)
    outcome = replace(outcome, fetched=fetched)
    rhythm = _rhythm(seen)
    due = _due(outcome, rhythm, Brought(), now, chance, pushed=pushed)
    # What was cut off must be asked for again, whole: none of its validators is kept.
    cut = reading is not None and not reading.complete
    validators = Validators() if cut else fetched.validators
    before = move = permanent_redirects.of(seen)
    if not cut:
        move = permanent_redirects.after_answer(before, fetched.moved_to, seen.url, now)
    note = permanent_redirects.told(before, move)
    changes: dict[str, Any] = {
        "due_at": due.at,
        "due_why": due.why,
        "asked_at": outcome.asked_at,
        "ok_at": now,
        "failures": 0,
        "status": fetched.status,
        "error": "",
        "cache_control": fetched.header("cache-control"),
        **_validators(validators),
        **_doubt(outcome),
        **permanent_redirects.values(move),
    }
    if host := host_of(fetched.url):
        changes["lane"] = host  # it answers in the end, so many sources that lead there wait in one queue
    if isinstance(fetched, Response):
        # The same half once more is no reason to believe in it.
        changes["body_hash"] = None if cut else outcome.body_hash
        if fetched.status != HTTPStatus.IM_USED:  # what is new alone is not the whole
            changes["full_at"] = now
    if reading is not None:
        changes |= {"feed": codec.dumps(reading.feed), "feed_url": outcome.feed_url}
        if not reading.partial and fetched.status != HTTPStatus.IM_USED:
            changes["parsed_at"] = now
    # The fence first: it takes the row, and nothing below is written if it does not hold.
    if not sources.settle(connection, seen, changes):
        return _polled(outcome, due, "late")
    if reading is None:
        return _polled(outcome, due, "unchanged", status=fetched.status, note=note)
    sources.keep_entries(connection, seen.id, reading.entries)
    counts, published = intake.take_in(outcome.source, reading, now, first=seen.parsed_at is None)
    result = "new" if counts["new"] or counts["updated"] else "unchanged"
    told: dict[str, Any] = {"news_at": now} if result == "new" else {}
    if counts["new"] or rhythm is None:
        rhythm = learn(rhythm, published, now, seen.asked_at, len(reading.articles))
        # Of a first document everything is new, and so it is of one that holds only what is (RFC 3229).
        whole = seen.parsed_at and fetched.status != HTTPStatus.IM_USED
        since = now - seen.asked_at if seen.asked_at and whole else None
        brought = Brought(held=len(reading.articles) + len(reading.standing), new=counts["new"], since=since)
        due = _due(outcome, rhythm, brought, now, chance, pushed=pushed)
        told |= {"rhythm": codec.dumps(rhythm), "due_at": due.at, "due_why": due.why}
    if counts["aside"] and seen.parsed_at:
        told |= {"flooded_at": now, "flooded": counts["aside"]}
    if told:
        sources.note_news(connection, seen.id, told)
    return _polled(outcome, due, result, status=fetched.status, skipped=reading.skipped, note=note, **counts)


def _rhythm(seen: SourceState) -> Rhythm | None:
    return codec.loads(Rhythm, seen.rhythm) if seen.rhythm else None


def _due(
    outcome: Outcome, rhythm: Rhythm | None, brought: Brought, now: datetime, chance: float, *, pushed: bool
) -> Due:
    seen, reading = outcome.seen, outcome.reading
    feed = reading.feed if reading else seen.feed
    due = after_answer(
        outcome.source, feed, outcome.fetched, now, chance, learned=rhythm, brought=brought, pushed=pushed
    )
    # The fence tells two polls apart by it.
    return due if due.at != seen.due_at else replace(due, at=due.at + timedelta(seconds=1))


def _validators(kept: Validators) -> dict[str, Any]:
    return {"etag": kept.etag, "last_modified": kept.last_modified, "validators_url": kept.url}


def _doubt(outcome: Outcome) -> dict[str, Any]:
    """Note a request that was sent without the validators that the state has."""
    seen = outcome.seen
    sent = in_force(seen.validators, seen.full_at, outcome.asked_at, seen.doubted_at)
    return {"doubted_at": outcome.asked_at} if seen.validators and not sent else {}


def _polled(outcome: Outcome, due: Due, result: str, **facts: Any) -> Polled:
    base = Polled(source=outcome.source.id, result=result, due_at=due.at, due_why=due.why)
    if outcome.fetched is not None:
        base = replace(base, seconds=outcome.fetched.seconds, wire_bytes=outcome.fetched.wire_bytes)
    return replace(base, **facts)
