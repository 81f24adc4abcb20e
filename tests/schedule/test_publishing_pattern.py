from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import codec
from feeds.schedule.publishing_pattern import PublishingPattern, describe, next_interval, update_pattern

START = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

DAILY = [START + DAY * n + 7 * HOUR + MINUTE * (n * 7 % 20) for n in range(120)]
WEEKDAYS = [START + DAY * n + HOUR * h + MINUTE * n for n in range(60) if n % 7 < 5 for h in range(8, 18)]


def at_random(count: int, days: int) -> list[datetime]:
    chance = random.Random(count)
    return sorted(START + days * DAY * chance.random() for _ in range(count))


def followed(
    published: Sequence[datetime], days: int
) -> tuple[PublishingPattern, list[tuple[datetime, int]]]:
    """Poll as `next_interval` says. Returns the pattern, and the polls as (time, number of new articles)."""
    pattern, now, polls, taken = update_pattern(None, (), START, None), START, [], 0
    while now < START + days * DAY:
        asked, now = now, now + next_interval(pattern, now, HOUR, DAY)
        come = sum(moment <= now for moment in published)
        if come > taken:
            pattern = update_pattern(pattern, published[taken:come], now, asked)
        polls.append((now, come - taken))
        taken = come
    return pattern, polls


def last(polls: Iterable[tuple[datetime, int]], days: int, until: int) -> list[tuple[datetime, int]]:
    end = START + until * DAY
    return [poll for poll in polls if end - days * DAY <= poll[0] < end]


def test_a_daily_source_is_polled_shortly_after_its_hour_and_seldom_at_night() -> None:
    pattern, polls = followed(DAILY, 60)
    found = [now for now, new in last(polls, 30, 60) if new]
    assert len(found) == 30
    assert {now.hour for now in found} <= {7, 8}
    assert len(last(polls, 30, 60)) <= 4 * 30
    assert sum(now.hour < 6 for now, _ in last(polls, 30, 60)) <= 2 * 30
    assert describe(pattern, START + 60 * DAY) == "about one article a day, mostly around 07:00 UTC"


def test_a_newsroom_is_polled_by_day_and_seldom_at_night_or_on_sundays() -> None:
    pattern, polls = followed(WEEKDAYS, 56)
    month = last(polls, 28, 56)
    by_day = sum(9 <= now.hour < 18 and now.weekday() < 5 for now, _ in month) / 20 / 9
    at_night = sum(now.hour < 6 for now, _ in month) / 28 / 6
    assert by_day > 3 * at_night
    assert pattern.has_daily_pattern


def test_random_publication_times_give_no_pattern() -> None:
    for count in (30, 120, 1200):
        pattern, _ = followed(at_random(count, 60), 60)
        assert not pattern.has_daily_pattern
        assert not pattern.has_weekly_pattern
        assert pattern.activity(START, 1.0, 24) == pytest.approx([1.0] * 24, abs=0.2)


def test_a_weekly_pattern_needs_more_than_two_weeks_of_evidence() -> None:
    fridays = [START + DAY * (4 + 7 * n) + 15 * HOUR + MINUTE * (n * 11 % 30) for n in range(30)]
    assert not followed(fridays, 14)[0].has_weekly_pattern
    pattern, polls = followed(fridays, 150)
    assert pattern.has_weekly_pattern
    assert all(now - now.replace(hour=15, minute=0) < 3 * HOUR for now, new in last(polls, 60, 150) if new)
    assert describe(pattern, START + 151 * DAY).endswith("around 15:00 UTC, on Fri")


def test_a_pattern_that_ends_is_forgotten_in_a_few_weeks() -> None:
    moved = [moment if n < 60 else moment + 10 * HOUR for n, moment in enumerate(DAILY)]
    pattern, polls = followed(moved, 120)
    found = [now for now, new in last(polls, 20, 120) if new]
    assert {now.hour for now in found} <= {17, 18}
    assert "17:" in describe(pattern, START + 120 * DAY)


def test_a_burst_gives_no_pattern() -> None:
    burst = [START + 3 * HOUR + MINUTE * n / 4 for n in range(100)]
    pattern = update_pattern(update_pattern(None, (), START, None), burst, START + 4 * HOUR, START)
    assert not pattern.has_daily_pattern
    assert not pattern.has_weekly_pattern


def test_a_source_that_falls_silent_is_polled_less_and_less() -> None:
    _, polls = followed(DAILY[:30], 200)
    counts = [len(last(polls, 20, until)) for until in (50, 80, 110, 200)]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] <= 21
    assert len(polls) > 200  # and is never given up


def test_a_source_that_resumes_is_polled_more_again() -> None:
    again = [*DAILY[:10], *(START + 150 * DAY + HOUR * n for n in range(240))]
    _, polls = followed(again, 160)
    assert len(last(polls, 5, 160)) > 3 * len(last(polls, 5, 150))


def test_the_first_document_shows_the_past() -> None:
    now = START + 30 * DAY + 12 * HOUR
    pattern = update_pattern(None, DAILY[:31], now, None)
    assert pattern.rate(now) * 24 == pytest.approx(1.0, rel=0.2)
    assert pattern.has_daily_pattern


def test_undated_articles_of_a_first_document_are_ignored() -> None:
    assert update_pattern(None, [None] * 20, START, None) == update_pattern(None, [], START, None)


def test_later_undated_articles_count_from_when_they_were_seen() -> None:
    pattern = update_pattern(None, [], START, None)
    assert update_pattern(pattern, [None], START + DAY, START).last == START + DAY


def test_a_new_article_counts_as_published_between_the_two_polls() -> None:
    pattern = update_pattern(None, [], START, None)
    odd: Sequence[Callable[[], datetime]] = (lambda: START - 90 * DAY, lambda: START + 90 * DAY)
    for wrong in odd:
        after = update_pattern(pattern, [wrong()], START + DAY, START + DAY / 2).last
        assert after is not None
        assert START + DAY / 2 <= after <= START + DAY


def test_the_encoded_pattern_stays_small() -> None:
    pattern = update_pattern(None, at_random(20_000, 300), START + 300 * DAY, None)
    assert len(codec.dumps(pattern)) < 400
    assert codec.loads(PublishingPattern, codec.dumps(pattern)) == pattern


def test_after_a_year_little_evidence_is_left() -> None:
    pattern = update_pattern(None, WEEKDAYS, START + 60 * DAY, None)
    once = update_pattern(pattern, [START + 425 * DAY], START + 425 * DAY, START + 424 * DAY)
    assert once.count < 1.1
    assert once.rate(START + 425 * DAY) < 0.01


@given(st.floats(0.01, 10_000), st.integers(5, 600), st.integers(0, 6000))
def test_more_news_or_cheaper_requests_never_lengthen_the_interval(count: float, low: int, more: int) -> None:
    def interval(count: float, patience: float = 0.5) -> timedelta:
        return next_interval(
            PublishingPattern(at=START, last=START, count=count, hours=400.0),
            START,
            low * MINUTE,
            DAY,
            patience,
        )

    assert interval(count + more) <= interval(count)
    assert interval(count, 0.25) <= interval(count)
    assert low * MINUTE <= interval(count) <= DAY


def test_a_document_is_polled_before_a_quarter_of_it_is_replaced() -> None:
    slow = PublishingPattern(at=START, last=START, count=10.0, hours=400.0)
    apart = next_interval(slow, START, MINUTE, 30 * DAY)
    small = PublishingPattern(at=START, last=START, count=10.0, hours=400.0, holds=2)
    assert next_interval(small, START, MINUTE, 30 * DAY) <= small.turnover(START) / 4 <= DAY
    assert (
        next_interval(PublishingPattern(at=START, count=10.0, hours=400.0, holds=50), START, MINUTE, 30 * DAY)
        == apart
    )
    assert slow.turnover(START) > 1000 * DAY  # not known
