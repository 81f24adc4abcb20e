"""Tracking pixels go; pictures whose names only resemble theirs stay."""

# ruff: noqa: E501 - tables of cases

from __future__ import annotations

import pytest

from feeds.normalize.beacons import is_beacon
from tests.normalize.clean_body import sanitize_html


@pytest.mark.parametrize(
    "image",
    [
        '<img src="https://media.npr.org/include/images/tracking/npr-rss-pixel.png?story=1">',
        '<img src="https://media.npr.org/include/images/tracking/npr-rss-pixel.png?story=1" alt="A story">',
        '<img src="/img/feed-pixel.gif">',
        '<img src="https://metrics.n.example/pixel">',
        '<img src="https://stats.n.example/a.gif?id=1" alt="">',
        '<img src="https://medium.com/_/stat?event=post.clientViewed">',
        '<img src="https://pixel.wp.com/b.gif?x=1">',
        '<img src="https://feeds.feedburner.com/~r/x/~4/y" height="1" width="1" alt="">',
        '<img src="https://n.example/?feed-stats-post-id=9">',
        '<img src="https://counter.theconversation.com/content/1/count.gif" alt="The Conversation">',
        '<img src="/a.jpg" width="1" height="1" alt="A">',
        '<img src="/a.jpg" width="0" height="0">',
        '<img src="/a.jpg" style="width: 1px; height: 1px">',
        '<img src="/a.jpg" style="height:0">',
        '<img src="/a.jpg" height="1">',
        '<img src="/spacer.gif">',
        '<img src="/1x1.png" alt="">',
        '<img src="/open.gif?u=1">',
        '<img class="lazy" src="data:image/gif;base64,R0" data-src="https://vg01.met.vgwort.de/na/1" width="1" height="1">',
        '<noscript><img height="1" width="1" src="https://www.facebook.com/tr?id=1"></noscript>',
        '<amp-pixel src="https://n.example/p"></amp-pixel>',
    ],
)  # fmt: skip
def test_a_tracking_pixel_is_dropped(image: str) -> None:
    assert sanitize_html(f"{image}w") == "w"


@pytest.mark.parametrize(
    "image",
    [
        '<img src="https://n.example/img/pixel.png" alt="The new telephone">',
        '<img src="https://n.example/img/pixel.png" width="600">',
        '<img src="https://pixel.example/photos/1.jpg">',
        '<img src="https://pixel.example/art/cat.gif">',
        '<img src="https://n.example/google-pixel/1.jpg">',
        '<img src="https://n.example/tracking/map.png">',
        '<img src="https://n.example/the-1x1-rule.jpg">',
        '<img src="https://n.example/img/spacer.gif" alt="A bar between two floors">',
        '<img src="https://stats.example/chart.png">',
        '<img src="https://n.example/gifs/open.gif">',
    ],
)
def test_a_picture_with_such_a_word_in_its_url_stays(image: str) -> None:
    assert sanitize_html(image) == image


def test_a_size_of_zero_that_another_rule_of_the_style_changes_is_none() -> None:
    html = '<img src="https://n.example/a.jpg" style="max-width:100%;height:0;min-height:200px">'
    assert sanitize_html(html) == '<img src="https://n.example/a.jpg">'


def test_a_host_is_a_counter_only_as_a_whole() -> None:
    assert is_beacon("https://b.scorecardresearch.com/p?c1=2")
    assert not is_beacon("https://notscorecardresearch.com/p?c1=2")
