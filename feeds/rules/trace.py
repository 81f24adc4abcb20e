"""Shows what each rule of an output does to a story, and why, to a user who writes rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from feeds.model import Article, Rule, RuleContext, Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one rule changed. `number` counts the output's rules from 1."""

    number: int
    removed: tuple[tuple[Article, str], ...] = ()  # (article removed, reason)
    retitled: tuple[tuple[str, str], ...] = ()  # (before, after)


def trace(story: Story, rules: Sequence[Rule], context: RuleContext) -> tuple[Story | None, tuple[Step, ...]]:
    """Apply the rules. Returns the resulting story (None: dropped), and the steps that changed something, in order."""
    steps: list[Step] = []
    for number, rule in enumerate(rules, start=1):
        after = rule.apply(story, context)
        left = {member.id: member for member in after.members} if after else {}
        step = Step(
            number=number,
            removed=tuple(
                (member, rule.reason(member, context)) for member in story.members if member.id not in left
            ),
            retitled=tuple(
                dict.fromkeys(
                    (member.title, left[member.id].title)
                    for member in story.members
                    if member.id in left and left[member.id].title != member.title
                )
            ),
        )
        if step.removed or step.retitled:
            steps.append(step)
        if after is None:
            return None, tuple(steps)
        story = after
    return story, tuple(steps)
