"""What a hub delivered → the state: read like a document that was fetched, committed by the same way.

Nothing is concluded from what is absent (a hub may send new entries only, WebSub §7), and nothing else of the
source's polling is touched: validators, hash and due time are those of what its own server says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from feeds import codec
from feeds.dedupe.identity import match
from feeds.errors import BACKOFF, FetchError, SourceError
from feeds.fetch import Fetcher
from feeds.fetch.robots import Robots
from feeds.ingest.articles import Intake
from feeds.ingest.full_text import AskKnown, complete
from feeds.ingest.record_poll import Polled
from feeds.model import Source
from feeds.schedule.due import after_answer, shortest
from feeds.schedule.publishing_pattern import Rhythm, learn
from feeds.store import articles, sources, subscriptions
from feeds.store.subscriptions import Delivery
from feeds.workers.parse_job import Reading, job_for, opened
from feeds.workers.parse_pool import Workers


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What reading takes."""

    fetcher: Fetcher  # of full texts
    robots: Robots
    workers: Callable[[], Workers]
    known: AskKnown


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A delivery and what it holds, or why it cannot be read."""

    source: Source
    delivery: Delivery
    reading: Reading | None = None
    error: SourceError | None = None


def read(source: Source, delivery: Delivery, tools: Tools, now: datetime) -> Read:
    """In a thread of its own. Raises nothing."""
    try:
        job = job_for(
            source, url=delivery.url, content_type=delivery.content_type, body=delivery.body, now=now
        )
        reading = opened(source.id, tools.workers().read(source.id, job))
        if source.full_text:
            reading = complete(source, reading, tools.known, tools.fetcher, tools.robots, tools.workers, now)
        return Read(source=source, delivery=delivery, reading=reading)
    except SourceError as error:
        return Read(source=source, delivery=delivery, error=error)
    except Exception as error:
        broken = FetchError(source.id, f"an error of ours: {type(error).__name__}: {error}", BACKOFF)
        broken.__cause__ = error
        return Read(source=source, delivery=delivery, error=broken)


def commit(connection: Connection, done: Read, intake: Intake, now: datetime) -> Polled:
    """Write one delivery, once: it is gone in the same transaction."""
    source = done.source
    said = Polled(source=source.id, result="failed", pushed=True, wire_bytes=len(done.delivery.body))
    if not subscriptions.settle(connection, done.delivery.n):
        return replace(said, result="late")
    if done.reading is None:
        assert done.error is not None
        poll_soon(connection, source, now)
        return replace(said, error=f"delivered by the hub: {done.error.problem}")
    reading, received = done.reading, done.delivery.received_at
    state = sources.state(connection, source.id)
    if state and state.full_at and state.full_at > received:
        reading = _news(connection, source, reading)
    taken, published = intake.take_in(source, reading, now)
    counts: dict[str, Any] = taken
    result = "new" if counts["new"] or counts["updated"] else "unchanged"
    told: dict[str, Any] = {"news_at": now} if result == "new" else {}
    if counts["new"] and state and state.rhythm:
        rhythm = learn(codec.loads(Rhythm, state.rhythm), published, received, state.asked_at)
        told["rhythm"] = codec.dumps(rhythm)
    if told:
        sources.note_news(connection, source.id, told)
    return replace(said, result=result, skipped=reading.skipped, **counts)


def _news(connection: Connection, source: Source, reading: Reading) -> Reading:
    """Without the articles that are known: a delivery that waited must not undo what a later poll brought."""
    known = articles.known(connection, source.id, (key for keys in reading.keys for key in keys.usable()))
    at = [item.at for item in match(reading.articles, known, reading.keys) if item.known is None]
    return replace(
        reading,
        articles=tuple(reading.articles[n] for n in at),
        keys=tuple(reading.keys[n] for n in at),
        exact=tuple(reading.exact[n] for n in at),
    )


def poll_as_before(connection: Connection, source: Source, now: datetime, chance: float) -> None:
    """Its polls were put off because a hub pushes its news, and that holds no more."""
    state = sources.state(connection, source.id)
    if state and state.asked_at and not state.failures:
        rhythm = codec.loads(Rhythm, state.rhythm) if state.rhythm else None
        due = after_answer(source, state.feed, None, state.asked_at, chance, learned=rhythm)
        sources.hasten(connection, source.id, max(now, due.at), f"its hub pushes no more; {due.why}")


def poll_soon(connection: Connection, source: Source, now: datetime) -> None:
    """There is news, and what the hub delivered of it cannot be read."""
    state = sources.state(connection, source.id)
    if state and state.asked_at and not state.failures:
        least = source.schedule.every or shortest(source.schedule, state.feed, None)
        why = "what its hub delivered could not be read"
        sources.hasten(connection, source.id, max(now, state.asked_at + least), why)
