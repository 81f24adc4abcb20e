"""SECURITY.md names tests that exist, and every promise has one."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
PROMISES = [line for line in PAGE.splitlines() if line.startswith("| **")]


def test_every_promise_names_its_tests() -> None:
    assert len(PROMISES) > 10
    assert [line for line in PROMISES if not re.search(r"`tests/[\w/]+\.py`", line)] == []


def test_the_named_tests_exist_and_contain_tests() -> None:
    names = set(re.findall(r"`(tests/[\w/]+\.py)`", PAGE))
    assert len(names) > 15
    missing = [
        name
        for name in sorted(names)
        if not (ROOT / name).is_file() or "\ndef test_" not in (ROOT / name).read_text(encoding="utf-8")
    ]
    assert missing == []


def test_the_links_of_the_page_lead_to_existing_files() -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", PAGE)
    assert links
    assert [link for link in links if not (ROOT / link).is_file()] == []
