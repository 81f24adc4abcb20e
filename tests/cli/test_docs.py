"""The documentation covers every command, option, exit code and page, and its links work."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click
import pytest

from feeds import cli
from feeds.cli.commands import feeds
from feeds.config.schema import json_schema

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMANDS = (ROOT / "docs/commands.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(feeds.commands))
def test_every_command_and_option_is_documented(name: str) -> None:
    assert f"`feeds {name}" in COMMANDS
    for parameter in feeds.commands[name].params:
        if isinstance(parameter, click.Option):
            missing = [option for option in parameter.opts if f"`{option}" not in COMMANDS]
            assert not missing


def test_every_exit_code_is_documented() -> None:
    assert all(re.search(rf"^\| {code:d} \|", COMMANDS, re.MULTILINE) for code in cli.ExitCode)


def test_the_committed_json_schema_is_up_to_date() -> None:
    committed = json.loads((ROOT / "docs/sources.schema.json").read_text(encoding="utf-8"))
    assert committed == json_schema()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_to_existing_files(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))
    broken = [link for link in links if not (page.parent / link).exists()]
    assert not broken


def test_the_readme_links_to_every_page_of_the_documentation() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in (ROOT / "docs").glob("*.md") if f"docs/{page.name}" not in readme] == []


def test_the_makefile_has_the_documented_targets() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert all(
        re.search(rf"^{target}:", makefile, re.MULTILINE) for target in ("run", "test", "check", "bench")
    )
