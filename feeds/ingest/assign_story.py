"""Assign a story to a new article: by the user's corrections, else by an equal article, else by a near copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import Connection

from feeds.dedupe.exact import ExactKey
from feeds.dedupe.identity import Match
from feeds.dedupe.join import THRESHOLDS, Comparison, NearJoinResult, decide, skip_comparison
from feeds.dedupe.prepare import ArticleInput, FingerprintedArticle, fingerprint_articles
from feeds.dedupe.same_source import has_other_media, is_too_short_to_repeat
from feeds.dedupe.score import shipped_model
from feeds.dedupe.score_record import DecisionScores
from feeds.dedupe.story import NO_CANDIDATE, EqualArticle, JoinDecision, join_equal, new_story
from feeds.model import Article, Source
from feeds.store import articles, corrections, near_index
from feeds.store.recent_postings import RecentPostings


class TransactionContext:
    """What one transaction reads once: the user's corrections, and what it uses of the near index."""

    def __init__(self, connection: Connection, window: timedelta, recent: RecentPostings) -> None:
        self.connection = connection
        self.window = window
        self.corrections = corrections.load(connection)
        self.window_cache = near_index.WindowCache(connection, recent)


class StoryAssigner:
    """Adds the new articles of one document of a source: each to its story, to the state and to the near index.

    `changed`: all articles that will be added or revised. `exact_keys`: those of the articles that will be added.
    `side_by_side`: the row numbers of the known articles that the document still has.
    """

    def __init__(
        self,
        context: TransactionContext,
        source: Source,
        source_title: str,
        changed: Sequence[Article],
        exact_keys: Sequence[ExactKey],
        side_by_side: set[int],
        now: datetime,
    ) -> None:
        self._connection = context.connection
        self._source = source
        self._window = context.window
        self._corrections = context.corrections
        self._window_cache = context.window_cache
        self._now = now
        self._side_by_side = side_by_side
        self._candidates = ExactCandidates(articles.find_candidates(context.connection, exact_keys))
        self._fingerprinted: dict[str, FingerprintedArticle] = {}  # by Article.id
        if source.dedupe:
            context.window_cache.clear()
            fingerprinted = fingerprint_articles(
                [_article_input(article, source_title) for article in changed],
                context.window_cache.title_minhashes,
            )
            self._fingerprinted = {
                article.id: result for article, result in zip(changed, fingerprinted, strict=True)
            }
            context.window_cache.prefetch(
                key for article in self._fingerprinted.values() for key in article.fingerprint.lookup_keys
            )

    def add(self, match: Match, exact_keys: Sequence[ExactKey], rank_date: datetime | None) -> JoinDecision:
        """Assign a story to a new article, insert the article, and index it. Returns where it belongs.

        `rank_date`: what outputs order it by in place of its date; None: its date.
        """
        joined, result = self._assign(match.article, self._candidates.of(exact_keys))
        n = articles.add(self._connection, match, joined, exact_keys, self._now, rank_date)
        self._side_by_side.add(n)
        self._index_article(n, match.article, result)
        self._candidates.add(n, match.article, joined, exact_keys)
        for story in joined.merged_stories:
            articles.merge_stories(self._connection, story, joined, match.article.id, self._now)
        self._candidates.merge(joined)
        return joined

    def revise(self, match: Match, n: int, exact_keys: Sequence[ExactKey]) -> None:
        """Write the new version of article number `n`. It keeps its story; articles that come later are compared with
        its new words."""
        articles.revise(self._connection, match, n, exact_keys)
        if self._source.dedupe:
            fingerprinted, index = self._fingerprinted[match.article.id], self._index(match.article)
            self._index_article(n, match.article, skip_comparison(fingerprinted, index, own_number=n))

    def _assign(
        self, article: Article, equal: Sequence[EqualArticle]
    ) -> tuple[JoinDecision, NearJoinResult | None]:
        """The article's story, and what the near index stores of it. `equal`: articles that share an exact key."""
        if not self._source.dedupe:
            return new_story(article.id, "its source is not deduplicated"), None
        must_split = self._corrections.must_split.get(article.id, ())
        excluded = {story for story, _, _ in corrections.find_stories(self._connection, must_split)}
        allowed = [
            candidate
            for candidate in equal
            if candidate.story not in excluded and not self._is_other_item(article, candidate)
        ]
        exact = join_equal(article, allowed, self._window)
        fingerprinted, index = self._fingerprinted[article.id], self._index(article)
        if exact is not None:
            return self._apply_corrections(article, exact), skip_comparison(fingerprinted, index)
        must_join = corrections.find_stories(self._connection, self._corrections.must_join)
        manual = {story for story, _, _ in must_join}
        result = decide(
            fingerprinted,
            index,
            shipped_model(),
            excluded=excluded,
            manual=manual,
            side_by_side=self._side_by_side,
        )
        joined = _join_near_copy(article, result, index)
        if result.joined and self._has_other_media(article, result.joined.n, index):
            joined = new_story(
                article.id, "the most similar article of its source has another picture or recording"
            )
        return self._apply_corrections(article, joined), result

    def _is_other_item(self, article: Article, equal: EqualArticle) -> bool:
        """Whether an article of the same source with the same words is another item."""
        if equal.kind == "url" or equal.source != article.source:
            return False
        if equal.n in self._side_by_side and is_too_short_to_repeat(article):
            return True
        other = articles.read_version(self._connection, equal.n)
        return other is not None and has_other_media(article, other)

    def _has_other_media(self, article: Article, n: int, index: near_index.NearIndex) -> bool:
        """Whether article number `n` is of the same source and has another picture or recording."""
        if index.articles([n])[n].source != article.source:
            return False
        other = articles.read_version(self._connection, n)
        return other is not None and has_other_media(article, other)

    def _index_article(self, n: int, article: Article, result: NearJoinResult | None) -> None:
        if result is not None:
            near_index.add_article(
                self._connection, self._window_cache, n, article.source, article.date.timestamp(), result
            )

    def _index(self, article: Article) -> near_index.NearIndex:
        at, width = article.date.timestamp(), self._window.total_seconds()
        return near_index.NearIndex(self._connection, self._window_cache, at - width, at + width)

    def _apply_corrections(self, article: Article, joined: JoinDecision) -> JoinDecision:
        """Put the article into the story that the user merged it with, whatever the evidence says, and do not merge
        stories that the user split."""
        wanted = corrections.find_stories(self._connection, self._corrections.joined_with(article.id))
        if wanted:
            story, cautious_story, exact_story = wanted[0]
            others = (*(other for other, _, _ in wanted), joined.story, *joined.merged_stories)
            joined = JoinDecision(
                story=story,
                cautious_story=cautious_story,
                exact_story=exact_story,
                other=story,
                evidence="you put it there",
                scores=joined.scores,
                merged_stories=tuple(
                    dict.fromkeys(other for other in others if other not in (story, article.id))
                ),
            )
        return (
            replace(joined, merged_stories=self._allowed_merges(article, joined))
            if joined.merged_stories
            else joined
        )

    def _allowed_merges(self, article: Article, joined: JoinDecision) -> tuple[str, ...]:
        """The stories of `joined.merged_stories` that no correction keeps apart from the article's story."""
        if not self._corrections.must_split:
            return joined.merged_stories
        together = {article.id, *corrections.member_ids(self._connection, joined.story)}
        allowed = []
        for story in joined.merged_stories:
            members = corrections.member_ids(self._connection, story)
            if not self._corrections.separates(members, together):
                together.update(members)
                allowed.append(story)
        return tuple(allowed)


class ExactCandidates:
    """Exact key → the articles that have it: those of the state, and those that this document added."""

    def __init__(self, stored: Sequence[tuple[bytes, EqualArticle]]) -> None:
        self._by_key: dict[bytes, list[EqualArticle]] = {}
        for digest, candidate in stored:
            self._by_key.setdefault(digest, []).append(candidate)

    def of(self, keys: Sequence[ExactKey]) -> list[EqualArticle]:
        return [candidate for key in keys for candidate in self._by_key.get(key.digest, ())]

    def add(self, n: int, article: Article, joined: JoinDecision, keys: Sequence[ExactKey]) -> None:
        for key in keys:
            candidate = EqualArticle(
                n=n,
                id=article.id,
                source=article.source,
                story=joined.story,
                cautious_story=joined.cautious_story,
                exact_story=joined.exact_story,
                date=article.date,
                kind=key.kind,
            )
            self._by_key.setdefault(key.digest, []).append(candidate)

    def merge(self, joined: JoinDecision) -> None:
        """Move the candidates of `joined.merged_stories` into `joined.story`."""
        if joined.merged_stories:
            for key, candidates in self._by_key.items():
                self._by_key[key] = [
                    replace(
                        candidate,
                        story=joined.story,
                        cautious_story=joined.cautious_story,
                        exact_story=joined.exact_story,
                    )
                    if candidate.story in joined.merged_stories
                    else candidate
                    for candidate in candidates
                ]


def _article_input(article: Article, source_title: str) -> ArticleInput:
    names = (source_title, _site_name(article))
    return ArticleInput(article.source, article.title, article.text, article.date.timestamp(), names)


def _site_name(article: Article) -> str:
    """The first label of the link's host name: "example" of "www.example.org"."""
    return (urlsplit(article.link or "").hostname or "").removeprefix("www.").split(".")[0]


def _join_near_copy(article: Article, result: NearJoinResult, index: near_index.NearIndex) -> JoinDecision:
    joined = result.joined
    scores = DecisionScores(
        joined.record if joined else None,
        tuple((index.article(comparison.n).id, comparison.record) for comparison in result.nearest),
    )
    if joined is None:
        own_story = new_story(article.id, result.why_not or NO_CANDIDATE)
        return replace(own_story, scores=scores)
    other = index.article(joined.n)
    return JoinDecision(
        story=other.story,
        cautious_story=other.cautious_story if _is_sure(joined) else article.id,
        exact_story=article.id,
        other=other.id,
        evidence="they are alike",
        scores=scores,
    )


def _is_sure(joined: Comparison) -> bool:
    return joined.record.score >= THRESHOLDS["cautious"]
