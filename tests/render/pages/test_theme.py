"""The user's own templates and style sheet, in place of the built-in ones."""

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
from feeds.render.pages.template_digest import TEMPLATE_FILES
from feeds.render.pages.theme import BUILT_IN_TEMPLATES, built_in_theme, clock, load_theme
from tests.render.sample_edition import EDITION


def test_the_built_in_templates_exist_and_compile() -> None:
    assert {path.name for path in BUILT_IN_TEMPLATES.iterdir()} == set(TEMPLATE_FILES)
    built_in_theme().check()


def test_a_user_file_replaces_the_built_in_one(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(
        "<!doctype html>\n<p>{{ edition.title }}: {{ count }}</p>\n</html>\n", encoding="utf-8"
    )
    page = render(EDITION, "html", load_theme(tmp_path)).data.decode()
    assert page == "<!doctype html>\n<p>World, once &amp; for all: 7</p>\n</html>\n"


def test_the_policy_allows_the_users_style_by_its_hash(tmp_path: Path) -> None:
    css = "body { color: teal }\n"
    (tmp_path / "style.css").write_text(css, encoding="utf-8")
    page = render(EDITION, "html", load_theme(tmp_path)).data.decode()
    assert f"<style>{css}</style>" in page
    hashed = b64encode(sha256(css.encode()).digest()).decode()
    assert re.search(r"style-src &#39;sha256-([^&]+)&#39;", page)[1] == hashed  # type: ignore[index]


def test_an_edited_file_makes_a_new_theme_and_an_unchanged_one_does_not(tmp_path: Path) -> None:
    (tmp_path / "style.css").write_text("p { color: red }", encoding="utf-8")
    first = load_theme(tmp_path)
    assert load_theme(tmp_path) is first
    (tmp_path / "style.css").write_text("p { color: olive }", encoding="utf-8")
    assert load_theme(tmp_path).digest != first.digest


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{% if %}", "site.templates: page.html, line 1: "),
        ("\n{{ edition.titel }}", "site.templates: page.html, line 2: "),
        ("{% extends 'nothing.html' %}", "nothing.html"),
    ],
)
def test_an_error_in_a_template_names_the_file_and_line(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    with pytest.raises(PublishError, match="Correct the file, or remove it") as error:
        render(EDITION, "html", load_theme(tmp_path))
    assert message in str(error.value)


def test_values_are_escaped_in_user_templates(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(
        "{% for day, cards in days %}{% for card in cards %}{{ card.title }}{% endfor %}{% endfor %}",
        encoding="utf-8",
    )
    assert b"<script" not in render(EDITION, "html", load_theme(tmp_path)).data


def test_pages_show_times_in_the_configured_zone() -> None:
    page = render(EDITION, "html", load_theme(None, "Pacific/Auckland")).data.decode()
    # 08:30 UTC is half a day later there.
    assert "Tuesday, 6 January 2026" in page
    assert "6 Jan 2026, 21:30 NZDT" in page
    assert 'datetime="2026-01-06T08:30:00Z"' in page
    assert "Times are Pacific/Auckland." in page


def test_the_hour_that_occurs_twice_has_two_abbreviations() -> None:
    zone = ZoneInfo("Europe/Vienna")
    twice = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]
    assert [clock(moment, zone) for moment in twice] == ["02:30 CEST", "02:30 CET"]
