"""The golden files, which a person has checked. `FEEDS_GOLDEN=write pytest …` writes them again."""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from feeds.model import Edition, Format
from feeds.render import opml, render
from feeds.render.listing import FeedListing, build_listing
from feeds.render.pages import index
from tests.render.sample_edition import ARCHIVED, EDITION, EMPTY

GOLDEN = Path(__file__).parent / "golden"
FORMATS: tuple[Format, ...] = ("atom", "rss", "json", "html")

SOURCES = (
    FeedListing(
        title="The Harbour Ledger",
        url="https://ledger.example/feed.atom",
        link="https://ledger.example/",
        tags=("world", "coast, quays"),
        language="en",
    ),
    FeedListing(title="روزنامهٔ کنار", url="https://kenar.example/rss", tags=("world",), language="fa"),
    FeedListing(title='Tide & "Time"', url="https://key:secret@tide.example/podcast.rss"),
    FeedListing(title="A file", url="examples/newsroom/a.xml"),
)


def documents() -> dict[str, bytes]:
    listings = (build_listing(EDITION), build_listing(EMPTY))
    files = {f"world.{form}": render(EDITION, form).data for form in FORMATS}
    files |= {f"{ARCHIVED.name}.{form}": render(ARCHIVED, form).data for form in FORMATS}
    files |= {f"quiet.{form}": render(EMPTY, form).data for form in FORMATS}
    files["sources.opml"] = opml.render("Sources of the wire", SOURCES).data
    files["feeds.opml"] = opml.render("The wire", opml.list_outputs(listings)).data
    files["index.html"] = index.render("The wire", "https://feeds.example/", listings, SOURCES)
    return files


@pytest.mark.parametrize("name", sorted(documents()))
def test_the_bytes_equal_the_golden_file(name: str) -> None:
    data = documents()[name]
    path = GOLDEN / name
    if os.environ.get("FEEDS_GOLDEN") == "write":
        path.write_bytes(data)
    assert data.decode() == path.read_text(encoding="utf-8")


def test_the_golden_folder_holds_no_other_files() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(documents())


def digest() -> str:
    return sha256(b"\0".join(documents()[name] for name in sorted(documents()))).hexdigest()


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Kolkata", "LC_ALL": "fa_IR.UTF-8"},
        {"PYTHONHASHSEED": "2", "TZ": "America/St_Johns", "LC_ALL": "C", "PYTHONUTF8": "0"},
    ],
    ids=["east", "west"],
)
def test_the_same_edition_gives_the_same_bytes_in_another_process(environment: dict[str, str]) -> None:
    program = (
        "import locale, contextlib\n"
        "with contextlib.suppress(locale.Error): locale.setlocale(locale.LC_ALL, '')\n"
        "from tests.render.test_golden import digest; print(digest())"
    )
    root = Path(__file__).resolve().parents[2]
    there = subprocess.run(
        [sys.executable, "-c", program],
        cwd=root,
        env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(root), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert there.stdout.strip() == digest()


def test_rendering_twice_gives_the_same_bytes() -> None:
    editions: tuple[Edition, ...] = (EDITION, EMPTY)
    for edition in editions:
        for form in FORMATS:
            assert render(edition, form) == render(edition, form)
