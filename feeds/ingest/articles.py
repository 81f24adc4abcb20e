"""The articles of one document → the state, in the caller's transaction.

    match ─┬ known, edited   → revise the article and its fingerprint
           ├ known, the same → set `last_seen_at`, once a month
           └ new             → StoryAssigner.add: assign a story, insert, index

The changed stories are marked for the outputs that take them. The next publication publishes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from feeds.dedupe.exact import published_id_key
from feeds.dedupe.identity import Match, match_known
from feeds.dedupe.reused_keys import KnownArticle
from feeds.ingest.backfill import rank_dates
from feeds.ingest.rotating_links import varying_keys, without_rotating_links
from feeds.model import Article, Output, Source
from feeds.render.entry_ids import entry_id
from feeds.store import articles, known_articles, outputs
from feeds.store.retention import LAST_SEEN_INTERVAL
from feeds.workers.parse_job import ParseResult

if TYPE_CHECKING:
    from collections.abc import Mapping

    from feeds.dedupe.exact import ExactKey
    from feeds.dedupe.identity_keys import Keys
    from feeds.dedupe.story import JoinDecision
    from feeds.ingest.assign_story import StoryAssigner, TransactionContext
    from feeds.store.recent_postings import RecentPostings


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestSettings:
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
            if any(output.source_filter.includes(source) for source in sources)
        )


@dataclass(slots=True, kw_only=True)
class IngestCounts:
    """How many articles of a document were new, updated, …; `merged` and `backfilled` are of the new."""

    new: int = 0
    updated: int = 0
    merged: int = 0  # joined an existing story
    backfilled: int = 0  # ranked behind the news, because too many came at once
    known: int = 0  # known and unchanged
    published_dates: list[datetime | None] = field(default_factory=list)  # of the new ones, as they state it

    @property
    def has_news(self) -> bool:
        return self.new > 0 or self.updated > 0


@dataclass(slots=True)
class _DocumentChanges:
    """What the articles of one document changed so far."""

    counts: IngestCounts
    changed_stories: set[str] = field(default_factory=set)
    new_stories: set[str] = field(default_factory=set)

    def add_new(self, article: Article, joined: JoinDecision) -> None:
        self.changed_stories.update(joined.merged_stories, joined.united_stories)
        is_new_story = joined.story == article.id
        (self.new_stories if is_new_story else self.changed_stories).add(joined.story)
        self.counts.new += 1
        self.counts.merged += not is_new_story
        self.counts.published_dates.append(article.published)

    def add_known(self, known: KnownArticle, *, edited: bool) -> None:
        if edited:
            self.changed_stories.add(known.story)
            self.counts.updated += 1
        else:
            self.counts.known += 1


class DocumentIngest:
    """Adds the documents of one transaction.

    `recent`: the recent postings that the last transaction read, or None. The next transaction is given the attribute
    as this one leaves it.
    """

    def __init__(
        self, connection: Connection, settings: IngestSettings, recent: RecentPostings | None = None
    ) -> None:
        self._connection = connection
        self._settings = settings
        self.recent = recent

    def add_document(
        self, source: Source, result: ParseResult, now: datetime, *, first: bool = False
    ) -> IngestCounts:
        """Add or revise the articles of one document. `first`: no document of the source was parsed before."""
        known = find_known(self._connection, source.id, result)
        matches = without_rotating_links(
            match_result(self._connection, known, result),
            partial(known_articles.read_stored, self._connection),
        )
        ranks = rank_dates(
            [match.article for match in matches if match.known is None],
            now,
            first=first,
            limit=source.max_news_per_poll,
            stated_updated=result.stated_updated,
        )
        assigner = self._assigner(source, result, matches, known, now) if _any_changed(matches) else None
        changes = _DocumentChanges(IngestCounts(backfilled=len(ranks)))
        seen: list[int] = []
        # Oldest first, so that the order of arrival is the order of publication, whatever the order of the document.
        for match in sorted(matches, key=lambda match: (match.article.date, match.article.id)):
            exact_keys = _exact_keys(match, result) if source.dedupe else ()
            if match.known is None:
                assert assigner is not None
                changes.add_new(match.article, assigner.add(match, exact_keys, ranks.get(match.article.id)))
                continue
            if match.edited:
                assert assigner is not None
                changes.changed_stories |= assigner.revise(
                    match, match.known.n, match.known.story, exact_keys
                )
            changes.add_known(match.known, edited=match.edited)
            if _has_new_keys(match, known):
                articles.save_keys(self._connection, match, match.known.n)
            if now - match.known.last_seen_at > LAST_SEEN_INTERVAL:
                seen.append(match.known.n)
        articles.mark_seen(self._connection, seen, now)
        self._mark_outputs(changes, source.id)
        return changes.counts

    def _assigner(
        self,
        source: Source,
        result: ParseResult,
        matches: Sequence[Match],
        known: Mapping[bytes, KnownArticle],
        now: datetime,
    ) -> StoryAssigner:
        from feeds.ingest.assign_story import StoryAssigner  # imports numpy, which only news needs

        exact_keys = [key for match in matches if match.known is None for key in _exact_keys(match, result)]
        changed = [match.article for match in matches if match.known is None or match.edited]
        unchanged = (key for keys in result.unchanged_keys for key in keys.present())
        side_by_side = {known[key].n for key in unchanged if key in known}
        side_by_side |= {match.known.n for match in matches if match.known is not None}
        title = source.title or result.feed.title
        return StoryAssigner(self._context, source, title, changed, exact_keys, side_by_side, now)

    @cached_property
    def _context(self) -> TransactionContext:
        from feeds.ingest.assign_story import TransactionContext
        from feeds.store.recent_postings import RecentPostings

        if self.recent is None:
            self.recent = RecentPostings()
        return TransactionContext(self._connection, self._settings.window, self.recent)

    def _mark_outputs(self, changes: _DocumentChanges, source_id: str) -> None:
        """Mark the stories in every output that takes one of their sources. New stories have only this source."""
        sources_of = articles.sources_of(self._connection, changes.changed_stories)
        outputs.mark_changed(
            self._connection,
            (
                (name, story)
                for story in changes.changed_stories | changes.new_stories
                for name in self._settings.outputs_of(sources_of.get(story, set()) | {source_id})
            ),
        )


def _any_changed(matches: Sequence[Match]) -> bool:
    return any(match.known is None or match.edited for match in matches)


def _has_new_keys(match: Match, known: Mapping[bytes, KnownArticle]) -> bool:
    """Whether the known article has keys to store. A link with a token is none: there would be one for each poll."""
    new = {key for key in match.keys.usable() if known.get(key) is not match.known}
    return bool(new) and (match.edited or not new <= varying_keys(match))


def _exact_keys(match: Match, result: ParseResult) -> tuple[ExactKey, ...]:
    """The exact keys of an article. A link that another article had before makes the two not equal."""
    keys = result.exact_keys[match.position]
    if match.link_is_reused:
        return tuple(key for key in keys if key.kind == "text")
    return (*keys, published_id_key(entry_id(match.article), match.article))


def find_known(connection: Connection, source_id: str, result: ParseResult) -> dict[bytes, KnownArticle]:
    """Key → the article that the state has under it.

    The keys of the unchanged items are looked up too: they protect their articles against a new item that uses a link
    or a text that was theirs.
    """
    found = known_articles.find_known(
        connection, source_id, (key for keys in result.keys for key in keys.candidates())
    )
    changed_dates = {
        keys.date: article.published
        for article, keys in zip(result.articles, result.keys, strict=True)
        if keys.date and article.published and not _is_stored(article, keys, found)
    }
    found |= known_articles.find_by_date(connection, source_id, changed_dates)
    if found and result.unchanged_keys:
        unchanged = (key for keys in result.unchanged_keys for key in keys.present())
        found |= known_articles.find_known(connection, source_id, unchanged)
    return found


def _is_stored(article: Article, keys: Keys, found: Mapping[bytes, KnownArticle]) -> bool:
    """Whether an article with one of its keys says the same."""
    return any(key in found and found[key].content_hash == article.content_hash for key in keys.candidates())


def match_result(
    connection: Connection, known: Mapping[bytes, KnownArticle], result: ParseResult
) -> tuple[Match, ...]:
    """The articles of a document, each with the known article of which it is a version. `known`: by `find_known`."""
    return match_known(
        result.articles,
        known,
        result.keys,
        result.unchanged_keys,
        partial(known_articles.read_stored, connection),
    )
