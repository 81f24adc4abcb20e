"""Which story does an article join, and which of its copies leads?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.model import Article, DedupeMode, Preference


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article of the window that shares an exact key with the one that came in."""

    n: int
    id: str
    source: str
    story: str
    exact: str
    date: datetime
    kind: str  # "url" or "text"


@dataclass(frozen=True, slots=True)
class Join:
    """Where an article belongs. `other` is the article it was found equal to; "" where it begins a story."""

    story: str
    exact: str
    other: str = ""
    kind: str = "first"
    evidence: str = "nothing like it was there"


def join(article: Article, candidates: Iterable[Candidate], window: timedelta) -> Join:
    """Join the story of the first article that is equal to this one, or begin a story.

    One URL is one page for ever; one text is one story only within the window, because yearly notices return
    word by word.
    """
    fitting = [
        candidate
        for candidate in candidates
        if candidate.id != article.id
        and (candidate.kind == "url" or abs(candidate.date - article.date) <= window)
    ]
    if not fitting:
        return Join(article.id, article.id)
    first = min(fitting, key=lambda candidate: candidate.n)
    kinds = sorted({candidate.kind for candidate in fitting if candidate.n == first.n}, reverse=True)
    said = {"url": "the same canonical URL", "text": "the same title and text, word by word"}
    return Join(first.story, first.exact, first.id, kinds[0], " and ".join(said[kind] for kind in kinds))


@dataclass(frozen=True, slots=True)
class Member:
    """An article as far as grouping and choosing need to know it."""

    n: int
    id: str
    source: str
    story: str
    exact: str
    date: datetime
    article: Article | None  # None: retention took the body; the identity still counts


def groups(members: Sequence[Member], mode: DedupeMode, window: timedelta) -> tuple[tuple[Member, ...], ...]:
    """The members of one story, as one output takes them: each group becomes one entry.

    Within a group the order is that of arrival. A member that is further than the window from the group's
    first begins another group.
    """
    made: list[list[Member]] = []
    for member in sorted(members, key=lambda member: member.n):
        for group in made:
            first = group[0]
            alike = mode == "near" or (mode == "exact" and member.exact == first.exact)
            if alike and abs(member.date - first.date) <= window:
                group.append(member)
                break
        else:
            made.append([member])
    return tuple(tuple(group) for group in made)


def first_member(group: Sequence[Member]) -> Member:
    """The member that gives an entry its id and its date: by the publishers' dates, not by who was polled
    first, so that a state rebuilt from the same sources arrives at the same."""
    return min(group, key=lambda member: (member.date, member.id))


def ranked(
    group: Sequence[Member], prefer: Sequence[Preference], priority: Mapping[str, int]
) -> tuple[Member, ...]:
    """The members, the lead first. `priority`: Source.id → its priority."""

    def rank(member: Member) -> tuple[float | str, ...]:
        words = len(member.article.text) if member.article else 0
        marks: list[float | str] = []
        for wish in prefer:
            if wish == "priority":
                marks.append(-priority.get(member.source, 0))
            elif wish == "longest":
                marks.append(-words)
            elif wish == "earliest":
                marks.append(member.date.timestamp())
            else:
                marks.append(-member.date.timestamp())
        return (*marks, member.date.timestamp(), member.id)

    return tuple(sorted(group, key=rank))
