"""The rule `drop`: removes the articles that match. A story without articles is not published."""

from __future__ import annotations

from dataclasses import dataclass

from feeds.model import Article, RuleContext, Story
from feeds.rules.condition import Condition
from feeds.rules.story_members import with_members


@dataclass(frozen=True, slots=True)
class Drop:
    condition: Condition

    def apply(self, story: Story, context: RuleContext) -> Story | None:
        return with_members(
            story, tuple(member for member in story.members if not self.condition.matches(member, context))
        )

    def reason(self, article: Article, context: RuleContext) -> str:
        return self.condition.reason(article, context)

    def __str__(self) -> str:
        return f"drop: {self.condition}"
