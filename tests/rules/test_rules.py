"""The effect of rules on a story, and their order."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from feeds.model import Rule, Story, Text
from feeds.rules import Rewrite, build_rules
from tests.rules.stories import CONTEXT, article, condition, story

AGENCY = article()
HARBOUR = article(id="h1", source="harbour", title=Text("Sponsored: trade talks | Daily Harbour"))
FISH = article(id="f1", source="harbour", title=Text("Fish prices rise"))


def step(value: object) -> Rewrite:
    return TypeAdapter(Rewrite).validate_python(value)


def apply_rules(rules: tuple[Rule, ...], story_: Story) -> Story | None:
    result: Story | None = story_
    for rule in rules:
        if result is not None:
            result = rule.apply(result, CONTEXT)
    return result


def titles(story_: Story | None) -> list[str]:
    return [member.title for member in story_.members] if story_ else []


def test_without_conditions_there_are_no_rules() -> None:
    assert build_rules() == ()


def test_keep_removes_articles_that_do_not_match() -> None:
    rules = build_rules(keep=condition({"title": "trade"}))
    assert apply_rules(rules, story(AGENCY)) == story(AGENCY)
    assert apply_rules(rules, story(FISH)) is None


def test_drop_removes_one_copy_and_keeps_the_story() -> None:
    dropped = apply_rules(build_rules(drop=condition([{"title": "sponsored"}])), story(HARBOUR, AGENCY, FISH))
    assert dropped == Story(id=HARBOUR.id, lead=AGENCY, others=(FISH,))


def test_keep_and_drop_both_apply() -> None:
    rules = build_rules(keep=condition({"title": "trade"}), drop=condition({"source": "harbour"}))
    assert titles(apply_rules(rules, story(HARBOUR, FISH))) == []
    assert titles(apply_rules(rules, story(HARBOUR, AGENCY))) == [AGENCY.title]


def test_all_keys_of_a_condition_must_match_the_same_article() -> None:
    rules = build_rules(keep=condition({"title": "fish", "source": "agency"}))
    assert apply_rules(rules, story(AGENCY, FISH)) is None


@pytest.mark.parametrize(
    ("value", "before", "after"),
    [
        ({"strip_suffix": " | Daily Harbour"}, "Fish | Daily Harbour", "Fish"),
        ({"strip_suffix": [" - X", " | Daily Harbour"]}, "Fish | Daily Harbour", "Fish"),
        ({"strip_suffix": " | Daily Harbour"}, "Fish | Daily Harbour today", "Fish | Daily Harbour today"),
        ({"strip_suffix": "Fish"}, "Fish", "Fish"),  # a title is never emptied
        ({"replace": "/^(LIVE|UPDATE):\\s*/i"}, "Live: fish", "fish"),
        ({"replace": r"/(\d+)\.(\d+)/", "with": r"\1,\2"}, "Up 3.5 points", "Up 3,5 points"),
        ({"replace": "live", "with": "now"}, "LIVE from the olive harbour", "now from the olive harbour"),
        ({"prefix_source": True}, "Fish", "Daily Harbour: Fish"),
    ],
)
def test_a_title_is_rewritten(value: object, before: str, after: str) -> None:
    rules = build_rules(rewrite=[step({"title": value})])
    assert titles(apply_rules(rules, story(article(source="harbour", title=Text(before))))) == [after]


def test_a_rewrite_with_when_changes_only_matching_articles() -> None:
    rules = build_rules(rewrite=[step({"title": {"replace": "trade"}, "when": {"source": "agency"}})])
    assert titles(apply_rules(rules, story(HARBOUR, AGENCY))) == [HARBOUR.title, "Ministers resume talks"]


def test_other_copies_are_rewritten_but_get_no_prefix() -> None:
    rules = build_rules(
        rewrite=[step({"title": {"replace": "trade"}}), step({"title": {"prefix_source": True}})]
    )
    assert titles(apply_rules(rules, story(AGENCY, HARBOUR))) == [
        "The Agency: Ministers resume talks",
        "Sponsored: talks | Daily Harbour",
    ]


def test_keep_and_drop_see_the_original_titles() -> None:
    rules = build_rules(
        drop=condition({"title": "sponsored"}),
        rewrite=[step({"title": {"replace": "sponsored", "with": "ad"}})],
    )
    assert apply_rules(rules, story(HARBOUR)) is None


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"title": {}}, "name one change"),
        ({"title": {"prefix_source": True, "strip_suffix": "x"}}, "name one change"),
        ({"title": {"strip_suffix": "x", "with": "y"}}, "`with` belongs to `replace`"),
        ({"title": {"replace": "/(a)/", "with": r"\2"}}, "invalid group reference"),
        ({"title": {"replace": "/(a)/", "with": r"\g<x>"}}, "unknown group name"),
        ({"title": {"strip_suffix": ""}}, "at least 1 character"),
        ({"text": {"replace": "a"}}, "Field required"),
    ],
)
def test_a_wrong_rewrite_is_rejected(value: object, message: str) -> None:
    with pytest.raises(ValidationError, match=message.replace("\\", r"\\")):
        step(value)


def test_str_describes_a_rule() -> None:
    rules = build_rules(
        keep=condition({"title": "trade"}),
        drop=condition([{"source": "harbour"}]),
        rewrite=[
            step({"title": {"strip_suffix": " | X"}, "when": {"tag": "wire"}}),
            step({"title": {"replace": "/a/", "with": "b"}}),
            step({"title": {"prefix_source": True}}),
        ],
    )
    assert [str(rule) for rule in rules] == [
        "keep only: title “trade”",
        "drop: source “harbour”",
        "remove from the end of the title: “ | X”, when tag “wire”",
        "in the title, replace /a/ with “b”",
        "put the source's name before the title",
    ]


def test_repr_differs_only_with_the_configuration() -> None:
    one, same, other = (build_rules(keep=condition({"title": word})) for word in ("a", "a", "b"))
    assert repr(one) == repr(same) != repr(other)
