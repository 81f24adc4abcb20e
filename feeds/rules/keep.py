"""The rule `keep`: removes the articles that do not match. A story without articles is not published."""

from __future__ import annotations

from dataclasses import dataclass, replace

from feeds.model import Article, RuleContext, Story
from feeds.rules.condition import Condition


@dataclass(frozen=True, slots=True)
class Keep:
    condition: Condition

    def apply(self, story: Story, context: RuleContext) -> Story | None:
        return restrict(
            story, tuple(member for member in story.members if self.condition.matches(member, context))
        )

    def reason(self, article: Article, context: RuleContext) -> str:
        return f"no match for {self.condition}"

    def __str__(self) -> str:
        return f"keep only: {self.condition}"


def restrict(story: Story, members: tuple[Article, ...]) -> Story | None:
    """The story with only these members, the lead first, under the same id; None if there are none."""
    if not members:
        return None
    return replace(story, lead=members[0], others=members[1:])
