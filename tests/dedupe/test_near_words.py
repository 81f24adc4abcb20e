"""`split_words` finds the same words as a regular expression."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.words import COMBINING_MARKS, MAX_TEXT_UNITS, NAME, NUMBER, split_words, to_units

WORD = re.compile(rf"\d+(?:[.,:]\d+)*(?:-\d+/\d+)?|[^\W\d_][\w{COMBINING_MARKS}]*")
PLAIN = st.text(st.sampled_from("aZéß7 .,:-/'“ñж中ทि٣\n_"), max_size=200)


def words_of(text: str) -> list[str]:
    units, (begin, end) = to_units([text])
    whole = unicodedata.normalize("NFKC", text).encode("utf-16-le", "surrogatepass")
    assert (begin, end) == (0, len(whole) // 2 + 1)
    words = split_words(units)
    return [
        whole[2 * begin : 2 * (begin + size)].decode("utf-16-le", "surrogatepass")
        for begin, size in zip(words.begin.tolist(), words.sizes.tolist(), strict=True)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("The F16b flew.", ["The", "F16b", "flew"], id="digits within a word"),
        pytest.param(
            "20mg on the 1st", ["20", "mg", "on", "the", "1", "st"], id="a word directly after a number"
        ),
        pytest.param("1,000.5 at 10:30.", ["1,000.5", "at", "10:30"], id="separators"),
        pytest.param("6-3/8 of 3/8, 4-5", ["6-3/8", "of", "3", "8", "4", "5"], id="fractions"),
        pytest.param("PM2.5 and ከ2,000", ["PM2", "5", "and", "ከ2", "000"], id="a number after a letter"),
        pytest.param("7_7Z 1_2_3a", ["7", "7", "Z", "1", "2", "3", "a"], id="several numbers in one run"),
        pytest.param("_a __ '’b", ["a", "b"], id="characters that begin no word"),
        pytest.param("हिन्दी में", ["हिन्दी", "में"], id="vowel signs"),
        pytest.param("so 🚢 on", ["so", "on"], id="pictures"),
        pytest.param("𠮷野", ["𠮷野"], id="letters beyond the first plane"),
        pytest.param("٣٫٥ ٣", ["٣", "٥", "٣"], id="other digits"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_words_are_split(text: str, expected: list[str]) -> None:
    assert words_of(text) == expected


@given(PLAIN)
def test_split_words_agrees_with_the_regular_expression(text: str) -> None:
    assert words_of(text) == WORD.findall(unicodedata.normalize("NFKC", text))


@given(PLAIN)
def test_the_code_of_a_word_does_not_depend_on_its_position(text: str) -> None:
    alone, _ = to_units([text])
    both, (_, begin, _) = to_units(["Harbour", text])
    words = split_words(both)
    second = words.begin >= begin
    assert words.codes[second].tolist() == split_words(alone).codes.tolist()
    assert words.codes[~second].tolist() == split_words(to_units(["HARBOUR"])[0]).codes.tolist()


def test_a_code_tells_names_and_numbers_from_other_words() -> None:
    units, _ = to_units(["Lindholm votes 7 to A"])
    assert [code & 3 for code in split_words(units).codes.tolist()] == [NAME, 0, NUMBER, 0, NAME]


def test_codes_are_the_same_in_every_release() -> None:
    units, _ = to_units(["Harbour straße ÅNGSTRÖM 6-3/8"])
    assert split_words(units).codes.tolist() == [1110089502, 274985304, 3437353502, 462592561]


def test_long_texts_are_bounded() -> None:
    units, begins = to_units(["t" * MAX_TEXT_UNITS, "ﷺ" * MAX_TEXT_UNITS, "x"])  # "ﷺ" becomes 18 characters
    assert begins == [0, MAX_TEXT_UNITS + 1, 2 * MAX_TEXT_UNITS + 2, 2 * MAX_TEXT_UNITS + 4]
    words = split_words(units)
    assert words.begin[words.begin >= begins[2]].tolist() == [begins[2]]
