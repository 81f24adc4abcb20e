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
from feeds.workers.parse_job import ParseJob, decode_result
from feeds.workers.parse_pool import MIN_QUEUE_TO_GROW, MIN_PARSED_TO_GROW, ParseLimits, ParsePool
from tests.newsroom import item, rss

JOB = codec.dumps(
    ParseJob(
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
def started(count: int, memory: int = 1 << 30) -> Iterator[ParsePool]:
    workers = ParsePool(count, ParseLimits(memory_bytes=memory))
    try:
        yield workers
    finally:
        workers.stop()


def read(workers: ParsePool) -> tuple[Article, ...]:
    return decode_result("s1", workers.parse("s1", JOB)).articles


def test_a_second_process_starts_when_many_documents_wait_and_the_first_has_parsed_many() -> None:
    with started(2) as workers, ThreadPoolExecutor(4 * MIN_QUEUE_TO_GROW) as threads:
        # None is read before the first process stands, and that takes longer than to ask.
        for _ in threads.map(lambda _: read(workers), range(4 * MIN_QUEUE_TO_GROW)):
            assert len(workers._processes) == 1
        readings = list(threads.map(lambda _: read(workers), range(2 * MIN_PARSED_TO_GROW)))
        assert [len(one) for one in readings] == [1] * 2 * MIN_PARSED_TO_GROW
        assert len(workers._processes) == 2


def test_no_second_process_starts_while_results_wait_to_be_recorded() -> None:
    workers = ParsePool(2, is_consumer_waiting=lambda: False)
    with ThreadPoolExecutor(4 * MIN_QUEUE_TO_GROW) as threads:
        for _ in threads.map(lambda _: read(workers), range(2 * MIN_PARSED_TO_GROW)):
            assert len(workers._processes) == 1
    workers.stop()


def test_an_idle_process_that_is_killed_is_replaced() -> None:
    with started(1) as workers:
        assert read(workers)
        for _ in range(2):
            process = only_process(workers)
            os.kill(process, signal.SIGKILL)
            assert read(workers)
            assert only_process(workers) != process


def test_documents_that_wait_for_a_killed_process_are_parsed_by_the_next() -> None:
    with started(1) as workers, ThreadPoolExecutor(8) as threads:
        assert read(workers)
        os.kill(only_process(workers), signal.SIGKILL)
        readings = list(threads.map(lambda _: read(workers), range(8)))
    assert [len(one) for one in readings] == [1] * 8


def test_if_no_process_can_start_the_document_fails_and_nothing_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("feeds.workers.parse_pool._PROGRAM", "raise SystemExit")
    with started(1) as workers, pytest.raises(TooCostly, match="was killed, and so was the next"):
        workers.parse("s1", JOB)


def only_process(workers: ParsePool) -> int:
    (process,) = workers._processes
    return process.pid
