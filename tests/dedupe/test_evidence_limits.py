"""The rules that hold whatever the model says, each with the pair that it is for."""

from __future__ import annotations

import pytest

from feeds.dedupe.evidence_limits import Limit
from feeds.dedupe.join import NearJoinResult
from tests.dedupe.test_near_join import CRANE, fingerprinted, stories_in_memory, weather

PARTS = CRANE.split("\n")
BAKERS = (
    "The bakers' guild of Norrvik asked on Monday for later closing hours at the market. Its chairman Ola Brandt said "
    "that the ovens of nine shops stand cold after noon. The council will answer before the summer fair."
)
FERRY = (
    "The ferry between Tarn and Lindholm will sail four times a day from June on. Captain Sara Vik said that the new "
    "engine needs a third less oil. Passengers under twelve travel free of charge until the end of August."
)
WELCOME = (
    "Welcome to the letter of the harbour museum, which tells you every Friday what our volunteers have found in the "
    "cellars, what you can see in the halls, and whom you can meet at the long table of the canteen on Sunday at noon. "
    "Write to us whenever you like, and forward this letter to your friends."
)
Copy = tuple[str, str, str]  # source, title, text


def warning(county: str, wind: int) -> str:
    return (
        f"The weather service has issued a yellow warning for the county of {county}. Gusts of {wind} km/h are "
        "expected in the afternoon and in the evening, mostly from the west. Loose objects may be blown away, and "
        "branches may fall. The service advises to bring garden furniture indoors, to keep away from trees and "
        "scaffolding, and to drive with care on bridges. It will lift the warning or raise it as soon as new "
        "measurements arrive. The fire brigades of the towns are on call, and a telephone line for questions is "
        "open all night."
    )


def vacancy(role: str, salary: str) -> str:
    return (
        f"Brandt Personnel is looking for a {role} to join its team in Norrvik. You work closely with others, plan "
        "your own day and answer for the quality of what you deliver. You have worked two years in a similar place "
        "and have an eye for detail. Full training is given, and a driving licence is welcome. In return we offer a"
        f" salary of up to {salary} crowns, a pension, free parking and a boat trip in June. Please apply before "
        "Easter, and tell us when you can begin. We answer every letter within a week."
    )


def last_result(*copies: Copy) -> tuple[list[str], NearJoinResult]:
    stories, results = stories_in_memory(
        [
            fingerprinted(source, title, text, hours=at + 1.0)
            for at, (source, title, text) in enumerate(copies)
        ]
    )
    return stories, results[-1]


@pytest.mark.parametrize(
    ("first", "second", "limit"),
    [
        (("a", "Letters", f"{PARTS[0]} {BAKERS}"), ("b", "Letters", FERRY), Limit.LITTLE_SHARED),
        (("a", "Release v1.3.1", ""), ("b", "Release v1.3.1", ""), Limit.TITLES_ALONE),
        (("a", "The ferry sails later today", ""), ("a", "The ferry sails later today", ""), Limit.TITLES_ALONE),
        (("a", "Episode 12: the ferry", FERRY), ("a", "Episode 13: the ferry", FERRY), Limit.TITLE_NUMBERS),
        (("a", "Ovens", f"{WELCOME} {BAKERS}"), ("b", "A new engine", f"{WELCOME} {FERRY}"), Limit.PASSAGE),
        (
            ("a", "Wind warning for Halland", warning("Halland", 70)),
            ("b", "Wind warning for Ostvik", warning("Ostvik", 75)),
            Limit.OTHER_FACTS,
        ),
        (
            ("a", "Lathe operator, Norrvik", vacancy("lathe operator", "34,000")),
            ("b", "Night watchman, Norrvik", vacancy("night watchman", "27,500")),
            Limit.OTHER_FACTS,
        ),
        (
            ("a", "v17.4.0", f"{FERRY} {BAKERS}"),
            ("b", "v11.2.0", f"{FERRY} {BAKERS}"),
            Limit.TITLE_NUMBERS,
        ),
        (("a", "Bakers", f"{BAKERS} {PARTS[1]}"), ("b", "More ferries", f"{FERRY} {PARTS[1]}"), Limit.PASSAGE),
        (("a", "Sky", weather("Tarn", 12, 4, 20, 35)), ("b", "Sky", weather("Tarn", 15, 7, 11, 6)), Limit.OTHER_FACTS),
    ],
)  # fmt: skip
def test_a_rule_keeps_different_items_apart(first: Copy, second: Copy, limit: Limit) -> None:
    stories, result = last_result(first, second)
    assert stories == ["0", "1"]
    assert result.nearest[0].record.score <= 0.1
    assert result.nearest[0].record.limit in (limit, "")


@pytest.mark.parametrize(
    "copy",
    [
        CRANE,
        f"{PARTS[0]}\n{PARTS[1]}",
        f"Updated: 12:40\n{CRANE}\nFollow the Star on every channel.",
    ],
)
def test_the_whole_text_or_its_beginning_joins_under_any_headline_of_another_source(copy: str) -> None:
    stories, result = last_result(
        ("post", "Lindholm votes for a crane", CRANE), ("star", "Why your tea tastes of soap", copy)
    )
    assert stories == ["0", "0"]
    assert result.joined is not None
    assert result.joined.record.score >= 0.9


def test_within_one_source_a_text_under_an_unrelated_headline_does_not_join() -> None:
    assert last_result(("post", "Lindholm votes for a crane", CRANE), ("post", "Tea and soap", CRANE))[0] == [
        "0",
        "1",
    ]


def test_a_number_in_words_is_the_same_fact_as_the_number_in_digits() -> None:
    words = CRANE.replace("63 ships", "seven ships")
    digits = CRANE.replace("63 ships", "7 ships")
    other = CRANE.replace("63 ships", "eight ships")
    assert last_result(("a", "Crane", words), ("b", "Tea and soap", digits))[0] == ["0", "0"]
    _, result = last_result(("a", "Crane", words), ("b", "Tea and soap", other))
    record = (result.joined or result.nearest[0]).record
    assert record.limit != Limit.WHOLE_TEXT


def test_the_whole_text_unites_two_cut_copies_that_share_nothing() -> None:
    title = "Lindholm votes for a crane"
    more = f"{CRANE}\n{BAKERS}"
    stories, result = last_result(
        ("a", title, CRANE), ("b", f"{title} at last", BAKERS + " " + FERRY), ("c", title, f"{more} {FERRY}")
    )
    assert stories == ["0", "1", "0"]
    assert [united.story for united in result.united] == ["1"]


def test_a_review_of_the_week_does_not_join_the_texts_that_it_holds() -> None:
    texts = (("a", "A crane", CRANE), ("b", "Bakers want more", BAKERS + " " + FERRY))
    review = ("c", "The week in Lindholm", f"{CRANE}\n{BAKERS} {FERRY}")
    stories, result = last_result(*texts, review)
    assert stories == ["0", "1", "2"]
    assert result.why_not == "it holds the whole texts of several stories"


def test_a_title_does_not_decide_alone_where_the_text_is_boilerplate() -> None:
    notice = "Read the whole report of our correspondent on the pages of the Herald, every day from six."
    title = "Harbour board of Lindholm votes for a second crane"
    stories, result = last_result(
        *(("herald", other, notice) for other in ("Bakers open longer", "A new school", "Rain in Tarn")),
        ("star", title, ""),
        ("herald", title, notice),
    )
    assert stories[-1] == "4"
    assert result.nearest[0].record.limit == Limit.TITLES_ALONE
