"""One poll, up to the state's door: fetch and read. Runs in a thread of its own and writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b

from feeds import codec
from feeds.errors import BACKOFF, FetchError, NotAFeed, SourceError, Unreachable
from feeds.fetch import Fetcher
from feeds.fetch.robots import Robots
from feeds.fetch.validators import in_force
from feeds.ingest.full_text import AskKnown, complete, none_known
from feeds.model import Fetched, Response, Source, SourceState, Validators
from feeds.store.retention import MET_EVERY
from feeds.workers.parse_job import Reading, job_for, opened
from feeds.workers.parse_pool import Workers

_ENDS = (b"</rss>", b"</feed>", b"</rdf:RDF>", b"</RDF>", b"</html>")

AskEntries = Callable[[str], bytes]
"""Source id → what is remembered of the entries of its last document (`store.sources.entries`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a poll brought: an error, or an answer; with a reading where there was something new to read, which
    is `shut` as long as it waits for the state."""

    source: Source
    seen: SourceState  # the state that the poll began from
    asked_at: datetime
    fetched: Fetched | None = None
    body_hash: bytes | None = None
    shut: bytes = b""
    reading: Reading | None = None
    feed_url: str = ""  # the feed was found here, not at the source's URL
    error: SourceError | None = None

    def opened(self) -> Outcome:
        """With the reading itself."""
        if not self.shut:
            return self
        try:
            return replace(self, shut=b"", reading=opened(self.source.id, self.shut))
        except SourceError as error:
            return replace(self, shut=b"", error=error)


def poll(
    source: Source,
    seen: SourceState,
    fetcher: Fetcher,
    workers: Callable[[], Workers],
    now: datetime,
    *,
    known: AskKnown = none_known,
    entries: AskEntries = lambda source: b"",
    robots: Robots | None = None,
) -> Outcome:
    """Ask a source once. Raises nothing: a failure is an outcome.

    `known`: what the state has of a source; whose full texts are there is told by it. `robots`: the rules of
    sites that were read before; without them they are asked for anew.
    """
    fetched: Fetched | None = None
    robots = robots or Robots(fetcher)
    try:
        if source.kind == "page" and source.robots and not source.is_file:
            robots.check(source, seen.fetch_url, now)
        fetched = fetcher.fetch(
            source, seen.fetch_url, in_force(seen.validators, seen.full_at, now, seen.doubted_at)
        )
        if not isinstance(fetched, Response):
            return Outcome(source=source, seen=seen, asked_at=now, fetched=fetched)
        digest = _digest(fetched.body)
        if digest == seen.body_hash:
            return Outcome(source=source, seen=seen, asked_at=now, fetched=fetched, body_hash=digest)
        last = _last(source, seen, entries, now)
        if last and _says_nothing_new(fetched, last):
            return Outcome(source=source, seen=seen, asked_at=now, fetched=fetched, body_hash=digest)
        try:
            shut = _read(source, fetched, workers, now, last)
            feed_url = seen.feed_url
        except NotAFeed as error:
            if not _may_look_elsewhere(source, seen, error):
                raise
            fetched, shut, feed_url = _discovered(source, error, fetcher, workers, now)
            digest = _digest(fetched.body)
        if source.full_text:
            reading = opened(source.id, shut)
            shut = codec.dumps(complete(source, reading, known, fetcher, robots, workers, now))
        return Outcome(
            source=source,
            seen=seen,
            asked_at=now,
            fetched=replace(fetched, body=b""),  # it has been read
            body_hash=digest,
            shut=shut,
            feed_url=feed_url,
        )
    except SourceError as error:
        return Outcome(source=source, seen=seen, asked_at=now, fetched=fetched, error=error)
    except Exception as error:
        # A thread that dies would leave its source in flight for ever.
        broken = FetchError(source.id, f"an error of ours: {type(error).__name__}: {error}", BACKOFF)
        broken.__cause__ = error
        return Outcome(source=source, seen=seen, asked_at=now, fetched=fetched, error=broken)


def _last(source: Source, seen: SourceState, entries: AskEntries, now: datetime) -> bytes:
    """The entries that need not be read again. Once in a while all are: what stands in a document for months
    must be met now and then, or retention takes it for gone."""
    if source.kind != "feed" or seen.parsed_at is None or now - seen.parsed_at > MET_EVERY:
        return b""
    return entries(source.id)


def _digest(body: bytes) -> bytes:
    """Of a document, without what stands behind its end: caches write there when they made it ("<!-- Dynamic page
    generated in 0.3 seconds. -->"), and only white space and comments may stand there (XML 1.0 §2.1, Misc)."""
    end = body.rstrip()
    while end.endswith(b"-->"):
        begin = end.rfind(b"<!--")
        if begin < 0 or end.find(b"-->", begin) < len(end) - 3:
            break
        end = end[:begin].rstrip()
    # A comment within the document is none of these, nor is one within a text.
    ended = end.endswith(_ENDS)
    return blake2b(end if ended else body, digest_size=16).digest()


def _says_nothing_new(response: Response, last: bytes) -> bool:
    """A document that was only made anew: 0.4 ms here, against a trip to a worker."""
    from feeds.parse.delta import cut  # most polls bring no document
    from feeds.workers.seen_entries import unpack

    pieces = cut(response.body, url=response.url, content_type=response.header("content-type"))
    return pieces is not None and unpack(last).hold(pieces)


def _read(
    source: Source, response: Response, workers: Callable[[], Workers], now: datetime, last: bytes = b""
) -> bytes:
    job = job_for(
        source,
        url=response.url,
        content_type=response.header("content-type"),
        body=response.body,
        now=now,
        known=last,
    )
    return workers().read(source.id, job)


def _may_look_elsewhere(source: Source, seen: SourceState, error: NotAFeed) -> bool:
    """Only a source that has never been a feed is looked up on its page: a feed that answers with a page for
    once is a maintenance notice or a login."""
    return bool(error.candidates) and source.kind == "feed" and seen.parsed_at is None


def _discovered(
    source: Source, page: NotAFeed, fetcher: Fetcher, workers: Callable[[], Workers], now: datetime
) -> tuple[Response, bytes, str]:
    """The first feed that the page names. One request more, at the first poll only."""
    url = page.candidates[0]
    answer = fetcher.fetch(source, url, Validators())
    if not isinstance(answer, Response):
        raise Unreachable(source.id, "the feed named by the page answered without a document")
    return answer, _read(source, answer, workers, now), url
