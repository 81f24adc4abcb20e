from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import codec
from feeds.schedule.publishing_pattern import Rhythm, learn, next_look, say

START = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

DAILY = [START + DAY * n + 7 * HOUR + MINUTE * (n * 7 % 20) for n in range(120)]
WEEKDAYS = [START + DAY * n + HOUR * h + MINUTE * n for n in range(60) if n % 7 < 5 for h in range(8, 18)]


def at_random(count: int, days: int) -> list[datetime]:
    chance = random.Random(count)
    return sorted(START + days * DAY * chance.random() for _ in range(count))


def followed(published: Sequence[datetime], days: int) -> tuple[Rhythm, list[tuple[datetime, int]]]:
    """The rhythm after polling for so many days as it asks for, and the polls with what each found."""
    rhythm, now, polls, taken = learn(None, (), START, None), START, [], 0
    while now < START + days * DAY:
        asked, now = now, now + next_look(rhythm, now, HOUR, DAY)
        come = sum(moment <= now for moment in published)
        if come > taken:
            rhythm = learn(rhythm, published[taken:come], now, asked)
        polls.append((now, come - taken))
        taken = come
    return rhythm, polls


def last(polls: Iterable[tuple[datetime, int]], days: int, until: int) -> list[tuple[datetime, int]]:
    end = START + until * DAY
    return [poll for poll in polls if end - days * DAY <= poll[0] < end]


def test_a_daily_source_is_asked_shortly_after_its_hour_and_hardly_at_night() -> None:
    rhythm, polls = followed(DAILY, 60)
    found = [now for now, new in last(polls, 30, 60) if new]
    assert len(found) == 30
    assert {now.hour for now in found} <= {7, 8}
    assert len(last(polls, 30, 60)) <= 4 * 30
    assert sum(now.hour < 6 for now, _ in last(polls, 30, 60)) <= 2 * 30
    assert say(rhythm, START + 60 * DAY) == "about one article a day, mostly around 07:00 UTC"


def test_a_newsroom_is_asked_by_day_and_little_at_night_or_on_sundays() -> None:
    rhythm, polls = followed(WEEKDAYS, 56)
    month = last(polls, 28, 56)
    by_day = sum(9 <= now.hour < 18 and now.weekday() < 5 for now, _ in month) / 20 / 9
    at_night = sum(now.hour < 6 for now, _ in month) / 28 / 6
    assert by_day > 3 * at_night
    assert rhythm.has_day


def test_no_habit_is_seen_where_there_is_none() -> None:
    for count in (30, 120, 1200):
        rhythm, _ = followed(at_random(count, 60), 60)
        assert not rhythm.has_day
        assert not rhythm.has_week
        assert rhythm.shape(START, 1.0, 24) == pytest.approx([1.0] * 24, abs=0.2)


def test_a_weekday_must_be_earned() -> None:
    fridays = [START + DAY * (4 + 7 * n) + 15 * HOUR + MINUTE * (n * 11 % 30) for n in range(30)]
    assert not followed(fridays, 14)[0].has_week
    rhythm, polls = followed(fridays, 150)
    assert rhythm.has_week
    assert all(now - now.replace(hour=15, minute=0) < 3 * HOUR for now, new in last(polls, 60, 150) if new)
    assert say(rhythm, START + 151 * DAY).endswith("around 15:00 UTC, on Fri")


def test_a_habit_that_ends_is_forgotten_in_a_few_weeks() -> None:
    moved = [moment if n < 60 else moment + 10 * HOUR for n, moment in enumerate(DAILY)]
    rhythm, polls = followed(moved, 120)
    found = [now for now, new in last(polls, 20, 120) if new]
    assert {now.hour for now in found} <= {17, 18}
    assert "17:" in say(rhythm, START + 120 * DAY)


def test_a_burst_makes_no_habit() -> None:
    burst = [START + 3 * HOUR + MINUTE * n / 4 for n in range(100)]
    rhythm = learn(learn(None, (), START, None), burst, START + 4 * HOUR, START)
    assert not rhythm.has_day
    assert not rhythm.has_week


def test_a_source_that_falls_silent_is_asked_less_and_less() -> None:
    _, polls = followed(DAILY[:30], 200)
    counts = [len(last(polls, 20, until)) for until in (50, 80, 110, 200)]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] <= 21
    assert len(polls) > 200  # and is never given up


def test_one_that_wakes_up_is_asked_more_again() -> None:
    again = [*DAILY[:10], *(START + 150 * DAY + HOUR * n for n in range(240))]
    _, polls = followed(again, 160)
    assert len(last(polls, 5, 160)) > 3 * len(last(polls, 5, 150))


def test_the_first_document_tells_the_past() -> None:
    now = START + 30 * DAY + 12 * HOUR
    rhythm = learn(None, DAILY[:31], now, None)
    assert rhythm.rate(now) * 24 == pytest.approx(1.0, rel=0.2)
    assert rhythm.has_day


def test_undated_articles_of_a_first_document_tell_nothing() -> None:
    assert learn(None, [None] * 20, START, None) == learn(None, [], START, None)


def test_undated_articles_count_by_when_they_were_seen() -> None:
    rhythm = learn(None, [], START, None)
    assert learn(rhythm, [None], START + DAY, START).last == START + DAY


def test_what_appears_between_two_requests_appeared_between_them() -> None:
    rhythm = learn(None, [], START, None)
    odd: Sequence[Callable[[], datetime]] = (lambda: START - 90 * DAY, lambda: START + 90 * DAY)
    for wrong in odd:
        after = learn(rhythm, [wrong()], START + DAY, START + DAY / 2).last
        assert after is not None
        assert START + DAY / 2 <= after <= START + DAY


def test_it_is_small_however_long_it_learns() -> None:
    rhythm = learn(None, at_random(20_000, 300), START + 300 * DAY, None)
    assert len(codec.dumps(rhythm)) < 400
    assert codec.loads(Rhythm, codec.dumps(rhythm)) == rhythm


def test_a_year_later_little_of_it_is_left() -> None:
    rhythm = learn(None, WEEKDAYS, START + 60 * DAY, None)
    once = learn(rhythm, [START + 425 * DAY], START + 425 * DAY, START + 424 * DAY)
    assert once.count < 1.1
    assert once.rate(START + 425 * DAY) < 0.01


@given(st.floats(0.01, 10_000), st.integers(5, 600), st.integers(0, 6000))
def test_more_news_or_less_patience_never_means_a_longer_wait(count: float, low: int, more: int) -> None:
    def interval(count: float, patience: float = 0.5) -> timedelta:
        return next_look(
            Rhythm(at=START, last=START, count=count, hours=400.0), START, low * MINUTE, DAY, patience
        )

    assert interval(count + more) <= interval(count)
    assert interval(count, 0.25) <= interval(count)
    assert low * MINUTE <= interval(count) <= DAY


def test_a_document_is_read_before_a_quarter_of_it_has_made_room() -> None:
    slow = Rhythm(at=START, last=START, count=10.0, hours=400.0)
    apart = next_look(slow, START, MINUTE, 30 * DAY)
    small = Rhythm(at=START, last=START, count=10.0, hours=400.0, holds=2)
    assert next_look(small, START, MINUTE, 30 * DAY) <= small.turnover(START) / 4 <= DAY
    assert next_look(Rhythm(at=START, count=10.0, hours=400.0, holds=50), START, MINUTE, 30 * DAY) == apart
    assert slow.turnover(START) > 1000 * DAY  # not known
