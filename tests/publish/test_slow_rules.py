"""An expression that takes too long for a title costs that title its rule, and the user is told."""

from __future__ import annotations

from tests.loopback import Loopback
from tests.newsroom import Newsroom, item, rss

OUTPUTS = r"""
outputs:
  front:
    title: Front page
    drop: [{title: '/^(a|aa)+$/'}]
"""


def test_an_output_with_a_slow_expression_is_published_and_names_it(room: Newsroom, server: Loopback) -> None:
    titles = ["a" * 3000 + "b", "aaa", "Ferry"]
    url = server.page("/feed", rss([item(n, title=title) for n, title in enumerate(titles)]))
    room.configure(f"sources:\n  - {{id: s1, url: '{url}', allow_private: true}}\n", OUTPUTS)
    report = room.once()
    front = next(output for output in report.published if output.name == "front")
    assert front.error == ""
    (sentence,) = front.stopped_searches
    assert "/^(a|aa)+$/ takes too long" in sentence
    assert "Ferry" in room.titles()
    assert "aaa" not in room.titles()
    assert len(room.titles()) == 2
