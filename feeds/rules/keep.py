"""The rule `keep`: removes the articles that do not match. A story without articles is not published."""

from __future__ import annotations

from dataclasses import dataclass

from feeds.model import Article, RuleContext, Story
from feeds.rules.condition import Condition
from feeds.rules.story_members import with_members


@dataclass(frozen=True, slots=True)
class Keep:
    condition: Condition

    def apply(self, story: Story, context: RuleContext) -> Story | None:
        return with_members(
            story, tuple(member for member in story.members if self.condition.matches(member, context))
        )

    def reason(self, article: Article, context: RuleContext) -> str:
        return f"no match for {self.condition}"

    def __str__(self) -> str:
        return f"keep only: {self.condition}"
