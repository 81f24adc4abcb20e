"""docs/architecture.md names modules, functions and tables that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from feeds.store.schema import metadata

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "feeds"
PAGE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
ROOMS = sorted(path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists())
FILES = sorted(set(re.findall(r"`((?:feeds|tests|docs)/[\w/.-]+\.\w+)`", PAGE)) - {"feeds/render/NAME.py"})
NAMES = sorted(set(re.findall(rf"`((?:{'|'.join(ROOMS)})(?:\.\w+)+)`", PAGE)))


def defined_in(path: Path) -> set[str]:
    """The names that a module defines or imports at its top level, and "Class.member"."""
    names: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            names.update(
                f"{node.name}.{member.name}" for member in node.body if isinstance(member, ast.FunctionDef)
            )
        if isinstance(node, ast.Assign):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return names


def test_the_page_names_modules_and_files() -> None:
    assert len(NAMES) > 30
    assert len(FILES) > 10


@pytest.mark.parametrize("file", [file for file in FILES if "NAME" not in file])
def test_a_file_that_the_page_names_exists(file: str) -> None:
    assert (ROOT / file).exists()


@pytest.mark.parametrize("name", NAMES)
def test_a_module_or_function_that_the_page_names_exists(name: str) -> None:
    parts = name.split(".")
    for depth in range(len(parts), 0, -1):
        module = PACKAGE.joinpath(*parts[:depth])
        source = module / "__init__.py" if module.is_dir() else module.with_suffix(".py")
        if source.exists():
            rest = ".".join(parts[depth:])
            assert not rest or rest in defined_in(source)
            return
    pytest.fail(f"feeds.{name} does not exist")


def test_every_room_is_in_the_picture() -> None:
    picture = PAGE.partition("```\n")[2].partition("```")[0]
    assert [room for room in ROOMS if not re.search(rf"\b{room}\b", picture)] == []


def test_every_table_of_the_state_is_described() -> None:
    assert [table for table in metadata.tables if f"`{table}`" not in PAGE] == []
