"""An entry keeps its id, its link and its date for ever, in whole cycles."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta

from tests.engine.test_cycle import feeds_of
from tests.loopback import Answer, Loopback
from tests.newsroom import Newsroom, item, prose, rss

HOUR = timedelta(hours=1)


def undated(*numbers: int) -> list[str]:
    return [re.sub(r"<pubDate>.*?</pubDate>", "", item(n)) for n in numbers]


def lives(room: Newsroom) -> list[tuple[str, str, str, str]]:
    return [(entry.id, entry.link, entry.published, entry.updated) for entry in room.entries()]


def forget(room: Newsroom) -> None:
    """The state is gone; the output stands."""
    room.close()
    for path in room.folder.glob("feeds.db*"):
        path.unlink()


def test_a_better_copy_takes_the_lead_but_not_the_link(room: Newsroom, server: Loopback) -> None:
    title = "Harbour council votes for more ferries"
    short, long = prose(1), f"{prose(1)} {prose(1)[:-1]} again."
    first = server.page("/a", rss([item(1, title=title, text=short, link="https://a.example/x", guid="g1")]))
    second = server.answers(
        "/b",
        Answer(body=rss([item(90, link="https://b.example/y")])),
        Answer(body=rss([item(1, title=title, text=long, link="https://b.example/x", guid="g2", hours=0.5)])),
    )
    room.configure_urls(first, second)
    room.once()
    before = next(entry for entry in room.entries() if entry.title == title)
    room.once(later=2 * HOUR)
    after = next(entry for entry in room.entries() if entry.title == title)
    assert (after.id, after.link, after.published) == (before.id, before.link, before.published)
    assert "again" in after.summary
    assert "again" not in before.summary
    # The page with the better copy is named; the page that the entry links to is not named twice.
    related = [link.href for link in after.links if link.rel == "related"]
    assert related == ["https://b.example/x"]


def test_a_source_that_moves_keeps_its_entries(room: Newsroom, server: Loopback) -> None:
    old = [item(n, link=f"http://old.example/{n}") for n in (1, 2)]
    new = [item(n, link=f"https://new.example/story/{n}") for n in (1, 2)]
    room.configure_urls(server.answers("/feed", Answer(body=rss(old)), Answer(body=rss(new))))
    room.once()
    before = lives(room)
    room.once(later=2 * HOUR)
    assert [(id_, link, published) for id_, link, published, _ in lives(room)] == [
        (id_, link, published) for id_, link, published, _ in before
    ]
    assert not [link for entry in room.entries() for link in entry.links if link.rel == "related"]


def test_a_rebuilt_state_gives_undated_entries_their_previous_dates(room: Newsroom, server: Loopback) -> None:
    room.configure_urls(server.page("/feed", rss([*undated(1, 2), item(3)])))
    room.once()
    before = feeds_of(room)
    forget(room)
    room.once(later=30 * HOUR)
    assert feeds_of(room) == before


def test_a_rebuilt_state_keeps_the_id_of_the_copy_that_began_an_entry(
    room: Newsroom, server: Loopback
) -> None:
    """The copy that came first was not the one with the earlier date."""
    title = "Harbour council votes for more ferries"
    copy = item(1, title=title, link="https://a.example/x", guid="tag:a.example,2026:x")
    earlier = item(1, title=title, hours=5, link="https://b.example/x", guid="tag:b.example,2026:x")
    first = server.page("/a", rss([copy]))
    second = server.answers("/b", Answer(status=503), Answer(body=rss([earlier])))
    room.configure_urls(first, second)
    room.once()
    room.once(later=25 * HOUR)
    assert len(room.entries()) == 1
    before = lives(room)
    assert before[0][0] == "tag:a.example,2026:x"
    forget(room)
    room.once(later=HOUR)
    assert lives(room) == before


def test_the_file_of_another_output_is_not_read_back(room: Newsroom, server: Loopback) -> None:
    room.configure_urls(server.page("/feed", rss(undated(1))))
    room.once()
    before = lives(room)
    room.close()
    foreign = room.file("front.atom").read_bytes().replace(b"urn:uuid:", b"urn:uuid:0")
    shutil.rmtree(room.folder / "output")
    (room.folder / "output").mkdir()
    room.file("front.atom").write_bytes(foreign)
    forget(room)
    room.once(later=30 * HOUR)
    assert lives(room)[0][2] != before[0][2]


def test_archive_pages_of_a_lost_state_are_kept_and_numbering_continues(
    room: Newsroom, server: Loopback
) -> None:
    old = [item(n, hours=n) for n in range(1, 26)]
    new = [item(n, hours=-1 - n / 100) for n in range(30, 42)]
    url = server.answers("/feed", Answer(body=rss(old)), Answer(body=rss(new)))
    room.configure(
        f"sources: [{{id: s1, url: '{url}', allow_private: true}}]\n", "outputs: {front: {limit: 10}}\n"
    )
    room.once()
    pages = {name: data for name, data in room.bytes().items() if "archive" in name}
    forget(room)
    room.once(later=25 * HOUR)
    now = room.bytes()
    assert {name: now[name] for name in pages} == pages
    newest = max(name for name in now if name.startswith("front.archive") and name.endswith(".atom"))
    assert newest == "front.archive-3.atom"
    assert b"front.archive-2.atom" in now[newest]
