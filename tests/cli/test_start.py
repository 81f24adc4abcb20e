"""Start-up imports: cron runs `feeds once` every few minutes, and importing is most of what these runs cost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.loopback import Answer, Loopback, Request
from tests.newsroom import item, rss

NEWS_ONLY = {
    *("apscheduler", "structlog", "rich", "prometheus_client", "werkzeug", "boto3"),
    *("feedgen", "jinja2", "lxml", "feeds.render.entry_text"),  # rendering
    *("feeds.workers.parse_process", "feedparser", "nh3", "trafilatura", "protego"),  # parsing
    *("feeds.workers.parse_document", "feeds.normalize.article", "feeds.dedupe.join"),
}
"""Modules that a poll without news must not import."""

CALL = """
import sys
from feeds.cli import main
sys.argv = ["feeds", *sys.argv[1:]]
try:
    main()
finally:
    print("\\nimported", *sys.modules)
"""


def imported_modules(folder: Path, *arguments: str) -> set[str]:
    """The modules that `feeds ARGUMENTS` has imported when it ends."""
    process = subprocess.run(
        [sys.executable, "-c", CALL, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return set(process.stdout.rpartition("\nimported ")[2].split())


def test_a_poll_without_news_does_not_import_parser_renderer_or_dedupe(tmp_path: Path) -> None:
    def answer(request: Request) -> Answer:
        unchanged = request.header("if-none-match") == '"1"'
        return Answer(status=304) if unchanged else Answer(rss([item(1)]), headers=[("ETag", '"1"')])

    with Loopback() as server:
        server.handle("/a", answer)
        (tmp_path / "sources.yaml").write_text(
            f"sources: [{{id: a, url: '{server.url('/a')}', allow_private: true}}]\n", encoding="utf-8"
        )
        first = imported_modules(tmp_path, "once")
        assert {"feedgen", "jinja2", "lxml", "feeds.dedupe.join"} <= first
        assert "feeds.workers.parse_process" not in first  # only the parse process imports it
        warm = imported_modules(tmp_path, "once", "--all")
        assert [request.status for request in server.requests] == [200, 304]
        assert "feeds.fetch.http" in warm
        assert not NEWS_ONLY & warm


def test_help_imports_neither_database_nor_http_client(tmp_path: Path) -> None:
    assert not {*NEWS_ONLY, "sqlalchemy", "pydantic", "requests", "filelock"} & imported_modules(
        tmp_path, "--help"
    )
