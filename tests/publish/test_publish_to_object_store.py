"""A store that fails at the worst moment: nothing is lost, and the next publication goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from hashlib import md5

import pytest

from tests.loopback import Answer, Loopback, Request
from tests.newsroom import Newsroom, item, rss

EMPTY = (
    b'<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
    b"<IsTruncated>false</IsTruncated>%s</ListBucketResult>"
)


class Objects:
    """As much of S3 as publishing needs, with a switch."""

    def __init__(self, server: Loopback) -> None:
        self.kept: dict[str, bytes] = {}
        self.sent: list[str] = []
        self.broken = ""  # a name that cannot be written
        self._server = server
        for name in [*NAMES, ""]:
            server.handle(f"/bucket/{name}" if name else "/bucket", self._answer)
        server.handle("/bucket/", self._answer)

    def _answer(self, request: Request) -> Answer:
        name = request.path.partition("?")[0].removeprefix("/bucket").lstrip("/")
        if request.method == "PUT":
            if name == self.broken:
                return Answer(b"<Error><Code>InternalError</Code></Error>", 500)
            self.kept[name] = request.body
            self.sent.append(name)
            return Answer(headers=[("ETag", f'"{_tag(request.body)}"')])
        if request.method == "DELETE":
            self.kept.pop(name)
            return Answer(status=204)
        if name:
            return Answer(self.kept[name])
        rows = "".join(
            f'<Contents><Key>{key}</Key><ETag>"{_tag(data)}"</ETag><Size>{len(data)}</Size></Contents>'
            for key, data in self.kept.items()
        )
        return Answer(EMPTY % rows.encode(), headers=[("Content-Type", "application/xml")])


NAMES = [
    *(f"front{page}.{form}" for page in ("", ".archive-1", ".archive-2") for form in ("atom", "rss")),
    *("index.html", "feeds.opml", "sources.opml", "health.atom", "health.html"),
]


def _tag(data: bytes) -> str:
    return md5(data).hexdigest()


@pytest.fixture
def objects() -> Iterator[Objects]:
    with Loopback() as server:
        yield Objects(server)


@pytest.fixture
def newsroom(room: Newsroom, server: Loopback, objects: Objects) -> Newsroom:
    server.page("/a", rss([item(n) for n in range(1, 4)]))
    room.configure(
        f"sources: [{{id: s1, url: '{server.url('/a')}', allow_private: true}}]\n",
        "outputs: {front: {limit: 2, formats: [atom, rss]}}\n",
    )
    text = room.config.read_text().replace(
        "output: output,",
        f"output: 's3://bucket', s3: {{endpoint: '{objects._server.url()}', key: k, secret: s}},",
    )
    room.config.write_text(text)
    return room


def test_archive_pages_are_sent_before_what_points_to_them(newsroom: Newsroom, objects: Objects) -> None:
    report = newsroom.once()
    assert not [one for one in report.published if one.error]
    order = [objects.sent.index(name) for name in ("front.archive-1.atom", "front.atom", "index.html")]
    assert order == sorted(order)
    assert not (newsroom.folder / "output").exists()


def test_a_publication_without_news_sends_nothing(newsroom: Newsroom, objects: Objects) -> None:
    newsroom.once()
    objects.sent.clear()
    newsroom.close()
    newsroom.once(later=timedelta(hours=2))
    assert objects.sent == []


def test_what_failed_half_way_is_sent_the_next_time(
    newsroom: Newsroom, server: Loopback, objects: Objects
) -> None:
    newsroom.once()
    before = dict(objects.kept)
    server.page("/a", rss([item(n) for n in range(4)]))
    objects.broken = "front.rss"
    report = newsroom.once(later=timedelta(hours=2))
    (failed,) = [one.error for one in report.published if one.error]
    assert "s3://bucket/front.rss" in failed
    assert objects.kept["front.rss"] == before["front.rss"]
    assert objects.kept["front.atom"] != before["front.atom"]
    newsroom.close()  # the process ends, too
    objects.broken = ""
    objects.sent.clear()
    report = newsroom.once(later=timedelta(hours=2))
    assert not [one for one in report.published if one.error]
    assert "front.rss" in objects.sent
    assert "front.atom" not in objects.sent  # it stands
    assert len(re.findall(rb"<item>", objects.kept["front.rss"])) == 2


def test_a_store_that_is_away_costs_no_article(newsroom: Newsroom, objects: Objects) -> None:
    good = newsroom.config.read_text()
    newsroom.config.write_text(re.sub(r"endpoint: '[^']+'", "endpoint: 'http://127.0.0.1:9/'", good))
    report = newsroom.once()
    assert [one.result for one in report.polled] == ["new"]
    assert all(one.error for one in report.published)
    newsroom.close()
    newsroom.config.write_text(good)
    newsroom.once(later=timedelta(minutes=1))  # the source is not due
    assert len(re.findall(rb"<item>", objects.kept["front.rss"])) == 2


def test_an_object_that_somebody_took_away_comes_back(newsroom: Newsroom, objects: Objects) -> None:
    newsroom.once()
    before = dict(objects.kept)
    del objects.kept["front.rss"]
    newsroom.once(later=timedelta(hours=2))
    assert objects.kept == before
