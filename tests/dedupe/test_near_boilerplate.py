"""Paragraphs and title endings that a site prints with every article are removed."""

from __future__ import annotations

import pytest

from feeds.dedupe.boilerplate import (
    BOILERPLATE_TITLES,
    add_title_minhash,
    boilerplate_candidates,
    remove_boilerplate,
    strip_title,
    title_minhash,
)

FOOTER = "Copyright Elm Street Herald. All rights reserved."


@pytest.mark.parametrize(
    ("title", "stripped"),
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
def test_wire_slugs_and_site_names_are_stripped(title: str, stripped: str) -> None:
    assert strip_title(title, ("Elm Street Herald", "elmstreetherald")) == stripped


def minhashes_after(titles: list[str]) -> dict[int, tuple[int, ...]]:
    """The title MinHashes of all candidates after an article with each title."""
    minhashes: dict[int, tuple[int, ...]] = {}
    for title in titles:
        for candidate in boilerplate_candidates("herald", title, f"What {title} is about.\n{FOOTER}"):
            minhashes[candidate.key] = add_title_minhash(
                minhashes.get(candidate.key, ()), title_minhash(title)
            )
    return minhashes


def test_a_paragraph_under_three_titles_is_removed() -> None:
    minhashes = minhashes_after(["Crane for quay", "School roof leaks", "Bakers meet tonight"])
    candidates = boilerplate_candidates("herald", "Snow tomorrow", f"Snow will fall.\n{FOOTER}")
    assert remove_boilerplate("Snow tomorrow", f"Snow will fall.\n{FOOTER}", candidates, minhashes) == (
        "Snow tomorrow",
        "Snow will fall.",
    )


def test_two_titles_are_not_enough_and_other_sources_do_not_count() -> None:
    text = f"Snow will fall.\n{FOOTER}"
    minhashes = minhashes_after(["Crane for quay", "School roof leaks"])
    assert remove_boilerplate("Snow", text, boilerplate_candidates("herald", "Snow", text), minhashes) == (
        "Snow",
        text,
    )
    minhashes = minhashes_after(["Crane for quay", "School roof leaks", "Bakers meet tonight"])
    assert remove_boilerplate("Snow", text, boilerplate_candidates("other", "Snow", text), minhashes) == (
        "Snow",
        text,
    )


def test_versions_of_one_article_count_as_one_title() -> None:
    minhashes: tuple[int, ...] = ()
    for title in (
        "Crane for the eastern quay",
        "Crane for the eastern quay agreed",
        "Eastern quay: crane for the",
    ):
        minhashes = add_title_minhash(minhashes, title_minhash(title))
    assert len(minhashes) < BOILERPLATE_TITLES


def test_a_title_suffix_under_three_titles_is_removed() -> None:
    titles = ["Crane for quay | Our town", "School roof leaks | Our town", "Bakers meet tonight | Our town"]
    candidates = boilerplate_candidates("herald", "Snow tomorrow | Our town", "")
    cleaned = remove_boilerplate("Snow tomorrow | Our town", "", candidates, minhashes_after(titles))
    assert cleaned == ("Snow tomorrow", "")
