"""The trace of rules for users who write them."""

from __future__ import annotations

from feeds.model import Text
from feeds.rules import build_rules
from feeds.rules.trace import Step, trace
from tests.rules.stories import CONTEXT, article, condition, story
from tests.rules.test_rules import AGENCY, FISH, HARBOUR, step


def test_each_step_that_changed_something_is_listed_with_its_reason() -> None:
    rules = build_rules(
        keep=condition({"title": ["trade", "fish"]}),
        drop=condition([{"tag": "advert"}, {"title": "sponsored", "source": "harbour"}]),
        rewrite=[step({"title": {"replace": "resume", "with": "go on with"}})],
    )
    left, steps = trace(story(HARBOUR, AGENCY), rules, CONTEXT)
    assert left is not None
    assert left.lead.title == "Ministers go on with trade talks"
    assert steps == (
        Step(number=2, removed=((HARBOUR, "title “sponsored” and source “harbour”"),)),
        Step(number=3, retitled=((AGENCY.title, "Ministers go on with trade talks"),)),
    )


def test_no_rule_runs_after_a_story_is_dropped() -> None:
    rules = build_rules(keep=condition({"title": "trade"}), rewrite=[step({"title": {"replace": "Fish"}})])
    assert trace(story(FISH), rules, CONTEXT) == (
        None,
        (Step(number=1, removed=((FISH, "no match for title “trade”"),)),),
    )


def test_equal_titles_of_two_copies_are_listed_once() -> None:
    twins = (AGENCY, article(id="a2", source="harbour"))
    _, steps = trace(story(*twins), build_rules(rewrite=[step({"title": {"replace": "resume"}})]), CONTEXT)
    assert steps == (Step(number=1, retitled=((AGENCY.title, Text("Ministers trade talks")),)),)
