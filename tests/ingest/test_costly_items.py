"""An item that cannot be read within the limits is left out, said, and not read again at the next polls."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feeds.store.retention import LAST_SEEN_INTERVAL
from feeds.workers.parse_pool import ParsePool
from tests.loopback import Answer, Loopback
from tests.newsroom import Newsroom, item, rss

HOUR = timedelta(hours=1, minutes=5)
ATTRIBUTES = " ".join(f"a{n}='{n}'" for n in range(2_000))
COSTLY = item(7).replace("</item>", f"<odd {ATTRIBUTES}/></item>")  # over a limit of the parser


@pytest.fixture
def attempts(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The jobs that are sent to parse processes."""
    jobs: list[bytes] = []
    parse = ParsePool._parse

    def recorded(pool: ParsePool, job: bytes) -> object:
        jobs.append(job)
        return parse(pool, job)

    monkeypatch.setattr(ParsePool, "_parse", recorded)
    return jobs


def test_a_costly_item_costs_once_and_the_others_arrive(
    room: Newsroom, server: Loopback, attempts: list[bytes]
) -> None:
    documents = [
        rss([COSTLY, item(2)]),
        rss([item(1), COSTLY, item(2)]),
        rss([item(0), item(1), COSTLY, item(2)]),
    ]
    room.configure_urls(server.answers("/feed", *(Answer(body=body) for body in documents)))
    first = room.poll()
    assert (first.outcome, first.new) == ("new", 1)
    (note,) = first.skipped
    assert "item 1 (Title 7)" in note
    assert len(attempts) > 1

    attempts.clear()
    second = room.poll(later=HOUR)
    assert (second.new, len(attempts)) == (1, 1)
    assert "item 2 (Title 7)" in second.skipped[0]
    assert "limits.parse_timeout" in second.skipped[0]

    attempts.clear()  # also when all entries are read again, known or not
    third = room.poll(later=LAST_SEEN_INTERVAL + HOUR)
    assert (third.new, len(attempts)) == (1, 1)
    assert room.titles() == ["Title 0", "Title 1", "Title 2"]


def test_a_document_with_a_costly_item_and_nothing_new_is_not_parsed(
    room: Newsroom, server: Loopback, attempts: list[bytes]
) -> None:
    """It differs in a comment only."""
    bodies = [rss([COSTLY, item(2)]).replace(b"<item>", b"<!-- %d --><item>" % n, 1) for n in range(2)]
    room.configure_urls(server.answers("/feed", *(Answer(body=body) for body in bodies)))
    room.poll()
    attempts.clear()
    assert room.poll(later=HOUR).outcome == "unchanged"
    assert attempts == []


def test_a_costly_item_that_changes_is_read(room: Newsroom, server: Loopback) -> None:
    bodies = [rss([COSTLY, item(2)]), rss([item(7), item(2)])]
    room.configure_urls(server.answers("/feed", *(Answer(body=body) for body in bodies)))
    assert room.poll().new == 1
    assert room.poll(later=HOUR).new == 1
    assert room.titles() == ["Title 2", "Title 7"]
