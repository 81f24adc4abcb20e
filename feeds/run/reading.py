"""Body → articles: everything that runs where it can be killed. Bytes in, bytes out, through the codec."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feeds import codec
from feeds.dedupe.exact import ExactKey, exact_keys
from feeds.dedupe.identity import Keys, keys, versions_apart
from feeds.model import Article, Extract, Feed, Kind, Source, Text
from feeds.normalize.article import to_articles
from feeds.parse import opml, parse


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a document turned out to hold. `keys` and `exact` stand beside `articles`, one for each."""

    feed: Feed
    articles: tuple[Article, ...] = ()
    keys: tuple[Keys, ...] = ()
    exact: tuple[tuple[ExactKey, ...], ...] = ()
    skipped: tuple[str, ...] = ()
    complete: bool = True  # False: the document was cut off
    outlines: tuple[opml.Outline, ...] = ()  # of an OPML list


def read(job: bytes) -> bytes:
    """Job → Reading. Raises ParseError."""
    return codec.dumps(_read(codec.loads(Job, job)))


def _read(job: Job) -> Reading:
    if job.kind == "opml":
        return Reading(feed=Feed(format="opml"), outlines=opml.read(job.source, job.body))
    document = parse(job.source, job.body, url=job.url, content_type=job.content_type, extract=job.extract)
    articles, skipped = to_articles(document, source=job.source, url=job.url, now=job.now)
    articles = versions_apart(articles)
    keyed = keys(articles)
    site = Text(job.title or document.feed.title)
    return Reading(
        feed=document.feed,
        articles=articles,
        keys=keyed,
        exact=tuple(
            exact_keys(article, site=site, link_is_own=key.link is not None)
            for article, key in zip(articles, keyed, strict=True)
        ),
        skipped=document.skipped + skipped,
        complete=document.complete,
    )


def job_for(source: Source, *, url: str, content_type: str, body: bytes, now: datetime) -> bytes:
    return codec.dumps(
        Job(
            source=source.id,
            kind=source.kind,
            title=source.title,
            extract=source.extract,
            url=url,
            content_type=content_type,
            body=body,
            now=now,
        )
    )
