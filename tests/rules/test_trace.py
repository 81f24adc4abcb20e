"""What rules did to a story, told to the one who writes them."""

from __future__ import annotations

from feeds.model import Text
from feeds.rules import build
from feeds.rules.trace import Step, trace
from tests.rules.stories import CONTEXT, article, condition, story
from tests.rules.test_rules import AGENCY, FISH, HARBOUR, step


def test_each_step_that_made_a_difference_is_told_with_what_decided() -> None:
    rules = build(
        keep=condition({"title": ["trade", "fish"]}),
        drop=condition([{"tag": "advert"}, {"title": "sponsored", "source": "harbour"}]),
        rewrite=[step({"title": {"replace": "resume", "with": "go on with"}})],
    )
    left, steps = trace(story(HARBOUR, AGENCY), rules, CONTEXT)
    assert left is not None
    assert left.lead.title == "Ministers go on with trade talks"
    assert steps == (
        Step(number=2, gone=((HARBOUR, "title “sponsored” and source “harbour”"),)),
        Step(number=3, retitled=((AGENCY.title, "Ministers go on with trade talks"),)),
    )


def test_nothing_runs_after_a_story_is_gone() -> None:
    rules = build(keep=condition({"title": "trade"}), rewrite=[step({"title": {"replace": "Fish"}})])
    assert trace(story(FISH), rules, CONTEXT) == (
        None,
        (Step(number=1, gone=((FISH, "not: title “trade”"),)),),
    )


def test_two_copies_of_one_title_are_told_once() -> None:
    twins = (AGENCY, article(id="a2", source="harbour"))
    _, steps = trace(story(*twins), build(rewrite=[step({"title": {"replace": "resume"}})]), CONTEXT)
    assert steps == (Step(number=1, retitled=((AGENCY.title, Text("Ministers trade talks")),)),)
