"""The joins that were made: which article joined which, on what evidence, and how many each pair of sources had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from feeds import codec
from feeds.dedupe.score_record import DecisionScores
from feeds.dedupe.split_pairs import SourcePair, source_pair
from feeds.model import Article
from feeds.store.bodies import unpack
from feeds.store.raw_sql import from_epoch, raw_sql, to_epoch

MAX_COUNTED = 10_000
"""Joins that are counted, the newest. Counting them takes 0.1 s."""

# The condition on `joined_to` is that of the index `decision_joined`.
_JOINS = """
SELECT d.decided_at, d.evidence, d.scores,
       a.id, a.source, a.story, a.link, a.body, b.id, b.source, b.story, b.link, b.body
FROM decision d JOIN article a ON a.n = d.article JOIN article b ON b.id = d.joined_to
WHERE d.joined_to != '' AND d.decided_at >= :since AND (:source = '' OR :source IN (a.source, b.source))
ORDER BY d.decided_at DESC, d.article DESC
"""
_COUNTS = """
SELECT a.source, b.source, count(*), min(d.decided_at)
FROM (SELECT article, joined_to, decided_at FROM decision WHERE joined_to != '' ORDER BY decided_at DESC LIMIT ?) d
JOIN article a ON a.n = d.article JOIN article b ON b.id = d.joined_to
GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class JoinedArticle:
    """One of the two articles of a join. `body`: None if retention has deleted it."""

    id: str
    source: str
    story: str
    link: str
    body: Article | None


@dataclass(frozen=True, slots=True)
class Join:
    """`article` arrived and joined the story of `other`. `evidence`: as in `dedupe.story.JoinDecision`."""

    decided_at: datetime
    evidence: str
    scores: DecisionScores
    article: JoinedArticle
    other: JoinedArticle

    @property
    def holds(self) -> bool:
        """Whether the two articles are still in one story."""
        return self.article.story == self.other.story


@dataclass(frozen=True, slots=True)
class JoinCounts:
    """How many joins each pair of sources had, the most first. `since`: the oldest join that is counted."""

    pairs: tuple[tuple[SourcePair, int], ...] = ()
    since: datetime | None = None

    @property
    def total(self) -> int:
        return sum(count for _, count in self.pairs)


def load_since(connection: Connection, since: datetime, source: str = "") -> Iterator[Join]:
    """The joins since then, the newest first. `source`: only those of its articles."""
    rows = raw_sql(connection).execute(_JOINS, {"since": to_epoch(since), "source": source})
    for decided_at, evidence, scores, *both in rows:
        yield Join(
            decided_at=from_epoch(decided_at),
            evidence=evidence,
            scores=codec.loads(DecisionScores, scores) if scores else DecisionScores(),
            article=_article(*both[:5]),
            other=_article(*both[5:]),
        )


def count_by_pair(connection: Connection) -> JoinCounts:
    """Count the newest MAX_COUNTED joins of the state."""
    counts: Counter[SourcePair] = Counter()
    oldest = []
    for source, other, count, since in raw_sql(connection).execute(_COUNTS, (MAX_COUNTED,)):
        counts[source_pair(source, other)] += count
        oldest.append(since)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return JoinCounts(tuple(ranked), from_epoch(min(oldest)) if oldest else None)


def _article(id_: str, source: str, story: str, link: str, body: bytes | None) -> JoinedArticle:
    return JoinedArticle(id_, source, story, link, unpack(body) if body is not None else None)
