"""docs/rules.md: its examples are valid, and it documents every key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, TypeAdapter
from ruamel.yaml import YAML

from feeds.rules import Condition, Rewrite
from feeds.rules.pattern import MAX_SEARCH_SECONDS, MAX_SEARCHED_CHARS

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


class Rules(BaseModel):
    model_config = ConfigDict(extra="ignore")

    keep: Condition | None = None
    drop: Condition | None = None
    rewrite: tuple[Rewrite, ...] = ()


def test_the_page_has_examples() -> None:
    assert len(BLOCKS) >= 2


@pytest.mark.parametrize("block", BLOCKS)
def test_an_example_is_valid(block: str) -> None:
    value = YAML(typ="safe").load(block)
    for output in value.get("outputs", {"": value}).values():
        rules = Rules.model_validate(output)
        assert rules.keep or rules.drop or rules.rewrite


@pytest.mark.parametrize("example", re.findall(r"`drop: (.*?)`", PAGE, re.DOTALL))
def test_an_example_in_the_text_is_valid(example: str) -> None:
    assert str(TypeAdapter(Condition).validate_python(YAML(typ="safe").load(example)))


def test_every_key_is_documented() -> None:
    keys = {field.alias or name for name, field in Condition.model_fields.items()}
    assert len(keys) > 10
    assert not [key for key in keys if f"`{key}`" not in PAGE]


def test_the_documented_limit_is_the_real_one() -> None:
    assert f"{MAX_SEARCHED_CHARS:,} characters" in PAGE
    assert f"after {MAX_SEARCH_SECONDS:g} seconds" in PAGE
