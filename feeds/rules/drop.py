"""Drop the articles that are like this. A story of which none is left is not published."""

from __future__ import annotations

from dataclasses import dataclass

from feeds.model import Article, RuleContext, Story
from feeds.rules.condition import Condition
from feeds.rules.keep import restrict


@dataclass(frozen=True, slots=True)
class Drop:
    condition: Condition

    def apply(self, story: Story, context: RuleContext) -> Story | None:
        return restrict(story, tuple(one for one in story.members if not self.condition.holds(one, context)))

    def because(self, article: Article, context: RuleContext) -> str:
        return self.condition.because(article, context)

    def __str__(self) -> str:
        return f"drop: {self.condition}"
