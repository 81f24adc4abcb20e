"""docs/operating.md explains every event of the log; `feeds once --json` logs the same events as the daemon."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator

import pytest

from feeds.cli import ExitCode
from feeds.cli.once import run_once
from tests.engine.test_daemon import ROOT
from tests.loopback import Loopback
from tests.newsroom import Newsroom, item, rss

PAGE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
LEVELS = {"info", "warning", "error", "exception"}


def logged_events() -> Iterator[str]:
    """The first argument of every `log.info(…)`, `log_failures(…)` and the like in the packages that log."""
    for package in ("engine", "serve", "websub"):
        for path in (ROOT / "feeds" / package).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and is_logging(node.func):
                    event = node.args[0]
                    if isinstance(event, ast.Name):  # the parameter of `log_failures`
                        assert path.name in {"log_events.py", "state_guard.py"}
                        assert event.id == "event"
                        continue
                    assert isinstance(event, ast.Constant)
                    yield str(event.value)


def is_logging(function: ast.expr) -> bool:
    if isinstance(function, ast.Attribute) and function.attr == "job":
        return True  # StateGuard.job
    if isinstance(function, ast.Name):
        return function.id in {"log_failures", "write"}  # `write` is log.info or log.warning
    return (
        isinstance(function, ast.Attribute)
        and function.attr in LEVELS
        and isinstance(function.value, ast.Name)
        and function.value.id == "log"
    )


def test_the_documented_events_are_those_that_are_logged() -> None:
    table = PAGE[PAGE.index("| other events | meaning |") :].partition("\n\n")[0]
    documented = {
        event for row in table.splitlines()[2:] for event in re.findall(r"`([\w.]+)`", row.split("|")[1])
    }
    assert documented | {"poll"} == set(logged_events())
    assert "event=poll" in PAGE


def test_once_with_json_logs_publications_and_housekeeping_like_the_daemon(
    room: Newsroom, server: Loopback, capsys: pytest.CaptureFixture[str]
) -> None:
    room.configure_urls(server.page("/a", rss([item(1)])))
    assert run_once(room.config, {}, ignore_due_times=False, as_json=True) == ExitCode.OK
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    events = [(line["event"], line.get("output") or line.get("file")) for line in lines]
    assert events == [
        ("poll", None),
        ("publish", "front"),
        ("publish", "index"),
        ("publish", "health"),
        ("housekeeping", None),
    ]
    empty = {key for line in lines for key, value in line.items() if value == ""}
    assert empty == set()


def test_once_with_json_logs_a_failed_publication(
    room: Newsroom, server: Loopback, capsys: pytest.CaptureFixture[str]
) -> None:
    room.configure_urls(server.page("/a", rss([item(1)])))
    room.file("front.atom/not empty").mkdir(parents=True)
    assert run_once(room.config, {}, ignore_due_times=False, as_json=True) == ExitCode.FAILED
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    (failed,) = [
        line for line in lines if line["event"] == "publish.failed" and line.get("output") == "front"
    ]
    assert failed["error"]
