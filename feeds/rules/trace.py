"""What each rule of an output does to a story, and why: for a person who is writing rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from feeds.model import Article, Rule, RuleContext, Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one rule changed. `number` counts the output's rules from 1."""

    number: int
    gone: tuple[tuple[Article, str], ...] = ()  # articles that it took away, and why
    retitled: tuple[tuple[str, str], ...] = ()  # (before, after)


def trace(story: Story, rules: Sequence[Rule], context: RuleContext) -> tuple[Story | None, tuple[Step, ...]]:
    """What the rules leave of a story, and the steps that made a difference, in order."""
    steps: list[Step] = []
    for number, rule in enumerate(rules, start=1):
        after = rule.apply(story, context)
        left = {one.id: one for one in after.members} if after else {}
        step = Step(
            number=number,
            gone=tuple((one, rule.because(one, context)) for one in story.members if one.id not in left),
            retitled=tuple(
                dict.fromkeys(
                    (one.title, left[one.id].title)
                    for one in story.members
                    if one.id in left and left[one.id].title != one.title
                )
            ),
        )
        if step.gone or step.retitled:
            steps.append(step)
        if after is None:
            return None, tuple(steps)
        story = after
    return story, tuple(steps)
