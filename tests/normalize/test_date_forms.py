"""The forms of dates in feeds of the wild: what they mean, and which of them mean nothing."""

# ruff: noqa: E501 - tables of cases

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.model import StatedDate
from feeds.normalize import dates
from feeds.normalize.date_names import MONTH_NAMES, fold, month_number
from feeds.normalize.date_zones import LOCAL_ZONES
from feeds.normalize.dates import MAX_DATE_CHARS, parse_date, resolve_date

NOW = datetime(2026, 12, 24, 12, tzinfo=UTC)
ZERO = timedelta()


def resolved(raw: str) -> str:
    moment = resolve_date(StatedDate(raw=raw), NOW)
    return (
        moment.strftime("%Y-%m-%d %H:%M:%S").removesuffix(":00").removesuffix(" 00:00") if moment else "none"
    )


FORMS = {
    "the time of day": [
        ("Mon, 30 Nov 2026 9:05 PM", "2026-11-30 21:05"),
        ("Mon, 30 Nov 2026 12:05 AM", "2026-11-30 00:05"),
        ("Mon, 30 Nov 2026 12:05:07 PM EST", "2026-11-30 17:05:07"),
        ("Mon, 30 Nov 2026 22:15:00 PM", "2026-11-30 22:15"),
        ("November 30, 2026 at 3:04 pm", "2026-11-30 15:04"),
        ("Nov. 30, 2026, 3:04 p.m.", "2026-11-30 15:04"),
        ("Nov 30, 2026 3pm", "2026-11-30 15:00"),
        ("2026-11-30 at 10:00 am", "2026-11-30 10:00"),
        ("Mon, 30 Nov 2026 15h04 CET", "2026-11-30 14:04"),
        ("30. November 2026, 15.04 Uhr", "2026-11-30 15:04"),
        ("30 Nov 2026 1504 GMT", "2026-11-30 15:04"),
        ("Mon, 30 Nov 2026 1:4:5 Z", "2026-11-30 01:04:05"),
        ("2026-11-30T15Z", "2026-11-30 15:00"),
        ("15:04 30.11.2026 +0100", "2026-11-30 14:04"),
        ("2026-11-30T15:04:05:123Z", "2026-11-30 15:04:05"),
        ("2026-11-30 15:04:05,123", "2026-11-30 15:04:05"),
        ("2026-11-30T15:04:60Z", "2026-11-30 15:05"),
        ("2026-11-30T24:00:00Z", "2026-12-01"),
    ],
    "the zone": [
        ("30 nov. 2026 15:04 Europe/Paris", "2026-11-30 14:04"),
        ("30 Jul 2026 15:04 europe/paris", "2026-07-30 13:04"),
        ("2026-07-30 15:04:05 America/New_York", "2026-07-30 19:04:05"),
        ("July 30, 2026 3:04 PM ET", "2026-07-30 19:04"),
        ("2026-11-30T15:04:05+01:00[Europe/Paris]", "2026-11-30 14:04:05"),
        ("Mon, 30 Nov 2026 15:04:05 (CET)", "2026-11-30 14:04:05"),
        ("Mon, 30 Nov 2026 15:04:05 +0100 (CET (Paris))", "2026-11-30 14:04:05"),
        ("Mon, 30 Nov 2026 15:04:05 GMT+0200", "2026-11-30 13:04:05"),
        ("Mon, 30 Nov 2026 15:04:05 UTC +2", "2026-11-30 13:04:05"),
        ("Mon, 30 Nov 2026 15:04:05 EST -05:00", "2026-11-30 20:04:05"),
        ("Mon, 30 Nov 2026 15:04:05 +05:30 GMT", "2026-11-30 09:34:05"),
        ("Mon, 30 Nov 2026 15:04:05 --0700", "2026-11-30 22:04:05"),
        ("Mon, 30 Nov 2026 15:04:05 -700", "2026-11-30 22:04:05"),
        ("2026-11-30T15:04:05+00:0", "2026-11-30 15:04:05"),
        ("2026-11-30T15:04:05+01:00Z", "2026-11-30 14:04:05"),
        ("2026-11-30T15:04:05Z+0100", "2026-11-30 14:04:05"),
        ("2026-11-30+01:00", "2026-11-29 23:00"),
        ("30 Nov 2026 15:04:05 Etc/GMT+2", "2026-11-30 17:04:05"),
        ("30 Nov 2026 15:04:05 ../../etc/passwd", "none"),
        ("2026-11-30 15:04:05 Eastern Standard Time", "2026-11-30 20:04:05"),
        ("July 30, 2026 3:04 PM Pacific Time", "2026-07-30 22:04"),
    ],
    "what programs print": [
        ("2026-11-30 15:04:05.123456789 +0100 CET m=+0.000012345", "2026-11-30 14:04:05"),  # Go
        ("2026-11-30 15:04:05 -0500 -0500", "2026-11-30 20:04:05"),
        ("Mon Nov 30 2026 15:04:05 GMT+0100 (Central European Standard Time)", "2026-11-30 14:04:05"),  # JavaScript
        ("11/30/2026, 3:04:05 PM", "2026-11-30 15:04:05"),
        ("Mon Nov 30 15:04:05 CET 2026", "2026-11-30 14:04:05"),  # Java, date(1)
        ("Mon Nov 30 15:04:05 2026", "2026-11-30 15:04:05"),
        ("Monday, November 30, 2026 - 15:04", "2026-11-30 15:04"),  # Drupal
        ("Wed, 03/04/2026 - 15:04", "2026-03-04 15:04"),  # the weekday tells the day from the month
        ("Sat, 04 11 2026 08:51:49 +0100", "2026-04-11 07:51:49"),
        ("Mon, 30 Nov 2569 15:04:05 +0700", "2026-11-30 08:04:05"),  # .NET on a Thai server
        ("Mon, 30 Nov 126 15:04:05 GMT", "2026-11-30 15:04:05"),  # getYear()
        ("1796051045", "2026-11-30 15:04:05"),
        ("1796051045123", "2026-11-30 15:04:05"),
        ("1796051045123456", "2026-11-30 15:04:05"),
        ("20261130150405", "2026-11-30 15:04:05"),
        ("202611301504", "2026-11-30 15:04"),
        ("/Date(1796051045123)/", "2026-11-30 15:04:05"),  # ASP.NET
        ("30/Nov/2026:15:04:05 +0000", "2026-11-30 15:04:05"),  # web servers
        ("November 30, 2026 | 3:04 PM EST", "2026-11-30 20:04"),
        ("Wed, 30 Nov -0001 00:00:00 +0000", "none"),  # PHP: 0000-00-00
        ("-0001-11-30T00:00:00+00:00", "none"),
        ("0000-00-00 00:00:00", "none"),
        ("0001-01-01T00:00:00Z", "none"),
        ("<b>Warning</b>: date() expects parameter 2 to be int on line 5", "none"),
        ("Invalid Date", "none"),
        ("NaN-NaN-NaNTNaN:NaN:NaNZ", "none"),
    ],
    "ISO 8601": [
        ("2026-W49-1", "2026-11-30"),
        ("2026W491T150405Z", "2026-11-30 15:04:05"),
        ("2026-334", "2026-11-30"),
        ("2026334T15:04Z", "2026-11-30 15:04"),
        ("2026-366", "none"),
        ("9999-999", "none"),
        ("2026-W54-1", "none"),
        ("2026-11", "2026-11-01"),
        ("2026", "2026-01-01"),
        ("2026-11-30/2026-12-01", "none"),
    ],
    "other languages": [
        ("2026年11月30日 15时04分", "2026-11-30 15:04"),
        ("2026年11月30日 星期一 下午3:04", "2026-11-30 15:04"),
        ("2026年11月30日（月）15:04", "2026-11-30 15:04"),
        ("令和8年11月30日", "2026-11-30"),
        ("民國115年11月30日", "2026-11-30"),
        ("30 11 月 2026", "2026-11-30"),
        ("115年11月30日", "2026-11-30"),
        ("民國一一五年十一月三十日", "2026-11-30"),
        ("二〇二六年十一月三十日 傍晚6:30", "2026-11-30 18:30"),
        ("令和元年5月1日", "2019-05-01"),
        ("H31.4.30", "2019-04-30"),
        ("大正15年12月25日", "none"),
        ("30 آب/أغسطس 2026", "2026-08-30"),
        ("T2, 30 Th11 2026 15:04:05 +0700", "2026-11-30 08:04:05"),
        ("Thứ 2, ngày 30 tháng 11 năm 2026", "2026-11-30"),
        ("30 Meán Fómhair 2026", "2026-09-30"),
        ("30 វិច្ឆិកា 2026", "2026-11-30"),
        ("3.11.26", "2026-11-03"),
        ("9/30/26 3:04 PM", "2026-09-30 15:04"),
        ("2026. 11. 30. 오후 3:04", "2026-11-30 15:04"),
        ("2026년 11월 30일 월요일 오전 12시 4분", "2026-11-30 00:04"),
        ("٣٠ نوفمبر ٢٠٢٦ ٣:٠٤ م", "2026-11-30 15:04"),
        ("الاثنين، 30 نوفمبر 2026 - 15:04", "2026-11-30 15:04"),
        ("30 تشرين الثاني 2026", "2026-11-30"),
        ("\u200f30/11/2026\u200e 15:04", "2026-11-30 15:04"),
        ("２０２６／１１／３０　１５：０４", "2026-11-30 15:04"),
        ("३० नवंबर २०२६", "2026-11-30"),
        ("30 พ.ย. 2569 15:04 น.", "2026-11-30 15:04"),
        ("วันจันทร์ที่ 30 พฤศจิกายน พ.ศ. 2569", "2026-11-30"),
        ("30 พ.ย. 69", "2026-11-30"),
        ("30 ноября 2026 г. в 15:04", "2026-11-30 15:04"),
        ("lunes, 30 de noviembre de 2026 a las 15:04", "2026-11-30 15:04"),
        ("mar., 01 déc. 2026 16:11:02 +0000", "2026-12-01 16:11:02"),
        ("Martes 1 de setiembre de 2026", "2026-09-01"),
        ("So, 01 Mrz 2026 08:00:00 +0100", "2026-03-01 07:00"),
        ("6. Jänner 2026", "2026-01-06"),
        ("sze., 11/25/2026", "2026-11-25"),
        ("Tháng Mười Hai 1, 2026", "2026-12-01"),
        ("30. marraskuuta 2026 klo 15.04", "2026-11-30 15:04"),
        ("2026. november 30., hétfő 15:04", "2026-11-30 15:04"),
        ("30 Kasım 2026 Pazartesi", "2026-11-30"),
        ("ngày 30 tháng 11 năm 2026", "2026-11-30"),
        ("יום שני, 30 בנובמבר 2026", "2026-11-30"),
        ("4 d’abril de 2026", "2026-04-04"),
        ("1er mai 2026", "2026-05-01"),
    ],
    "ambiguous ones": [
        ("03/04/2026", "none"),
        ("03-04-2026 10:00", "none"),
        ("5/6/26", "none"),
        ("30.11.26", "none"),  # 2030 in Korea
        ("8. srp 2026.", "none"),  # July in Croatia, August in Czechia
        ("115/11/30", "none"),  # Taiwan's year, or the year since 1900 of a program's error
        ("3/4/26", "none"),
        ("2 March 2026, 2027", "none"),  # 20:27?
        ("2026-03-02 - 2026-03-05", "none"),
        ("30 Nov 2026 2015 GMT", "2026-11-30 20:15"),
        ("03/03/2026", "2026-03-03"),
        ("03.04.2026", "2026-04-03"),  # no language puts the month first and writes dots
        ("10/30/23 21:55:58", "2023-10-30 21:55:58"),
        ("2026/04/03", "2026-04-03"),
    ],
    "incomplete ones and others": [
        ("15:04", "none"),
        ("30 November", "none"),
        ("Mon, 30 Nov 15:04:05 GMT", "none"),
        ("November 2026", "none"),
        ("2026年11月", "none"),
        ("2 hours ago", "none"),
        ("Tue,", "none"),
        ("November 30, 2026 by Ann", "none"),
        ("November 30, 2026 10:00 - 12:00", "none"),
        ("November 12-14, 2026", "none"),
        ("31 Feb 2026", "none"),
        ("2026-31-12", "none"),
        ("Mon, 30 Nov 2026 25:04:05 GMT", "none"),
        ("Posted on Monday, November 30, 2026", "2026-11-30"),
        ("Published: 30 Nov 2026", "2026-11-30"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "expected"), [pytest.param(*case, id=case[0]) for cases in FORMS.values() for case in cases]
)
def test_a_form_of_date_is_read_or_is_no_date(raw: str, expected: str) -> None:
    assert resolved(raw) == expected


def test_every_month_name_has_one_month_and_is_found_by_its_beginning() -> None:
    names = [
        (fold(name.replace("_", "")), number)
        for number, line in enumerate(MONTH_NAMES, 1)
        for name in line.split()
    ]
    assert len(dict(names)) == len({*names})
    assert [(name, month_number(name)) for name, _ in names] == names
    assert {month_number(word) for word in ("nov", "nove", "novem", "november", "novemberi")} == {11}
    assert month_number("ma") is month_number("srp") is month_number("xyz") is None


def test_zones_of_the_tables_exist() -> None:
    assert all(ZoneInfo(name) for name in LOCAL_ZONES.values())


@given(st.text("0123456789 :.,-+/()[]tzampuc年月日時'jund" + "٣월", max_size=MAX_DATE_CHARS))
def test_no_text_raises_and_a_longer_one_is_no_date(text: str) -> None:
    parse_date(text)
    assert parse_date(text + "2026-11-30" + "x" * MAX_DATE_CHARS) is None


def test_a_text_that_grows_when_it_is_normalized_is_still_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[int] = []
    monkeypatch.setattr(dates, "_from_words", lambda text: lengths.append(len(text)))
    for raw in (
        "\ufdfa" * MAX_DATE_CHARS,
        "\ufdfa" * 5,
        "\u200f" * 90 + "soon",
        "soon",
    ):  # U+FDFA is 18 characters
        assert parse_date(raw) is None
    assert lengths == [90, 4, 4]


@given(
    st.datetimes(datetime(1991, 1, 1), datetime(2026, 12, 1)),
    st.sampled_from(["%d %B %Y %I:%M:%S %p", "%A, %B %d, %Y - %H:%M:%S", "%Y/%m/%d %H.%M.%S", "%H:%M:%S %Y %b %d", "%d.%m.%Y, %H:%M:%S Uhr", "%Y-%jT%H%M%S", "%G-W%V-%uT%H:%M:%S", "%a %b %d %H:%M:%S %Y"]),
    st.sampled_from([("", 0), ("Z", 0), (" +0530", 330), (" GMT-3", -180), (" CEST", 120), (" (JST)", 540)]),
)  # fmt: skip
def test_a_date_in_another_form_is_the_same_moment(
    moment: datetime, form: str, zone: tuple[str, int]
) -> None:
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    name, minutes = zone if form[-1] in "Sp" else ("", 0)
    found = parse_date(moment.strftime(form) + name)
    assert found is not None
    assert found.replace(tzinfo=UTC) == moment
    assert (found.utcoffset() or ZERO).total_seconds() == minutes * 60
