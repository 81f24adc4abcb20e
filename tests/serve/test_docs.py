"""docs/serving.md states the limits and media types of the code."""

from __future__ import annotations

from pathlib import Path

from feeds.serve import Limits, server
from feeds.serve.files import MAX_CACHE_BYTES, media_type

PAGE = (Path(__file__).parents[2] / "docs" / "serving.md").read_text(encoding="utf-8")


def test_documented_limits_match_the_code() -> None:
    text = " ".join(PAGE.split())
    limits = Limits()
    assert f"header within {limits.header_seconds:g} seconds" in text
    assert f"whole request within {limits.request_seconds:g} seconds" in text
    assert f"closed after {limits.idle_seconds:g} seconds" in text
    assert f"{limits.send_bytes_per_second >> 10} kB per second" in text
    assert f"{limits.connections:,} connections" in text
    assert f"{limits.per_client} of one client" in text
    assert f"finished, within {server.GRACE_SECONDS:g} seconds" in text
    assert f"{MAX_CACHE_BYTES >> 20} MB" in text


def test_documented_media_types_match_the_code() -> None:
    for ending in (".atom", ".rss", ".json", ".opml", ".html"):
        media = media_type(ending)
        assert media is not None
        assert f"| `{ending}` | `{media.type.removesuffix('; charset=utf-8')}" in PAGE
