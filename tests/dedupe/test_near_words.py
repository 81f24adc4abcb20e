"""Words found all at once are those that a regular expression finds one after the other."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.words import LONGEST, MARKS, NAME, NUMBER, opened, words

WORD = re.compile(rf"\d+(?:[.,:]\d+)*(?:-\d+/\d+)?|[^\W\d_][\w{MARKS}]*")
PLAIN = st.text(st.sampled_from("aZéß7 .,:-/'“ñж中ทि٣\n_"), max_size=200)


def found(text: str) -> list[str]:
    units, (begin, end) = opened([text])
    whole = unicodedata.normalize("NFKC", text).encode("utf-16-le", "surrogatepass")
    assert (begin, end) == (0, len(whole) // 2 + 1)
    parts = words(units)
    return [
        whole[2 * begin : 2 * (begin + size)].decode("utf-16-le", "surrogatepass")
        for begin, size in zip(parts.begin.tolist(), parts.sizes.tolist(), strict=True)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("The F16b flew.", ["The", "F16b", "flew"], id="digits within a word"),
        pytest.param(
            "20mg on the 1st", ["20", "mg", "on", "the", "1", "st"], id="a number, and a word at once"
        ),
        pytest.param("1,000.5 at 10:30.", ["1,000.5", "at", "10:30"], id="separators"),
        pytest.param("6-3/8 of 3/8, 4-5", ["6-3/8", "of", "3", "8", "4", "5"], id="fractions"),
        pytest.param("PM2.5 and ከ2,000", ["PM2", "5", "and", "ከ2", "000"], id="a number behind a letter"),
        pytest.param("_a __ '’b", ["a", "b"], id="what no word begins with"),
        pytest.param("हिन्दी में", ["हिन्दी", "में"], id="vowels that are marks"),
        pytest.param("so 🚢 on", ["so", "on"], id="pictures"),
        pytest.param("𠮷野", ["𠮷野"], id="letters beyond the first plane"),
        pytest.param("٣٫٥ ٣", ["٣", "٥", "٣"], id="other digits"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@given(PLAIN)
def test_all_at_once_is_one_after_the_other(text: str) -> None:
    assert found(text) == WORD.findall(unicodedata.normalize("NFKC", text))


@given(PLAIN)
def test_a_word_has_one_code_wherever_it_stands(text: str) -> None:
    alone, _ = opened([text])
    behind, (_, at, _) = opened(["Harbour", text])
    there = words(behind)
    here = there.begin >= at
    assert there.codes[here].tolist() == words(alone).codes.tolist()
    assert words(behind).codes[~here].tolist() == words(opened(["HARBOUR"])[0]).codes.tolist()


def test_what_a_word_is() -> None:
    units, _ = opened(["Lindholm votes 7 to A"])
    assert [code & 3 for code in words(units).codes.tolist()] == [NAME, 0, NUMBER, 0, 0]


def test_the_same_in_every_release() -> None:
    units, _ = opened(["Harbour straße ÅNGSTRÖM 6-3/8"])
    assert words(units).codes.tolist() == [1110089502, 274985304, 3437353502, 462592561]


def test_long_texts_are_bounded() -> None:
    units, begins = opened(["t" * LONGEST, "ﷺ" * LONGEST, "x"])  # that sign folds to 18
    assert begins == [0, LONGEST + 1, 2 * LONGEST + 2, 2 * LONGEST + 4]
    found = words(units)
    assert found.begin[found.begin >= begins[2]].tolist() == [begins[2]]
