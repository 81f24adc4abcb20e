"""Which story does a new article belong to? What the user said, else what is equal, else what is alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import Connection

from feeds.dedupe.draft import Arrival, Draft, drafts
from feeds.dedupe.join import THRESHOLDS, Compared, Verdict, enter, judge
from feeds.dedupe.score import shipped
from feeds.dedupe.score_record import Weighings
from feeds.dedupe.story import Candidate, Join, alone, join
from feeds.model import Article, Source
from feeds.store import corrections, near_index
from feeds.store.recent_postings import Recent


class State:
    """What one transaction has to know of the state, asked for once."""

    def __init__(self, connection: Connection, window: timedelta, recent: Recent) -> None:
        self.connection = connection
        self.window = window
        self.said = corrections.said(connection)
        self.extent = near_index.Extent(connection, recent)


class Placing:
    """Places the new articles of one document of a source."""

    def __init__(self, state: State, source: Source, site: str, coming: Sequence[Article]) -> None:
        """`coming`: all that will be placed or revised."""
        self._connection = state.connection
        self._source = source
        self._window = state.window
        self._said = state.said
        self._extent = state.extent
        self._drafts: dict[str, Draft] = {}  # by Article.id
        if source.dedupe:
            state.extent.let_go()
            made = drafts([_arrival(one, site) for one in coming], state.extent.marks)
            self._drafts = {one.id: draft for one, draft in zip(coming, made, strict=True)}
            state.extent.hold(key for draft in self._drafts.values() for key in draft.print.lookups)

    def place(self, article: Article, equal: Sequence[Candidate]) -> tuple[Join, Verdict | None]:
        """Its story, and what the near index has to remember of it once it has a number."""
        if not self._source.dedupe:
            return alone(article.id, "its source is not deduplicated"), None
        apart = corrections.places(self._connection, self._said.apart.get(article.id, ()))
        barred = {story for story, _, _ in apart}
        exact = join(article, [one for one in equal if one.story not in barred], self._window)
        draft, index = self._drafts[article.id], self._index(article)
        if exact is not None:
            return self._corrected(article, exact), enter(draft, index)
        merged = corrections.places(self._connection, self._said.together)
        by_hand = {story for story, _, _ in merged}
        verdict = judge(draft, index, shipped(), barred=barred, by_hand=by_hand)
        return self._corrected(article, _near(article, verdict, index)), verdict

    def remember(self, n: int, article: Article, verdict: Verdict | None) -> None:
        if verdict is not None:
            near_index.put(
                self._connection, self._extent, n, article.source, article.date.timestamp(), verdict
            )

    def revise(self, n: int, article: Article) -> None:
        """A new version keeps its story; what comes next is compared with its new words."""
        if self._source.dedupe:
            self.remember(n, article, enter(self._drafts[article.id], self._index(article), own=n))

    def _index(self, article: Article) -> near_index.NearIndex:
        at, width = article.date.timestamp(), self._window.total_seconds()
        return near_index.NearIndex(self._connection, self._extent, at - width, at + width)

    def _corrected(self, article: Article, found: Join) -> Join:
        """What the user put together with this article is one story with it, whatever the evidence; what was taken
        apart is not united by it."""
        wanted = corrections.places(self._connection, self._said.bound(article.id))
        if wanted:
            story, sure, exact = wanted[0]
            others = (*(other for other, _, _ in wanted), found.story, *found.unites)
            found = Join(
                story=story,
                sure=sure,
                exact=exact,
                other=story,
                evidence="you put it there",
                weighings=found.weighings,
                unites=tuple(dict.fromkeys(one for one in others if one not in (story, article.id))),
            )
        return replace(found, unites=self._not_apart(article, found)) if found.unites else found

    def _not_apart(self, article: Article, found: Join) -> tuple[str, ...]:
        if not self._said.apart:
            return found.unites
        held = {article.id, *corrections.members(self._connection, found.story)}
        allowed = []
        for story in found.unites:
            members = corrections.members(self._connection, story)
            if not self._said.part(members, held):
                held.update(members)
                allowed.append(story)
        return tuple(allowed)


def _arrival(article: Article, site: str) -> Arrival:
    """`site`: what it is called."""
    names = (site, _host(article))
    return Arrival(article.source, article.title, article.text, article.date.timestamp(), names)


def _host(article: Article) -> str:
    """What stands before its domain's ending, or before the next name."""
    return (urlsplit(article.link or "").hostname or "").removeprefix("www.").split(".")[0]


def _near(article: Article, verdict: Verdict, index: near_index.NearIndex) -> Join:
    joined = verdict.joined
    weighings = Weighings(
        joined.weighed if joined else None,
        tuple((index.place(one.n).id, one.weighed) for one in verdict.nearest),
    )
    if joined is None:
        alone_for = alone(article.id, verdict.why_not or "nothing like it was there")
        return replace(alone_for, weighings=weighings)
    other = index.place(joined.n)
    return Join(
        story=other.story,
        sure=other.sure if is_sure(joined) else article.id,
        exact=article.id,
        other=other.id,
        evidence="they are alike",
        weighings=weighings,
    )


def is_sure(joined: Compared) -> bool:
    return joined.weighed.score >= THRESHOLDS["cautious"]


def housekeeping(connection: Connection, now: datetime, window: timedelta) -> int:
    """Let go of what no article can be compared with any more. Feeds bring articles that are some days old,
    so a week more than the window is kept."""
    return near_index.forget(connection, (now - window - timedelta(days=7)).timestamp())
