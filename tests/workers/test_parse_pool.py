from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from feeds import codec
from feeds.errors import TooCostly
from feeds.model import Article
from feeds.workers.parse_job import Job, opened
from feeds.workers.parse_pool import PATIENCE, WORTH, Limits, Workers
from tests.newsroom import item, rss

JOB = codec.dumps(
    Job(
        source="s1",
        kind="feed",
        title="",
        extract=None,
        url="https://news.example/feed",
        content_type="",
        body=rss([item(1)]),
        now=datetime(2026, 11, 20, tzinfo=UTC),
    )
)


@contextmanager
def started(count: int, memory: int = 1 << 30) -> Iterator[Workers]:
    workers = Workers(count, Limits(memory=memory))
    try:
        yield workers
    finally:
        workers.stop()


def read(workers: Workers) -> tuple[Article, ...]:
    return opened("s1", workers.read("s1", JOB)).articles


def test_a_second_process_begins_where_many_documents_wait_and_the_first_has_read_many() -> None:
    with started(2) as workers, ThreadPoolExecutor(4 * PATIENCE) as threads:
        # None is read before the first process stands, and that takes longer than to ask.
        for _ in threads.map(lambda _: read(workers), range(4 * PATIENCE)):
            assert len(workers._processes) == 1
        readings = list(threads.map(lambda _: read(workers), range(2 * WORTH)))
        assert [len(one) for one in readings] == [1] * 2 * WORTH
        assert len(workers._processes) == 2


def test_no_second_process_begins_while_the_state_cannot_keep_up_with_one() -> None:
    workers = Workers(2, hungry=lambda: False)
    with ThreadPoolExecutor(4 * PATIENCE) as threads:
        for _ in threads.map(lambda _: read(workers), range(2 * WORTH)):
            assert len(workers._processes) == 1
    workers.stop()


def test_a_process_that_is_killed_while_it_has_nothing_to_do_is_replaced() -> None:
    with started(1) as workers:
        assert read(workers)
        for _ in range(2):
            process = only_process(workers)
            os.kill(process, signal.SIGKILL)
            assert read(workers)
            assert only_process(workers) != process


def test_documents_that_wait_for_a_process_that_is_killed_are_read_by_the_next() -> None:
    with started(1) as workers, ThreadPoolExecutor(8) as threads:
        assert read(workers)
        os.kill(only_process(workers), signal.SIGKILL)
        readings = list(threads.map(lambda _: read(workers), range(8)))
    assert [len(one) for one in readings] == [1] * 8


def test_where_no_process_can_start_a_document_is_not_read_and_nothing_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("feeds.workers.parse_pool._PROGRAM", "raise SystemExit")
    with started(1) as workers, pytest.raises(TooCostly, match="was killed, and so was the next"):
        workers.read("s1", JOB)


def only_process(workers: Workers) -> int:
    (process,) = workers._processes
    return process.pid
