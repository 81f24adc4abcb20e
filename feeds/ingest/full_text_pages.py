"""Full text: fetch the pages of new articles if the feed has only teasers of them.

The pages are fetched one after the other in the thread of the poll, so that their host sees one request at a time. If a
page cannot be fetched or parsed, its article stays as the feed gave it, and a note says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from feeds.dedupe.identity import Match, match_known
from feeds.dedupe.reused_keys import KnownArticle
from feeds.errors import SourceError, Throttled, TooSlow, Unreachable
from feeds.fetch import Fetcher
from feeds.fetch.robots import Robots
from feeds.model import Article, Response, Source, Validators
from feeds.model.urls import UrlOrigin, origin
from feeds.workers.parse_job import ParseResult, decode_result, encode_job
from feeds.workers.parse_pool import ParsePool

MAX_PAGES_PER_POLL = 10
"""The limit keeps a new source, or one whose state was lost, from having its whole archive fetched."""

FindKnown = Callable[[str, Sequence[bytes]], Mapping[bytes, KnownArticle]]
"""Source id, identity keys → the articles of the state that have them (`store.known_articles.find_known`)."""


def none_known(source_id: str, keys: Sequence[bytes]) -> Mapping[bytes, KnownArticle]:
    """A `FindKnown` for a source of which the state has no articles."""
    return {}


def add_full_texts(
    source: Source,
    result: ParseResult,
    find_known: FindKnown,
    fetcher: Fetcher,
    robots: Robots,
    get_parse_pool: Callable[[], ParsePool],
    now: datetime,
) -> ParseResult:
    """The result with the full texts of its short new articles. Identity keys and content hashes stay those of the
    teasers, so that the next poll of the same teasers finds nothing new and fetches no page."""
    teasers = _teasers(source, result, find_known)
    articles, exact_keys, notes = list(result.articles), list(result.exact_keys), []
    skipped_hosts: set[UrlOrigin] = set()  # throttled or too slow: left alone until the next poll
    for match in teasers[:MAX_PAGES_PER_POLL]:
        teaser = result.articles[match.position]
        host = origin(teaser.link or "")
        if host in skipped_hosts:
            continue
        try:
            full = _fetch_article_page(
                source, teaser, result.feed.title, fetcher, robots, get_parse_pool, now
            )
        except SourceError as error:
            notes.append(f"full text of {teaser.title[:80] or teaser.id!r}: {error.problem}")
            if isinstance(error, Throttled | TooSlow):
                skipped_hosts.add(host)
            continue
        articles[match.position], exact_keys[match.position] = full.articles[0], full.exact_keys[0]
    if len(teasers) > MAX_PAGES_PER_POLL:
        notes.append(
            f"full text: {len(teasers)} new articles are short, and a poll fetches {MAX_PAGES_PER_POLL} pages"
        )
    return replace(
        result,
        articles=tuple(articles),
        exact_keys=tuple(exact_keys),
        notes=(*result.notes, *notes),
    )


def _teasers(source: Source, result: ParseResult, find_known: FindKnown) -> list[Match]:
    """Short articles that are new or edited and have a page of their own, newest first."""
    limit = source.full_text or 0
    if all(len(article.text) >= limit for article in result.articles):
        return []
    keys = [key for article_keys in result.keys for key in article_keys.candidates()]
    matches = match_known(result.articles, find_known(source.id, keys), result.keys)
    teasers = [
        match
        for match in matches
        if (match.known is None or match.edited)
        and len(match.article.text) < limit
        and match.article.link
        and match.keys.owns_page  # a page that several articles share is the page of none of them
    ]
    return sorted(teasers, key=lambda match: match.article.date, reverse=True)


def _fetch_article_page(
    source: Source,
    teaser: Article,
    feed_title: str,
    fetcher: Fetcher,
    robots: Robots,
    get_parse_pool: Callable[[], ParsePool],
    now: datetime,
) -> ParseResult:
    """One article with the text of its page. Raises SourceError."""
    assert teaser.link is not None
    if source.robots:
        robots.check(source, teaser.link, now)
    page = fetcher.fetch(replace(source, kind="page"), teaser.link, Validators())
    if not isinstance(page, Response):
        raise Unreachable(source.id, "its page answered without a document")
    job = encode_job(
        replace(source, kind="page"),
        url=page.url,
        content_type=page.header("content-type"),
        body=page.body,
        now=now,
        teaser=teaser,
        feed_title=feed_title,
    )
    return decode_result(source.id, get_parse_pool().parse(source.id, job))
