"""Texts that several items of one document have."""

import pytest

from feeds.dedupe.recurring_texts import recurring_texts

NOTES = "This release mends several defects. Thanks to everybody who wrote to us about them."


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (("v2.4.1", "v2.4.0"), {0, 1}),
        (("Letters to the editor", "Letters to the editor"), {0, 1}),
        (("Slow mail in the north", "Webhooks delayed in all regions"), {0, 1}),
        (("", ""), {0, 1}),
        (("Old ferry pier closes after storm", "Old ferry pier closes after storm"), set()),
    ],
)
def test_a_text_of_two_items_recurs_unless_the_items_are_one_article(
    titles: tuple[str, str], expected: set[int]
) -> None:
    assert recurring_texts([(title, NOTES) for title in titles]) == expected


def test_a_text_of_one_item_and_an_empty_text_do_not_recur() -> None:
    assert recurring_texts([("Monday", NOTES), ("Tuesday", f"{NOTES} More."), ("A", ""), ("B", "")]) == set()


def test_a_long_text_recurs_if_three_items_have_it() -> None:
    article = " ".join(f"word{n}" for n in range(200))
    titles = ("Council closes the pier", "Pier closed by the council", "What the council closes")
    assert recurring_texts([(title, article) for title in titles[:2]]) == set()
    assert recurring_texts([(title, article) for title in titles]) == {0, 1, 2}
