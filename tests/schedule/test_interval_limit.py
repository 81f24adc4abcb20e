"""No hint, and no own estimate, leads to an interval in which a document's entries could come and go unseen."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from feeds.model import Feed
from feeds.schedule.due import after_answer, latest_due
from feeds.schedule.interval_limit import DocumentNovelty
from feeds.schedule.publishing_pattern import PublishingPattern, update_pattern
from tests.schedule.test_due import AT, DAYS, DEAD, MINUTES, STRAY, H, answer, source, wait


def of_twenty_hours(known_for: timedelta) -> PublishingPattern:
    """A document of 20 entries, an hour apart, that was first read `known_for` ago."""
    first = AT - known_for
    pattern = update_pattern(None, [first - n * H for n in range(20)], first, None, 20)
    for n in range(1, known_for // H + 1):
        pattern = update_pattern(pattern, [first + n * H], first + n * H, first + (n - 1) * H, 20)
    return pattern


WEEKEND = Feed(skip_days=("Saturday", "Sunday", "Friday", "Monday"))


@pytest.mark.parametrize("known_for", [0 * H, 10 * H, 10 * DAYS, 60 * DAYS])
@pytest.mark.parametrize("jitter", [0.0, 0.5, 0.999])
@pytest.mark.parametrize(
    ("feed", "headers", "hint"),
    [
        (None, {"cache_control": "max-age=2592000"}, "the server's max-age asks for 30 d"),
        (None, {"expires": "Thu, 31 Dec 2099 23:59:59 GMT"}, "the server's Expires asks for 31 d"),
        (Feed(ttl=86400), {}, "the feed's ttl asks for 31 d"),
        (Feed(ttl=1440), {}, "the feed's ttl asks for 1 d"),
        (Feed(update_period="yearly"), {}, "the feed's timetable (yearly) asks for 31 d"),
        (WEEKEND, {}, "the feed's skipHours and skipDays last too long"),
    ],
)
def test_no_hint_exceeds_half_the_time_in_which_the_entries_are_replaced(
    feed: Feed | None, headers: dict[str, str], hint: str, jitter: float, known_for: timedelta
) -> None:
    pattern = of_twenty_hours(known_for)
    due = after_answer(source(), feed, answer(**headers), AT, jitter, pattern=pattern)
    assert 8 * H < due.at - AT <= 10 * H
    assert due.reason.startswith(hint)
    if feed is not WEEKEND:
        assert re.search(r", cut to (9|10) h: its 20 entries are replaced within (19|20) h$", due.reason)
    patient = after_answer(source(max=30 * DAYS), feed, answer(**headers), AT, jitter, pattern=pattern)
    assert patient.at - AT <= 10 * H


def test_a_burst_shortens_the_interval_that_a_hint_asks_for() -> None:
    quiet = update_pattern(None, [AT - n * DAYS for n in range(20)], AT, None, 20)
    hint = {"cache_control": "max-age=86400"}
    assert wait(source(), hint, learned=quiet)[0] == 24 * H
    later = AT + 24 * H
    burst = update_pattern(quiet, [AT + n * H for n in range(1, 20)], later, AT, 20)
    due = after_answer(source(), None, answer(**hint), later, 0.0, pattern=burst)
    assert due.at - later <= 13 * H


def test_a_document_of_new_entries_only_outweighs_a_hint() -> None:
    novelty = DocumentNovelty(entries=20, new_entries=20, time_since_previous_request=8 * H)
    hint = answer(cache_control="max-age=86400")
    assert after_answer(source(), None, hint, AT, 0.999, novelty=novelty).at - AT <= 4 * H


def test_only_long_documents_are_polled_more_often_than_the_shortest_interval() -> None:
    def polled(entries: int, spacing: timedelta, **schedule: timedelta) -> timedelta:
        dates = [AT - n * spacing for n in range(entries)]
        pattern = update_pattern(None, dates, AT, None, entries)
        return wait(source(**schedule), feed=Feed(ttl=60), learned=pattern)[0]

    assert 20 * MINUTES < polled(25, 2 * MINUTES) <= 25 * MINUTES  # all new in 50 minutes
    assert polled(25, MINUTES / 6) == 15 * MINUTES
    assert polled(5, MINUTES) == H
    assert polled(25, 2 * MINUTES, min=H) == H  # the user's own setting


def test_a_due_time_of_an_older_version_is_bounded_by_the_settings_and_the_document() -> None:
    assert latest_due(source(every=5 * MINUTES), None, AT).at == AT + 5 * MINUTES
    assert latest_due(source(), None, AT).at - AT <= 24 * H + STRAY
    assert latest_due(source(max=7 * DAYS), None, AT).at - AT >= 7 * DAYS
    assert latest_due(source(max=7 * DAYS), of_twenty_hours(10 * DAYS), AT).at - AT <= 10 * H + STRAY
    for jitter in (0.0, 0.999):
        due = after_answer(source(), None, answer(), AT, jitter, pattern=DEAD)
        assert due.at <= latest_due(source(), DEAD, AT).at
