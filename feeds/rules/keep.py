"""Keep the articles that are like this. A story of which none is left is not published."""

from __future__ import annotations

from dataclasses import dataclass, replace

from feeds.model import Article, RuleContext, Story
from feeds.rules.condition import Condition


@dataclass(frozen=True, slots=True)
class Keep:
    condition: Condition

    def apply(self, story: Story, context: RuleContext) -> Story | None:
        return restrict(story, tuple(one for one in story.members if self.condition.holds(one, context)))

    def because(self, article: Article, context: RuleContext) -> str:
        return f"not: {self.condition}"

    def __str__(self) -> str:
        return f"keep only: {self.condition}"


def restrict(story: Story, members: tuple[Article, ...]) -> Story | None:
    """The story with these of its members, in their order of preference; its id stays."""
    if not members:
        return None
    return replace(story, lead=members[0], others=members[1:])
