"""Parsing of dates, and rejection of incomplete and implausible ones."""

# ruff: noqa: E501 - tables of cases

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.model import StatedDate
from feeds.normalize.dates import EARLIEST, MAX_AHEAD, parse_date, resolve_date

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def resolved(raw: str) -> str:
    moment = resolve_date(StatedDate(raw=raw), NOW)
    return moment.strftime("%Y-%m-%d %H:%M:%S") if moment else "none"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        # RFC 3339, W3C-DTF, ISO 8601
        ("2024-03-01T12:00:00Z", "2024-03-01 12:00:00"),
        ("2024-03-01t12:00:00.5+02:00", "2024-03-01 10:00:00"),
        ("2024-03-01 12:00:00 +0100", "2024-03-01 11:00:00"),
        ("2024-03-01T12:00", "2024-03-01 12:00:00"),
        ("2024-03-01", "2024-03-01 00:00:00"),
        ("20240301T120000Z", "2024-03-01 12:00:00"),
        ("20240301", "2024-03-01 00:00:00"),
        ("2024-03-01T24:00:00Z", "2024-03-02 00:00:00"),
        ("2024-12-31T23:59:60Z", "2025-01-01 00:00:00"),
        # RFC 822 and its variants in real feeds
        ("Fri, 01 Mar 2024 12:00:00 GMT", "2024-03-01 12:00:00"),
        ("Mon, 1 Mar 2024 12:00 EST", "2024-03-01 17:00:00"),
        ("1 Mar 24 12:00:00 CEST", "2024-03-01 10:00:00"),
        ("01 Mar 99 12:00", "1999-03-01 12:00:00"),
        ("Fri, 01 Mar 2024 12:00:00", "2024-03-01 12:00:00"),
        ("Fri, 1 March 2024 12:00:00 IST", "2024-03-01 06:30:00"),
        ("Fri, 01 Mar 2024 12:00:00 MSK", "2024-03-01 09:00:00"),
        ("Fri, 01 Mar 2024 12:00:00 PDT", "2024-03-01 19:00:00"),
        ("Fri, 01 Mar 2024 12:00:00 JST", "2024-03-01 03:00:00"),
        ("Fri, 01 Mar 2024 12:00:00 ChST", "2024-03-01 02:00:00"),
        ("Fri, 01 Mar 2024 12:00:00 UT", "2024-03-01 12:00:00"),
        ("Fri, 01 Mar 2024 12:00:00 -0000", "2024-03-01 12:00:00"),
        ("Fri, 01 Mar 2024 12:00:00 GMT+0100 (CET)", "2024-03-01 11:00:00"),
        ("Fri, 01 Mar 2024 12:00:00 XYZ", "2024-03-01 12:00:00"),
        ("01-Mar-2024 12:00:00", "2024-03-01 12:00:00"),
        ("lun., 04 mars 2024 10:00:00 +0100", "2024-03-04 09:00:00"),
        ("пн, 04 мар 2024 10:00:00 +0300", "2024-03-04 07:00:00"),
        # other forms
        ("Mar 1, 2024 10:00 PM PST", "2024-03-02 06:00:00"),
        ("March 1, 2024", "2024-03-01 00:00:00"),
        ("Mon Mar  4 10:00:00 2024", "2024-03-04 10:00:00"),
        ("13/04/2024 10:00", "2024-04-13 10:00:00"),
        ("1709294400", "2024-03-01 12:00:00"),
        ("1709294400000", "2024-03-01 12:00:00"),
    ],
)
def test_dates_in_many_forms_are_resolved(raw: str, expected: str) -> None:
    assert resolved(raw) == expected


@pytest.mark.parametrize(
    "raw",
    [
        "", "now", "yesterday", "10:00", "March", "12 March", "0000-00-00", "0000-00-00T00:00:00Z", "9999-12-31T23:59:59Z", "2024-02-30",
        "0001-01-01T00:00:00+05:00", "Thu, 01 Jan 1970 00:00:00 GMT", "03/04/2024 10:00", "Fri, 99 Mar 2024 12:00:00 GMT", "2024-13-01",
        "x" * 500, "-1", "99999999999999999999", "2024-03-01T12:00:00+99:99" * 3,
    ],
)  # fmt: skip
def test_incomplete_and_implausible_dates_are_none(raw: str) -> None:
    assert resolved(raw) == "none"


def test_the_parsers_date_is_used_only_if_there_is_no_text() -> None:
    parsed = datetime(2024, 3, 1, tzinfo=UTC)
    assert resolve_date(StatedDate(parsed=parsed), NOW) == parsed
    assert resolve_date(StatedDate(raw="2024-04-01", parsed=parsed), NOW) == datetime(2024, 4, 1, tzinfo=UTC)
    # feedparser reads "2024年5月6日" as a day of the present month
    assert resolve_date(StatedDate(raw="first of the month", parsed=parsed), NOW) is None
    assert resolve_date(StatedDate(raw="2024-04-31", parsed=parsed), NOW) is None


def test_a_date_up_to_a_day_ahead_is_now_and_beyond_is_none() -> None:
    assert resolve_date(StatedDate(raw=(NOW + timedelta(hours=23)).isoformat()), NOW) == NOW
    assert resolve_date(StatedDate(raw=(NOW + timedelta(hours=25)).isoformat()), NOW) is None


@given(st.text(max_size=120), st.none() | st.datetimes(), st.datetimes(EARLIEST.replace(tzinfo=None)))
def test_a_resolved_date_is_in_range_utc_and_in_whole_seconds(
    raw: str, parsed: datetime | None, now: datetime
) -> None:
    now = now.replace(tzinfo=UTC, microsecond=0)
    moment = resolve_date(StatedDate(raw=raw, parsed=parsed), now)
    assert moment is None or (EARLIEST <= moment <= now and moment.tzinfo is UTC and not moment.microsecond)


@given(st.datetimes(datetime(1991, 1, 1), datetime(2026, 2, 1)), st.sampled_from(["%Y-%m-%dT%H:%M:%SZ", "%a, %d %b %Y %H:%M:%S +0000", "%Y%m%d%H%M%S"]))  # fmt: skip
def test_formatted_dates_are_resolved_to_the_same_moment(moment: datetime, form: str) -> None:
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    assert resolve_date(StatedDate(raw=moment.strftime(form)), NOW) == moment


def test_the_machines_time_zone_has_no_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = "March 1, 2024 10:00 EST"
    before = parse_date(raw)
    monkeypatch.setitem(os.environ, "TZ", "EST+3")
    time.tzset()
    try:
        assert parse_date(raw) == before == datetime(2024, 3, 1, 15, tzinfo=UTC)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_the_tolerance_is_a_day() -> None:
    assert timedelta(days=1) == MAX_AHEAD
