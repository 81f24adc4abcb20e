from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from ruamel.yaml import YAML

from feeds.config.schema import json_schema
from tests.config.files import EVERYTHING

SCHEMA = json_schema()


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    target: dict[str, Any] = SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    return {**target, **{key: value for key, value in schema.items() if key != "$ref"}}


def nodes(schema: Any, path: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        yield path, schema
        for key, value in schema.items():
            yield from nodes(value, f"{path}/{key}")
    elif isinstance(schema, list):
        for index, value in enumerate(schema):
            yield from nodes(value, f"{path}/{index}")


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """Whether the value is valid, by the part of JSON Schema that is used here."""
    schema = resolved(schema)
    if "anyOf" in schema and not any(fits(value, option) for option in schema["anyOf"]):
        return False
    kinds = schema.get("type", [])
    names = {
        dict: "object",
        list: "array",
        str: "string",
        bool: "boolean",
        int: "integer",
        type(None): "null",
    }
    if kinds and names[type(value)] not in ([kinds] if isinstance(kinds, str) else kinds):
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return False
    if isinstance(value, list):
        return all(fits(item, schema.get("items", {})) for item in value)
    if isinstance(value, dict):
        known, others = schema.get("properties", {}), schema.get("additionalProperties", {})
        return all(name in value for name in schema.get("required", [])) and all(
            fits(item, known[name]) if name in known else others is not False and fits(item, others)
            for name, item in value.items()
        )
    return True


def test_the_schema_names_its_draft_and_is_json() -> None:
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA


def test_every_key_is_described() -> None:
    described = [
        (f"{path}/{name}", resolved(field).get("description"))
        for path, node in nodes(SCHEMA)
        if isinstance(node.get("properties"), dict) and node.get("type") == "object"
        for name, field in node["properties"].items()
    ]
    assert len(described) > 80
    assert [name for name, description in described if not description] == []


def test_no_mapping_accepts_unknown_keys() -> None:
    mappings = [
        (path, node) for path, node in nodes(SCHEMA) if node.get("type") == "object" and "properties" in node
    ]
    assert len(mappings) > 10
    assert [path for path, node in mappings if node.get("additionalProperties") is not False] == []


def test_defaults_are_written_as_in_the_file() -> None:
    defaults = SCHEMA["$defs"]["Defaults"]["properties"]
    assert (defaults["timeout"]["default"], defaults["dedupe"]["default"]) == ("30s", "on")
    assert SCHEMA["$defs"]["LimitsEntry"]["properties"]["parse_memory"]["default"] == "512MiB"
    assert [path for path, node in nodes(SCHEMA) if node.get("default", ...) is None] == []


def test_the_full_example_is_valid() -> None:
    assert fits(YAML(typ="safe", pure=True).load(EVERYTHING), SCHEMA)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sources: [https://a.example/]", True),
        ("outputs: {a: {dedupe: off}}", True),
        ("outputs: {a: {keep: {any: [{title: x}]}, drop: [{title: [x, /y/]}]}}", True),
        ("sources:", True),
        ("sources: [{ulr: x}]", False),
        ("outputs: {a: {dedupe: of}}", False),
        ("defaults: {min: soon}", False),
        ("defaults: {min: 60}", False),
        ("outputs: {a: {drop: [{titel: x}]}}", False),
    ],
)
def test_the_schema_accepts_valid_files_only(text: str, expected: bool) -> None:
    assert fits(YAML(typ="safe", pure=True).load(text), SCHEMA) is expected
