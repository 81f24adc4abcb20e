"""Invented documents of every format in `golden/`, each with a file of its expected result.

After an intended change, write the results with `python -m tests.parse.test_golden` and review the difference.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from feeds.model import Document
from feeds.parse import parse

GOLDEN = Path(__file__).parent / "golden"
DOCUMENTS = sorted(path for path in GOLDEN.iterdir() if not path.name.endswith(".expected.json"))
URL = "https://base.example/feeds/here"


def to_json(value: Any) -> Any:
    """A value as readable JSON, without fields that have their default."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [to_json(part) for part in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: to_json(part)
            for field in fields(value)
            if (part := getattr(value, field.name)) != field.default or field.default is MISSING
        }
    return value


def parsed_json(path: Path) -> str:
    document: Document = parse(path.stem, path.read_bytes(), url=URL)
    return json.dumps(to_json(document), indent=1, ensure_ascii=False) + "\n"


def expected_path(path: Path) -> Path:
    return path.with_name(path.name + ".expected.json")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_the_document_is_parsed_as_expected(path: Path) -> None:
    assert parsed_json(path) == expected_path(path).read_text(encoding="utf-8")


def test_there_is_a_document_of_every_format() -> None:
    formats = {
        json.loads(expected_path(path).read_text(encoding="utf-8"))["feed"]["format"] for path in DOCUMENTS
    }
    assert formats >= {"rss091n", "rss092", "rss10", "rss20", "atom03", "atom10", "json10", "json11"}


if __name__ == "__main__":
    for document in DOCUMENTS:
        expected_path(document).write_text(parsed_json(document), encoding="utf-8")
