"""The user's own pages, file by file in place of ours."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from feeds.errors import PublishError
from feeds.render import render
from feeds.render.template_digest import TEMPLATE_FILES
from feeds.render.theme import BUILT_IN_TEMPLATES, built_in_theme, clock, load_theme
from tests.render.sample_edition import EDITION


def test_ours_are_all_there_and_sound() -> None:
    assert {path.name for path in BUILT_IN_TEMPLATES.iterdir()} == set(TEMPLATE_FILES)
    built_in_theme().check()


def test_one_file_of_the_users_goes_before_ours(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(
        "<!doctype html>\n<p>{{ edition.title }}: {{ count }}</p>\n</html>\n", encoding="utf-8"
    )
    made = render(EDITION, "html", load_theme(tmp_path)).data.decode()
    assert made == "<!doctype html>\n<p>World, once &amp; for all: 7</p>\n</html>\n"


def test_a_style_of_the_users_is_allowed_by_its_hash(tmp_path: Path) -> None:
    css = "body { color: teal }\n"
    (tmp_path / "style.css").write_text(css, encoding="utf-8")
    made = render(EDITION, "html", load_theme(tmp_path)).data.decode()
    assert f"<style>{css}</style>" in made
    hashed = b64encode(sha256(css.encode()).digest()).decode()
    assert re.search(r"style-src &#39;sha256-([^&]+)&#39;", made)[1] == hashed  # type: ignore[index]


def test_an_edited_file_is_a_new_theme_and_an_untouched_one_the_same(tmp_path: Path) -> None:
    (tmp_path / "style.css").write_text("p { color: red }", encoding="utf-8")
    first = load_theme(tmp_path)
    assert load_theme(tmp_path) is first
    (tmp_path / "style.css").write_text("p { color: olive }", encoding="utf-8")
    assert load_theme(tmp_path).digest != first.digest


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{% if %}", "site.templates: page.html, line 1: "),
        ("\n{{ edition.titel }}", "site.templates: page.html: "),
        ("{% extends 'nothing.html' %}", "nothing.html"),
    ],
)
def test_a_template_that_is_wrong_says_where(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    with pytest.raises(PublishError, match="Correct the file, or remove it") as error:
        render(EDITION, "html", load_theme(tmp_path))
    assert said in str(error.value)


def test_what_an_article_says_is_escaped_in_a_template_of_the_users(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(
        "{% for day, cards in days %}{% for card in cards %}{{ card.title }}{% endfor %}{% endfor %}",
        encoding="utf-8",
    )
    assert b"<script" not in render(EDITION, "html", load_theme(tmp_path)).data


def test_pages_tell_times_in_the_zone_of_their_readers() -> None:
    made = render(EDITION, "html", load_theme(None, "Pacific/Auckland")).data.decode()
    # 08:30 UTC is half a day later there.
    assert "Tuesday, 6 January 2026" in made
    assert "6 Jan 2026, 21:30 NZDT" in made
    assert 'datetime="2026-01-06T08:30:00Z"' in made
    assert "Times are Pacific/Auckland." in made


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    zone = ZoneInfo("Europe/Vienna")
    twice = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]
    assert [clock(moment, zone) for moment in twice] == ["02:30 CEST", "02:30 CET"]
