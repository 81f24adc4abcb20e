from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.config.addresses import (
    check_web_url,
    local_path,
    looks_like_host,
    source_id,
    url_comparison_key,
    without_login,
)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.example/world/feed", "news.example-world-feed"),
        ("https://www.news.example/rss.xml", "news.example-rss.xml"),
        ("http://news.example:8080/", "news.example-8080"),
        ("https://blogs.example/@ada/feed", "blogs.example-ada-feed"),
        ("https://me:secret@news.example/feed", "news.example-feed"),
        ("https://news.example/feed#latest", "news.example-feed"),
        ("examples/newsroom/a.xml", "examples-newsroom-a.xml"),
    ],
)
def test_an_id_reads_like_its_url(url: str, expected: str) -> None:
    assert source_id(url) == expected


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("https://n.example/feed.php?id=1", "https://n.example/feed.php?id=2"),
        ("https://n.example/समाचार", "https://n.example/खेल"),
        (f"https://n.example/{'a' * 90}/x", f"https://n.example/{'a' * 90}/y"),
    ],
)
def test_urls_with_the_same_slug_get_different_ids(url: str, other: str) -> None:
    assert source_id(url) != source_id(other)
    assert len(source_id(url)) <= 48


def test_a_secret_is_left_out_of_the_id() -> None:
    assert source_id("https://n.example/${env:KEY}/feed") == "n.example-feed"


@given(st.text())
def test_every_text_has_a_valid_id(text: str) -> None:
    import re

    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", source_id(text))
    assert source_id(text) == source_id(text)


@pytest.mark.parametrize(
    "same",
    [
        "http://news.example/feed",
        "HTTPS://News.Example/feed",
        "https://news.example:443/feed/",
        "https://news.example./feed#top",
        "https://me:pw@news.example/feed",
    ],
)
def test_spellings_of_one_url_have_the_same_key(same: str) -> None:
    assert url_comparison_key(same) == url_comparison_key("https://news.example/feed")


@pytest.mark.parametrize(
    "other",
    [
        "https://news.example/Feed",
        "https://news.example/feed?x=1",
        "https://news.example:8443/feed",
        "https://www.news.example/feed",
        "news.example/feed",
    ],
)
def test_different_urls_have_different_keys(other: str) -> None:
    assert url_comparison_key(other) != url_comparison_key("https://news.example/feed")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://n.example/",
        "https:///feed",
        "https://n.example:0/",
        "https://n.example:x/",
        "https://[::1/",
        "https://n.example/a b",
        "https://n.example/\n",
        "javascript://n.example/",
    ],
)
def test_an_invalid_web_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="is not"):
        check_web_url(url)


def test_a_login_is_split_off() -> None:
    assert without_login("https://me:p%40w@n.example:81/x?y") == ("https://n.example:81/x?y", ("me", "p@w"))
    assert without_login("https://n.example/@me") == ("https://n.example/@me", None)


def test_a_path_stays_below_its_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "out").symlink_to(tmp_path.parent)
    folder = tmp_path / "in"
    assert local_path("./a/b.xml", folder) == "a/b.xml"
    assert local_path(str(folder / "a.xml"), folder) == "a.xml"
    for outside in ("../a.xml", "a/../../b.xml", "/etc/passwd", "out/a.xml", "", "."):
        with pytest.raises(ValueError, match="lies outside"):
            local_path(outside, folder)
    with pytest.raises(ValueError, match="usable"):
        local_path("a\0b", folder)


def test_a_forgotten_scheme_is_recognised() -> None:
    assert looks_like_host("news.example/feed")
    assert looks_like_host("news.example")
    assert not looks_like_host("a.xml")
    assert not looks_like_host("examples/newsroom/a.xml")
