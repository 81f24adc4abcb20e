"""Poll one source: fetch it, and parse what is new. Runs in a thread of `FetchPool` and writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b

from feeds.errors import NotAFeed, SourceError, Unreachable, internal_error
from feeds.fetch import Fetcher
from feeds.fetch.robots import Robots
from feeds.fetch.validators import usable_validators
from feeds.ingest.full_text_pages import FindKnown, add_full_texts, none_known
from feeds.model import Fetched, Response, Source, SourceState, Validators
from feeds.parse.parsing_version import parsing_key
from feeds.store.retention import LAST_SEEN_INTERVAL
from feeds.workers.parse_job import ParseResult, decode_result, encode_job
from feeds.workers.parse_pool import ParsePool

_WHITE_SPACE = b" \t\n\r\x0b\f"  # as for bytes.rstrip
_END_TAGS = (b"</rss>", b"</feed>", b"</rdf:RDF>", b"</RDF>", b"</html>")

LoadSeenEntries = Callable[[str], bytes]
"""Source id → the packed entries of its last document (`store.sources.load_seen_entries`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollOutcome:
    """What a poll brought: an error, or an answer; and what the document holds, if it had to be parsed.

    While the outcome waits to be recorded, the ParseResult is encoded, which takes a third of the memory.
    """

    source: Source
    state: SourceState  # as it was when the poll began
    asked_at: datetime
    ended_at: datetime | None = None  # None: now. The outcome may wait to be recorded
    fetched: Fetched | None = None
    body_digest: bytes | None = None
    encoded: bytes = b""  # a ParseResult, as the parse process sent it
    parsed: ParseResult | None = None
    parsed_bytes: int = 0  # length of `encoded`
    feed_url: str = ""  # the feed was found here, not at the source's URL
    error: SourceError | None = None

    def decoded(self) -> PollOutcome:
        """The outcome with `parsed` in place of `encoded`."""
        if not self.encoded:
            return self
        try:
            return replace(self, encoded=b"", parsed=decode_result(self.source.id, self.encoded))
        except SourceError as error:
            return replace(self, encoded=b"", error=error)


def poll_source(
    source: Source,
    state: SourceState,
    fetcher: Fetcher,
    get_parse_pool: Callable[[], ParsePool],
    now: datetime,
    *,
    find_known: FindKnown = none_known,
    load_seen_entries: LoadSeenEntries = lambda source_id: b"",
    robots: Robots | None = None,
) -> PollOutcome:
    """Fetch a source once and parse what is new. Raises nothing: a failure is an outcome.

    `find_known`: looks up articles of the state. The page of a known article is fetched again only if the article was
    edited.
    `robots`: the robots.txt files that were read before; None: read them anew.
    """
    outcome = PollOutcome(source=source, state=state, asked_at=now)
    robots = robots or Robots(fetcher)
    try:
        fetched = _fetch(source, state, fetcher, robots, now)
        outcome = replace(outcome, fetched=fetched)
        if not isinstance(fetched, Response):
            return outcome
        outcome = _parse_answer(outcome, fetched, fetcher, get_parse_pool, load_seen_entries)
        if source.full_text and outcome.encoded:
            parsed = decode_result(source.id, outcome.encoded)
            full = add_full_texts(source, parsed, find_known, fetcher, robots, get_parse_pool, now)
            outcome = replace(outcome, encoded=b"", parsed=full)
    except SourceError as error:
        return replace(outcome, encoded=b"", error=error)
    except Exception as error:
        # A thread that dies would leave its source in flight for ever.
        return replace(outcome, encoded=b"", error=internal_error(source.id, "reading this feed", error))
    return outcome


def _fetch(source: Source, state: SourceState, fetcher: Fetcher, robots: Robots, now: datetime) -> Fetched:
    if source.kind == "page" and source.robots and source.scheme.is_web:
        robots.check(source, state.fetch_url, now)
    validators = usable_validators(state.validators, state.full_response_at, now, state.unconditional_at)
    return fetcher.fetch(source, state.fetch_url, validators)


def _parse_answer(
    outcome: PollOutcome,
    response: Response,
    fetcher: Fetcher,
    get_parse_pool: Callable[[], ParsePool],
    load_seen_entries: LoadSeenEntries,
) -> PollOutcome:
    """Parse a document if it holds something new. If it is a page that names a feed, fetch and parse that feed."""
    source, state, now = outcome.source, outcome.state, outcome.asked_at
    body_digest = _body_digest(response.body)
    is_same_body = body_digest == state.body_digest
    seen_entries = b"" if is_same_body else _seen_entries(source, state, load_seen_entries, now)
    if is_same_body or (seen_entries and _has_nothing_new(response, seen_entries)):
        return replace(outcome, body_digest=body_digest)
    feed_url = state.feed_url
    try:
        encoded = _parse(source, response, get_parse_pool, now, seen_entries)
    except NotAFeed as error:
        if not _may_discover_feed(source, state, error):
            raise
        feed_url = error.candidates[0]
        response = _fetch_discovered(source, feed_url, fetcher)
        encoded = _parse(source, response, get_parse_pool, now)
        body_digest = _body_digest(response.body)
    return replace(
        outcome,
        fetched=replace(response, body=b""),  # it is parsed; the bytes are not needed any more
        body_digest=body_digest,
        encoded=encoded,
        parsed_bytes=len(encoded),
        feed_url=feed_url,
    )


def _seen_entries(
    source: Source, state: SourceState, load_seen_entries: LoadSeenEntries, now: datetime
) -> bytes:
    """The entries that need not be parsed again, and those that cost too much. Once in a while all others are parsed:
    an entry that stays in a document for months must have its `last_seen_at` updated now and then, or retention
    deletes it."""
    if state.parsed_at is None:
        return b""
    from feeds.workers.seen_entries import costly_only

    packed = load_seen_entries(source.id)
    is_delta = source.kind == "feed" and now - state.parsed_at <= LAST_SEEN_INTERVAL
    return packed if is_delta else costly_only(packed)


def _body_digest(body: bytes) -> bytes:
    """A digest of a document without the comments after its end. Caches write there when they made the document
    ("<!-- Dynamic page generated in 0.3 seconds. -->"); only white space and comments may stand there (XML 1.0 §2.1,
    Misc). A version of this program that parses otherwise has other digests: it reads each document once more, and
    stores by which keys its items are known."""
    end = _end_of_text(body, len(body))
    while body.endswith(b"-->", 0, end):
        begin = body.rfind(b"<!--", 0, end)
        if begin < 0 or body.find(b"-->", begin) < end - 3:
            break
        end = _end_of_text(body, begin)
    # Otherwise the comment is within the document, or within a text.
    follows_the_end = body.endswith(_END_TAGS, 0, end)
    return blake2b(body[:end] if follows_the_end else body, digest_size=16, key=parsing_key()).digest()


def _end_of_text(body: bytes, end: int) -> int:
    """The end of `body[:end]` without the white space at its end."""
    while end and body[end - 1] in _WHITE_SPACE:
        end -= 1
    return end


def _has_nothing_new(response: Response, seen_entries: bytes) -> bool:
    """Whether the document only repeats known entries. It takes 0.4 ms here, less than a trip to a parse process."""
    from feeds.parse.delta import split_document  # most polls bring no document
    from feeds.workers.seen_entries import unpack

    document = split_document(response.body, url=response.url, content_type=response.header("content-type"))
    return document is not None and unpack(seen_entries).has_all(document)


def _parse(
    source: Source,
    response: Response,
    get_parse_pool: Callable[[], ParsePool],
    now: datetime,
    seen_entries: bytes = b"",
) -> bytes:
    """Returns an encoded ParseResult. Raises ParseError."""
    job = encode_job(
        source,
        url=response.url,
        content_type=response.header("content-type"),
        body=response.body,
        now=now,
        seen_entries=seen_entries,
    )
    return get_parse_pool().parse(source.id, job)


def _may_discover_feed(source: Source, state: SourceState, error: NotAFeed) -> bool:
    """Only for a source that was never a feed: a feed that answers with a page once shows a maintenance notice or a
    login."""
    return bool(error.candidates) and source.kind == "feed" and state.parsed_at is None


def _fetch_discovered(source: Source, url: str, fetcher: Fetcher) -> Response:
    """Fetch the feed that the page names. This second request is sent at the first poll only."""
    answer = fetcher.fetch(source, url, Validators())
    if not isinstance(answer, Response):
        raise Unreachable(source.id, "the feed named by the page answered without a document")
    return answer
