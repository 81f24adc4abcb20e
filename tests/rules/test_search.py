"""Expressions that take too long are stopped, and cost a publication a bounded time."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from feeds.model import Rule, Text
from feeds.rules import build_rules
from feeds.rules.pattern import MAX_SEARCH_SECONDS, MAX_SEARCHED_CHARS
from feeds.rules.search import UNCONDITIONAL_SEARCHES, stopped_searches
from tests.rules.stories import CONTEXT, article, condition, story
from tests.rules.test_rules import step, titles

SLOW = {  # expression: the text on which it takes too long, from a part that is repeated
    r"/^(a|aa)+$/": "a",
    r"/^(?:a|é|aé| )+[!?]$/": "aé ",
    r"/.*x.*y.*z/": "xy",
    r"/(.*)(x)(.*)(y)(.*)z/": "xy",
    r"/(?=.*x.*y.*z)/": "xy",
    r"/a.{0,5000}b.{0,5000}c/": "ab",
}


def slow_text(expression: str, chars: int = MAX_SEARCHED_CHARS - 1) -> Text:
    return Text(SLOW[expression] * (chars // len(SLOW[expression])) + "b")


@pytest.mark.parametrize("expression", SLOW)
def test_a_text_on_which_an_expression_takes_too_long_counts_as_not_matched(expression: str) -> None:
    context = replace(CONTEXT, stopped_searches={})
    slow = article(title=slow_text(expression))
    (drop,) = build_rules(drop=condition({"title": expression}))
    (keep,) = build_rules(keep=condition({"title": expression}))
    (rewrite,) = build_rules(rewrite=[step({"title": {"replace": expression, "with": "found"}})])
    assert drop.apply(story(slow), context) == story(slow)
    assert keep.apply(story(slow), context) is None
    assert titles(rewrite.apply(story(slow), context)) == [slow.title]
    (sentence,) = stopped_searches(context)
    assert expression in sentence
    assert "3 texts" in sentence


def test_the_cost_of_an_expression_is_bounded_whatever_the_sources_send() -> None:
    """Each title is a little shorter than the one before, so that the length alone says nothing."""
    context = replace(CONTEXT, stopped_searches={})
    (drop,) = build_rules(drop=condition({"title": "/^(a|aa)+$/"}))
    began = time.process_time()
    for chars in range(2000, 1800, -1):
        drop.apply(story(article(title=Text("a" * chars + "b"))), context)
    cost = time.process_time() - began
    stopped = context.stopped_searches["/^(a|aa)+$/"]
    assert (stopped.count, stopped.not_tried) == (UNCONDITIONAL_SEARCHES, 200 - UNCONDITIONAL_SEARCHES)
    assert cost < 200 * MAX_SEARCH_SECONDS / 4


def test_an_expression_that_was_stopped_still_finds_short_texts() -> None:
    context = replace(CONTEXT, stopped_searches={})
    (drop,) = build_rules(drop=condition({"title": "/^(a|aa)+$/"}))
    for _ in range(UNCONDITIONAL_SEARCHES + 1):
        drop.apply(story(article(title=Text("a" * 2000 + "b"))), context)
    assert drop.apply(story(article(title=Text("a" * 20))), context) is None


@pytest.mark.parametrize(
    ("expression", "text", "found"),
    [
        (r"/\bélection\b/i", "L’ÉLECTION approche", True),
        (r"/\bпорт\b/i", "ПОРТ закрыт", True),
        (r"/\bпорт\b/i", "транспорт", False),
        (r"/^(?!.*sponsored).*trade/i", "Trade talks", True),
        (r"/^(?!.*sponsored).*trade/i", "Trade talks (sponsored)", False),
        (r"/(?<=price of )\w+/", "The price of fish", True),
        (r"/(\w)\1/", "feed", True),
        (r"/(?P<word>\w+) (?P=word)/", "the the", True),
        (r"/(?>a+)b/", "aaab", True),
        (r"/(a++)+b/", "aaab", True),
        (r"/\u00e9t\xe9/", "été", True),
        (r"/(?i:live) now/", "LIVE now", True),
        (r"/a{,2}b/", "aab", True),
        (r"/\d+%$/", "up ٣%", True),
    ],
)
def test_the_syntax_of_python_is_understood(expression: str, text: str, found: bool) -> None:
    rules: tuple[Rule, ...] = build_rules(drop=condition({"title": expression}))
    left = rules[0].apply(story(article(title=Text(text))), replace(CONTEXT, stopped_searches={}))
    assert (left is None) is found


def test_many_slow_expressions_cost_a_publication_little_more_than_one() -> None:
    context = replace(CONTEXT, stopped_searches={})
    expressions = [f"/^(a|aa)+{end}$/" for end in "bcdefghij"]
    rules = [build_rules(drop=condition({"title": expression}))[0] for expression in expressions]
    for number in range(500):
        for rule in rules:
            rule.apply(story(article(title=Text("a" * (60 + number % 3) + "!"))), context)
    stops = sum(stopped.count for stopped in context.stopped_searches.values())
    assert stops <= UNCONDITIONAL_SEARCHES + len(expressions)
    assert len(stopped_searches(context)) == len(expressions)  # each is named
