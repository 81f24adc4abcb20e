"""Parse what a hub delivered and commit it, in the same way as a document that was fetched.

An article that a delivery lacks is not deleted: a hub may send new entries only (WebSub §7). The rest of the source's
polling state (validators, body hash, due time) is not changed: it describes the answers of the source's own server.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from feeds import codec
from feeds.errors import SourceError, internal_error
from feeds.fetch import Fetcher
from feeds.fetch.robots import Robots
from feeds.ingest.articles import DocumentIngest, find_known, match_result
from feeds.ingest.full_text_pages import FindKnown, add_full_texts
from feeds.ingest.record_poll import PollResult, with_counts
from feeds.model import Source
from feeds.schedule.publishing_pattern import PublishingPattern, update_pattern
from feeds.store import sources, subscriptions
from feeds.store.poll_changes import PollChanges
from feeds.store.subscriptions import Delivery
from feeds.websub.polling import poll_soon
from feeds.workers.parse_job import ParseResult, decode_result, encode_job
from feeds.workers.parse_pool import ParsePool


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseContext:
    """What parsing a delivery needs."""

    fetcher: Fetcher  # for full texts
    robots: Robots
    parse_pool: Callable[[], ParsePool]
    find_known: FindKnown


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedDelivery:
    """A delivery with its parse result, or the error if it could not be parsed."""

    delivery: Delivery
    result: ParseResult | None = None
    error: SourceError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryBatch:
    """Deliveries to one source, in their order."""

    source: Source
    deliveries: tuple[ParsedDelivery, ...]


def parse_batch(
    source: Source, deliveries: Sequence[Delivery], context: ParseContext, now: datetime
) -> DeliveryBatch:
    """Parse the deliveries to a source. Runs in a thread. Raises nothing: a failure is returned."""
    parsed = tuple(_parse_delivery(source, delivery, context, now) for delivery in deliveries)
    return DeliveryBatch(source=source, deliveries=parsed)


def _parse_delivery(
    source: Source, delivery: Delivery, context: ParseContext, now: datetime
) -> ParsedDelivery:
    try:
        job = encode_job(
            source, url=delivery.url, content_type=delivery.content_type, body=delivery.body, now=now
        )
        result = decode_result(source.id, context.parse_pool().parse(source.id, job))
        if source.full_text:
            result = add_full_texts(
                source, result, context.find_known, context.fetcher, context.robots, context.parse_pool, now
            )
        return ParsedDelivery(delivery=delivery, result=result)
    except SourceError as error:
        return ParsedDelivery(delivery=delivery, error=error)
    except Exception as error:
        internal = internal_error(source.id, "reading this delivery", error)
        return ParsedDelivery(delivery=delivery, error=internal)


def commit_batch(
    connection: Connection, batch: DeliveryBatch, ingest: DocumentIngest, now: datetime
) -> list[PollResult]:
    """Write the deliveries in their order. Returns a result for each."""
    return [_commit_delivery(connection, batch.source, parsed, ingest, now) for parsed in batch.deliveries]


def _commit_delivery(
    connection: Connection, source: Source, parsed: ParsedDelivery, ingest: DocumentIngest, now: datetime
) -> PollResult:
    """Write one delivery and delete it from the queue in the same transaction, so that it has its effects once.

    Articles that a later poll has brought are not changed by an older delivery.
    """
    polled = PollResult(
        source=source.id, outcome="failed", is_delivery=True, wire_bytes=len(parsed.delivery.body)
    )
    if not subscriptions.delete_delivery(connection, parsed.delivery.n):
        return replace(polled, outcome="late")
    if parsed.result is None:
        assert parsed.error is not None
        poll_soon(connection, source, now)
        return replace(polled, error=f"delivered by the hub: {parsed.error.problem}")
    document, received = parsed.result, parsed.delivery.received_at
    state = sources.state(connection, source.id)
    if state and state.full_response_at and state.full_response_at > received:
        document = _without_known(connection, source, document)
    counts = ingest.add_document(source, document, now)
    news = PollChanges(news_at=now) if counts.has_news else PollChanges()
    if counts.new and state and state.publishing_pattern:
        pattern = codec.loads(PublishingPattern, state.publishing_pattern)
        pattern = update_pattern(pattern, counts.published_dates, received, state.requested_at)
        news = replace(news, publishing_pattern=codec.dumps(pattern))
    sources.note_news(connection, source.id, news)
    result = replace(polled, outcome="new" if counts.has_news else "unchanged", skipped=document.notes)
    return with_counts(result, counts)


def _without_known(connection: Connection, source: Source, document: ParseResult) -> ParseResult:
    """The document without the known articles: a delivery that waited must not undo what a later poll has brought."""
    known = find_known(connection, source.id, document)
    positions = [item.position for item in match_result(connection, known, document) if item.known is None]
    return replace(
        document,
        articles=tuple(document.articles[n] for n in positions),
        keys=tuple(document.keys[n] for n in positions),
        exact_keys=tuple(document.exact_keys[n] for n in positions),
    )
