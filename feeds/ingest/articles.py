"""The articles of one document → the state, in the caller's transaction.

    match ─┬ known, edited   → revise the article and its fingerprint
           ├ known, the same → note that its source still has it
           └ new             → StoryAssigner.add: assign a story, insert, index

Outputs that hold a changed story are marked, so that the next publication looks at it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from feeds.dedupe.identity import KnownArticle, Match, match_known
from feeds.ingest.backfill import rank_dates
from feeds.model import Output, Source
from feeds.store import articles, outputs
from feeds.store.retention import LAST_SEEN_INTERVAL
from feeds.workers.parse_job import ParseResult

if TYPE_CHECKING:
    from collections.abc import Mapping

    from feeds.ingest.assign_story import DedupeContext, StoryAssigner
    from feeds.store.recent_postings import RecentPostings


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestRules:
    """The part of the configuration that ingest needs."""

    outputs: tuple[Output, ...]
    sources: Mapping[str, Source]
    window: timedelta  # the widest dedupe window of the outputs

    def outputs_of(self, source_ids: set[str]) -> tuple[str, ...]:
        """The names of the outputs that take one of these sources."""
        sources = [self.sources[source_id] for source_id in source_ids if source_id in self.sources]
        return tuple(
            output.name
            for output in self.outputs
            if any(output.select.includes(source) for source in sources)
        )


@dataclass(slots=True, kw_only=True)
class IngestCounts:
    """How many articles of a document were new, updated, …; `merged` and `backfilled` are of the new."""

    new: int = 0
    updated: int = 0
    merged: int = 0  # joined an existing story
    backfilled: int = 0  # ranked behind the news, because too many came at once
    known: int = 0  # known and unchanged
    published: list[datetime | None] = field(default_factory=list)  # of the new ones, as they state it

    @property
    def has_news(self) -> bool:
        return self.new > 0 or self.updated > 0

    def facts(self) -> dict[str, int]:
        """The counts by name, for the poll's log line."""
        return {
            "new": self.new,
            "updated": self.updated,
            "merged": self.merged,
            "known": self.known,
            "backfilled": self.backfilled,
        }


class DocumentIngest:
    """Adds the documents of one transaction.

    `recent`: the recent postings that the transaction before had read. After use, the attribute holds those of this
    transaction.
    """

    def __init__(
        self, connection: Connection, rules: IngestRules, recent: RecentPostings | None = None
    ) -> None:
        self._connection = connection
        self._rules = rules
        self.recent = recent

    def add_document(
        self, source: Source, result: ParseResult, now: datetime, *, first: bool = False
    ) -> IngestCounts:
        """Add or revise the articles of one document. `first`: no document of the source was parsed before."""
        connection = self._connection
        known = _find_known(connection, source.id, result)
        matches = match_known(result.articles, known, result.keys, result.unchanged_keys)
        new = [item for item in matches if item.known is None]
        ranks = rank_dates(
            [item.article for item in new],
            now,
            first=first,
            limit=source.flood,
            stated_updated=result.stated_updated,
        )
        counts = IngestCounts(backfilled=len(ranks))
        assigner = self._assigner(source, result, matches, now) if _any_changed(matches) else None
        changed_stories: set[str] = set()
        new_stories: set[str] = set()
        seen: list[int] = []
        # Oldest first, so that the order of arrival is the order of publication, whatever the order of the document.
        for item in sorted(matches, key=lambda item: (item.article.date, item.article.id)):
            exact_keys = result.exact_keys[item.position] if source.dedupe else ()
            if item.known is None:
                assert assigner is not None
                joined = assigner.add(item, exact_keys, ranks.get(item.article.id))
                changed_stories.update(joined.merged_stories)
                is_new_story = joined.story == item.article.id
                (new_stories if is_new_story else changed_stories).add(joined.story)
                counts.new += 1
                counts.merged += not is_new_story
                counts.published.append(item.article.published)
                continue
            if item.edited:
                assert assigner is not None
                assigner.revise(item, item.known.n, exact_keys)
                changed_stories.add(item.known.story)
                counts.updated += 1
            else:
                counts.known += 1
            if any(known.get(key) is not item.known for key in item.keys.usable()):
                articles.save_keys(connection, item, item.known.n)
            if now - item.known.last_seen_at > LAST_SEEN_INTERVAL:
                seen.append(item.known.n)
        articles.mark_seen(connection, seen, now)
        self._mark_outputs(changed_stories, new_stories, source.id)
        return counts

    def _assigner(
        self, source: Source, result: ParseResult, matches: Sequence[Match], now: datetime
    ) -> StoryAssigner:
        from feeds.ingest.assign_story import StoryAssigner  # imports numpy, which only news needs

        exact_keys = [
            key for item in matches if item.known is None for key in result.exact_keys[item.position]
        ]
        changed = [item.article for item in matches if item.known is None or item.edited]
        return StoryAssigner(
            self._context, source, source.title or result.feed.title, changed, exact_keys, now
        )

    @cached_property
    def _context(self) -> DedupeContext:
        from feeds.ingest.assign_story import DedupeContext
        from feeds.store.recent_postings import RecentPostings

        if self.recent is None:
            self.recent = RecentPostings()
        return DedupeContext(self._connection, self._rules.window, self.recent)

    def _mark_outputs(self, changed_stories: set[str], new_stories: set[str], source_id: str) -> None:
        """Mark the stories in every output that takes one of their sources. New stories have only this source."""
        sources_of = articles.sources_of(self._connection, changed_stories)
        outputs.mark_changed(
            self._connection,
            (
                (name, story)
                for story in changed_stories | new_stories
                for name in self._rules.outputs_of(sources_of.get(story, set()) | {source_id})
            ),
        )


def _any_changed(matches: Sequence[Match]) -> bool:
    return any(item.known is None or item.edited for item in matches)


def _find_known(connection: Connection, source_id: str, result: ParseResult) -> dict[bytes, KnownArticle]:
    """Key → the article that the state has under it.

    If there is one, the keys of the unchanged items are looked up too: they protect their articles against a new item
    that uses a link or a text that was theirs.
    """
    found = articles.find_known(connection, source_id, (key for keys in result.keys for key in keys.usable()))
    if found and result.unchanged_keys:
        unchanged = (key for keys in result.unchanged_keys for key in keys.own())
        found |= articles.find_known(connection, source_id, unchanged)
    return found
