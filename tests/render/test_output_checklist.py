"""Each of the 23 items of docs/checklists/output.md has a test, marked with a comment: `# output checklist 7`."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
_MARK = re.compile(r"^# output checklist (\d+)$", re.MULTILINE)


def test_every_item_has_a_test() -> None:
    marked = {
        int(number)
        for path in TESTS.rglob("test_*.py")
        for number in _MARK.findall(path.read_text(encoding="utf-8"))
    }
    assert sorted(marked) == list(range(1, 24))
