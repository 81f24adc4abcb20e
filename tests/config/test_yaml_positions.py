"""YAML texts as nodes: what scalars mean, where nodes are, and that libyaml and ruamel.yaml agree."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feeds.config import yaml_positions
from feeds.config.document import ConfigDocument
from feeds.config.yaml_positions import MappingNode, ScalarNode, SequenceNode, YamlSyntaxError, compose
from feeds.errors import ConfigError
from tests.config.files import EVERYTHING

SCALARS = ["true", "null", "60m", "0x1f", "1e3", "1_0", "0o7", "2026-01-02", "http://a.example/?b=c&d"]
SIGNS = ["\n  ", "\n- ", ": ", " #", "- ", "<<", "---", "...", "\r", "\u2028", "é"]
PARTS = st.sampled_from([*"abAyn019 .:,#-?{}[]&*!|>%@~_=/+'\"\\\n<", *SIGNS, *SCALARS])


def data(text: str) -> Any:
    return ConfigDocument(text, "sources.yaml").data


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(
            ("true", True),
            ("FALSE", False),
            ("yes", "yes"),
            ("off", "off"),
            ("tRUE", "tRUE"),
            ('"true"', "true"),
        ),
        *(("0", 0), ("-7", -7), ("1_000", 1000), ("010", 10), ("0o17", 15), ("0x1F", 31), ("0b101", 5)),
        *(("1.5", 1.5), ("1e3", 1000.0), (".5", 0.5), ("-.inf", float("-inf")), ("1.2.3", "1.2.3")),
        *(("60m", "60m"), ("1:30", "1:30"), ("2026-01-02", "2026-01-02"), ("=", "="), ("_1", "_1")),
        *(("!!str 5", "5"), ("!!int '5'", 5), ("!!float 5", 5.0), ("! 5", 5), ("|-\n  text", "text")),
    ],
)
def test_a_scalar_means_what_yaml_1_2_says(text: str, value: object) -> None:
    assert data(f"key: {text}\n") == {"key": value}
    assert type(data(f"key: {text}\n")["key"]) is type(value)


@pytest.mark.parametrize("text", ["", "~", "null", "NULL", "!!null ''"])
def test_a_key_without_a_value_is_left_out(text: str) -> None:
    assert data(f"key: {text}\n") == {}


def test_nodes_know_their_places() -> None:
    text = "# é\nsources:\r\n  - 'https://a.example/'  # first\r\n  - {url: b}\r\n"
    root = compose(text)
    assert isinstance(root, MappingNode)
    ((key, sources),) = root.pairs
    assert isinstance(sources, SequenceNode)
    quoted, flow = sources.items
    assert (key.line, key.column, text[key.start : key.end]) == (1, 0, "sources")
    assert isinstance(quoted, ScalarNode)
    assert (quoted.line, quoted.column, quoted.style) == (2, 4, "'")
    assert text[quoted.start : quoted.end] == "'https://a.example/'"
    assert isinstance(flow, MappingNode)
    assert (flow.flow, text[flow.start : flow.end]) == (True, "{url: b}")


def test_an_anchor_may_be_given_twice() -> None:
    assert data("a: &x 1\nb: *x\nc: &x 2\nd: *x\n") == {"a": 1, "b": 1, "c": 2, "d": 2}


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 100_000, "- " * 100_000])
def test_no_nesting_is_too_deep_for_the_stack(text: str) -> None:
    with pytest.raises(YamlSyntaxError, match="nested too deep"):
        compose(text)


def result(text: str) -> str:
    """The data, or what is wrong with the text."""
    try:
        return repr(data(text))
    except ConfigError as error:
        return str(error)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(EVERYTHING)), st.integers(0, 3), PARTS), max_size=4))
@example([])
def test_a_file_reads_the_same_without_libyaml(edits: list[tuple[int, int, str]]) -> None:
    text = EVERYTHING
    for at, length, part in edits:
        text = text[:at] + part + text[at + length :]
    with pytest.MonkeyPatch.context() as monkeypatch:
        with_libyaml = result(text)
        monkeypatch.setattr(yaml_positions, "CParser", None)
        assert result(text) == with_libyaml


def test_libyaml_takes_tabs_between_tokens_as_yaml_1_2_does(monkeypatch: pytest.MonkeyPatch) -> None:
    assert data("key:\t[a,\tb]\t# comment\n") == {"key": ["a", "b"]}
    monkeypatch.setattr(yaml_positions, "CParser", None)
    assert "Replace the tab with spaces" in result("key:\t[a,\tb]\t# comment\n")
