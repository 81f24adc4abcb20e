"""Run the rows of the fetching checklist, and compare the checklists with the tests that refer to them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.acceptance.checklist import ITEMS, Row, all_rows
from tests.acceptance.scene import Scene

TESTS = Path(__file__).resolve().parents[1]
CHECKLISTS = TESTS.parent / "docs" / "checklists"


def numbers_of(checklist: str) -> list[int]:
    """The numbers of a checklist's items, in the order of the page."""
    page = (CHECKLISTS / f"{checklist}.md").read_text(encoding="utf-8")
    return [int(number) for number in re.findall(r"^(\d+)\. ", page, re.MULTILINE)]


def references() -> set[tuple[str, int]]:
    """(checklist, number) of every `# output checklist 20` comment in the tests; several numbers with commas."""
    found = set()
    for path in TESTS.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for checklist, numbers in re.findall(r"# (\w+) checklist (\d+(?:(?:, | and )\d+)*)", text):
            found |= {(checklist, int(number)) for number in re.findall(r"\d+", numbers)}
    return found


@pytest.mark.parametrize("row", all_rows(), ids=str)
def test_checklist(row: Row, tmp_path: Path) -> None:
    with Scene(tmp_path) as scene:
        row.run(scene)


def test_every_item_of_the_fetching_checklist_has_a_row_and_each_row_an_item() -> None:
    numbers = numbers_of("fetching")
    assert numbers == list(range(1, 35))
    assert list(ITEMS) == numbers
    assert {row.number for row in all_rows()} == set(numbers)


@pytest.mark.parametrize("checklist", ["fetching", "output", "hostile"])
def test_the_numbers_of_a_checklist_are_consecutive(checklist: str) -> None:
    numbers = numbers_of(checklist)
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers


def test_tests_refer_to_items_that_exist() -> None:
    items = {(path.stem, number) for path in CHECKLISTS.glob("*.md") for number in numbers_of(path.stem)}
    assert {checklist for checklist, _ in references()} >= {"fetching", "output"}
    assert references() <= items


def test_row_names_are_unique() -> None:
    names = [str(row) for row in all_rows()]
    assert len(set(names)) == len(names)
