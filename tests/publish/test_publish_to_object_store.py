"""A store that fails at the worst moment: nothing is lost, and the next publication continues."""

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
    """The part of S3 that publishing needs. Writing one name can be made to fail."""

    def __init__(self, server: Loopback) -> None:
        self.stored: dict[str, bytes] = {}
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
            self.stored[name] = request.body
            self.sent.append(name)
            return Answer(headers=[("ETag", f'"{_tag(request.body)}"')])
        if request.method == "DELETE":
            self.stored.pop(name)
            return Answer(status=204)
        if name:
            return Answer(self.stored[name])
        rows = "".join(
            f'<Contents><Key>{key}</Key><ETag>"{_tag(data)}"</ETag><Size>{len(data)}</Size></Contents>'
            for key, data in self.stored.items()
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


def test_feeds_are_sent_first_and_the_link_to_an_archive_page_after_the_page(
    newsroom: Newsroom, objects: Objects
) -> None:
    report = newsroom.once()
    assert not [result for result in report.published if result.error]
    sent = objects.sent
    page, last = sent.index("front.archive-1.atom"), len(sent) - 1 - sent[::-1].index("front.atom")
    # No feed waits for the archive; the link to the new page follows it.
    assert sent.index("front.atom") < sent.index("index.html") < page < last
    assert not (newsroom.folder / "output").exists()


def test_nothing_is_sent_without_news(newsroom: Newsroom, objects: Objects) -> None:
    newsroom.once()
    objects.sent.clear()
    newsroom.close()
    newsroom.once(later=timedelta(hours=2))
    assert objects.sent == []


def test_a_file_that_could_not_be_sent_is_sent_the_next_time(
    newsroom: Newsroom, server: Loopback, objects: Objects
) -> None:
    newsroom.once()
    before = dict(objects.stored)
    server.page("/a", rss([item(n) for n in range(4)]))
    objects.broken = "front.rss"
    report = newsroom.once(later=timedelta(hours=2))
    (failed,) = [result.error for result in report.published if result.error]
    assert "s3://bucket/front.rss" in failed
    assert objects.stored["front.rss"] == before["front.rss"]
    assert objects.stored["front.atom"] != before["front.atom"]
    newsroom.close()  # the process ends as well
    objects.broken = ""
    objects.sent.clear()
    report = newsroom.once(later=timedelta(hours=2))
    assert not [result for result in report.published if result.error]
    assert "front.rss" in objects.sent
    assert "front.atom" not in objects.sent  # it was sent already
    assert len(re.findall(rb"<item>", objects.stored["front.rss"])) == 2


def test_an_unreachable_store_loses_no_article(newsroom: Newsroom, objects: Objects) -> None:
    good = newsroom.config.read_text()
    newsroom.config.write_text(re.sub(r"endpoint: '[^']+'", "endpoint: 'http://127.0.0.1:9/'", good))
    report = newsroom.once()
    assert [poll.outcome for poll in report.polled] == ["new"]
    assert all(result.error for result in report.published)
    newsroom.close()
    newsroom.config.write_text(good)
    newsroom.once(later=timedelta(minutes=1))  # the source is not due
    assert len(re.findall(rb"<item>", objects.stored["front.rss"])) == 2


def test_a_removed_object_is_sent_again(newsroom: Newsroom, objects: Objects) -> None:
    newsroom.once()
    before = dict(objects.stored)
    del objects.stored["front.rss"]
    newsroom.once(later=timedelta(hours=2))
    assert objects.stored == before
