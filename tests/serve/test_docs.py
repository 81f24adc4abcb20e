"""docs/serving.md states the limits and types that are in force."""

from __future__ import annotations

from pathlib import Path

from feeds.serve import server
from feeds.serve.files import CACHED, MEDIA

PAGE = (Path(__file__).parents[2] / "docs" / "serving.md").read_text(encoding="utf-8")


def test_the_limits_are_those_stated() -> None:
    text = " ".join(PAGE.split())
    assert f"within {server.REQUEST_SECONDS:g} seconds" in text
    assert f"closed after {server.IDLE_SECONDS} seconds" in text
    assert f"{server._SETTINGS['connection_limit']:,} connections" in text
    assert f"finished, within {server.GRACE_SECONDS:g} seconds" in text
    assert f"{CACHED >> 20} MB" in text


def test_the_types_of_outputs_are_those_stated() -> None:
    for ending in (".atom", ".rss", ".json", ".opml", ".html"):
        media = MEDIA[ending].type
        assert f"| `{ending}` | `{media.removesuffix('; charset=utf-8')}" in PAGE
