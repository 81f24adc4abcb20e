"""Full text: the pages of articles of which the feed gave a teaser only.

In the thread of the poll, one after the other, so that their host sees one request at a time. A page that
cannot be had or read costs itself: its article stays as the feed gave it, and a note says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from feeds.dedupe.identity import Known, Match, match
from feeds.errors import SourceError, Throttled, TooSlow, Unreachable
from feeds.fetch import Fetcher
from feeds.fetch.redirects import Origin, origin
from feeds.fetch.robots import Robots
from feeds.model import Article, Response, Source, Validators
from feeds.workers.parse_job import Reading, job_for, opened
from feeds.workers.parse_pool import Workers

PAGES = 10
"""In one poll; a source that is new, or has lost its memory, does not have its archive fetched."""

AskKnown = Callable[[str, Sequence[bytes]], Mapping[bytes, Known]]
"""Source id, identity keys → the articles of the state that have them (`store.articles.known`)."""


def none_known(source: str, keys: Sequence[bytes]) -> Mapping[bytes, Known]:
    """Of a source without a past."""
    return {}


def complete(
    source: Source,
    reading: Reading,
    known: AskKnown,
    fetcher: Fetcher,
    robots: Robots,
    workers: Callable[[], Workers],
    now: datetime,
) -> Reading:
    """The reading with the full texts of its short new articles. Keys and digests stay those of the teasers,
    so that the next poll of the same teasers finds nothing new and asks for no page."""
    wanted = _wanted(source, reading, known)
    articles, exact, notes = list(reading.articles), list(reading.exact), []
    tired: set[Origin] = set()  # asked for patience, or kept us waiting: left alone until the next poll
    for item in wanted[:PAGES]:
        teaser = reading.articles[item.at]
        home = origin(teaser.link or "")
        if home in tired:
            continue
        try:
            full = _full(source, teaser, reading.feed.title, fetcher, robots, workers, now)
        except SourceError as error:
            notes.append(f"full text of {teaser.title[:80] or teaser.id!r}: {error.problem}")
            if isinstance(error, Throttled | TooSlow):
                tired.add(home)
            continue
        articles[item.at], exact[item.at] = full.articles[0], full.exact[0]
    if len(wanted) > PAGES:
        notes.append(
            f"full text: {len(wanted)} new articles are short, and {PAGES} pages a poll are asked for"
        )
    return replace(reading, articles=tuple(articles), exact=tuple(exact), skipped=(*reading.skipped, *notes))


def _wanted(source: Source, reading: Reading, known: AskKnown) -> list[Match]:
    """Short articles that are new or edited and have a page of their own, newest first."""
    limit = source.full_text or 0
    if all(len(article.text) >= limit for article in reading.articles):
        return []
    every = [key for keys in reading.keys for key in keys.usable()]
    matches = match(reading.articles, known(source.id, every), reading.keys)
    wanted = [
        item
        for item in matches
        if (item.known is None or item.edited)
        and len(item.article.text) < limit
        and item.article.link
        and item.keys.link  # a link that articles share is the page of none of them
    ]
    return sorted(wanted, key=lambda item: item.article.date, reverse=True)


def _full(
    source: Source,
    teaser: Article,
    site: str,
    fetcher: Fetcher,
    robots: Robots,
    workers: Callable[[], Workers],
    now: datetime,
) -> Reading:
    """One article with the text of its page. Raises SourceError."""
    assert teaser.link is not None
    if source.robots:
        robots.check(source, teaser.link, now)
    page = fetcher.fetch(replace(source, kind="page"), teaser.link, Validators())
    if not isinstance(page, Response):
        raise Unreachable(source.id, "its page answered without a document")
    job = job_for(
        replace(source, kind="page"),
        url=page.url,
        content_type=page.header("content-type"),
        body=page.body,
        now=now,
        teaser=teaser,
        site=site,
    )
    return opened(source.id, workers().read(source.id, job))
