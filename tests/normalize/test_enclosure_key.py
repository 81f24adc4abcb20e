"""The address of an enclosure, without what changes from poll to poll."""

from __future__ import annotations

import pytest

from feeds.model import Media
from feeds.normalize.enclosure_key import canonical_file, enclosure_key

FILE = "traffic.example.fm/XYZ.mp3"


@pytest.mark.parametrize(
    "url",
    [
        f"https://{FILE}",
        f"http://www.{FILE}?updated=1700000000#t=10",
        f"https://dts.podtrac.com/redirect.mp3/{FILE}?token-hash=abc1&token-time=1761177600",
        f"https://www.podtrac.com/pts/redirect.mp3/pdst.fm/e/chrt.fm/track/AB12/{FILE}",
        f"https://op3.dev/e,pg=0123/https://{FILE}?Expires=1&Signature=a~b&Key-Pair-Id=K1",
        f"https://play.example/s/1/podcast/play/2/https%3A%2F%2F{FILE.replace('/', '%2F')}",
        f"https://{FILE}?x={'a1' * 20}",
    ],
)
def test_counting_services_and_tokens_make_no_difference(url: str) -> None:
    assert canonical_file(url) == FILE


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("https://cdn.example/1.mp3", "https://cdn.example/2.mp3"),
        ("https://cdn.example/get.mp3?id=1&sig=x", "https://cdn.example/get.mp3?id=2&sig=x"),
        ("https://cdn.example/get?e=1", "https://cdn.example/get?e=2"),
        ("https://cdn.example/a.b.c/1.mp3", "https://cdn.example/a.b.d/1.mp3"),
        ("https://cdn.example/1.mp3", "https://other.example/1.mp3"),
    ],
)
def test_different_files_have_different_keys(first: str, second: str) -> None:
    assert canonical_file(first) != canonical_file(second)


def test_the_key_is_that_of_the_first_enclosure_that_is_no_picture() -> None:
    picture = Media(url="https://cdn.example/cover.jpg", type="image/jpeg")
    audio = Media(url="https://cdn.example/1.mp3", type="audio/mpeg")
    content = Media(url="https://cdn.example/2.mp3", type="audio/mpeg", role="content")
    assert enclosure_key((picture, content, audio)) == "cdn.example/1.mp3"
    assert enclosure_key((picture, content)) == ""
    assert canonical_file("magnet:?xt=urn:btih:31") == ""
