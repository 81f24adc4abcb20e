"""The 23 lines of the output rules, each with a test of its number: test_line_07_…

The fetch rules are numbered in the same way; theirs stand elsewhere.
"""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
WHERE = (
    *sorted((TESTS / "publish").glob("test_*.py")),
    *sorted((TESTS / "serve").glob("test_*.py")),
    *(TESTS / "run" / f"test_{name}.py" for name in ("archive", "health", "ping", "private")),
)


def numbered() -> Counter[int]:
    names = (
        node.name
        for path in WHERE
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_line_")
    )
    return Counter(int(number) for name in names if (number := name.split("_")[2]).isdigit())


def test_every_line_has_a_test() -> None:
    assert sorted(numbered()) == list(range(1, 24))
