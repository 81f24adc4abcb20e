"""Reads the values of a JSON object by type. A value of another type counts as missing."""

from __future__ import annotations

from typing import Any, cast

from feeds.parse.values import Fields, resolve_url


def json_text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    return value.strip() if isinstance(value, str) else ""


def json_url(fields: Fields, name: str, base: str) -> str:
    return resolve_url(json_text(fields, name), base=base)


def json_list(fields: Fields, name: str) -> list[Any]:
    value = fields.get(name)
    return value if isinstance(value, list) else []


def json_object(fields: Fields, name: str) -> Fields:
    value = fields.get(name)
    return cast(Fields, value) if isinstance(value, dict) else {}


def json_objects(fields: Fields, name: str) -> list[Fields]:
    return [cast(Fields, value) for value in json_list(fields, name) if isinstance(value, dict)]
