"""What the operator of an ordinary source must not find in the log of a month."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.acceptance.days import report, simulate
from tests.acceptance.server import conditions, gaps
from tests.loopback import Request


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> tuple[Request, ...]:
    return simulate(tmp_path_factory.mktemp("month"), 30)


def test_an_hour_between_two_requests_and_a_day_at_the_most(log: tuple[Request, ...]) -> None:
    waits = gaps(log)
    assert min(waits) >= 60
    assert max(waits) <= 25 * 60
    assert 30 <= len(log) <= 30 * 24


def test_all_but_the_first_are_conditional(log: tuple[Request, ...]) -> None:
    assert not any(conditions(log[0]))
    assert all(all(conditions(request)) for request in log[1:])


def test_fewer_documents_than_there_was_news(log: tuple[Request, ...]) -> None:
    statuses = Counter(request.status for request in log)
    assert set(statuses) == {200, 304, 503}
    assert statuses[200] <= 30 * 5
    assert statuses[503] <= 2


def test_nothing_but_the_document_by_one_name(log: tuple[Request, ...]) -> None:
    assert {(request.method, request.path) for request in log} == {("GET", "/news.xml")}
    assert len({request.header("user-agent") for request in log}) == 1
    assert not {"cookie", "referer"} & {name for request in log for name in request.names()}


def test_spread_over_the_hour_and_off_its_top(log: tuple[Request, ...]) -> None:
    minutes = [request.at.minute for request in log[1:]]
    sixths = Counter(minute // 10 for minute in minutes)
    assert set(sixths) == set(range(6))
    assert max(sixths.values()) <= len(minutes) / 3
    assert not [minute for minute in minutes if minute < 2 or minute >= 58]


def test_the_report_is_the_log(log: tuple[Request, ...]) -> None:
    lines = list(report(log))
    assert len(lines) == len(log) + 4
    assert lines[0] == (
        '127.0.0.1 - - [20/Nov/2026:12:00:00 +0000] "GET /news.xml HTTP/1.1" 200 '
        f'{log[0].sent} "-" "{log[0].header("user-agent")}"'
    )
