"""The document that `state-before-fragments.sql` was made of, and later versions of it."""

from __future__ import annotations

from tests.newsroom import item, rss

_SHOW = "https://show.example/episodes"
_FILES = "https://cdn.example"


def _item(fields: str) -> str:
    return f"<item>{fields}</item>"


def _change(version: str, text: str, day: int) -> str:
    return _item(
        f"<title>{version}</title><link>https://tool.example/changelog#v{version}</link>"
        f"<description>{text}</description><pubDate>Mon, {day:02} Nov 2026 10:00:00 GMT</pubDate>"
    )


def _episode(number: int, title: str, token: str) -> str:
    return _item(
        f"<title>{title}</title><link>{_SHOW}</link><description>Subscribe.</description>"
        f"<pubDate>Tue, {number:02} Nov 2026 05:07:00 GMT</pubDate>"
        f'<enclosure url="{_FILES}/{number}.mp3?token={token}" type="audio/mpeg" length="1"/>'
    )


def _unnamed(number: int, text: str) -> str:
    return _item(
        f'<title>Release {number}.0</title><link>N/A</link><guid isPermaLink="false">N/A</guid>'
        f"<description>{text}</description><pubDate>Wed, {number:02} Nov 2026 11:00:00 GMT</pubDate>"
    )


def _video(number: int) -> str:
    return _item(
        f'<title>Video {number}</title><guid isPermaLink="false">yt:video:aBc{number}</guid>'
        f"<link>https://video.example/watch?v={number}</link><pubDate>Thu, 0{number} Nov 2026 10:00:00 GMT</pubDate>"
    )


def _part(title: str) -> str:
    return _item(
        f"<title>{title}</title><link>https://one.example/about#news</link><description>One part.</description>"
        "<pubDate>Fri, 06 Nov 2026 10:11:12 GMT</pubDate>"
    )


STORED = rss(
    [
        item(1, guid="https://news.example/1"),
        _change("1.2", "Adds the wide mode.", 9),
        _change("1.1", "Adds the narrow mode.", 2),
        _episode(2, "Snow", "a"),
        _episode(1, "Rain", "b"),
        _unnamed(2, "What is new in 2: larger buttons."),
        _unnamed(1, "What is new in 1: dark windows."),
        _video(1),
        _part("The news"),
    ]
)
UNCHANGED = rss(
    [
        item(1, guid="https://news.example/1"),
        _change("1.3", "Adds no mode.", 16),
        _change("1.2", "Adds the wide mode.", 9),
        _change("1.1", "Adds the narrow mode.", 2),
        _episode(3, "Wind", "c"),
        _episode(2, "Snow", "d"),
        _episode(1, "Rain", "e"),
        _unnamed(2, "What is new in 2: larger buttons."),
        _unnamed(1, "What is new in 1: dark windows."),
        _video(2),
        _video(1),
        _part("The news"),
    ]
)
EDITED = rss(
    [
        item(1, guid="https://news.example/1", title="Another title"),
        _change("1.3", "Adds no mode, but mends two.", 16),
        _change("1.2", "Adds the wide mode. Withdrawn.", 9),
        _change("1.1", "Adds the narrow mode.", 2),
        _episode(3, "Wind and weather", "f"),
        _episode(2, "Snow and ice", "g"),
        _episode(1, "Rain", "h"),
        _unnamed(2, "What is new in 2: larger buttons, and more of them."),
        _unnamed(1, "What is new in 1: dark windows."),
        _video(2),
        _video(1),
        _part("The newest news"),
    ]
)
