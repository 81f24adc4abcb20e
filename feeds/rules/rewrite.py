"""The rule `rewrite`: changes titles. Bodies are not rewritten: they are `SafeHtml`, which only the sanitizer makes.

rewrite:
  - {title: {strip_suffix: " | Daily Harbour"}}
  - {title: {replace: /^(LIVE|UPDATE):\\s*/i, with: ""}}
  - {title: {prefix_source: true}, when: {tag: wire}}
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from feeds.model import Article, RuleContext, Story, Text
from feeds.rules.condition import Condition
from feeds.rules.pattern import MAX_SEARCHED_CHARS, Pattern, as_list, reject_empty
from feeds.rules.search import replaced

Suffixes = Annotated[
    tuple[Annotated[str, Field(min_length=1)], ...],
    BeforeValidator(as_list, json_schema_input_type=str | list[str]),
    AfterValidator(reject_empty),
]


class TitleRewrite(BaseModel):
    """One change to a title: exactly one of `prefix_source`, `strip_suffix`, `replace` (with `with`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prefix_source: Literal[True] | None = Field(
        None, description="Write the source's title before it: “Daily Harbour: …”."
    )
    strip_suffix: Suffixes | None = Field(
        None, description="Take this off the end, or the first of these that is there."
    )
    replace: Pattern | None = Field(
        None, description="Words or /regex/flags to replace, wherever they stand."
    )
    with_: str | None = Field(
        None, alias="with", description=r"What to put there; \1 is the first group. Missing: nothing."
    )

    @model_validator(mode="after")
    def _is_one_change(self) -> TitleRewrite:
        if [self.prefix_source, self.strip_suffix, self.replace].count(None) != 2:
            raise ValueError(
                "name one change: prefix_source, strip_suffix or replace; write several changes as several steps"
            )
        if self.with_ is not None and self.replace is None:
            raise ValueError("`with` belongs to `replace`")
        if self.replace is not None:
            self.replace.check_replacement(self.with_ or "")
        return self


class Rewrite(BaseModel):
    """One entry of `rewrite`: the change, and with `when` the articles that it is limited to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: TitleRewrite = Field(description="The change to the title.")
    when: Condition | None = Field(None, description="Only for articles that are like this.")


@dataclass(frozen=True, slots=True)
class RewriteTitle:
    """Applies one `Rewrite` to a story. It never drops a story and never makes a title empty."""

    step: Rewrite

    def apply(self, story: Story, context: RuleContext) -> Story:
        lead = self._rewrite(story.lead, context)
        # the other articles are listed with the names of their sources anyway
        if self.step.title.prefix_source:
            return replace(story, lead=lead)
        return replace(
            story, lead=lead, others=tuple(self._rewrite(other, context) for other in story.others)
        )

    def reason(self, article: Article, context: RuleContext) -> str:
        return ""  # removes no article

    def _rewrite(self, article: Article, context: RuleContext) -> Article:
        if self.step.when is not None and not self.step.when.matches(article, context):
            return article
        title = " ".join(self._new_title(article, context).split())
        return replace(article, title=Text(title)) if title else article

    def _new_title(self, article: Article, context: RuleContext) -> str:
        title, change = article.title, self.step.title
        if change.prefix_source:
            return f"{context.titles.get(article.source) or article.source}: {title}"
        if change.strip_suffix:
            return next(
                (title.removesuffix(end) for end in change.strip_suffix if title.endswith(end)), title
            )
        if change.replace and len(title) <= MAX_SEARCHED_CHARS:
            return replaced(change.replace, title, change.with_ or "", context)
        return title

    def __str__(self) -> str:
        change = self.step.title
        if change.prefix_source:
            text = "put the source's name before the title"
        elif change.strip_suffix:
            text = "remove from the end of the title: " + " or ".join(
                f"“{end}”" for end in change.strip_suffix
            )
        else:
            text = f"in the title, replace {change.replace} with “{change.with_ or ''}”"
        return text if self.step.when is None else f"{text}, when {self.step.when}"
