from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import BACKOFF, NEVER, Retry
from feeds.model import Feed, Fetched, Schedule, Source, Unchanged
from feeds.schedule.due import (
    MAX_SKIPPED_TIME,
    MIN_ALLOWED_INTERVAL,
    after_answer,
    after_failure,
)
from feeds.schedule.interval_limit import DocumentNovelty, format_interval
from feeds.schedule.publishing_pattern import PublishingPattern, update_pattern
from feeds.schedule.rotation import rotation_time
from tests.make import NOW

H = timedelta(hours=1)
MINUTES = timedelta(minutes=1)
DAYS = timedelta(days=1)
AT = NOW + 20 * MINUTES  # NOW is a full hour, from which due times keep away
STRAY = 20 * MINUTES  # by chance (10), and off the full hour (up to 10)

BUSY = PublishingPattern(at=AT, last=AT, count=1e5, hours=480.0)  # two hundred articles an hour
A_DAY = "the longest interval is 1 d (`max` by default)"
DEAD = PublishingPattern(at=AT, last=AT - 400 * DAYS, count=0.0, hours=480.0)


def source(**schedule: timedelta) -> Source:
    return Source(id="herald", url="https://herald.example/feed", schedule=Schedule(**schedule))


def answer(**headers: str) -> Fetched:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Unchanged(url="https://herald.example/feed", headers=named)


def wait(
    one: Source,
    headers: dict[str, str] | None = None,
    *,
    feed: Feed | None = None,
    learned: PublishingPattern | None = BUSY,
) -> tuple[timedelta, str]:
    due = after_answer(one, feed, answer(**headers or {}), AT, 0.0, pattern=learned)
    return due.at - AT, due.reason


def test_a_busy_source_is_polled_every_hour_and_a_dead_one_once_a_day() -> None:
    assert wait(source())[0] == H
    assert wait(source(), learned=DEAD)[0] == 24 * H


def test_an_unknown_source_is_polled_as_one_with_an_article_a_day() -> None:
    assert 4 * H < wait(source(), learned=None)[0] < 6 * H


def test_the_users_min_and_max_bound_the_interval() -> None:
    assert wait(source(min=10 * MINUTES))[0] == 10 * MINUTES
    assert wait(source(max=3 * H), learned=DEAD)[0] == 3 * H


def test_the_users_every_overrides_the_server() -> None:
    told = source(every=5 * MINUTES)
    assert wait(told, {"cache_control": "max-age=86400"}) == (5 * MINUTES, "every 5 min, as configured")


@pytest.mark.parametrize(
    ("feed", "headers", "expected"),
    [
        (None, {"cache_control": "max-age=1200"}, 20 * MINUTES),
        (None, {"cache_control": "max-age=1200", "age": "1100"}, 20 * MINUTES),
        (None, {"cache_control": "max-age=2"}, MIN_ALLOWED_INTERVAL),
        (None, {"cache_control": "max-age=0"}, H),
        (None, {"cache_control": "no-cache, max-age=1200"}, H),
        (None, {"cache_control": "s-maxage=1200"}, H),
        (Feed(ttl=30), {}, 30 * MINUTES),
        (Feed(ttl=30), {"cache_control": "max-age=1200"}, 30 * MINUTES),
        (Feed(ttl=30), {"cache_control": "no-cache"}, 30 * MINUTES),
        (Feed(ttl=0), {}, H),
        (Feed(ttl=120), {"cache_control": "max-age=1200"}, 2 * H),
    ],
)
def test_an_interval_below_an_hour_needs_max_age_or_ttl(
    feed: Feed | None, headers: dict[str, str], expected: timedelta
) -> None:
    assert wait(source(), headers, feed=feed)[0] == expected
    assert wait(source(min=H), headers, feed=feed)[0] == max(H, expected)  # never under the user's `min`


@pytest.mark.parametrize(
    ("feed", "headers", "expected", "why"),
    [
        (None, {"cache_control": "public, max-age=7200"}, 2 * H, "the server's max-age, 2 h"),
        (Feed(ttl=180), {}, 3 * H, "the feed's ttl, 3 h"),
        (
            Feed(update_period="weekly"),
            {},
            DAYS,
            f"the feed's timetable (weekly) asks for 7 d, cut to 1 d: {A_DAY}",
        ),
        (Feed(ttl=86400), {}, DAYS, f"the feed's ttl asks for 31 d, cut to 1 d: {A_DAY}"),
        (
            None,
            {"cache_control": "max-age=2592000"},
            DAYS,
            f"the server's max-age asks for 30 d, cut to 1 d: {A_DAY}",
        ),
        (
            None,
            {"expires": "Thu, 31 Dec 2099 23:59:59 GMT"},
            DAYS,
            f"the server's Expires asks for 31 d, cut to 1 d: {A_DAY}",
        ),
    ],
)
def test_hints_lengthen_the_interval_up_to_a_day_or_the_users_max(
    feed: Feed | None, headers: dict[str, str], expected: timedelta, why: str
) -> None:
    assert wait(source(), headers, feed=feed) == (expected, why)
    assert wait(source(max=90 * MINUTES), headers, feed=feed)[0] == 90 * MINUTES
    assert wait(source(max=40 * DAYS), headers, feed=feed)[0] >= expected


def test_a_due_time_in_skip_hours_is_moved_behind_them() -> None:
    night = Feed(skip_hours=(12, 13, 14, 15))
    due = after_answer(source(), night, answer(), AT, 0.5, pattern=BUSY)
    assert (due.at.hour, due.reason) == (16, "the feed's skipHours and skipDays")
    assert due.at.minute >= 2


def test_a_document_of_new_entries_only_shortens_the_interval() -> None:
    quiet = PublishingPattern(at=AT, last=AT, count=20.0, hours=480.0)

    def after(**facts: int) -> timedelta:
        novelty = DocumentNovelty(time_since_previous_request=4 * H, **facts)
        return after_answer(source(), None, answer(), AT, 0.0, pattern=quiet, novelty=novelty).at - AT

    assert after(entries=20, new_entries=19) > 4 * H
    assert after(entries=20, new_entries=20) == 2 * H
    # An alert that holds one entry at a time has always changed.
    assert after(entries=1, new_entries=1) > 4 * H


def test_a_source_with_a_hub_is_polled_at_the_longest_interval() -> None:
    due = after_answer(source(), None, answer(), AT, 0.0, pattern=BUSY, has_live_subscription=True)
    assert due.at - AT == 24 * H


def test_a_file_is_polled_every_minute() -> None:
    due = after_answer(Source(id="a", url="news/a.xml"), None, None, AT, 0.99)
    assert due.at - AT == timedelta(minutes=1)


def test_failures_double_the_interval_up_to_a_day_for_ever() -> None:
    waits = [after_failure(source(), n, BACKOFF, AT, 0).at - AT for n in (1, 2, 3, 4, 5)]
    assert waits == [H, 2 * H, 4 * H, 8 * H, 16 * H]
    for failures in (6, 1000):
        for jitter in (0.0, 0.5, 0.999):
            assert 19 * H < after_failure(source(), failures, BACKOFF, AT, jitter).at - AT <= 24 * H


def test_a_busy_source_that_is_down_is_polled_before_its_document_turns_over() -> None:
    # All of the 40 entries are new in 80 hours.
    lively = PublishingPattern(at=AT, last=AT, count=240.0, hours=480.0, holds=40)
    for failures in (1, 4, 100):
        waited = after_failure(source(), failures, BACKOFF, AT, 0.5, status=503, pattern=lively).at - AT
        assert H <= waited <= 5.5 * H
    refused = after_failure(source(), 100, BACKOFF, AT, 0.5, status=403, pattern=lively)
    assert refused.at - AT > 19 * H


def test_the_interval_grows_with_the_downtime_up_to_a_day() -> None:
    def after(silent: timedelta, status: int = 503) -> timedelta:
        answered = AT - silent
        lively = PublishingPattern(at=answered, last=answered, count=240.0, hours=480.0, holds=30)
        due = after_failure(source(), 9, BACKOFF, AT, 0.5, status=status, pattern=lively, down_for=silent)
        return due.at - AT

    assert after(30 * DAYS) < after(60 * DAYS) < after(90 * DAYS)
    assert after(90 * DAYS) > 19 * H
    assert H <= after(2 * H) <= 1.2 * H
    assert H <= after(2 * DAYS) <= 1.2 * H
    assert after(2 * H, status=429) > 19 * H  # who is overloaded is not hurried


def test_the_interval_of_a_new_source_is_no_longer_than_it_is_known() -> None:
    undated = update_pattern(None, [None] * 50, AT, None, 50)
    for known in (0.5 * H, 1 * H, 2 * H, 3 * H):
        due = after_answer(source(), None, answer(), AT + known, 0.0, pattern=undated)
        assert due.at - AT - known <= max(known, H) + STRAY


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refusal_gives_a_longer_interval_than_an_outage(status: int) -> None:
    for failures in (1, 2, 3):
        down = after_failure(source(), failures, BACKOFF, AT, 0.5, status=503).at
        assert after_failure(source(), failures, BACKOFF, AT, 0.5, status=status).at > down + H


def test_both_retry_after_and_backoff_are_obeyed() -> None:
    asked = Retry(at=AT + 10 * H)
    assert AT + 10 * H < after_failure(source(), 1, asked, AT, 0.5).at < AT + 10 * H + MINUTES
    assert after_failure(source(), 6, asked, AT, 0.5).at > AT + 19 * H
    absurd = Retry(at=AT + 4000 * DAYS)
    assert after_failure(source(), 1, absurd, AT, 0.5).at < AT + 32 * DAYS


def test_a_source_that_is_gone_is_not_polled_again() -> None:
    assert after_failure(source(), 1, NEVER, AT, 0.5).at > AT + 3650 * DAYS


def test_intervals_in_words() -> None:
    texts = [format_interval(timedelta(seconds=seconds)) for seconds in (20, 300, 3600, 5400, 86400)]
    assert texts == ["20 s", "5 min", "1 h", "90 min", "1 d"]


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))
jitters = st.floats(0, 1, exclude_max=True)
headers = st.fixed_dictionaries(
    {},
    optional={
        "cache_control": st.one_of(
            st.text(max_size=60),
            st.integers(-5, 10**12).map(lambda n: f'Max-Age="{n}"'),
            st.integers(0, 10**6).map(lambda n: f"public, max-age={n}, no-cache"),
        ),
        "age": st.one_of(st.text(max_size=12), st.integers(0, 10**12).map(str)),
        "expires": st.one_of(
            st.text(max_size=40), st.just("Thu, 01 Jan 9999 00:00:00 GMT"), st.just("0"), st.just("-1")
        ),
        "date": st.one_of(st.text(max_size=40), st.just("Thu, 01 Jan 1970 00:00:00 -2359")),
    },
)
feeds = st.builds(
    Feed,
    ttl=st.none() | st.integers(0, 2**53),
    skip_hours=st.sets(st.integers(0, 23)).map(lambda hours: tuple(sorted(hours))),
    skip_days=st.sets(st.sampled_from(("Monday", "Sunday", "Caturday"))).map(tuple),
    update_period=st.sampled_from(("", "hourly", "Daily", "yearly", "now and then")),
    update_frequency=st.none() | st.integers(0, 2**53),
    update_base=st.sampled_from(("", "2000-01-01T12:00+00:00", "1901-01-01", "9999-12-31T23:59-12:00", "x")),
)
patterns = st.none() | st.builds(
    PublishingPattern,
    at=moments,
    last=st.none() | moments,
    count=st.floats(0, 1e6),
    hours=st.floats(0, 500),
    holds=st.integers(0, 1000),
    recent=st.lists(st.integers(29_450_000, 29_980_000), max_size=16).map(lambda times: tuple(sorted(times))),
    day=st.lists(st.integers(0, 100), min_size=48, max_size=48).map(tuple),
    week=st.lists(st.integers(0, 50), min_size=7, max_size=7).map(tuple),
    day_gain=st.floats(-12, 12),
    week_gain=st.floats(-12, 12),
)
spans = st.none() | st.integers(1, 10**5).map(lambda n: n * MINUTES)


@given(moments, jitters, headers, feeds, patterns, spans, spans, spans, st.booleans())
def test_any_hints_keep_the_interval_within_its_bounds(
    now: datetime,
    jitter: float,
    sent_headers: dict[str, str],
    feed: Feed,
    learned: PublishingPattern | None,
    low: timedelta | None,
    high: timedelta | None,
    since: timedelta | None,
    pushed: bool,
) -> None:
    if low and high and low > high:  # refused by the configuration
        low, high = high, low
    one = Source(id="herald", url="https://herald.example/feed", schedule=Schedule(min=low, max=high))
    novelty = DocumentNovelty(entries=5, new_entries=5, time_since_previous_request=since)
    due = after_answer(
        one,
        feed,
        answer(**sent_headers),
        now,
        jitter,
        pattern=learned,
        novelty=novelty,
        has_live_subscription=pushed,
    )
    plain = after_answer(
        one, None, None, now, jitter, pattern=learned, novelty=novelty, has_live_subscription=pushed
    )
    waited = due.at - now
    assert waited >= (low or min(high or H, MIN_ALLOWED_INTERVAL))
    # Only entries that are replaced in less than two hours allow less than the shortest interval.
    assert plain.at - now >= (low or min(one.schedule.shortest, MIN_ALLOWED_INTERVAL))
    if learned is None or rotation_time(learned, now) / 2 >= one.schedule.shortest:
        assert plain.at - now >= one.schedule.shortest
    assert plain.at - now <= one.schedule.longest + STRAY
    # Whatever is asked for, days to skip included.
    safe = max(rotation_time(learned, now) / 2, one.schedule.shortest) if learned else timedelta.max
    allowed = max(one.schedule.longest, MAX_SKIPPED_TIME if feed.skip_hours or feed.skip_days else H)
    assert waited <= min(allowed, safe) + STRAY
    assert 2 <= due.at.minute < 58
    if low is not None:  # server and feed can only lengthen the interval
        assert waited >= min(plain.at - now, waited + STRAY) - STRAY
    assert due.reason


@given(
    st.integers(1, 10**6),
    moments,
    jitters,
    spans,
    st.sampled_from([0, 401, 404, 429, 500, 503]),
    st.booleans(),
    patterns,
    st.integers(0, 10**7).map(lambda n: n * MINUTES),
)
def test_backoff_is_between_the_interval_and_a_day(
    failures: int,
    now: datetime,
    jitter: float,
    every: timedelta | None,
    status: int,
    auto: bool,
    learned: PublishingPattern | None,
    silent: timedelta,
) -> None:
    one = Source(
        id="herald",
        url="https://herald.example/feed",
        schedule=Schedule(min=every) if auto else Schedule(every=every),
    )
    due = after_failure(one, failures, BACKOFF, now, jitter, status=status, pattern=learned, down_for=silent)
    waited = due.at - now
    assert waited >= (every or H)
    assert waited <= max(24 * H, (every or H) + 10 * MINUTES)
