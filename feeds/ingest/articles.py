"""The articles of one document → the state: known ones revised, new ones placed, outputs told. In the caller's
transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from feeds.dedupe.exact import ExactKey
from feeds.dedupe.identity import Known, Match, match
from feeds.dedupe.story import Candidate, Join
from feeds.ingest.backfill import placed
from feeds.model import Output, Source
from feeds.store import articles, outputs
from feeds.store.retention import MET_EVERY
from feeds.workers.parse_job import Reading

if TYPE_CHECKING:
    from feeds.ingest.assign_story import Placing, State
    from feeds.store.recent_postings import Recent


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What commits need to know of the configuration."""

    outputs: tuple[Output, ...]
    sources: Mapping[str, Source]
    window: timedelta  # the widest of the outputs

    def outputs_of(self, source_ids: set[str]) -> tuple[str, ...]:
        taken = [self.sources[one] for one in source_ids if one in self.sources]
        return tuple(o.name for o in self.outputs if any(o.select.takes(source) for source in taken))


class Intake:
    """Takes the documents of one transaction in. `recent`: what the one before it knew of the latest articles."""

    def __init__(self, connection: Connection, rules: Rules, recent: Recent | None = None) -> None:
        self._connection = connection
        self._rules = rules
        self.recent = recent

    def take_in(
        self, source: Source, reading: Reading, now: datetime, *, first: bool = False
    ) -> tuple[dict[str, int], list[datetime | None]]:
        """The articles of one document: known ones revised, new ones joined to their stories.

        `first`: no document of the source was read before. Returns how many are "new", "updated", "merged" and
        "aside" (of the new), and "known"; and when the new ones were published, as far as they say.
        """
        connection, rules = self._connection, self._rules
        known = _known(connection, source.id, reading)
        matches = match(reading.articles, known, reading.keys, reading.standing)
        candidates = _Candidates(
            articles.candidates(
                connection, [key for item in matches if item.known is None for key in reading.exact[item.at]]
            )
        )
        coming = [item.article for item in matches if item.known is None or item.edited]

        @cache
        def placing() -> Placing:
            from feeds.ingest.assign_story import Placing  # brings numpy, and is for what is new

            return Placing(self._state, source, source.title or reading.feed.title, coming)

        fresh = [item.article for item in matches if item.known is None]
        aside = placed(fresh, now, first=first, limit=source.flood, made=reading.made)
        touched: set[str] = set()
        begun: set[str] = set()
        met: list[int] = []
        counts = dict.fromkeys(("new", "updated", "merged", "known"), 0) | {"aside": len(aside)}
        published: list[datetime | None] = []
        # Oldest first, so that the order of arrival is that of publication and not that of the document.
        for item in sorted(matches, key=lambda item: (item.article.date, item.article.id)):
            own = reading.exact[item.at] if source.dedupe else ()
            if item.known is None:
                joined, verdict = placing().place(item.article, candidates.of(own))
                n = articles.add(connection, item, joined, own, now, aside.get(item.article.id))
                placing().remember(n, item.article, verdict)
                candidates.add(n, item, joined, own)
                for other in joined.unites:
                    articles.unite(connection, other, joined, item.article.id, now)
                    touched.add(other)
                candidates.unite(joined)
                (begun if joined.story == item.article.id else touched).add(joined.story)
                counts["new"] += 1
                published.append(item.article.published)
                counts["merged"] += joined.story != item.article.id
                continue
            if item.edited:
                articles.revise(connection, item, item.known.n, own)
                placing().revise(item.known.n, item.article)
                touched.add(item.known.story)
                counts["updated"] += 1
            else:
                counts["known"] += 1
            if any(known.get(key) is not item.known for key in item.keys.usable()):
                articles.remember(connection, item, item.known.n)
            if now - item.known.met > MET_EVERY:
                met.append(item.known.n)
        articles.met(connection, met, now)
        _mark(connection, touched, begun, source.id, rules)
        return counts, published

    @cached_property
    def _state(self) -> State:
        from feeds.ingest.assign_story import (
            State,  # with the search for near copies, which most polls do not need
        )
        from feeds.store.recent_postings import Recent

        if self.recent is None:
            self.recent = Recent()
        return State(self._connection, self._rules.window, self.recent)


def _known(connection: Connection, source: str, reading: Reading) -> dict[bytes, Known]:
    """What the state has under the keys of a reading, and where it has something, under those of the unchanged
    items: they hold their articles against a new item that uses a link or a text that was theirs."""
    found = articles.known(connection, source, (key for keys in reading.keys for key in keys.usable()))
    if found and reading.standing:
        found |= articles.known(connection, source, (key for keys in reading.standing for key in keys.own()))
    return found


class _Candidates:
    """What the store found, and what this poll adds to it, by exact key."""

    def __init__(self, found: Sequence[tuple[bytes, Candidate]]) -> None:
        self._by_key: dict[bytes, list[Candidate]] = {}
        for digest, candidate in found:
            self._by_key.setdefault(digest, []).append(candidate)

    def of(self, keys: Sequence[ExactKey]) -> list[Candidate]:
        return [candidate for key in keys for candidate in self._by_key.get(key.digest, ())]

    def unite(self, joined: Join) -> None:
        if joined.unites:
            for key, found in self._by_key.items():
                self._by_key[key] = [
                    replace(one, story=joined.story, sure=joined.sure, exact=joined.exact)
                    if one.story in joined.unites
                    else one
                    for one in found
                ]

    def add(self, n: int, item: Match, joined: Join, keys: Sequence[ExactKey]) -> None:
        article = item.article
        for key in keys:
            candidate = Candidate(
                n=n,
                id=article.id,
                source=article.source,
                story=joined.story,
                sure=joined.sure,
                exact=joined.exact,
                date=article.date,
                kind=key.kind,
            )
            self._by_key.setdefault(key.digest, []).append(candidate)


def _mark(connection: Connection, stories: set[str], begun: set[str], source: str, rules: Rules) -> None:
    """Every output that holds a member of a story has to look at it again. Those that `begun` here have
    none but this source's."""
    holders = articles.sources_of(connection, stories)
    outputs.mark_changed(
        connection,
        (
            (name, story)
            for story in stories | begun
            for name in rules.outputs_of(holders.get(story, set()) | {source})
        ),
    )
