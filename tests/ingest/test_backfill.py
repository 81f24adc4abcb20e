"""What a source presents all at once buries nobody."""

from __future__ import annotations

import re
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from feeds.ingest.backfill import RANK_BACK, RECENT_AGE, rank_dates
from tests.loopback import Answer, Loopback
from tests.make import NOW, article
from tests.newsroom import Newsroom, item, rss

HOUR = timedelta(hours=1)
OTHERS = [item(n, guid=f"tag:b.example,2026:{n}", link=f"https://b.example/{n}") for n in range(100, 105)]


def outputs(limit: int) -> str:
    return f"outputs: {{front: {{limit: {limit}}}}}\n"


def undated(text: str) -> str:
    return re.sub(r"<pubDate>.*?</pubDate>", "", text)


def two(room: Newsroom, first: str, second: str, limit: int, **options: int) -> None:
    more = "".join(f", {key}: {value}" for key, value in options.items())
    room.configure(
        f"sources:\n  - {{id: a, url: '{first}', allow_private: true{more}}}\n"
        f"  - {{id: b, url: '{second}', allow_private: true{more}}}\n",
        outputs(limit),
    )


def test_the_first_document_of_a_feed_without_dates_ranks_behind_the_news(
    room: Newsroom, server: Loopback
) -> None:
    plain = [undated(item(n)) for n in range(40)]
    fresh = [item(n, guid=f"b{n}", link=f"https://b.example/{n}") for n in range(100, 105)]
    url = server.answers("/a", Answer(body=rss(plain)), Answer(body=rss([undated(item(77)), *plain])))
    two(room, url, server.page("/b", rss(fresh)), 10)
    room.once()
    titles = room.titles()
    assert titles[:5] == [f"Title {n}" for n in range(100, 105)]
    assert titles[5:] == [f"Title {n}" for n in range(5)]  # in the document's order, where there is room
    room.once(later=2 * HOUR)
    assert room.titles()[0] == "Title 77"  # what comes later is news


def test_entries_without_dates_are_not_newer_than_the_document_states(
    room: Newsroom, server: Loopback
) -> None:
    stale = rss([undated(item(n)) for n in range(3)]).replace(
        b"<item>", b"<lastBuildDate>Thu, 02 Apr 2026 08:00:00 GMT</lastBuildDate><item>", 1
    )
    news = rss([item(n, hours=40 * 24, guid=f"b{n}", link=f"https://b.example/{n}") for n in (100, 101)])
    two(room, server.page("/a", stale), server.page("/b", news), 10)
    room.once()
    assert room.titles() == ["Title 100", "Title 101", "Title 0", "Title 1", "Title 2"]


def test_five_hundred_entries_with_todays_date_rank_behind_the_news(room: Newsroom, server: Loopback) -> None:
    again = [
        item(n, hours=-2 - n / 1000, guid=f"again{n}", link=f"https://a.example/{n}") for n in range(500)
    ]
    url = server.answers("/a", Answer(body=rss([item(900, hours=1)])), Answer(body=rss(again)))
    two(room, url, server.page("/b", rss(OTHERS)), 60, flood=20)
    room.once()
    report = room.once(later=3 * HOUR)
    assert sum(polled.new for polled in report.polled) == 500
    titles = room.titles()
    assert titles[:20] == [f"Title {n}" for n in range(499, 479, -1)]
    assert titles[20:26] == ["Title 900", *(f"Title {n}" for n in range(100, 105))]
    # Nothing is lost: the archive has what the output has no room for.
    held = sum(data.count(b"<entry>") for name, data in room.bytes().items() if name.endswith(".atom"))
    assert held >= 506


def test_without_a_flood_limit_all_entries_rank_as_news(room: Newsroom, server: Loopback) -> None:
    again = [item(n, hours=-2 - n / 1000, guid=f"again{n}", link=f"https://a.example/{n}") for n in range(80)]
    url = server.answers("/a", Answer(body=rss([item(900, hours=1)])), Answer(body=rss(again)))
    two(room, url, server.page("/b", rss(OTHERS)), 60, flood=0)
    room.once()
    room.once(later=3 * HOUR)
    assert room.titles() == [f"Title {n}" for n in range(79, 19, -1)]


@given(
    st.lists(st.integers(-200, 200), max_size=40),
    st.integers(0, 10),
    st.booleans(),
)
def test_at_most_the_limit_ranks_as_news_and_no_rank_is_later_than_the_date(
    hours: list[int], limit: int, first: bool
) -> None:
    fresh = [article(id=f"a{n}", hours=h) for n, h in enumerate(hours)]
    aside = rank_dates(fresh, NOW, first=first, limit=limit)
    by_id = {article.id: article for article in fresh}
    assert all(rank_date <= by_id[id_].date - RANK_BACK for id_, rank_date in aside.items())
    news = [article for article in fresh if article.date > NOW - RECENT_AGE and article.id not in aside]
    assert not limit or len(news) <= limit
    assert all(by_id[id_].date > NOW - RECENT_AGE for id_ in aside)
