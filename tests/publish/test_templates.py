"""The user's templates and each format in whole cycles: a file that fails costs that file and no other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import structlog

from feeds.engine.log_events import log_publication
from feeds.publish import directory, publish_site
from feeds.publish.failed_files import FailedFile
from feeds.publish.publish_result import PublishResult
from feeds.render import atom, jsonfeed
from feeds.render import rss as rss_format
from feeds.workers import isolated_theme
from tests.loopback import Answer, Loopback
from tests.newsroom import Newsroom, item, rss

HOUR = timedelta(hours=1)


def test_pages_use_the_users_templates_and_feeds_do_not_depend_on_them(
    room: Newsroom, server: Loopback
) -> None:
    room.configure_urls(server.page("/a", rss([item(1)])))
    folder = room.folder / "mine"
    folder.mkdir()
    page = folder / "page.html"
    page.write_text("<!doctype html>\nmine, {{ count }}\n</html>\n", encoding="utf-8")
    room.config.write_text(room.config.read_text().replace("title: Test,", "title: Test, templates: mine,"))
    room.once()
    assert room.file("front.html").read_text() == "<!doctype html>\nmine, 1\n</html>\n"
    assert "Test" in room.file("index.html").read_text()

    page.write_text("<!doctype html>\nstill mine, {{ count }}\n</html>\n", encoding="utf-8")
    room.once(later=HOUR)
    assert "still mine" in room.file("front.html").read_text()

    page.write_text("{% if %}", encoding="utf-8")
    room.file("front.atom").unlink()
    report = room.once(later=HOUR)
    assert room.titles() == ["Title 1"]
    assert "page.html, line 1" in "".join(error for result in report.published for error in result.errors)
    assert "still mine" in room.file("front.html").read_text()


@pytest.fixture
def templates(room: Newsroom, server: Loopback, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the templates of an instance with two outputs, whose feed has more entries at each poll."""
    monkeypatch.setattr(isolated_theme, "MAX_PAGE_SECONDS", 0.3)
    documents = [Answer(rss([item(n) for n in range(1, count)])) for count in range(3, 9)]
    url = server.answers("/a", *documents)
    room.configure(
        f"sources: [{{id: s1, url: '{url}', allow_private: true}}]\n", "outputs: {front: {}, world: {}}\n"
    )
    room.config.write_text(room.config.read_text().replace("title: Test,", "title: Test, templates: mine,"))
    folder = room.folder / "mine"
    folder.mkdir()
    return folder


def failed(results: Iterable[PublishResult]) -> dict[str, str]:
    """File → error."""
    return {record.file: record.error for result in results for record in result.failed}


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        (b"{{ 1 / 0 }}", "page.html, line 1: ZeroDivisionError"),
        (b"{{ nothing }}", "page.html, line 1: 'nothing' is undefined"),
        (b"\n{{ edition | nofilter }}", "page.html, line 2: No filter named 'nofilter'"),
        (b"{% include 'page.html' %}", "page.html, line 1: it includes or calls itself without end"),
        (b"{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "includes or calls itself without end"),
        (
            b"{% for a in range(9999999) %}{% for b in range(9999999) %}{% endfor %}{% endfor %}",
            "longer than 0.3 s",
        ),
        (b"{% for a in range(99999) %}{{ 'x' * 99999 }}{% endfor %}", "the page is larger than 32 MiB"),
        (b"{{ 'x' * 9999999999 }}", "the page needs too much memory"),
        (b"caf\xe9", "page.html: it is not UTF-8"),
        (b"{% include 'missing.html' %}", "page.html, line 1: there is no template missing.html"),
        (b"{% for %}", "page.html, line 1: "),
        (b"{{ {}['k'] | length }}{{ {'a': 1}.pop('b') }}", "page.html, line 1: "),
        (b"{{ edition.entries[0].article.title }}", "did not pass its check: not a whole HTML page"),
        (b"{{ edition.url() }}", "page.html, line 1: TypeError"),
    ],
)
def test_a_template_that_fails_costs_its_page_and_is_reported_once(
    room: Newsroom, templates: Path, template: bytes, problem: str
) -> None:
    room.once()
    page = room.file("front.html").read_bytes()
    (templates / "page.html").write_bytes(template)
    results = room.once(later=HOUR).published
    assert len(room.titles("front")) == len(room.titles("world")) == 3
    assert failed(results).keys() == {"front.html", "world.html"}
    assert all(problem in error and "The old file is kept." in error for error in failed(results).values())
    assert not any(result.error for result in results)
    logged: dict[str, FailedFile] = {}
    with structlog.testing.capture_logs() as log:
        for result in results:
            log_publication(result, logged)
    assert [entry["output"] for entry in log if entry["event"] == "publish.failed"] == ["front", "world"]
    assert room.file("front.html").read_bytes() == page
    assert "Title 3" in room.file("front.json").read_text()
    assert "Title 3" in room.file("index.html").read_text()
    assert room.file("health.atom").exists()
    results = room.once(later=HOUR).published
    assert failed(results).keys() == {"front.html", "world.html"}
    with structlog.testing.capture_logs() as log:
        for result in results:
            log_publication(result, logged)
    assert not [entry for entry in log if entry["event"] == "publish.failed"]  # it was logged before
    (templates / "page.html").unlink()
    assert not failed(room.once(later=HOUR).published)
    assert "Title 5" in room.file("front.html").read_text()


@pytest.mark.parametrize(
    ("name", "files"), [("base.html", 4), ("card.html", 3), ("health.html", 1), ("index.html", 1)]
)
def test_each_page_stands_alone(room: Newsroom, templates: Path, name: str, files: int) -> None:
    (templates / name).write_text("{{ 1 / 0 }}")
    results = room.once().published
    assert len(failed(results)) == files
    assert all(file.endswith(".html") for file in failed(results))
    pages = {"front.html", "world.html", "index.html", "health.html"}
    assert {file for file in room.bytes() if file.endswith(".html")} == pages - failed(results).keys()
    assert room.bytes().keys() >= {"front.atom", "world.rss", "world.json", "feeds.opml", "health.atom"}


def test_a_file_that_a_template_includes_is_read_again_when_it_changes(
    room: Newsroom, templates: Path
) -> None:
    (templates / "page.html").write_text("<!doctype html>{% include 'my/part.html' %}</html>\n")
    assert failed(room.once().published)
    (templates / "my").mkdir()
    for words in ("one", "two, longer"):
        (templates / "my" / "part.html").write_text(words)
        assert not failed(room.once().published)
        assert words in room.file("front.html").read_text()


def test_a_failed_page_is_tried_again_later_and_later(
    room: Newsroom, templates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not by a publication in between, if the template was stopped. Unchanged files cost nothing meanwhile."""
    (templates / "page.html").write_text(
        "{% for a in range(10**9) %}{% for b in range(10**9) %}{% endfor %}{% endfor %}"
    )
    tried: list[datetime] = []
    run = isolated_theme.IsolatedTheme._render

    def render(theme: isolated_theme.IsolatedTheme, name: str, values: Any) -> bytes:
        if name == "page.html":
            tried.append(room.clock.moment)
        return run(theme, name, values)

    monkeypatch.setattr(isolated_theme.IsolatedTheme, "_render", render)
    start = room.clock.moment
    store, poller = room.parts()
    room.once()
    while room.clock.moment < start + 4 * HOUR:
        room.clock.moment += timedelta(seconds=10)
        publish_site.publish_site(store, poller.settings, poller.sources, room.clock.moment)
    waits = [(later - earlier).total_seconds() for earlier, later in pairwise(tried)]
    # One page is tried for both outputs.
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]


@pytest.mark.parametrize("module", [atom, rss_format, jsonfeed])
@pytest.mark.parametrize("part", ["render", "check"])
def test_a_format_that_fails_stops_no_other_file(
    room: Newsroom, templates: Path, monkeypatch: pytest.MonkeyPatch, module: Any, part: str
) -> None:
    room.once()
    before = room.bytes()

    def fail(*_args: object, **_options: object) -> None:
        raise KeyError("broken")

    with monkeypatch.context() as patch:
        patch.setattr(module, part, fail)
        results = room.once(later=HOUR).published
        suffix = {atom: "atom", rss_format: "rss", jsonfeed: "json"}[module]
        assert failed(results).keys() - {"health.atom"} == {f"front.{suffix}", f"world.{suffix}"}
        assert not any(result.error for result in results)
        after = room.bytes()
        for name in ("front", "world"):
            for form in ("atom", "rss", "json", "html"):
                assert (after[f"{name}.{form}"] == before[f"{name}.{form}"]) == (form == suffix)
    assert not failed(room.once(later=HOUR).published)
    assert b"Title 4" in room.bytes()[f"front.{suffix}"]


def test_what_matters_most_to_readers_is_written_first(
    room: Newsroom, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = server.page("/a", rss([item(n) for n in range(1, 36)]))
    room.configure(
        f"sources: [{{id: s1, url: '{url}', allow_private: true}}]\n",
        "outputs: {front: {limit: 10}, world: {limit: 10}}\n",
    )
    written: list[str] = []
    write = directory.Directory.write

    def note(sink: directory.Directory, name: str, *more: Any) -> bool:
        written.append(name)
        if ".archive-" not in name and name.endswith((".atom", ".rss", ".json")):
            assert all(
                room.file(linked).exists() for linked in re.findall(r"front\.archive-\d\.atom", str(more[0]))
            )
        return write(sink, name, *more)

    monkeypatch.setattr(directory.Directory, "write", note)
    room.once()
    feeds = [f"{name}.{form}" for name in ("front", "world") for form in ("atom", "rss", "json")]
    assert written[:9] == [*feeds, "front.html", "world.html", "index.html"]
    assert ".archive-" in written[9]
    assert b"front.archive-3.atom" in room.bytes()["front.atom"]
    assert b"archive-3" in room.bytes()["front.html"] or b"archive" not in room.bytes()["front.html"]


def test_a_failed_archive_page_keeps_no_feed_back(room: Newsroom, server: Loopback, templates: Path) -> None:
    (templates / "page.html").write_text(
        "{% if edition.current %}{{ 1 / 0 }}{% endif %}<!doctype html>\n</html>\n"
    )
    url = server.page("/b", rss([item(n) for n in range(1, 36)]))
    config = room.config.read_text()
    room.close()
    room.config.write_text(
        re.sub(r"outputs: .*", "outputs: {front: {limit: 10}}", config.replace("/a'", "/b'"))
    )
    assert url in room.config.read_text()
    results = room.once().published
    assert failed(results).keys() == {f"front.archive-{n}.html" for n in (1, 2, 3)}
    assert b"front.archive-3.atom" in room.bytes()["front.atom"]
    assert "front.archive-3.json" in room.bytes()
