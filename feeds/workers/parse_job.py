"""What a worker is given, and what it gives back. The reading itself, with all its libraries, is `reading`:
only workers import that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from msgspec import MsgspecError

from feeds import codec
from feeds.dedupe.exact import ExactKey
from feeds.dedupe.identity import Keys
from feeds.errors import Malformed
from feeds.model import Article, Extract, Feed, Kind, Source
from feeds.parse.outline import Outline


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a worker needs to know to read one document."""

    source: str
    kind: Kind
    title: str  # of the source, where the user gave one
    extract: Extract | None
    url: str  # where the document was
    content_type: str
    body: bytes
    now: datetime
    teaser: Article | None = None  # the document is the page of this article
    known: bytes = b""  # the entries of the last document, by `entries.pack`


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a document turned out to hold. `keys` and `exact` stand beside `articles`, one for each.

    `partial`: the articles are those that the last document did not hold in this form; `standing` are the keys
    of the others.
    """

    feed: Feed
    articles: tuple[Article, ...] = ()
    keys: tuple[Keys, ...] = ()
    exact: tuple[tuple[ExactKey, ...], ...] = ()
    skipped: tuple[str, ...] = ()
    complete: bool = True  # False: the document was cut off
    made: datetime | None = None  # as it says of itself
    outlines: tuple[Outline, ...] = ()  # of an OPML list
    partial: bool = False
    standing: tuple[Keys, ...] = ()
    entries: bytes = b""  # to be remembered, by `entries.pack`; empty: the next document is read whole


def opened(source: str, reading: bytes) -> Reading:
    """A reading as a reading process gave it: shut, it takes a third of the memory. Raises Malformed."""
    try:
        return codec.loads(Reading, reading)
    except MsgspecError as error:
        raise Malformed(source, f"what was read of it cannot be understood: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a document was not read: a ParseError as it crosses a process."""

    kind: str  # the error's name
    problem: str
    candidates: tuple[str, ...] = ()


def job_for(
    source: Source,
    *,
    url: str,
    content_type: str,
    body: bytes,
    now: datetime,
    teaser: Article | None = None,
    site: str = "",
    known: bytes = b"",
) -> bytes:
    """`teaser`: the document is the page of this article, in the feed that is called `site`. `known`: the
    entries that need not be read again."""
    return codec.dumps(
        Job(
            source=source.id,
            kind=source.kind,
            title=source.title or site,
            extract=source.extract,
            url=url,
            content_type=content_type,
            body=body,
            now=now,
            teaser=teaser,
            known=known,
        )
    )
