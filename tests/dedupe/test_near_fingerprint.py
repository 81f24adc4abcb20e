"""Fingerprints are stable and bounded, and ignore case and punctuation."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from feeds import codec
from feeds.dedupe.fingerprint import MAX_SHINGLES, Fingerprint, fingerprint, fingerprints
from feeds.dedupe.open_fingerprint import MAX_OPENING_KEYS, MAX_TEXT_KEYS, OpenFingerprint, smallest

TEXT = "The harbour board of Lindholm met on Monday and voted 7 to 2 for a second crane on the eastern quay."


def test_hashes_are_the_same_in_every_release() -> None:
    opened = OpenFingerprint(fingerprint("Second crane", TEXT))
    assert opened.shingles[:3].tolist() == [3354954932, 4048376232, 3357378709]


def test_case_and_punctuation_are_ignored() -> None:
    shouted = fingerprint("", TEXT.upper().replace(".", " !"))
    assert shouted.shingles == fingerprint("", TEXT).shingles


def test_numbers_and_names_are_kept_with_their_positions() -> None:
    opened = OpenFingerprint(fingerprint("", TEXT))
    words = TEXT.rstrip(".").split()
    facts = [words[position] for position in opened.places]
    assert facts == ["The", "Lindholm", "Monday", "7", "2"]
    assert len(opened.numbers) == 2


def test_scripts_without_spaces_are_cut_into_characters() -> None:
    chinese = fingerprint("港口委员会", "港口委员会周一投票决定在东码头建造第二台起重机。")
    assert chinese.unspaced
    assert OpenFingerprint(chinese).shingle_count > 10
    assert fingerprint("", "ท่าเรือจะสร้างเครนตัวที่สองในปีหน้า").unspaced


@given(st.text(max_size=400), st.text(max_size=2000))
def test_any_text_has_a_fingerprint_that_survives_the_codec(title: str, text: str) -> None:
    result = fingerprint(title, text)
    assert codec.loads(Fingerprint, codec.dumps(result)) == result
    opened = OpenFingerprint(result)
    assert len(opened.text_keys) <= MAX_TEXT_KEYS + MAX_OPENING_KEYS
    assert set(opened.text_keys) <= opened.shingle_set
    assert 0 <= result.led <= 100


def test_long_texts_are_bounded() -> None:
    long = fingerprint("", " ".join(f"word{n}" for n in range(9000)))
    assert OpenFingerprint(long).shingle_count == MAX_SHINGLES


def test_a_teaser_shares_keys_with_the_whole_text() -> None:
    words = [f"word{n}" for n in range(MAX_SHINGLES)]
    whole, teaser = (
        OpenFingerprint(fingerprint("", " ".join(words[:count]))) for count in (MAX_SHINGLES, 45)
    )
    assert len(set(whole.text_keys) & set(teaser.text_keys)) >= MAX_OPENING_KEYS


@given(st.lists(st.integers(0, 60) | st.integers(0, 2**32 - 6), max_size=300), st.integers(1, 20))
def test_smallest_equals_sorting(values: list[int], limit: int) -> None:
    assert smallest(limit, np.array(values, np.uint32)) == sorted(set(values))[:limit]


WORDS = st.text(st.sampled_from("aZ09 .,-/\nñжท港口机１ﷺ🚢"), max_size=60)


@given(st.lists(st.tuples(WORDS, WORDS), max_size=6))
def test_a_batch_gives_the_same_fingerprints_as_single_calls(articles: list[tuple[str, str]]) -> None:
    assert list(fingerprints(articles)) == [fingerprint(title, text) for title, text in articles]


def test_more_than_one_batch_gives_the_same_fingerprints() -> None:
    articles = [(f"Crane {n}", f"{TEXT} " * 90) for n in range(12)]
    assert list(fingerprints(articles)) == [fingerprint(title, text) for title, text in articles]
