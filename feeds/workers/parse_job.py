"""What is sent to a parse process, and what it returns.

Only parse processes import the parsing itself (`parse_document`) with its libraries.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from msgspec import MsgspecError

from feeds import codec
from feeds.dedupe.exact import ExactKey
from feeds.dedupe.identity_keys import Keys
from feeds.errors import Malformed
from feeds.model import Article, Extract, Feed, Identity, Kind, Source
from feeds.parse.outline import Outline

PARSED, FAILED = b"r", b"f"
"""The status with which an answer begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostlyItem:
    """An item that cost too much in an earlier attempt at the same document."""

    digest: bytes
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseJob:
    """One document and what is needed to parse it."""

    source_id: str
    kind: Kind
    title: str  # of the source, if the user gave one
    extract: Extract | None
    url: str  # the document's
    content_type: str
    body: bytes
    now: datetime
    identity: Identity = "guid"
    teaser: Article | None = None  # the document is the page of this article
    seen_entries: bytes = b""  # the entries of the last document, by `seen_entries.pack`
    # The next three: see `costly_items`.
    costly: tuple[CostlyItem, ...] = ()
    max_items: int = 0  # how many items that are not known to read; 0: all
    alone_seconds: float = (
        0.0  # parse each entry alone first, and leave out those that take longer; 0: do not
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseResult:
    """What a document holds. `keys` and `exact_keys` have one item for each article, in the same order.

    `only_new`: the articles are those that the last document did not hold in this form; `unchanged_keys` are the keys
    of the others.
    """

    feed: Feed
    articles: tuple[Article, ...] = ()
    keys: tuple[Keys, ...] = ()
    exact_keys: tuple[tuple[ExactKey, ...], ...] = ()
    notes: tuple[str, ...] = ()
    complete: bool = True  # False: the document was cut off
    stated_updated: datetime | None = None  # when the document was updated, as it states
    outlines: tuple[Outline, ...] = ()  # of an OPML list
    only_new: bool = False
    unchanged_keys: tuple[Keys, ...] = ()
    seen_entries: bytes = (
        b""  # to be stored, by `seen_entries.pack`; empty: the next document is parsed whole
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseFailure:
    """A ParseError as it crosses a process."""

    error_class: str  # the name of the class
    problem: str
    candidates: tuple[str, ...] = ()


def encode_job(
    source: Source,
    *,
    url: str,
    content_type: str,
    body: bytes,
    now: datetime,
    teaser: Article | None = None,
    feed_title: str = "",
    seen_entries: bytes = b"",
) -> bytes:
    """`teaser`: the document is the page of this article, which stands in the feed called `feed_title`.
    `seen_entries`: the entries that need not be parsed again."""
    return codec.dumps(
        ParseJob(
            source_id=source.id,
            kind=source.kind,
            title=source.title or feed_title,
            extract=source.extract,
            identity=source.identity,
            url=url,
            content_type=content_type,
            body=body,
            now=now,
            teaser=teaser,
            seen_entries=seen_entries,
        )
    )


def decode_result(source_id: str, encoded: bytes) -> ParseResult:
    """Decode a result as a parse process sent it. Raises Malformed."""
    try:
        return codec.loads(ParseResult, encoded)
    except MsgspecError as error:
        raise Malformed(source_id, f"what was read of it cannot be understood: {error}") from error
