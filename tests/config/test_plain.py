"""The fast reading of plain YAML: what it reads, the slow one reads alike; whatever else, it leaves to that."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feeds.config import plain
from feeds.config.nodes import Nodes
from tests.config.files import EVERYTHING

SCALARS = ["true", "null", "60m", "0x1f", "1e3", "1_0", "0o7", "2026-01-02", "http://a.example/?b=c&d"]
SIGNS = ["\n  ", "\n- ", ": ", " #", "- ", "<<", "---", "...", "\t", "\r", "\u2028", "é"]
PARTS = st.sampled_from([*"abAyn019 .:,#-?{}[]&*!|>%@~_=/+'\"\\\n<", *SIGNS, *SCALARS])


def agrees(text: str) -> object:
    """What is read fast of a text, after a look whether it is read alike, and found in order, by its nodes."""
    data = plain.read(text)
    if data is not None:
        nodes = Nodes(text, "sources.yaml")
        assert nodes.data == data
        assert repr(nodes.data) == repr(data)  # 1 == True
        nodes.raise_problems()
    return data


@settings(max_examples=300)
@given(st.lists(PARTS, max_size=25).map("".join))
@example("a: {b: c, d: [e, 'f', \"g\"]} # h\ni: 60m\n")
def test_what_is_read_fast_is_what_its_nodes_say(text: str) -> None:
    agrees(text)


@settings(max_examples=300)
@given(st.lists(st.tuples(st.integers(0, len(EVERYTHING)), st.integers(0, 3), PARTS), max_size=4))
def test_a_file_that_was_changed_anywhere_is_read_alike_or_not_at_all(
    edits: list[tuple[int, int, str]],
) -> None:
    text = EVERYTHING
    for at, taken, put in edits:
        text = text[:at] + put + text[at + taken :]
    agrees(text)


def test_a_common_file_is_plain() -> None:
    assert agrees(EVERYTHING)
    assert agrees('sources:\n  - {url: "https://a.example/?b=c", every: 60m, priority: 10, push: false}\n')


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "# nothing\n",
            "a: &b c\n",
            "a: *b\n",
            "a: !!str b\n",
            "a: |\n  b\n",
            'a: "\\u0007"\n',
            "a: b\n  c\n",
        ),
        *("a: 1.5\n", "a: 0x1f\n", "a: 1_000\n", "a: 010\n", "a:\n", "a: ~\n", "a: Null\n", "a: True\n"),
        *(
            "<<: {a: b}\n",
            "a: b\na: c\n",
            "%YAML 1.1\n---\na: on\n",
            "---\na: b\n",
            "a: b\n---\n",
            "a: b\r\n",
        ),
        *("a:\tb\n", "a: b\x85\n", "\ufeffa: b\n", "? [a]\n: b\n", "1: a\n", "a: [\n", "[" * 60 + "]" * 60),
    ],
)
def test_what_might_be_read_in_two_ways_is_left_alone(text: str) -> None:
    assert plain.read(text) is None
