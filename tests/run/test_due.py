from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import BACKOFF, NEVER, Retry
from feeds.model import Feed, Schedule, Source, Unchanged
from feeds.run.due import after_answer, after_failure, say
from tests.make import NOW

H = timedelta(hours=1)


def source(**schedule: timedelta) -> Source:
    return Source(id="herald", url="https://herald.example/feed", schedule=Schedule(**schedule))


def wait(one: Source, *, feed: Feed | None = None, **headers: str) -> tuple[timedelta, str]:
    answer = Unchanged(url=one.url, headers=tuple((k.replace("_", "-"), v) for k, v in headers.items()))
    due = after_answer(one, feed, answer, NOW, 0.0)
    return due.at - NOW, due.why


def test_an_hour_unless_told_otherwise() -> None:
    assert wait(source()) == (H, "every 1 h")


def test_what_the_user_says_holds_whatever_the_server_says() -> None:
    told = source(every=timedelta(minutes=5))
    assert wait(told, cache_control="max-age=86400") == (timedelta(minutes=5), "every 5 min, as configured")


@pytest.mark.parametrize(
    ("feed", "headers", "expected"),
    [
        (None, {"cache_control": "public, max-age=7200"}, (2 * H, "the server's max-age")),
        (None, {"cache_control": "max-age=7200", "age": "1800"}, (1.5 * H, "the server's max-age")),
        (None, {"cache_control": "max-age=60"}, (H, "every 1 h")),
        (None, {"cache_control": "s-maxage=99999"}, (H, "every 1 h")),
        (None, {"cache_control": "max-age=999999999"}, (24 * H, "the server's max-age")),
        (Feed(ttl=180), {}, (3 * H, "the feed's ttl")),
        (Feed(ttl=5), {}, (H, "every 1 h")),
    ],
)
def test_hints_only_lengthen_and_not_beyond_the_users_max(
    feed: Feed | None, headers: dict[str, str], expected: tuple[timedelta, str]
) -> None:
    assert wait(source(), feed=feed, **headers) == expected


def test_a_file_is_looked_at_every_minute() -> None:
    due = after_answer(Source(id="a", url="news/a.xml"), None, None, NOW, 0.99)
    assert due.at - NOW == timedelta(minutes=1)


def test_failures_double_the_wait_up_to_a_day_and_never_end() -> None:
    waits = [after_failure(source(), n, BACKOFF, NOW, 0).at - NOW for n in (1, 2, 3, 5, 6, 1000)]
    assert waits == [H, 2 * H, 4 * H, 16 * H, 24 * H, 24 * H]


def test_the_servers_word_holds_and_our_backoff_too() -> None:
    asked = Retry(at=NOW + 10 * H)
    assert NOW + 10 * H < after_failure(source(), 1, asked, NOW, 0.5).at < NOW + 10 * H + timedelta(minutes=1)
    assert after_failure(source(), 6, asked, NOW, 0.5).at == NOW + 24 * H
    absurd = Retry(at=NOW + timedelta(days=4000))
    assert after_failure(source(), 1, absurd, NOW, 0.5).at < NOW + timedelta(days=32)


def test_what_ended_is_not_asked_again() -> None:
    assert after_failure(source(), 1, NEVER, NOW, 0.5).at > NOW + timedelta(days=3650)


@given(st.integers(1, 10**6), st.floats(0, 1, exclude_max=True), st.integers(1, 10**6))
def test_never_under_the_interval_and_always_within_reach(failures: int, chance: float, minutes: int) -> None:
    one = source(every=timedelta(minutes=minutes))
    at = after_failure(one, failures, BACKOFF, NOW, chance).at - NOW
    assert at >= timedelta(minutes=minutes)
    assert at <= max(24 * H, timedelta(minutes=minutes))


def test_intervals_in_words() -> None:
    said = [say(timedelta(seconds=seconds)) for seconds in (20, 300, 3600, 5400, 86400)]
    assert said == ["20 s", "5 min", "1 h", "90 min", "1 d"]
