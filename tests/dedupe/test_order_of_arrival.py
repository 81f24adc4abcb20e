"""Copies become one story whatever the order in which they arrive."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from bench.dedupe.memory import MemoryIndex
from feeds.dedupe.join import decide
from feeds.dedupe.score import shipped_model
from tests.dedupe.test_near_join import CRANE, CUT, fingerprinted
from tests.newsroom import prose

TITLE = "Lindholm buys a second crane for the eastern quay"
Copy = tuple[str, str, str]  # source, title, text


def count_stories(copies: Sequence[Copy]) -> int:
    index = MemoryIndex()
    for at, (source, title, text) in enumerate(copies):
        article = fingerprinted(source, title, text, hours=float(at))
        result = decide(article, index, shipped_model(), own_number=-1)
        story = result.story or str(at)
        index.enter(result, article, story)
        for united in result.united:
            index.unite(story, united.story)
    return len(set(index.stories(range(len(copies))).values()))


def test_a_headline_alone_joins_its_text_and_the_copies_under_other_headlines() -> None:
    teaser = CRANE.split(". ")[0]
    copies = [
        ("wire", TITLE, CRANE),
        ("news", "Money for the port of the savings bank's town", CUT),
        ("ticker", TITLE, ""),
        ("portal", TITLE, teaser),
    ]
    assert {count_stories(order) for order in permutations(copies)} == {1}


def test_a_cut_copy_joins_beside_copies_that_are_cut_in_another_place() -> None:
    """It has only its beginning in common with them."""
    lead = CRANE.split("\n")[0]
    paragraphs = [prose(n) for n in range(1, 7)]
    whole = ("wire", TITLE, "\n".join([lead, *paragraphs]))
    cut = [
        (source, f"{source} asks for later hours", "\n".join([lead, *paragraphs[:2]]))
        for source in ("news", "mail", "sun")
    ]
    other = ("post", "What the savings bank wants", "\n".join([lead, *paragraphs[3:5]]))
    assert {count_stories([whole, *order, other]) for order in permutations(cut)} == {1}
