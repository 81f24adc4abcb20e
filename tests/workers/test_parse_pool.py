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
from feeds.workers.parse_pool import (
    MIN_PARSED_TO_GROW,
    MIN_WAITING_TO_GROW,
    ParseLimits,
    ParsePool,
    PoolStopped,
)
from tests.newsroom import item, rss

JOB = codec.dumps(
    ParseJob(
        source_id="s1",
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
    pool = ParsePool(count, ParseLimits(seconds=20, memory_bytes=memory))
    try:
        yield pool
    finally:
        pool.stop()


def parse(pool: ParsePool) -> tuple[Article, ...]:
    return decode_result("s1", pool.parse("s1", JOB)).articles


def test_a_second_process_starts_when_many_documents_wait_and_the_first_has_parsed_many() -> None:
    with started(2) as pool, ThreadPoolExecutor(4 * MIN_WAITING_TO_GROW) as threads:
        # All are submitted before the first process has started, so none is parsed yet.
        for _ in threads.map(lambda _: parse(pool), range(4 * MIN_WAITING_TO_GROW)):
            assert len(pool._processes) == 1
        results = list(threads.map(lambda _: parse(pool), range(2 * MIN_PARSED_TO_GROW)))
        assert [len(articles) for articles in results] == [1] * 2 * MIN_PARSED_TO_GROW
        assert len(pool._processes) == 2


def test_no_second_process_starts_while_results_wait_to_be_recorded() -> None:
    limits = ParseLimits(seconds=20, memory_bytes=1 << 30)
    pool = ParsePool(2, limits, is_consumer_waiting=lambda: False)
    with ThreadPoolExecutor(4 * MIN_WAITING_TO_GROW) as threads:
        for _ in threads.map(lambda _: parse(pool), range(2 * MIN_PARSED_TO_GROW)):
            assert len(pool._processes) == 1
    pool.stop()


def test_an_idle_process_that_is_killed_is_replaced() -> None:
    with started(1) as pool:
        assert parse(pool)
        for _ in range(2):
            pid = pid_of_only_process(pool)
            os.kill(pid, signal.SIGKILL)
            assert parse(pool)
            assert pid_of_only_process(pool) != pid


def test_documents_that_wait_for_a_killed_process_are_parsed_by_the_next() -> None:
    with started(1) as pool, ThreadPoolExecutor(8) as threads:
        assert parse(pool)
        os.kill(pid_of_only_process(pool), signal.SIGKILL)
        results = list(threads.map(lambda _: parse(pool), range(8)))
    assert [len(articles) for articles in results] == [1] * 8


def test_if_no_process_can_start_the_document_fails_and_nothing_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("feeds.workers.job_process._PROGRAM", "raise SystemExit")
    with started(1) as pool, pytest.raises(TooCostly, match="was killed, and so was the next"):
        pool.parse("s1", JOB)


def test_a_document_that_is_submitted_to_a_stopped_pool_is_not_called_malformed() -> None:
    with started(1) as pool:
        pool.stop()
        with pytest.raises(PoolStopped):
            pool.parse("s1", JOB)


def pid_of_only_process(pool: ParsePool) -> int:
    (process,) = pool._processes
    return process._process.popen.pid
