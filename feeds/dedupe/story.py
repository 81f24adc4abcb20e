"""Which story does an article join, and which of its copies leads?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.dedupe.exact import folded
from feeds.dedupe.score_record import Weighings
from feeds.model import Article, DedupePolicy, Preference, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An article of the window that shares an exact key with the one that came in."""

    n: int
    id: str
    source: str
    story: str
    sure: str
    exact: str
    date: datetime
    kind: str  # "url" or "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """Where an article belongs. `other` is the article it joined; "" where it begins a story.

    `sure` and `exact` are the parts of the story that cautious and exact outputs take for one entry.
    `weighings`: what it was compared by, where the texts had to be weighed. `unites`: other stories that it equals
    as well, and which are one with `story` from now on: the order of arrival makes no difference.
    """

    story: str
    sure: str
    exact: str
    other: str = ""
    evidence: str = "nothing like it was there"
    weighings: Weighings = Weighings()
    unites: tuple[str, ...] = ()


def alone(article_id: str, evidence: str = "nothing like it was there") -> Join:
    """A story of its own."""
    return Join(story=article_id, sure=article_id, exact=article_id, evidence=evidence)


def join(article: Article, candidates: Iterable[Candidate], window: timedelta) -> Join | None:
    """Join the story of the first article that is equal to this one; None where there is none.

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
        return None
    first = min(fitting, key=lambda candidate: candidate.n)
    kinds = sorted({candidate.kind for candidate in fitting if candidate.n == first.n}, reverse=True)
    said = {"url": "the same canonical URL", "text": "the same title and text, word by word"}
    return Join(
        story=first.story,
        sure=first.sure,
        exact=first.exact,
        other=first.id,
        evidence=" and ".join(said[kind] for kind in kinds),
        unites=tuple(sorted({one.story for one in fitting} - {first.story})),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An article as far as grouping and choosing need to know it."""

    n: int
    id: str
    source: str
    story: str
    sure: str
    exact: str
    date: datetime
    article: Article | None  # None: retention took the body; the identity still counts
    placed: datetime | None = None  # what an output ranks it by, where that is not its date
    by_hand: bool = False  # the user put it together with others of its story

    def kin(self, policy: DedupePolicy) -> str:
        """What members of one entry have in common, under a policy."""
        if policy.mode == "off":
            return self.id
        if policy.mode == "exact":
            return self.exact
        return self.sure if policy.caution == "cautious" else self.story


def groups(members: Sequence[Member], policy: DedupePolicy) -> tuple[tuple[Member, ...], ...]:
    """The members of one story, as one output takes them: each group becomes one entry.

    Within a group the order is that of arrival. A member that is further than the window from the group's
    first begins another group; what the user put together stays so, however far apart.
    """
    made: list[list[Member]] = []
    for member in sorted(members, key=lambda member: (not member.by_hand, member.n)):
        for group in made:
            if member.kin(policy) == group[0].kin(policy) and _is_near(member, group, policy.window):
                group.append(member)
                break
        else:
            made.append([member])
    return tuple(sorted((tuple(sorted(group, key=_arrival)) for group in made), key=lambda group: group[0].n))


def _arrival(member: Member) -> int:
    return member.n


def _is_near(member: Member, group: Sequence[Member], window: timedelta) -> bool:
    by_hand = [one for one in group if one.by_hand]
    if member.by_hand and by_hand:
        return True
    return any(abs(member.date - one.date) <= window for one in by_hand or group[:1])


def first_member(group: Sequence[Member]) -> Member:
    """The member that gives an entry its id and its date: by the publishers' dates, not by who was polled
    first, so that a state rebuilt from the same sources arrives at the same."""
    return min(group, key=lambda member: (member.date, member.id))


def place(group: Sequence[Member]) -> datetime:
    """What an output orders an entry by: the first of its dates. A copy that came in a flood counts only
    where there is no other."""
    return min(
        (member.date for member in group if member.placed is None),
        default=min((member.placed for member in group if member.placed), default=group[0].date),
    )


def ranked(
    group: Sequence[Member], prefer: Sequence[Preference], sources: Mapping[str, Source]
) -> tuple[Member, ...]:
    """The members, the lead first. `sources`: by id."""
    credited = {credit.casefold() for one in group if one.article for credit in one.article.credits}

    def mark(member: Member, wish: Preference) -> float:
        source = sources.get(member.source)
        if wish == "priority":
            return -(source.priority if source else 0)
        if wish == "agency":
            return -int(source is not None and _is_agency(source, credited))
        if wish == "longest":
            return -(len(member.article.text) if member.article else 0)
        return member.date.timestamp() * (1 if wish == "earliest" else -1)

    def rank(member: Member) -> tuple[float | str, ...]:
        return (*(mark(member, wish) for wish in prefer), member.date.timestamp(), member.id)

    return tuple(sorted(group, key=rank))


def _is_agency(source: Source, credited: Collection[str]) -> bool:
    """An agency's own feed: one with the tag `agency`, or one whose name the copies give as their credit."""
    return "agency" in source.tags or any(name in folded(source.title).split() for name in credited)
