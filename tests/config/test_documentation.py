"""docs/configuration.md describes the same keys and defaults as the schema."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from feeds.config.schema import MODELINE, json_schema
from tests.config.files import loaded

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "configuration.md").read_text("utf-8")
ROW = re.compile(r"^\| `(?P<key>\w+)` \| (?P<unset>[^|]*)\| (?P<meaning>.+) \|$", re.MULTILINE)
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)

SCHEMA = json_schema()
SHARED = set(SCHEMA["$defs"]["Defaults"]["properties"])  # options of both `defaults` and sources


def tables() -> list[dict[str, str]]:
    return [
        {row["key"]: row["unset"].strip() for row in ROW.finditer(table)}
        for table in re.split(r"\n\n", PAGE)
        if table.startswith("| key |")
    ]


def shapes() -> list[tuple[str, dict[str, Any]]]:
    """Every mapping of the schema with its keys; a source without the options that `defaults` has too."""
    mappings = [("File", SCHEMA["properties"])]
    for name, shape in SCHEMA["$defs"].items():
        keys = next(part for part in [shape, *shape.get("anyOf", [])] if "properties" in part)["properties"]
        mappings.append((name, {k: v for k, v in keys.items() if name != "SourceEntry" or k not in SHARED}))
    return mappings


@pytest.mark.parametrize(("name", "keys"), shapes(), ids=[name for name, _ in shapes()])
def test_every_mapping_has_a_table_with_its_keys_and_defaults(name: str, keys: dict[str, Any]) -> None:
    table = next((table for table in tables() if set(table) == set(keys)), None)
    assert table is not None, f"no table of docs/configuration.md has the keys of {name}: {', '.join(keys)}"
    for key, field in keys.items():
        default = field.get("default")
        if default not in (None, "", []):
            values = default if isinstance(default, list) else [default]
            written = [str(value).lower() if isinstance(value, bool) else str(value) for value in values]
            assert table[key] == ", ".join(f"`{value}`" for value in written), key


def test_every_table_belongs_to_a_mapping() -> None:
    known = [set(keys) for _, keys in shapes()]
    assert len(tables()) == len(known)
    assert [sorted(table) for table in tables() if set(table) not in known] == []


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_loads(tmp_path: Path, example: str) -> None:
    assert loaded(tmp_path, example, AGENCY_TOKEN="x").sources


def test_there_are_examples_and_the_modeline() -> None:
    assert len(EXAMPLES) >= 4
    assert MODELINE in PAGE
