"""Broken and malicious files: each gives an error with a position, in reasonable time."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from feeds.config import load
from feeds.config.load import parse_settings
from feeds.errors import ConfigError
from tests.config.files import refused

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
)

CASES = [
    ("", "sources.yaml:1:1: the file is empty\n    `feeds init` writes one to begin with."),
    ("# nothing\n", "sources.yaml:1:1: the file is empty\n    `feeds init` writes one to begin with."),
    (
        "- https://a.example/\n",
        "sources.yaml:1:1: the file must be a mapping\n"
        "    Begin with `sources:` and list the feeds below it.",
    ),
    (
        "sources:\n\t- https://a.example/\n",
        "sources.yaml:2:1: a tab; YAML is indented with spaces\n    Replace the tab with spaces.",
    ),
    (
        "site: {title: a: b}\n",
        "sources.yaml:1:16: not valid YAML: expected ',' or '}', but got ':'",
    ),
    (
        "site:\n  title: World: once\n",
        "sources.yaml:2:15: not valid YAML: a second colon in one line\n"
        '    Text with ": " in it needs quotes.',
    ),
    (
        "site:\n  title\nsources: []\n",
        "sources.yaml:2:3: site: must be a mapping of keys to values",
    ),
    (
        "sources:\n  - url: 'https://a.example/\n\n",
        "sources.yaml:4:1: not valid YAML: found unexpected end of stream\n"
        "    What is not finished here begins in line 2.",
    ),
    (
        "site: {title: *wire}\n",
        "sources.yaml:1:15: not valid YAML: found undefined alias 'wire'\n"
        "    Text that begins with * needs quotes.",
    ),
    (
        "site: {}\n---\nsite: {}\n",
        "sources.yaml:2:1: a second document begins here\n"
        "    One file is one document: remove the line `---`.",
    ),
    (
        "site:\n  title: a\x07b\n",
        "sources.yaml:2:11: a control character, which YAML does not allow",
    ),
    (
        'site: {title: "a\\u0007b\\ud800"}\n',
        'sources.yaml:1:15: title: "a\\u0007b\\ud800" holds a line break or a control character\n'
        "    Write it in one line.",
    ),
    (
        "site: !!python/object/apply:os.system [id]\n",
        "sources.yaml:1:7: site: must be a mapping of keys to values\n"
        "    Known here: title, description, language, base_url, output, s3, state, user_agent, contact, "
        "websub, hubs, precompress, timezone, templates, ca, health, private_access.\n"
        "sources.yaml:1:7: the tag python/object/apply:os.system means nothing here\n    Remove it.",
    ),
    (
        "site: {title: !secret x}\n",
        "sources.yaml:1:15: the tag !secret means nothing here\n    Remove it.",
    ),
    (
        "limits: {fetch_threads: !!int many}\n",
        'sources.yaml:1:25: fetch_threads: "many" is not a whole number\n'
        "sources.yaml:1:25: not a value that its tag allows\n    Remove the tag, or put the value in quotes.",
    ),
    (
        "site: {title: a}\nsources: []\nsite: {title: b}\n",
        'sources.yaml:3:1: the key "site" is here twice; first in line 1',
    ),
    ("? [a]\n: b\n", "sources.yaml:1:3: a key must be plain text"),
    ("site: {<<: 5}\n", "sources.yaml:1:12: `<<` merges mappings, and this is none"),
    ("site: &a {title: *a}\n", "sources.yaml:1:7: more than 40 levels, or one inside itself"),
    (f"sources: {'[' * 50}{']' * 50}\n", "sources.yaml:1:50: more than 40 levels, or one inside itself"),
    ("[" * 5_000, "sources.yaml:1:1: lists or mappings nested too deep to read"),
    (BOMB, "sources.yaml:1:34: aliases that stand for more than 200,000 values"),
]


@pytest.mark.parametrize(("file", "message"), CASES, ids=[case[1].partition(" ")[2][:40] for case in CASES])
def test_a_broken_file_is_refused_with_a_position(tmp_path: Path, file: str, message: str) -> None:
    assert refused(tmp_path, file).startswith(message)


def test_every_duplicate_key_is_reported(tmp_path: Path) -> None:
    message = refused(tmp_path, "sources:\n  - url: https://a.example/\n    id: a\n    id: b\n    id: c\n")
    assert [line[:16] for line in message.splitlines()] == ["sources.yaml:4:5", "sources.yaml:5:5"]


def test_a_merge_of_a_mapping_into_itself_ends(tmp_path: Path) -> None:
    assert "sources.yaml" in refused(tmp_path, "site: &a {<<: *a, titel: x}\n")


def test_invalid_utf_8_is_reported_with_a_position(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_bytes(b"site:\n  title: caf\xe9\n")
    with pytest.raises(ConfigError, match=r"sources\.yaml:2:13: not text in UTF-8"):
        load(path, {})


def test_an_endless_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.symlink_to("/dev/zero")
    with pytest.raises(ConfigError, match="longer than 2 MiB"):
        load(path, {})


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load(tmp_path, {})


# ----------------------------------------------------------------------------------- anything at all

JARGON = re.compile(
    r"Input should|valid (dictionary|string|list)|pydantic|Value error|Field required|\bint_|_type\b"
)
WORDS = st.sampled_from(
    [
        "site",
        "defaults",
        "sources",
        "outputs",
        "retention",
        "limits",
        "title",
        "url",
        "id",
        "page",
        "opml",
        "extract",
        "item",
        "every",
        "min",
        "max",
        "tags",
        "auth",
        "bearer",
        "basic",
        "user",
        "headers",
        "proxy",
        "full_text",
        "when",
        "from",
        "keep",
        "drop",
        "any",
        "all",
        "not",
        "rewrite",
        "strip_suffix",
        "dedupe",
        "mode",
        "prefer",
        "formats",
        "limit",
        "age",
        "ledger",
        "state",
        "output",
        "base_url",
        "language",
        "<",
        "${env:X}",
        "${file:/}",
        "https://a.example/",
        "60m",
        "auto",
        "near",
        "atom",
        "../x",
        "a\x00b",
        "5",
        "-1",
        "1e400",
        "true",
        "~",
        "2024-01-01",
        "/(",
        "[key]",
        "<<",
    ]
)
LEAVES = WORDS | st.text(max_size=8) | st.integers() | st.booleans() | st.none() | st.floats()
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=25,
)


def _loads_or_is_refused(text: str, folder: Path) -> None:
    try:
        parse_settings(text, folder / "sources.yaml", {})
    except ConfigError as error:
        assert error.problems
        assert all(re.search(r"sources\.yaml:\d+:\d+$", problem.where) for problem in error.problems)
        assert not JARGON.search(str(error)), str(error)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet="ab:-[]{}#&*!|>'\"%@`?,\\ \n\t0<~.", max_size=40) | st.text(max_size=40))
@example("%YAML 1.1\n---\nsite: {title: yes}")
@example('"\\xZZ"')
@example("%TAG ! x\n---\n!y a")
def test_any_text_is_loaded_or_refused_with_a_position(tmp_path: Path, text: str) -> None:
    _loads_or_is_refused(text, tmp_path)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(WORDS, TREES, max_size=4) | TREES)
@example({"outputs": {"a": {"dedupe": "😀"}}})  # JSON escapes it as two surrogates, which YAML does not join
def test_any_data_is_loaded_or_refused_in_plain_words(tmp_path: Path, data: object) -> None:
    import json

    _loads_or_is_refused(json.dumps(data), tmp_path)
