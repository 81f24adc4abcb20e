"""Fingerprints: stable, bounded, and blind to what does not matter."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from feeds import codec
from feeds.dedupe.fingerprint import LIMIT, Fingerprint, fingerprint, fingerprints
from feeds.dedupe.open_fingerprint import KEYS, LEAD_KEYS, Print, smallest

TEXT = "The harbour board of Lindholm met on Monday and voted 7 to 2 for a second crane on the eastern quay."


def test_hashes_are_the_same_in_every_release() -> None:
    made = Print(fingerprint("Second crane", TEXT))
    assert made.shingles[:3].tolist() == [3354954932, 4048376232, 3357378709]


def test_case_and_punctuation_are_not_compared() -> None:
    shouted = fingerprint("", TEXT.upper().replace(".", " !"))
    assert shouted.shingles == fingerprint("", TEXT).shingles


def test_numbers_and_names_keep_their_places() -> None:
    made = Print(fingerprint("", TEXT))
    words = TEXT.rstrip(".").split()
    facts = [words[place] for place in made.places]
    assert facts == ["The", "Lindholm", "Monday", "7", "2"]
    assert len(made.numbers) == 2


def test_scripts_without_spaces_are_cut_by_characters() -> None:
    made = fingerprint("港口委员会", "港口委员会周一投票决定在东码头建造第二台起重机。")
    assert made.unspaced
    assert Print(made).size > 10
    assert fingerprint("", "ท่าเรือจะสร้างเครนตัวที่สองในปีหน้า").unspaced


@given(st.text(max_size=400), st.text(max_size=2000))
def test_any_text_has_a_fingerprint_that_survives_the_codec(title: str, text: str) -> None:
    made = fingerprint(title, text)
    assert codec.loads(Fingerprint, codec.dumps(made)) == made
    opened = Print(made)
    assert len(opened.keys) <= KEYS + LEAD_KEYS
    assert set(opened.keys) <= opened.all
    assert 0 <= made.led <= 100


def test_long_texts_are_bounded() -> None:
    made = fingerprint("", " ".join(f"word{n}" for n in range(9000)))
    assert Print(made).size == LIMIT


def test_the_first_paragraph_is_found_by_its_keys() -> None:
    words = [f"word{n}" for n in range(LIMIT)]
    whole, teaser = (Print(fingerprint("", " ".join(words[:most]))) for most in (LIMIT, 45))
    assert len(set(whole.keys) & set(teaser.keys)) >= LEAD_KEYS


@given(st.lists(st.integers(0, 60) | st.integers(0, 2**32 - 6), max_size=300), st.integers(1, 20))
def test_smallest_is_what_sorting_finds(values: list[int], most: int) -> None:
    assert smallest(most, np.array(values, np.uint32)) == sorted(set(values))[:most]


WORDS = st.text(st.sampled_from("aZ09 .,-/\nñжท港口机１ﷺ🚢"), max_size=60)


@given(st.lists(st.tuples(WORDS, WORDS), max_size=6))
def test_together_they_are_what_each_is_alone(articles: list[tuple[str, str]]) -> None:
    assert list(fingerprints(articles)) == [fingerprint(title, text) for title, text in articles]


def test_many_are_made_a_few_at_a_time() -> None:
    articles = [(f"Crane {n}", f"{TEXT} " * 90) for n in range(12)]
    assert list(fingerprints(articles)) == [fingerprint(title, text) for title, text in articles]
