"""The messages for mistakes: `problems.txt` holds files and the whole message for each."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.config.files import refused

CASES = [
    case.partition("\n")
    for case in Path(__file__).with_name("problems.txt").read_text("utf-8").split("\n=== ")[1:]
]


def test_there_are_cases() -> None:
    assert len(CASES) > 40


@pytest.mark.parametrize("case", [case for _, _, case in CASES], ids=[name for name, _, _ in CASES])
def test_a_mistake_gives_the_whole_message(tmp_path: Path, case: str) -> None:
    file, _, message = case.partition("---\n")
    assert refused(tmp_path, file) == message.strip("\n")


def test_a_problem_names_the_file_as_the_user_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from feeds.config import load
    from feeds.errors import ConfigError

    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text("sites: {}\n")
    with pytest.raises(
        ConfigError, match=r"^mine\.yaml:1:1: unknown key \"sites\"\n    Did you mean site\?$"
    ):
        load(Path("mine.yaml"), {})
