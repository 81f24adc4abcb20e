"""docs/operating.md explains every event of the daemon's log."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.engine.test_daemon import ROOT

PAGE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
LEVELS = {"info", "warning", "error", "exception"}


def logged_events() -> Iterator[str]:
    """The first argument of every `log.info(…)` and the like in feeds/engine."""
    for path in (ROOT / "feeds" / "engine").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in LEVELS
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "log"
            ):
                event = node.args[0]
                assert isinstance(event, ast.Constant)
                yield str(event.value)


def test_the_documented_events_are_those_that_are_logged() -> None:
    table = PAGE[PAGE.index("| other events | meaning |") :].partition("\n\n")[0]
    documented = {
        event for row in table.splitlines()[2:] for event in re.findall(r"`([\w.]+)`", row.split("|")[1])
    }
    assert documented | {"poll"} == set(logged_events())
    assert "event=poll" in PAGE
