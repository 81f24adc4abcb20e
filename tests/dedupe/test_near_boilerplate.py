"""What a site prints under every article, and around every title."""

from __future__ import annotations

import pytest

from feeds.dedupe.boilerplate import TITLES, bare_title, pieces, title_mark, with_title, without

FOOTER = "Copyright Elm Street Herald. All rights reserved."


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        ("Crane for the quay | Elm Street Herald", "Crane for the quay"),
        ("Crane for the quay - elmstreetherald", "Crane for the quay"),
        ("UPDATE 2-Crane for the quay", "Crane for the quay"),
        ("CORRECTED-Crane for the quay – Elm Street Herald", "Crane for the quay"),
        ("BREAKING: Crane for the quay", "Crane for the quay"),
        ("(CORRECTED)-Crane for the quay", "Crane for the quay"),
        ("Mayor - crane is too dear", "Mayor - crane is too dear"),
        ("Elm Street Herald", "Elm Street Herald"),
        ("", ""),
    ],
)
def test_bare_title(title: str, bare: str) -> None:
    assert bare_title(title, ("Elm Street Herald", "elmstreetherald")) == bare


def learn(titles: list[str]) -> dict[int, tuple[int, ...]]:
    seen: dict[int, tuple[int, ...]] = {}
    for title in titles:
        for piece in pieces("herald", title, f"What {title} is about.\n{FOOTER}"):
            seen[piece.key] = with_title(seen.get(piece.key, ()), title_mark(title))
    return seen


def test_a_paragraph_under_three_titles_is_the_sites() -> None:
    seen = learn(["Crane for quay", "School roof leaks", "Bakers meet tonight"])
    found = pieces("herald", "Snow tomorrow", f"Snow will fall.\n{FOOTER}")
    assert without("Snow tomorrow", f"Snow will fall.\n{FOOTER}", found, seen) == (
        "Snow tomorrow",
        "Snow will fall.",
    )


def test_two_titles_are_not_enough_and_other_sources_do_not_count() -> None:
    text = f"Snow will fall.\n{FOOTER}"
    seen = learn(["Crane for quay", "School roof leaks"])
    assert without("Snow", text, pieces("herald", "Snow", text), seen) == ("Snow", text)
    seen = learn(["Crane for quay", "School roof leaks", "Bakers meet tonight"])
    assert without("Snow", text, pieces("other", "Snow", text), seen) == ("Snow", text)


def test_versions_of_one_article_count_as_one_title() -> None:
    marks: tuple[int, ...] = ()
    for title in (
        "Crane for the eastern quay",
        "Crane for the eastern quay agreed",
        "Eastern quay: crane for the",
    ):
        marks = with_title(marks, title_mark(title))
    assert len(marks) < TITLES


def test_a_title_suffix_is_learned_where_no_rule_knows_it() -> None:
    titles = ["Crane for quay | Our town", "School roof leaks | Our town", "Bakers meet tonight | Our town"]
    found = pieces("herald", "Snow tomorrow | Our town", "")
    assert without("Snow tomorrow | Our town", "", found, learn(titles)) == ("Snow tomorrow", "")
