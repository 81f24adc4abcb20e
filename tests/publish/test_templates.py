"""The user's templates in whole cycles: an error in a template does not hold up the feeds."""

from __future__ import annotations

from datetime import timedelta

from tests.loopback import Loopback
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
    assert "page.html, line 1" in "".join(result.error for result in report.published)
    assert "still mine" in room.file("front.html").read_text()
