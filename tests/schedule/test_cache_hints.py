from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from feeds.model import Feed, Fetched, Unchanged
from feeds.schedule.cache_hints import MAX_REQUESTED_WAIT, after_skipped_times, allowed_interval, longest_wait

NOW = datetime(2026, 11, 20, 12, 20, tzinfo=UTC)  # a Friday
H = timedelta(hours=1)
DAY = timedelta(days=1)


def answer(headers: dict[str, str]) -> Fetched:
    return Unchanged(url="https://herald.example/feed", headers=tuple(headers.items()))


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, 0 * H),
        ({"cache-control": "max-age=7200"}, 2 * H),
        ({"cache-control": "public,Max-Age = 7200,immutable"}, 2 * H),
        ({"cache-control": 'private, max-age="7200"'}, 2 * H),
        ({"cache-control": "max-age=7200, max-age=1"}, 2 * H),
        ({"cache-control": "s-maxage=7200, stale-while-revalidate=9000"}, 0 * H),
        ({"cache-control": 'ext="a, max-age=7200"'}, 0 * H),
        # Age (RFC 9111 §4.2.3)
        ({"cache-control": "max-age=7200", "age": "1800"}, 1.5 * H),
        ({"cache-control": "max-age=7200", "age": " 99999 "}, 0 * H),
        ({"cache-control": "max-age=7200", "age": "-5"}, 2 * H),
        ({"cache-control": "max-age=7200", "age": "soon"}, 2 * H),
        ({"cache-control": "max-age=7200", "age": "1800, 5"}, 1.5 * H),
        # no-cache: the usual interval
        ({"cache-control": "no-cache, max-age=7200"}, 0 * H),
        ({"cache-control": "no-store, max-age=7200"}, 0 * H),
        ({"cache-control": 'no-cache="Set-Cookie", max-age=7200'}, 2 * H),
        # Expires, by the response's own Date
        ({"expires": "Fri, 20 Nov 2026 15:20:00 GMT"}, 3 * H),
        ({"expires": "Fri, 01 Jan 2010 05:00:00 GMT", "date": "Fri, 01 Jan 2010 00:00:00 GMT"}, 5 * H),
        # which was a while ago, where it comes from a cache
        (
            {
                "expires": "Fri, 01 Jan 2010 05:00:00 GMT",
                "date": "Fri, 01 Jan 2010 00:00:00 GMT",
                "age": "3600",
            },
            4 * H,
        ),
        ({"expires": "Fri, 20 Nov 2026 15:20:00 GMT", "age": "3600"}, 3 * H),
        ({"expires": "Fri, 20 Nov 2026 09:00:00 GMT"}, 0 * H),
        ({"expires": "0"}, 0 * H),
        ({"expires": "-1"}, 0 * H),
        ({"expires": ""}, 0 * H),
        # max-age beats it, even where it says nothing that can be understood
        ({"cache-control": "max-age=7200", "expires": "Fri, 20 Nov 2026 22:20:00 GMT"}, 2 * H),
        ({"cache-control": "max-age=0", "expires": "Fri, 20 Nov 2026 22:20:00 GMT"}, 0 * H),
        ({"cache-control": "max-age=soon", "expires": "Fri, 20 Nov 2026 22:20:00 GMT"}, 0 * H),
        # absurd
        ({"cache-control": "max-age=31536000"}, MAX_REQUESTED_WAIT),
        ({"cache-control": "max-age=" + "9" * 4000}, MAX_REQUESTED_WAIT),
        ({"cache-control": "max-age=٣٦٠٠"}, 0 * H),
        ({"expires": "Fri, 31 Dec 9999 23:59:59 GMT"}, MAX_REQUESTED_WAIT),
        ({"expires": "Fri, 31 Dec 9999 23:59:59 -1200"}, 0 * H),
    ],
)
def test_how_long_a_response_is_fresh(headers: dict[str, str], expected: timedelta) -> None:
    assert longest_wait(None, answer(headers), NOW).wait == expected


@pytest.mark.parametrize(
    ("feed", "expected"),
    [
        (Feed(), 0 * H),
        (Feed(ttl=90), 1.5 * H),
        (Feed(ttl=0), 0 * H),
        (Feed(ttl=2**53), MAX_REQUESTED_WAIT),
        (Feed(update_period="hourly"), H),
        (Feed(update_period="Daily", update_frequency=4), 6 * H),
        (Feed(update_period="weekly", update_frequency=0), 7 * DAY),
        (Feed(update_period="yearly"), MAX_REQUESTED_WAIT),
        (Feed(update_period="monthly", update_frequency=2**53), timedelta(days=30) / 10**6),
        (Feed(update_frequency=2), 12 * H),  # daily, if it does not say
        (Feed(update_period="when I feel like it"), DAY),
        # counted from a base: until the timetable's next moment
        (Feed(update_period="daily", update_base="2000-01-01T12:00+00:00"), timedelta(hours=23, minutes=40)),
        (Feed(update_period="daily", update_base="2000-01-01T15:00+02:00"), timedelta(minutes=40)),
        (Feed(update_period="daily", update_base="2000-01-01"), timedelta(hours=11, minutes=40)),
        (Feed(update_period="daily", update_base="the year dot"), DAY),
    ],
)
def test_the_interval_that_a_feed_asks_for(feed: Feed, expected: timedelta) -> None:
    assert longest_wait(feed, None, NOW).wait == expected


def test_the_longest_hint_counts_and_is_named() -> None:
    feed = Feed(ttl=90, update_period="hourly")
    assert longest_wait(feed, answer({"cache-control": "max-age=60"}), NOW).reason == "the feed's ttl"
    assert longest_wait(feed, answer({"cache-control": "max-age=9000"}), NOW).reason == "the server's max-age"


def test_the_allowed_interval_is_the_longest_of_max_age_and_ttl() -> None:
    assert allowed_interval(None, answer({})) is None
    assert allowed_interval(None, answer({"cache-control": "max-age=600", "age": "599"})) == H / 6
    assert allowed_interval(Feed(ttl=20), answer({"cache-control": "max-age=600"})) == H / 3
    assert allowed_interval(None, answer({"cache-control": "max-age=0"})) is None


@pytest.mark.parametrize(
    ("feed", "expected"),
    [
        (Feed(), NOW),
        (Feed(skip_hours=(11, 13)), NOW),
        (Feed(skip_hours=(12, 13)), datetime(2026, 11, 20, 14, 0, tzinfo=UTC)),
        (Feed(skip_days=("Friday", "Saturday")), datetime(2026, 11, 22, 0, 0, tzinfo=UTC)),
        (Feed(skip_days=("Friday",), skip_hours=(0, 1)), datetime(2026, 11, 21, 2, 0, tzinfo=UTC)),
        (Feed(skip_hours=tuple(range(24))), NOW),
        (Feed(skip_days=("Vendredi",)), NOW),
    ],
)
def test_skip_hours_and_skip_days_are_skipped(feed: Feed, expected: datetime) -> None:
    assert after_skipped_times(feed, NOW) == expected
