"""What a start costs: who runs `feeds once` every few minutes pays for its imports, and mostly for nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.loopback import Answer, Loopback, Request
from tests.newsroom import item, rss

SELDOM = {
    *("apscheduler", "structlog", "rich", "prometheus_client", "werkzeug", "boto3"),
    *("feedgen", "jinja2", "lxml", "feeds.render.entry_text"),  # nothing is rendered
    *("feeds.workers.parse_process", "feedparser", "nh3", "trafilatura", "protego"),  # nothing is read
    *("feeds.workers.parse_document", "feeds.normalize.article", "feeds.dedupe.join"),
}
"""Modules that a poll without news has no use for."""

CALL = """
import sys
from feeds.cli import main
sys.argv = ["feeds", *sys.argv[1:]]
try:
    main()
finally:
    print("\\nimported", *sys.modules)
"""


def imported(folder: Path, *arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", CALL, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.rpartition("\nimported ")[2].split())


def test_a_poll_without_news_imports_nothing_that_only_news_need(tmp_path: Path) -> None:
    def answer(request: Request) -> Answer:
        unchanged = request.header("if-none-match") == '"1"'
        return Answer(status=304) if unchanged else Answer(rss([item(1)]), headers=[("ETag", '"1"')])

    with Loopback() as server:
        server.handle("/a", answer)
        (tmp_path / "sources.yaml").write_text(
            f"sources: [{{id: a, url: '{server.url('/a')}', allow_private: true}}]\n", encoding="utf-8"
        )
        first = imported(tmp_path, "once")
        assert {"feedgen", "jinja2", "lxml", "feeds.workers.parse_process", "feeds.dedupe.join"} <= first
        warm = imported(tmp_path, "once", "--all")
        assert [request.status for request in server.requests] == [200, 304]
        assert "feeds.fetch.http" in warm
        assert not SELDOM & warm


def test_help_imports_neither_state_nor_network(tmp_path: Path) -> None:
    assert not {*SELDOM, "sqlalchemy", "pydantic", "requests", "filelock"} & imported(tmp_path, "--help")
