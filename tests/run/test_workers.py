from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from feeds import codec
from feeds.run.job import Job
from feeds.run.workers import PATIENCE, Workers
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


def test_a_second_process_begins_where_many_documents_wait_for_the_first() -> None:
    workers = Workers(2)
    try:
        assert len(workers.read("s1", JOB).articles) == 1
        assert len(workers._pools) == 1
    finally:
        workers.stop()
    workers = Workers(2)
    many = 4 * PATIENCE
    try:
        # None is read before the first process stands, and that takes longer than to ask.
        with ThreadPoolExecutor(many) as threads:
            readings = list(threads.map(lambda _: workers.read("s1", JOB), range(many)))
        assert [len(one.articles) for one in readings] == [1] * many
        assert len(workers._pools) == 2
    finally:
        workers.stop()
