"""Assign a story to a new article: by the user's corrections, else by an equal article, else by a near copy."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import Connection

from feeds.dedupe.comparisons import Comparison
from feeds.dedupe.exact import ExactKey
from feeds.dedupe.identity import Match
from feeds.dedupe.join import THRESHOLDS, NearJoinResult, decide, skip_comparison
from feeds.dedupe.prepare import ArticleInput, FingerprintedArticle, fingerprint_articles
from feeds.dedupe.same_source import is_other_item
from feeds.dedupe.score import shipped_model
from feeds.dedupe.score_record import DecisionScores
from feeds.dedupe.story import NO_CANDIDATE, EqualArticle, JoinDecision, join_equal, new_story
from feeds.dedupe.text_change import text_change
from feeds.ingest.exact_candidates import ExactCandidates
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
        self._raised = context.corrections.thresholds(source.id)
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
        exact_keys = self._without_boilerplate(match.article, exact_keys)
        joined, result = self._assign(match.article, self._candidates.of(exact_keys))
        n = articles.add(self._connection, match, joined, exact_keys, self._now, rank_date)
        self._side_by_side.add(n)
        self._index_article(n, match.article, result)
        self._candidates.add(n, match.article, joined, exact_keys)
        self._merge(joined, match.article.id)
        return joined

    def _without_boilerplate(self, article: Article, keys: Sequence[ExactKey]) -> Sequence[ExactKey]:
        """The keys without that of the text, if the text is boilerplate: equal boilerplate makes no equal articles."""
        fingerprinted = self._fingerprinted.get(article.id)
        if fingerprinted is None or not fingerprinted.is_boilerplate:
            return keys
        return [key for key in keys if key.kind != "text"]

    def _merge(self, joined: JoinDecision, bridge: str) -> None:
        """Make the other stories of a decision one with `joined.story`. `bridge`: the id of the decision's article."""
        for story in joined.merged_stories:
            articles.merge_stories(self._connection, story, joined, bridge, self._now)
        for story in joined.united_stories:
            articles.merge_stories(self._connection, story, joined, bridge, self._now, equal=False)
        self._candidates.merge(joined)

    def revise(self, match: Match, n: int, story: str, exact_keys: Sequence[ExactKey]) -> set[str]:
        """Write the new version of article number `n`, a member of `story`. It keeps its story, unless its text was
        replaced, or has grown so much that it shows to be a copy. Returns the stories that changed by that."""
        before = articles.read_version(self._connection, n)
        exact_keys = self._without_boilerplate(match.article, exact_keys)
        articles.revise(self._connection, match, n, exact_keys)
        if not self._source.dedupe:
            return set()
        article = match.article
        fingerprinted, index = self._fingerprinted[article.id], self._index(article)
        change = text_change(before, article)
        if change == "edited" or self._corrections.joined_with(article.id):
            self._index_article(n, article, skip_comparison(fingerprinted, index, own_number=n))
            return set()
        result = self._decide(article, index, own_number=n)
        moved = self._move(article, n, story, result, index, is_replaced=change == "replaced")
        self._index_article(n, article, result)
        return moved

    def _move(
        self,
        article: Article,
        n: int,
        story: str,
        result: NearJoinResult,
        index: near_index.NearIndex,
        *,
        is_replaced: bool,
    ) -> set[str]:
        """Move an edited article of `story` to where its new text belongs. Returns the stories that changed."""
        changed: set[str] = set()
        if len(corrections.member_ids(self._connection, story)) > 1:
            if not is_replaced or result.story == story:
                return set()
            changed = {article.id, corrections.leave_story(self._connection, article.id)}
            left = new_story(article.id, "its text was replaced, so it left its story")
            articles.save_decision(self._connection, n, left, self._now)
            self._candidates.relocate(n, left)
            story = article.id
        joined = self._join_near(article, result, index)
        if joined.story in (story, article.id):
            return changed
        joined = replace(joined, united_stories=(story, *joined.united_stories))
        joined = self._apply_corrections(article, joined)
        if story not in joined.united_stories:
            return changed
        self._merge(joined, article.id)
        articles.save_decision(self._connection, n, joined, self._now)
        return changed | {joined.story, *joined.united_stories}

    def _assign(
        self, article: Article, equal: Sequence[EqualArticle]
    ) -> tuple[JoinDecision, NearJoinResult | None]:
        """The article's story, and what the near index stores of it. `equal`: articles that share an exact key."""
        if not self._source.dedupe:
            return new_story(article.id, "its source is not deduplicated"), None
        excluded = self._excluded_stories(article)
        allowed = [
            candidate
            for candidate in equal
            if candidate.story not in excluded and not self._is_other_item(article, candidate)
        ]
        exact = join_equal(article, allowed, self._window)
        fingerprinted, index = self._fingerprinted[article.id], self._index(article)
        if exact is not None:
            return self._apply_corrections(article, exact), skip_comparison(fingerprinted, index)
        result = self._decide(article, index)
        return self._apply_corrections(article, self._join_near(article, result, index)), result

    def _excluded_stories(self, article: Article) -> set[str]:
        must_split = self._corrections.must_split.get(article.id, ())
        return {story for story, _, _ in corrections.find_stories(self._connection, must_split)}

    def _decide(self, article: Article, index: near_index.NearIndex, own_number: int = 0) -> NearJoinResult:
        """Compare an article with the window. `own_number`: its row number, if it is known already."""
        must_join = corrections.find_stories(self._connection, self._corrections.must_join)
        return decide(
            self._fingerprinted[article.id],
            index,
            shipped_model(),
            own_number=own_number,
            excluded=self._excluded_stories(article),
            manual={story for story, _, _ in must_join},
            side_by_side=self._side_by_side - {own_number},
            raised=self._raised,
        )

    def _join_near(
        self, article: Article, result: NearJoinResult, index: near_index.NearIndex
    ) -> JoinDecision:
        found = result.joined
        if found and found.source == article.source and self._is_other_of_source(article, found.n):
            return new_story(
                article.id,
                "the most similar article of its source has another picture or recording, or its source prints the "
                "same words with several items",
            )
        return _join_near_copy(article, result, index)

    def _is_other_item(self, article: Article, equal: EqualArticle) -> bool:
        """Whether an equal article of the same source is another item: it has only the words in common."""
        if equal.kind == "url" or equal.source != article.source:
            return False
        if equal.kind == "item":
            return True  # `dedupe.identity` distinguishes the items of a source
        return self._is_other_of_source(article, equal.n)

    def _is_other_of_source(self, article: Article, n: int) -> bool:
        """Whether article number `n`, of the same source, is another item with the same words."""
        other = articles.read_version(self._connection, n)
        return other is not None and is_other_item(article, other, side_by_side=n in self._side_by_side)

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
        if not (joined.merged_stories or joined.united_stories) or not self._corrections.must_split:
            return joined
        allowed = self._allowed_merges(article, joined)
        return replace(
            joined,
            merged_stories=tuple(story for story in joined.merged_stories if story in allowed),
            united_stories=tuple(story for story in joined.united_stories if story in allowed),
        )

    def _allowed_merges(self, article: Article, joined: JoinDecision) -> Collection[str]:
        """The stories of a decision that no correction keeps apart from the article's story."""
        stories = (*joined.merged_stories, *joined.united_stories)
        together = {article.id, *corrections.member_ids(self._connection, joined.story)}
        allowed = set()
        for story in stories:
            members = corrections.member_ids(self._connection, story)
            if not self._corrections.separates(members, together):
                together.update(members)
                allowed.add(story)
        return allowed


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
        united_stories=tuple(dict.fromkeys(index.article(united.n).story for united in result.united)),
    )


def _is_sure(joined: Comparison) -> bool:
    return joined.record.score >= THRESHOLDS["cautious"]
