"""An entry keeps its id and its date for ever, in whole cycles; its link, byline and text come from one copy."""

from __future__ import annotations

import json
import re
import shutil
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from feeds.store import outputs
from feeds.store.schema import alias, article, ledger, seen_entries
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


def test_link_byline_and_text_come_from_the_copy_that_is_shown(room: Newsroom, server: Loopback) -> None:
    """From the first publication on, in every format. The page of the other copy is named."""
    title = "Harbour council votes for more ferries"
    short, long = prose(1), f"{prose(1)} {prose(1)[:-1]} again."
    first = server.page(
        "/a", rss([item(1, title=title, text=short, link="https://a.example/x", guid="g1")], title="Herald")
    )
    second = server.answers(
        "/b",
        Answer(body=rss([item(90, link="https://b.example/y")], title="Ledger")),
        Answer(
            body=rss(
                [item(1, title=title, text=long, link="https://b.example/x", guid="g2", hours=0.5)],
                title="Ledger",
            )
        ),
    )
    room.configure_urls(first, second)

    def shown() -> tuple[tuple[str, ...], list[str]]:
        entry = next(entry for entry in room.entries() if entry.title == title)
        text = "again" if "again" in entry.summary else "short"
        parsed = next(
            entry
            for entry in json.loads(room.file("front.json").read_text())["items"]
            if entry["title"] == title
        )
        assert (parsed["url"], parsed["_feeds"]["origin"]["title"]) == (entry.link, entry.source.title)
        return (entry.link, entry.source.title, text), [x.href for x in entry.links if x.rel == "related"]

    room.once()
    assert shown() == (("https://a.example/x", "Herald", "short"), [])
    before = next(entry for entry in room.entries() if entry.title == title)
    room.once(later=2 * HOUR)
    expected = ("https://b.example/x", "Ledger", "again"), ["https://a.example/x"]
    assert shown() == expected
    after = next(entry for entry in room.entries() if entry.title == title)
    assert (after.id, after.published) == (before.id, before.published)
    forget(room)
    for path in (room.folder / "output").iterdir():
        path.unlink()
    room.once()  # both copies are there at the first publication
    assert shown() == expected


def moved(n: int, link: str, *, text: str = "") -> list[str]:
    return [item(1, link="https://news.example/other"), item(n, link=link, text=text)]


@pytest.mark.parametrize(
    "address",
    ["https://news.example/2-corrected-slug", "http://new.example/story/2", "https://news.example/2?page=3"],
)
def test_a_corrected_address_is_published_and_is_no_edit(
    room: Newsroom, server: Loopback, address: str
) -> None:
    old, new = moved(2, "https://news.example/2"), moved(2, address)
    edited = moved(2, address, text=prose(2).replace(".", " today."))
    room.configure_urls(server.answers("/feed", *[Answer(body=rss(items)) for items in (old, new, edited)]))
    room.once()
    before = lives(room)[1]
    room.once(later=2 * HOUR)
    id_, link, published, updated = lives(room)[1]
    assert link == address
    assert (id_, published, updated) == (before[0], before[2], before[3])
    assert not [link for entry in room.entries() for link in entry.links if link.rel == "related"]
    room.once(later=2 * HOUR)
    assert lives(room)[1][:3] == (id_, link, published)
    assert lives(room)[1][3] > updated


@pytest.mark.parametrize(
    "tracked",
    [
        "?token={n}&amp;id=2",
        ";jsessionid=A{n}?id=2",
        "?id=2&amp;x={n}f00d77feed{n}b5",
        "?id=2&amp;sid=s{n}",
        "?utm_content={n}&amp;id=2",
        "?id=2&amp;unknown=poll{n}",
    ],
)
def test_a_link_with_a_token_for_each_poll_changes_no_byte(
    room: Newsroom, server: Loopback, tracked: str
) -> None:
    def document(n: int) -> bytes:
        address = "https://news.example/story" + tracked.format(n=n)
        body = f'<p>{prose(2)} <a href="{address}">More</a></p><img src="https://news.example/p.jpg?e={n}">'
        return rss(
            [
                item(number, link=f"{address}&amp;id={number}", text=f"{prose(number)} {body}")
                for number in range(2, 7)
            ]
        )

    room.configure_urls(server.answers("/feed", *[Answer(body=document(n)) for n in range(1, 6)]))
    room.once()
    published = room.bytes()
    for _ in range(4):
        polled = room.poll(later=2 * HOUR)
        assert (polled.status, polled.updated) == (200, 0)
        assert room.bytes() == published


def test_after_an_upgrade_no_entry_looks_edited_and_later_edits_are_seen(
    room: Newsroom, server: Loopback
) -> None:
    """The content hashes of the state are those of an older version, and its entries link to another copy's page."""
    texts = (
        [item(1), item(2)],
        [item(1), item(2), ""],
        [item(1, text=prose(1).replace(".", " today.")), item(2)],
    )
    documents = [rss(items).replace(b"<channel>", b"<channel>" + b" " * n) for n, items in enumerate(texts)]
    room.configure_urls(server.answers("/feed", *map(Answer, documents)))
    room.once()
    before, published = lives(room), room.bytes()
    with room.parts()[0].write() as connection:
        old = {"content_hash": b"2" + bytes(16)}
        connection.execute(update(article).values(old))
        connection.execute(update(ledger).values({**old, "link": "https://first.example/page"}))
        connection.execute(delete(seen_entries))
        outputs.mark_changed(
            connection, [("front", story) for story in connection.scalars(select(ledger.c.story))]
        )
    room.once(later=2 * HOUR)
    assert room.bytes() == published
    room.once(later=2 * HOUR)
    after = lives(room)
    assert [entry[:3] for entry in after] == [entry[:3] for entry in before]
    assert (after[0][3] > before[0][3], after[1]) == (True, before[1])


def test_a_token_in_links_adds_no_keys_to_the_state(room: Newsroom, server: Loopback) -> None:
    documents = [rss([item(1, link=f"https://news.example/1?token={n}")]) for n in range(4)]
    room.configure_urls(server.answers("/feed", *map(Answer, documents)))
    counts = []
    for _ in documents:
        room.once(later=2 * HOUR)
        with room.parts()[0].read() as connection:
            counts.append(connection.scalar(select(func.count()).select_from(alias)))
    assert counts == counts[:1] * 4


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
