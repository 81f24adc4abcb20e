"""axe, in a real browser, finds no accessibility violation on the pages, light and dark, wide and narrow."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from feeds.model import SourceIssue
from feeds.render import health, render
from feeds.render.listing import build_listing
from feeds.render.pages import index
from tests.render.sample_edition import ARCHIVED, EDITION, EMPTY, at
from tests.render.test_golden import SOURCES

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
AXE = find_spec("axe_playwright_python")

pytestmark = [
    pytest.mark.skipif(BROWSER is None, reason="needs chromium"),
    pytest.mark.skipif(AXE is None, reason="needs axe (.ci/browser.txt)"),
]

ISSUES = (
    SourceIssue(source="tide", kind="failing", description="no answer", since=at(6)),
    SourceIssue(source="ledger", kind="silent", description="has published nothing", since=at(5)),
    SourceIssue(source="kenar", kind="failing", description="no answer", since=at(3), until=at(4)),
)


def pages() -> dict[str, bytes]:
    report = health.HealthReport(
        joins=((("kenar", "tide"), 5), (("tide", "tide"), 1)),
        joins_since=at(2),
        title="The wire",
        base_url="https://feeds.example/",
        issues=health.newest_first(ISSUES),
        titles={"tide": "Tide & Time"},
        sources=4,
        since=datetime(2026, 1, 1, tzinfo=UTC),
    )
    listings = (build_listing(EDITION), build_listing(EMPTY))
    return {
        "output": render(EDITION, "html").data,
        "archive": render(ARCHIVED, "html").data,
        "empty": render(EMPTY, "html").data,
        "index": index.render("The wire", "https://feeds.example/", listings, SOURCES),
        "health": health.render_page(report),
    }


def run_axe(page: str, folder: Path, width: int) -> dict[str, Any]:
    """The report of axe for a page. Its policy forbids scripts and is removed first."""
    assert AXE is not None
    assert AXE.submodule_search_locations is not None
    script = (Path(AXE.submodule_search_locations[0]) / "axe.min.js").read_text(encoding="utf-8")
    run = (
        "axe.run(document, {resultTypes: ['violations']}).then(found => {"
        "const said = document.createElement('pre'); said.id = 'axe';"
        "said.textContent = JSON.stringify(found); document.body.replaceChildren(said); });"
    )
    open_to_scripts = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>\n', "", page)
    assert open_to_scripts != page
    # Pictures would be fetched from the net, and only the page around them is checked.
    without_net = re.sub(r'src="https?:[^"]*"', 'src="data:,"', open_to_scripts)
    file = folder / "page.html"
    file.write_text(
        without_net.replace("</body>", f"<script>{script}</script><script>{run}</script></body>"),
        encoding="utf-8",
    )
    command = [
        str(BROWSER),
        *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
        *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
        *(f"--user-data-dir={folder / 'profile'}", f"--window-size={width},900"),
        *("--virtual-time-budget=20000", "--dump-dom", file.as_uri()),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    match = re.search(r'<pre id="axe">(.*?)</pre>', done.stdout, re.DOTALL)
    assert match, f"axe reported nothing: {done.stderr[-500:]}"
    report: dict[str, Any] = json.loads(html.unescape(match[1]))
    return report


@pytest.mark.parametrize("width", [1200, 360], ids=["wide", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", sorted(pages()))
def test_axe_finds_no_violation_on_our_pages(name: str, scheme: str, width: int, tmp_path: Path) -> None:
    page = pages()[name].decode()
    if scheme == "dark":
        assert "@media (prefers-color-scheme: dark)" in page
        page = page.replace("@media (prefers-color-scheme: dark)", "@media all")
    report = run_axe(page, tmp_path, width)
    assert report["testEngine"]["name"] == "axe-core"
    assert [
        f"{violation['id']}: {node['html']}"
        for violation in report["violations"]
        for node in violation["nodes"]
    ] == []


def test_axe_finds_a_violation_where_there_is_one(tmp_path: Path) -> None:
    page = pages()["index"].decode().replace("<h1", '<img src="data:,"><h1')
    assert [violation["id"] for violation in run_axe(page, tmp_path, 1200)["violations"]] == ["image-alt"]
