"""A sample article and context for the tests of rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from feeds.model import Article, RuleContext, Source, Story, Text
from feeds.rules import Condition

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)

ARTICLE = Article(id="a1", source="agency", title=Text("Ministers resume trade talks"), first_seen=NOW)

CONTEXT = RuleContext(
    now=NOW,
    sources={
        "agency": Source(id="agency", url="https://agency.example/rss", tags=("world", "wire")),
        "harbour": Source(id="harbour", url="https://harbour.example/rss", tags=("local",)),
    },
    titles={"agency": "The Agency", "harbour": "Daily Harbour"},
)


def article(**changes: Any) -> Article:
    return replace(ARTICLE, **changes)


def story(*members: Article) -> Story:
    return Story(id=members[0].id, lead=members[0], others=members[1:])


def condition(value: object) -> Condition:
    return TypeAdapter(Condition).validate_python(value)


def matches(value: object, **changes: Any) -> bool:
    """Whether the sample article with these changes matches the condition."""
    return condition(value).matches(article(**changes), CONTEXT)


def ago(**span: int) -> datetime:
    return NOW - timedelta(**span)
