"""Stories: which one an equal article joins, how an output groups the members, and which member leads."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.dedupe.corrected import correcting_copy
from feeds.dedupe.exact import folded_words
from feeds.dedupe.score_record import DecisionScores
from feeds.dedupe.text_length import text_length
from feeds.model import Article, DedupePolicy, Preference, Source

NO_CANDIDATE = "no equal or similar article was found"


@dataclass(frozen=True, slots=True, kw_only=True)
class EqualArticle:
    """A stored article that shares an exact key with the new article."""

    n: int
    id: str
    source: str
    story: str
    cautious_story: str
    exact_story: str
    date: datetime
    kind: str  # ExactKey.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinDecision:
    """The story that an article joins. `other`: the id of the article through which it joined; "" if it begins a story.

    `cautious_story` and `exact_story` are the parts of the story that cautious and exact outputs show as one entry.
    `scores`: the scores of the compared articles, if texts were compared. `merged_stories`: other stories with equal
    articles; they become one with `story`, so that the order of arrival makes no difference. `united_stories`: other
    stories whose text the article has; they become one with `story`, but not with its `exact_story`.
    """

    story: str
    cautious_story: str
    exact_story: str
    other: str = ""
    evidence: str = NO_CANDIDATE
    scores: DecisionScores = DecisionScores()
    merged_stories: tuple[str, ...] = ()
    united_stories: tuple[str, ...] = ()


def new_story(article_id: str, evidence: str = NO_CANDIDATE) -> JoinDecision:
    """The article begins a story."""
    return JoinDecision(
        story=article_id, cautious_story=article_id, exact_story=article_id, evidence=evidence
    )


def join_equal(
    article: Article, equal_articles: Iterable[EqualArticle], window: timedelta
) -> JoinDecision | None:
    """Join the story of the earliest article that is equal to this one; None if there is none.

    An equal URL or item counts at any time, an equal text only within the window, because yearly notices repeat word
    for word.
    """
    equal_in_window = [
        equal
        for equal in equal_articles
        if equal.id != article.id and (equal.kind != "text" or abs(equal.date - article.date) <= window)
    ]
    if not equal_in_window:
        return None
    first = min(equal_in_window, key=lambda equal: equal.n)
    kinds = sorted({equal.kind for equal in equal_in_window if equal.n == first.n}, reverse=True)
    texts = {
        "url": "the same canonical URL",
        "text": "the same title and text, word by word",
        "item": "the same item, from another feed",
    }
    return JoinDecision(
        story=first.story,
        cautious_story=first.cautious_story,
        exact_story=first.exact_story,
        other=first.id,
        evidence=" and ".join(texts[kind] for kind in kinds),
        merged_stories=tuple(sorted({equal.story for equal in equal_in_window} - {first.story})),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What is needed of an article to group the members of a story and to choose the lead."""

    n: int
    id: str
    source: str
    story: str
    cautious_story: str
    exact_story: str
    date: datetime
    article: Article | None  # None: retention deleted the body, but the article still counts
    rank_date: datetime | None = None  # date by which outputs order it, if not `date`
    is_dated: bool = True  # whether its source states a date; otherwise `date` is when it was first seen
    link: str = ""
    page: str = ""  # `link` in the form for comparison, with its fragment
    manual: bool = False  # the user merged it with other articles of its story

    def group_key(self, policy: DedupePolicy) -> str:
        """The key that the members of one entry share under a policy."""
        if policy.mode == "off":
            return self.id
        if policy.mode == "exact":
            return self.exact_story
        return self.cautious_story if policy.caution == "cautious" else self.story


def groups(members: Sequence[Member], policy: DedupePolicy) -> tuple[tuple[Member, ...], ...]:
    """Group the members of one story as one output shows them: each group becomes one entry.

    Groups and their members are in order of arrival. A member further than the window from the first member of a
    group begins another group. Articles that the user merged stay together, however far apart, and so do copies of one
    page of which only one has a date: another instance of this program dates an item whose source does not.

    Without `policy.within_source`, two pages of one source are two entries, unless the user merged them.
    """
    result: list[list[Member]] = []
    for member in sorted(members, key=lambda member: (not member.manual, member.n)):
        for group in result:
            if (
                member.group_key(policy) == group[0].group_key(policy)
                and _is_near(member, group, policy.window)
                and (policy.within_source or not _has_other_page(member, group))
            ):
                group.append(member)
                break
        else:
            result.append([member])
    return tuple(
        sorted((tuple(sorted(group, key=_arrival)) for group in result), key=lambda group: group[0].n)
    )


def _arrival(member: Member) -> int:
    return member.n


def _is_near(member: Member, group: Sequence[Member], window: timedelta) -> bool:
    merged = [other for other in group if other.manual]
    if member.manual and merged:
        return True
    return any(
        abs(member.date - other.date) <= window
        or (member.is_dated != other.is_dated and member.link == other.link)
        for other in merged or group[:1]
    )


def _has_other_page(member: Member, group: Sequence[Member]) -> bool:
    """Whether the group holds another page of the member's source."""
    return any(
        other.source == member.source
        and not (member.page and member.page == other.page)
        and not (member.manual and other.manual)
        for other in group
    )


def first_member(group: Sequence[Member]) -> Member:
    """The member that gives an entry its id and date: the first by publication date, not by polling, so that a state
    rebuilt from the same sources gets the same entries."""
    return min(group, key=lambda member: (member.date, member.id))


def group_rank_date(group: Sequence[Member]) -> datetime:
    """The date by which an output orders an entry: the earliest date of its members. Members with a `rank_date`, which
    came in a backfill, count only if there are no others."""
    return min(
        (member.date for member in group if member.rank_date is None),
        default=min((member.rank_date for member in group if member.rank_date), default=group[0].date),
    )


def rank_members(
    group: Sequence[Member], prefer: Sequence[Preference], sources: Mapping[str, Source]
) -> tuple[Member, ...]:
    """The members in order of preference, the lead first. `sources`: by id.

    A copy that corrects the lead becomes the lead (`corrected`), whatever the preferences say.
    """
    if len(group) < 2:
        return tuple(group)
    credited = {credit.casefold() for member in group if member.article for credit in member.article.credits}

    def value(member: Member, preference: Preference) -> float:
        source = sources.get(member.source)
        if preference == "priority":
            return -(source.priority if source else 0)
        if preference == "agency":
            return -int(source is not None and _is_agency(source, credited))
        if preference == "longest":
            return -(text_length(member.article) if member.article else 0)
        return member.date.timestamp() * (1 if preference == "earliest" else -1)

    def rank(member: Member) -> tuple[float | str, ...]:
        return (*(value(member, preference) for preference in prefer), member.date.timestamp(), member.id)

    ranked = sorted(group, key=rank)
    copies = [member.article for member in ranked if member.article is not None]
    correction = correcting_copy(copies) if len(copies) > 1 else None
    if correction is not None:
        # A stable sort: the others keep their order.
        ranked.sort(key=lambda member: member.article is not correction)
    return tuple(ranked)


def _is_agency(source: Source, credited: Collection[str]) -> bool:
    """Whether the source is an agency: it has the tag `agency`, or the members credit its name."""
    return "agency" in source.tags or any(name in folded_words(source.title).split() for name in credited)
