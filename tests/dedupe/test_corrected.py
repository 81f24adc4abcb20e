"""Which copy leads: the longest after cleaning, and a correction before what it corrects. All texts are invented."""

# ruff: noqa: E501 - tables of cases

from __future__ import annotations

import pytest

from feeds.dedupe.corrected import is_marked_as_correction
from feeds.dedupe.story import Member, rank_members
from feeds.model import Article, Preference
from tests.make import article

LONGEST: tuple[Preference, ...] = ("priority", "longest", "earliest")
TEXT = (
    "The harbour was closed for a day after the storm, and 12 ships waited in the bay, the council said. "
    "The pilot Martha Brook led the first of them to the pier in the evening. It carried oranges and salt. "
    "The ferry will leave again tomorrow, if the wind allows it."
)
ABOUT = "This is the website of the paper. © 2026 The Harbour Paper. All rights reserved, and so on. " * 3


def lead(*copies: Article) -> str:
    """The guid of the copy that leads. The copies are given in order of arrival."""
    members = [
        Member(
            n=n,
            id=copy.guid,
            source=copy.source,
            story="s",
            cautious_story="s",
            exact_story="s",
            date=copy.date,
            article=copy,
        )
        for n, copy in enumerate(copies)
    ]
    first = rank_members(members, LONGEST, {})[0].article
    assert first is not None
    return first.guid


def copy(guid: str, text: str, *, hours: float = 0, title: str = "The harbour") -> Article:
    return article(guid, source=guid, text=text, title=title, hours=hours)


@pytest.mark.parametrize(
    "padding",
    [f"\n{TEXT}", f"\n{ABOUT}", "\nShip one\nShip two\nShip three" * 9],
    ids=["its text twice", "a notice of rights", "a list of links"],
)
def test_the_longest_copy_is_the_one_with_the_most_text_of_its_own(padding: str) -> None:
    fuller = f"{TEXT} The mayor thanked all who had helped."
    assert len(TEXT + padding) > len(fuller)
    assert lead(copy("padded", TEXT + padding, hours=2), copy("fuller", fuller)) == "fuller"


@pytest.mark.parametrize(
    "title",
    ["CORRECTED-The harbour", "Correction: The harbour", "(Corrects number) The harbour", "The harbour (corrected)", "Berichtigung: Der Hafen",
     "Rectificatif : le port", "Corrección: el puerto", "Rättelse: hamnen", "Поправка: портът", "Исправлено: порт", "تصحيح: الميناء", "訂正：港", "[정정] 항구"],
)  # fmt: skip
def test_a_correction_leads_whatever_its_length(title: str) -> None:
    corrected = copy("corrected", TEXT.replace("12", "13"), title=title)
    assert lead(copy("longer", f"{TEXT} The mayor thanked all.", hours=2), corrected) == "corrected"


def test_a_correction_is_marked_in_the_text_too() -> None:
    for line in ("(Corrects the number in the first paragraph)", "Correction (March 3): It was 13 ships.",
                 "An earlier version of this story gave another number."):  # fmt: skip
        assert is_marked_as_correction(copy("c", f"{line}\n{TEXT}"))
        assert is_marked_as_correction(copy("c", f"{TEXT}\n{line}"))


@pytest.mark.parametrize(
    "title",
    ["Correctional officers strike", "The correction of a river", "Oprava mostu potrvá rok", "Ralation", "Correct change only", "Rettetal",
     "Correction fluid sales fall"],
)  # fmt: skip
def test_other_titles_are_no_corrections(title: str) -> None:
    assert not is_marked_as_correction(copy("c", TEXT, title=title))


def test_a_notice_about_an_error_does_not_lead() -> None:
    notice = copy("notice", "Correction: it was 13 ships.", title="Correction: The harbour")
    assert lead(copy("full", TEXT, hours=2), notice) == "full"


@pytest.mark.parametrize(
    ("old", "new"), [("12 ships", "13 ships"), ("12 ships", "seven ships"), ("Martha", "Marta")]
)
def test_the_same_text_with_changed_facts_leads_if_it_is_later(old: str, new: str) -> None:
    first, later = copy("first", TEXT, hours=3), copy("later", TEXT.replace(old, new), hours=2)
    assert lead(first, later) == "later"
    # A still later copy of the first version is not a correction.
    assert lead(first, later, copy("late", TEXT, hours=1)) == "later"


def test_a_later_copy_with_other_words_is_no_correction() -> None:
    edited = TEXT.replace("in the evening", "at night").replace("again tomorrow", "tomorrow")
    assert lead(copy("first", TEXT, hours=3), copy("edited", edited)) == "first"
    assert lead(copy("first", TEXT, hours=3), copy("same", TEXT)) == "first"
