"""Parsing only the new entries gives what parsing the whole document gives."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from feeds import codec
from feeds.errors import ParseError
from feeds.ingest.poll_source import _body_digest
from feeds.model import Source
from feeds.parse import parsing_version
from feeds.parse.delta import SplitDocument, split_document
from feeds.parse.encoding import repair_encoding
from feeds.store import sources
from feeds.store.retention import LAST_SEEN_INTERVAL
from feeds.store.schema import alias, article, seen_entries
from feeds.workers.parse_document import parse_document
from feeds.workers.parse_job import ParseResult, encode_job
from feeds.workers.seen_entries import SeenEntries, pack, unpack
from tests.loopback import Answer, Loopback
from tests.make import NOW, WORDS
from tests.newsroom import Newsroom, item, rss
from tests.shared import corpus_documents, needs_corpus

URL = "http://127.0.0.1:8097/feed"
SOURCE = Source(id="s", url=URL)
HOURS = timedelta(hours=2)


def parse(body: bytes, known: bytes = b"") -> ParseResult | str:
    job = encode_job(SOURCE, url=URL, content_type="application/xml", body=body, now=NOW, seen_entries=known)
    try:
        return codec.loads(ParseResult, parse_document(job))
    except ParseError as error:
        return str(error)


def split(body: bytes) -> SplitDocument | None:
    return split_document(repair_encoding(body, "application/xml"), url=URL)


def compare(body: bytes, known: bytes) -> bool:
    """Whether only the new entries were parsed. Asserts that they are as in the whole document."""
    whole, part = parse(body), parse(body, known)
    if isinstance(whole, str) or isinstance(part, str) or not part.only_new:
        assert part == whole
        return False
    document, seen = split(body), unpack(known).keys
    assert document is not None
    new = [at for at, digest in enumerate(document.digests) if digest not in seen]
    assert len(whole.articles) == len(document.entries)
    for name in ("articles", "keys", "exact_keys"):
        assert getattr(part, name) == tuple(getattr(whole, name)[at] for at in new)
    assert (part.feed, part.notes, part.complete) == (whole.feed, whole.notes, whole.complete)
    assert part.seen_entries.startswith(whole.seen_entries)  # entries that are gone follow
    return True


# ------------------------------------------------------------------------- the corpus, and mutations of it

NOISE = [
    b"<item>",
    b"</entry>",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"-->",
    b"&nbsp;",
    b"\xff",
    b"\x00",
    b"<",
    b'"',
]
NOISE += [
    b"<?php ?>",
    b"&",
    b"<title>x</title>",
    b" xml:lang='fr'",
    b"<image><url>u</url></image>",
    b"<svg/>",
]
NOISE += [b"<summary type='xhtml'><div><summary>x</summary></div></summary>", b"<a:b xmlns:a='urn:x'/>"]
NOISE += [b" xml:base='http://b.example/'", b"<ttl>5</ttl>", b"<link href='/x'/>", b"<guid>same</guid>"]


@cache
def bases() -> list[tuple[bytes, bytes]]:
    """Documents of the corpus that can be split, with their packed seen entries."""
    documents = []
    for path in corpus_documents():
        body = path.read_bytes()
        if len(body) < 100_000 and split(body) and ("feedparser" not in path.parts or b"<guid" in body):
            result = parse(body)
            if isinstance(result, ParseResult) and result.seen_entries:
                documents.append((body, result.seen_entries))
    return documents


@needs_corpus
def test_a_corpus_document_that_is_parsed_again_has_no_new_entry() -> None:
    assert len(bases()) > 60
    assert all(compare(body, known) for body, known in bases())


@needs_corpus
@settings(max_examples=250)
@given(st.data())
def test_mutated_corpus_documents_give_the_same_articles_as_whole_parsing(data: st.DataObject) -> None:
    body, known = data.draw(st.sampled_from(bases()), "base")
    document = split(body)
    assert document is not None
    entries = list(document.entries)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(entries) - 1))
        match data.draw(st.sampled_from(["drop", "double", "move", "noise", "byte", "word", "foreign"])):
            case "drop" if len(entries) > 1:
                del entries[at]
            case "double":
                entries.insert(at, entries[at])
            case "move":
                entries.insert(data.draw(st.integers(0, len(entries) - 1)), entries.pop(at))
            case "noise":
                entries[at] = with_noise(data, entries[at], data.draw(st.sampled_from(NOISE)))
            case "byte":
                entries[at] = with_noise(data, entries[at], data.draw(st.binary(min_size=1, max_size=2)))
            case "word":
                entries[at] = entries[at].replace(b"e", b"3", data.draw(st.integers(1, 9)))
            case "foreign":
                other = split(data.draw(st.sampled_from(bases()))[0])
                entries.insert(at, other.entries[0] if other else b"")
    changed = b"".join((document.head, *entries, document.tail))
    if data.draw(st.integers(0, 5)) == 0:
        changed = with_noise(data, changed, data.draw(st.sampled_from(NOISE)))
    compare(changed, known)


def with_noise(data: st.DataObject, text: bytes, noise: bytes) -> bytes:
    at = data.draw(st.integers(0, len(text)))
    return text[:at] + noise + text[at:]


# ------------------------------------------------------------------------------- what has to be parsed whole


def seen_entries_of(*items: str) -> bytes:
    result = parse(rss(items))
    assert isinstance(result, ParseResult)
    return result.seen_entries


def test_only_the_new_item_is_parsed() -> None:
    result = parse(rss([item(3), item(1), item(2)]), seen_entries_of(item(1), item(2)))
    assert isinstance(result, ParseResult)
    assert result.only_new
    assert [article.title for article in result.articles] == ["Title 3"]
    assert len(result.unchanged_keys) == 2


def test_entries_with_shared_keys_are_not_stored_as_seen() -> None:
    assert seen_entries_of(item(1), item(2))
    assert not seen_entries_of(item(1), item(2, guid="tag:news.example,2026:1"))
    assert not seen_entries_of(item(1), item(2, link="https://news.example/1"))
    assert not seen_entries_of(item(1), item(2, title="Same", text=WORDS), item(3, title="Same", text=WORDS))
    assert not seen_entries_of(item(1), "<item></item>")
    assert not seen_entries_of(item(1), "<item><title>no key at all</title></item>")


@pytest.mark.parametrize(
    "new", [item(9, guid="tag:news.example,2026:1"), item(9, link="https://news.example/2")]
)
def test_an_item_that_shares_a_key_with_an_unchanged_one_makes_the_document_be_parsed_whole(new: str) -> None:
    known = seen_entries_of(item(1), item(2))
    assert not compare(rss([new, item(1), item(2)]), known)
    assert compare(rss([new]), known) is False  # no known entry is left
    assert compare(rss([new, item(3)]), seen_entries_of(item(1), item(2), item(3)))


def test_unpack_returns_what_pack_was_given() -> None:
    body = rss([item(1), item(2)])
    document, result = split_document(body, url=URL), parse(body)
    assert document is not None
    assert isinstance(result, ParseResult)
    seen = unpack(pack(document, result.keys))
    assert [seen.keys[digest].present() for digest in document.digests] == [
        key.present() for key in result.keys
    ]
    assert seen.has_all(document)
    assert unpack(b"") == SeenEntries(b"", {})
    assert not unpack(b"").has_all(document)


# ------------------------------------------------------------------------------------- whole cycles


def test_a_document_with_known_entries_only_is_not_sent_to_the_pool(room: Newsroom, server: Loopback) -> None:
    body = rss([item(1), item(2)])
    touched = body.replace(b"</rss>", b"<!-- 12:01 --></rss>")
    room.configure_urls(server.answers("/feed", Answer(body=body), Answer(body=touched)))
    room.once()
    room.close()
    polled = room.poll(later=HOURS)
    assert (polled.outcome, polled.status) == ("unchanged", 200)
    assert room.parts()[1]._parsers is None


def test_an_item_that_comes_back_is_not_sent_to_the_pool(room: Newsroom, server: Loopback) -> None:
    before, after = rss([item(n) for n in (1, 2, 3)]), rss([item(n) for n in (0, 1, 2)])
    room.configure_urls(server.answers("/feed", Answer(body=before), Answer(body=after), Answer(body=before)))
    room.once()
    assert room.poll(later=HOURS).new == 1
    room.close()
    assert room.poll(later=HOURS).outcome == "unchanged"
    assert room.parts()[1]._parsers is None


def test_an_edit_that_is_reverted_is_an_edit(room: Newsroom, server: Loopback) -> None:
    first, edited = (rss([item(1, title=title), item(2)]) for title in ("Crane sold", "Crane not sold"))
    room.configure_urls(server.answers("/feed", *(Answer(body=body) for body in (first, edited, first))))
    room.once()
    assert [room.poll(later=HOURS).updated for _ in range(2)] == [1, 1]
    assert "Crane sold" in room.titles()


def test_a_version_that_parses_otherwise_reads_an_unchanged_document_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So that the keys which it knows items by are stored before an item is edited."""
    before = _body_digest(b"<rss></rss>")
    assert _body_digest(b"<rss></rss>") == before
    monkeypatch.setattr(parsing_version, "PARSING_VERSION", b"another")
    assert _body_digest(b"<rss></rss>") != before


def test_as_many_gone_entries_are_kept_as_the_document_has() -> None:
    bodies = [rss([item(n + at) for at in range(3)]) for n in range(0, 30, 3)]
    known = b""
    for body in bodies:
        result, document = parse(body), split_document(body, url=URL)
        assert isinstance(result, ParseResult)
        assert document is not None
        known = pack(document, result.keys, unpack(known).keys)
    seen = unpack(known)
    documents = [split_document(body, url=URL) for body in bodies]
    assert [seen.has_all(document) for document in documents if document] == [False] * 8 + [True] * 2


@pytest.mark.parametrize(
    ("end", "is_parsed"),
    [
        (b"<!-- made in 0.2 s -->", False),
        (b"\n<!-- cached -->\n<!-- 12:01 -->\n", False),
        (b"<item/>-->", True),  # that is no comment
        (b"<!-- -->--><!-- -->", True),
    ],
)
def test_a_comment_after_the_document_is_not_a_change(
    room: Newsroom, server: Loopback, end: bytes, is_parsed: bool
) -> None:
    # In Latin-1, which is not split: a changed document is parsed whole.
    declared = b'<?xml version="1.0" encoding="latin-1"?>'
    body = rss([item(1), item(2)]).replace(b'<?xml version="1.0"?>', declared)
    first = body + b"<!-- made in 0.1 s -->"
    room.configure_urls(server.answers("/feed", Answer(body=first), Answer(body=body + end)))
    room.once()
    room.close()
    assert room.poll(later=HOURS).outcome == "unchanged"
    assert (room.parts()[1]._parsers is not None) == is_parsed


def test_a_document_with_a_changed_head_is_parsed_without_the_known_items(
    room: Newsroom, server: Loopback
) -> None:
    body = rss([item(1), item(2)])
    renamed = rss([item(1), item(2)], title="Renamed")
    room.configure_urls(server.answers("/feed", Answer(body=body), Answer(body=renamed)))
    room.once()
    assert room.poll(later=HOURS).known == 0
    with room.parts()[0].read() as connection:
        (state,) = sources.states(connection)
    assert state.feed is not None
    assert state.feed.title == "Renamed"


def test_an_entry_that_stays_in_a_feed_for_months_has_its_last_seen_date_updated(
    room: Newsroom, server: Loopback
) -> None:
    answers = [Answer(body=rss([item(n), item(1)])) for n in range(2, 9)]
    room.configure_urls(server.answers("/feed", *answers))
    room.once()
    known = [room.poll(later=timedelta(days=8)).known for _ in answers[1:]]
    assert known == [0, 0, 0, 1, 0, 0]  # after thirty days all are parsed
    with room.parts()[0].read() as connection:
        last_seen_at = connection.scalar(
            select(article.c.last_seen_at).where(article.c.link == "https://news.example/1")
        )
    assert last_seen_at is not None
    assert room.clock.moment - last_seen_at < LAST_SEEN_INTERVAL


def test_a_226_does_not_count_as_a_whole_document(room: Newsroom, server: Loopback) -> None:
    """RFC 3229: an entry that a 226 leaves out may still be in the feed."""
    first = Answer(body=rss([item(1), item(2)]), headers=(("ETag", '"1"'),))
    news = Answer(body=rss([item(3)]), status=226, headers=(("ETag", '"2"'), ("IM", "feed")))
    room.configure_urls(server.answers("/feed", first, news))
    room.once()
    parsed_at = room.clock.moment
    assert room.poll(later=HOURS).new == 1
    with room.parts()[0].read() as connection:
        assert sources.states(connection)[0].parsed_at == parsed_at


@pytest.mark.parametrize("seed", range(6))
def test_the_state_equals_that_of_parsing_whole_documents(seed: int, tmp_path: Path) -> None:
    """Two newsrooms get the same documents. One of them loses its seen entries before each poll."""
    rng = random.Random(seed)
    rooms = []
    for name in ("part", "whole"):
        (tmp_path / name).mkdir()
        rooms.append(Newsroom(tmp_path / name))
        rooms[-1].configure("sources: [{id: s, url: feed.xml}]\n")
    parts = 0
    for body in documents(rng):
        for room in rooms:
            (room.folder / "feed.xml").write_bytes(body)
            if room is rooms[1]:
                with room.parts()[0].write() as connection:
                    connection.execute(seen_entries.delete())
            room.once(later=HOURS)
        with rooms[0].parts()[0].read() as connection:
            parts += connection.execute(seen_entries.select()).first() is not None
        assert everything(rooms[0]) == everything(rooms[1])
        assert rooms[0].bytes() == rooms[1].bytes()
    for room in rooms:
        room.close()
    assert parts > 2


def documents(rng: random.Random) -> Iterator[bytes]:
    """A site's life: news, edits, items that go and come back, new guids, links that are used again."""
    items: list[dict[str, Any]] = []
    for step in range(14):
        for _ in range(rng.randint(0, 2)):
            items.insert(0, {"n": step * 10 + rng.randint(0, 9), "hours": 100 - step})
        for entry in items:
            match rng.randint(0, 25):
                case 0:
                    entry["title"] = f"Corrected {step}"
                case 1:
                    entry["guid"] = f"new:{entry['n']}:{step}"
                case 2:
                    entry["link"] = "https://news.example/latest"
                case 3:
                    entry["link"] = f"https://news.example/archive/{entry['n']}"
                case 4:
                    entry["n"] = rng.choice(items)["n"]
        yield rss([item(**entry) for entry in items[: rng.randint(4, 9)]], title=f"News {step // 5}")


def everything(room: Newsroom) -> tuple[Any, ...]:
    columns = (article.c.id, article.c.story, article.c.link, article.c.published, article.c.content_hash)
    with room.parts()[0].read() as connection:
        rows = connection.execute(select(*columns).order_by(article.c.id)).all()
        names = select(alias.c.key, article.c.id).join(article, article.c.n == alias.c.article)
        aliases = connection.execute(names.order_by(alias.c.key)).all()
    return [tuple(row) for row in rows], [tuple(row) for row in aliases]
