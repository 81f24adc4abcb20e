"""Which story does an article's text belong to?

The best candidate must pass, and a third of its story must pass half of that: so a story does not grow from
copy to copy into something else. The story's first member is always among those that are asked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import log1p
from typing import Literal

from feeds.dedupe import boilerplate
from feeds.dedupe.draft import Draft
from feeds.dedupe.features import COMMON, Features, Side, Weights, features, with_company
from feeds.dedupe.near_index import Index, candidates
from feeds.dedupe.open_fingerprint import Print
from feeds.dedupe.score import Model
from feeds.dedupe.score_record import Weighed

Caution = Literal["balanced", "cautious"]

THRESHOLDS: dict[Caution, float] = {"balanced": 0.5, "cautious": 0.9}
"""Balanced weighs a wrong merge like a missed one; cautious joins where it is all but certain (baselines,
7)."""

ASKED = 8  # members of a story
_SHARE = 3  # one in three of them must agree
_TEXT = 20  # shingles
_OTHER_NUMBER = 0.1
"""The most that bare titles with different numbers score: below what either caution joins at, and half of that."""
_NEAREST, _WORTH_TELLING = 2, 0.05  # kept for `explain`, besides the likeliest


@dataclass(frozen=True, slots=True)
class Compared:
    """An article that this one was compared with."""

    n: int
    story: str
    weighed: Weighed


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where an article belongs, and what the index must remember of it."""

    story: str  # "" = its own
    joined: Compared | None  # the copy that spoke for it
    nearest: tuple[Compared, ...]  # the likeliest that it was not joined to
    why_not: str  # in words, where there was a candidate and no story
    new: Print
    keys: tuple[int, ...]  # to be entered: those that are not common
    marks: tuple[tuple[int, tuple[int, ...]], ...]  # pieces whose marks changed


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article ready to be compared: what the index knows of its keys, and whom to compare it with."""

    new: Side
    keys: tuple[int, ...]
    frequency: Mapping[int, int]
    candidates: tuple[int, ...]
    marks: tuple[tuple[int, tuple[int, ...]], ...]

    @property
    def rare_keys(self) -> tuple[int, ...]:
        return tuple(key for key in self.keys if self.frequency.get(key, 0) <= COMMON)


def prepare(draft: Draft, index: Index, own: int = 0) -> Prepared:
    """Take off what is the site's, make the fingerprint, look up candidates."""
    seen = index.seen([piece.key for piece in draft.pieces])
    bare = boilerplate.without(draft.title, draft.text, draft.pieces, seen)
    new = Side(own, draft.source, draft.seen, draft.print_of(bare))
    keys = new.print.lookups
    postings = index.postings(keys)
    found = candidates(new.print.keys, new.print.title_keys, postings.articles)
    mark = boilerplate.title_mark(bare[0])
    before = {piece.key: seen.get(piece.key, ()) for piece in draft.pieces}
    # A version counts for nothing: the headlines that an article has had make its text no boilerplate.
    after = before if own > 0 else {key: boilerplate.with_title(marks, mark) for key, marks in before.items()}
    return Prepared(
        new,
        keys,
        postings.counts,
        tuple(n for n in found if n != own),
        tuple((key, marks) for key, marks in after.items() if marks != before[key]),
    )


def enter(draft: Draft, index: Index, own: int = 0) -> Verdict:
    """What the index must remember of an article whose story is known without comparing."""
    made = prepare(draft, index, own)
    return Verdict("", None, (), "", made.new.print, made.rare_keys, made.marks)


def judge(
    draft: Draft,
    index: Index,
    model: Model,
    caution: Caution = "balanced",
    own: int = 0,
    barred: Collection[str] = (),
    by_hand: Collection[str] = (),
) -> Verdict:
    """Compare an article with the window. `own`: its number if it is a version of a known one, which is not
    compared with itself. `barred`: stories that it must not join, whatever the texts say. `by_hand`: stories of
    more than one text, because a user put them together: for those the candidate speaks alone."""
    made = prepare(draft, index, own)
    story, joined, nearest, why_not = _join(
        made.new, made.candidates, made.frequency, index, model, THRESHOLDS[caution], barred, by_hand
    )
    return Verdict(story, joined, nearest, why_not, made.new.print, made.rare_keys, made.marks)


def _join(
    new: Side,
    found: Sequence[int],
    frequency: Mapping[int, int],
    index: Index,
    model: Model,
    threshold: float,
    barred: Collection[str],
    by_hand: Collection[str],
) -> tuple[str, Compared | None, tuple[Compared, ...], str]:
    if not found:
        return "", None, (), ""
    weights = Weights(new.print, frequency, index.size())
    sides = index.sides(found)
    found = [n for n in found if n in sides]
    pairs: dict[int, Features] = {n: features(new, sides[n], weights) for n in found}
    with_company(list(pairs.values()))
    scores = {n: _score(model, pair) for n, pair in pairs.items()}
    stories = index.stories(found)
    likely = sorted(found, key=lambda n: (-scores[n], n))
    # A title that is equal speaks for a title alone; where some text is like this one, that is its story.
    texts_first = sorted(likely, key=lambda n: scores[n] < threshold or not _is_text(new, pairs[n]))
    best: int | None = None
    why_not = ""
    refused: set[str] = set()
    for n in texts_first:
        if scores[n] < threshold:
            break
        story = stories[n]
        if story in barred:
            why_not = why_not or "you took it out of the story that it is like"
            continue
        if story in refused:
            continue
        asked = [n] if story in by_hand else _asked(index.members(story), n)
        fresh = [member for member in asked if member not in scores]
        if fresh:
            others = index.sides(fresh)
            extra = {m: features(new, others[m], weights) for m in fresh if m in others}
            with_company([pairs[m] for m in found], list(extra.values()))
            pairs.update(extra)
            scores.update({m: _score(model, pair) for m, pair in extra.items()})
        agreeing = {member for member in asked if scores.get(member, 0.0) >= threshold / 2}
        texts = {member for member in asked if _is_text(new, pairs.get(member))}
        if len(agreeing) * _SHARE >= len(asked) and (not texts or texts & agreeing):
            best = n
            break
        refused.add(story)
        why_not = why_not or (
            f"{len(agreeing)} of {len(asked)} members of the story {story} are like it"
            + (", and none of its full texts" if texts and not texts & agreeing else "")
        )
    taken = stories[best] if best is not None else ""

    def compared(n: int) -> Compared:
        return Compared(n, stories[n], model.weighed(pairs[n], scores[n]))

    near = [n for n in likely if stories[n] != taken]
    worth = near[:1] + [n for n in near[1:_NEAREST] if scores[n] >= _WORTH_TELLING]
    nearest = tuple(compared(n) for n in worth)
    if best is None and not why_not and likely:
        why_not = f"the likeliest scores {scores[likely[0]]:.2f}, below {threshold}"
    return taken, compared(best) if best is not None else None, nearest, "" if taken else why_not


def _score(model: Model, pair: Features) -> float:
    """Of a bare title the numbers must agree (dedupe baselines, 8)."""
    score = model.score(pair)
    return min(score, _OTHER_NUMBER) if pair["title_numbers"] and not pair["short"] else score


def _is_text(new: Side, pair: Features | None) -> bool:
    """Whether both are long enough that their texts, not their titles, decide.

    A title alone fits every report of a series; the texts of its story say which one it was."""
    return pair is not None and new.print.size >= _TEXT and pair["short"] >= log1p(_TEXT)


def _asked(members: Sequence[int], best: int) -> list[int]:
    """The first member, the one that spoke, and the latest others."""
    if len(members) <= ASKED:
        return list(members)
    chosen = {members[0], best, *members[-(ASKED - 2) :]}
    return sorted(chosen)
