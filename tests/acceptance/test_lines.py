"""Every line of the list, by its number. The rows are in `lines/`; see the package's docstring."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.lines import LINES, Row, all_rows
from tests.acceptance.scene import Scene


@pytest.mark.parametrize("row", all_rows(), ids=str)
def test(row: Row, tmp_path: Path) -> None:
    with Scene(tmp_path) as scene:
        row.run(scene)


def test_no_line_is_missing() -> None:
    assert list(LINES) == list(range(1, 35))
    assert {row.line for row in all_rows()} == set(LINES)


def test_no_two_rows_have_one_name() -> None:
    names = [str(row) for row in all_rows()]
    assert len(set(names)) == len(names)
