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
from feeds.run.job import Job
from feeds.run.workers import PATIENCE, Limits, Workers
from tests.run.newsroom import item, rss

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


def test_a_second_process_begins_where_many_documents_wait_for_the_first() -> None:
    with started(2) as workers:
        assert len(workers.read("s1", JOB).articles) == 1
        assert len(workers._processes) == 1
    many = 4 * PATIENCE
    with started(2) as workers:
        # None is read before the first process stands, and that takes longer than to ask.
        with ThreadPoolExecutor(many) as threads:
            readings = list(threads.map(lambda _: workers.read("s1", JOB), range(many)))
        assert [len(one.articles) for one in readings] == [1] * many
        assert len(workers._processes) == 2


def test_a_process_that_is_killed_while_it_has_nothing_to_do_is_replaced() -> None:
    with started(1) as workers:
        assert workers.read("s1", JOB).articles
        for _ in range(2):
            process = only_process(workers)
            os.kill(process, signal.SIGKILL)
            assert workers.read("s1", JOB).articles
            assert only_process(workers) != process


def test_documents_that_wait_for_a_process_that_is_killed_are_read_by_the_next() -> None:
    with started(1) as workers, ThreadPoolExecutor(8) as threads:
        assert workers.read("s1", JOB).articles
        os.kill(only_process(workers), signal.SIGKILL)
        readings = list(threads.map(lambda _: workers.read("s1", JOB), range(8)))
    assert [len(one.articles) for one in readings] == [1] * 8


def test_where_no_process_can_start_a_document_is_not_read_and_nothing_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("feeds.run.workers._PROGRAM", "raise SystemExit")
    with started(1) as workers, pytest.raises(TooCostly, match="was killed, and so was the next"):
        workers.read("s1", JOB)


def only_process(workers: Workers) -> int:
    (process,) = workers._processes
    return process.pid
