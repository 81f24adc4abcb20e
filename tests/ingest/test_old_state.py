"""A state of the version before fragments and enclosures were keys: its entries keep their ids, and none comes twice.

`state-before-fragments.sql` is what that version made of `documents_of_old_state.STORED`.
"""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from tests.ingest import documents_of_old_state as documents
from tests.newsroom import Newsroom

STATE = Path(__file__).with_name("state-before-fragments.sql")
DAY = timedelta(days=1)
OLD_IDS = {
    "Title 1": "https://news.example/1",
    "1.1": "urn:uuid:a71b3594-eb06-5760-a95d-8acc24345ec7",
    "1.2": "urn:uuid:f175fec8-2d91-5663-ac0e-0cb3d1a233a0",
    "Rain": "urn:uuid:f9cc6307-edf4-5e77-84cc-bece2d7bed4c",
    "Snow": "urn:uuid:5a2184d0-a475-5973-87e5-1723db715a1d",
    "Release 2.0": "urn:uuid:b86add95-e22f-55c6-b454-2595916168c3",
    "Video 1": "urn:uuid:69c3768b-5376-5892-b70d-16e447bfb220",
    "The news": "urn:uuid:f31df77a-6637-5b69-b6ee-f56d0aa06663",
}


@pytest.fixture
def old_room(room: Newsroom) -> Newsroom:
    with sqlite3.connect(room.folder / "feeds.db") as connection:
        connection.executescript(STATE.read_text(encoding="utf-8"))
    connection.close()
    outputs = "outputs:\n  front: {title: Front page, dedupe: off}\n"
    room.configure("sources:\n  - {id: s1, url: feed.xml}\n", outputs)
    return room


def ids_after(room: Newsroom, document: bytes) -> dict[str, str]:
    (room.folder / "feed.xml").write_bytes(document)
    room.once(later=DAY)
    entries = room.entries()
    ids = {entry.title: entry.id for entry in entries}
    assert len(ids) == len(entries), sorted((e.title, e.id) for e in entries)
    return ids


def test_stored_items_are_recognised_and_keep_the_ids_that_they_were_published_with(
    old_room: Newsroom,
) -> None:
    ids = ids_after(old_room, documents.UNCHANGED)
    assert {title: ids[title] for title in OLD_IDS} == OLD_IDS
    # The older version took the two releases without a guid of their own for versions of one, and lost the first.
    assert ids.keys() - OLD_IDS.keys() == {"1.3", "Wind", "Release 1.0", "Video 2"}
    assert ids["Video 2"] == "yt:video:aBc2"


def test_edits_of_stored_items_make_no_second_entry(old_room: Newsroom) -> None:
    before = ids_after(old_room, documents.UNCHANGED)
    ids = ids_after(old_room, documents.EDITED)
    renamed = {
        "Another title": "Title 1",
        "Wind and weather": "Wind",
        "Snow and ice": "Snow",
        "The newest news": "The news",
    }
    assert {renamed.get(title, title): id_ for title, id_ in ids.items()} == before
