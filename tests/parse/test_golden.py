"""Invented documents of every format, and beside each what we read out of it.

A changed result is looked at and then written with `python -m tests.parse.test_golden`.
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


def shown(value: Any) -> Any:
    """A value as JSON that a person reads: what is not said is not shown."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [shown(part) for part in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: shown(part)
            for field in fields(value)
            if (part := getattr(value, field.name)) != field.default or field.default is MISSING
        }
    return value


def read(path: Path) -> str:
    document: Document = parse(path.stem, path.read_bytes(), url=URL)
    return json.dumps(shown(document), indent=1, ensure_ascii=False) + "\n"


def expected(path: Path) -> Path:
    return path.with_name(path.name + ".expected.json")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_golden(path: Path) -> None:
    assert read(path) == expected(path).read_text(encoding="utf-8")


def test_there_is_one_of_every_format() -> None:
    formats = {json.loads(expected(path).read_text(encoding="utf-8"))["feed"]["format"] for path in DOCUMENTS}
    assert formats >= {"rss091n", "rss092", "rss10", "rss20", "atom03", "atom10", "json10", "json11"}


if __name__ == "__main__":
    for document in DOCUMENTS:
        expected(document).write_text(read(document), encoding="utf-8")
