"""Reading only what is new gives what reading the whole gives."""

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
from feeds.model import Source
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


def reading(body: bytes, known: bytes = b"") -> ParseResult | str:
    job = encode_job(SOURCE, url=URL, content_type="application/xml", body=body, now=NOW, seen_entries=known)
    try:
        return codec.loads(ParseResult, parse_document(job))
    except ParseError as error:
        return str(error)


def pieces(body: bytes) -> SplitDocument | None:
    mended, content_type = repair_encoding(body, "application/xml")
    return split_document(mended, url=URL, content_type=content_type)


def compare(body: bytes, known: bytes) -> bool:
    """Whether only a part was read; asserts that the part is that of the whole."""
    whole, part = reading(body), reading(body, known)
    if isinstance(whole, str) or isinstance(part, str) or not part.only_new:
        assert part == whole
        return False
    made, held = pieces(body), unpack(known).keys
    assert made is not None
    new = [at for at, digest in enumerate(made.digests) if digest not in held]
    assert len(whole.articles) == len(made.entries)
    for name in ("articles", "keys", "exact"):
        assert getattr(part, name) == tuple(getattr(whole, name)[at] for at in new)
    assert (part.feed, part.skipped, part.complete) == (whole.feed, whole.skipped, whole.complete)
    assert part.seen_entries.startswith(whole.seen_entries)  # and what went
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
    """Documents of the corpus that can be cut, with what is remembered of them."""
    found = []
    for path in corpus_documents():
        body = path.read_bytes()
        if len(body) < 100_000 and pieces(body) and ("feedparser" not in path.parts or b"<guid" in body):
            made = reading(body)
            if isinstance(made, ParseResult) and made.seen_entries:
                found.append((body, made.seen_entries))
    return found


@needs_corpus
def test_a_corpus_document_that_is_parsed_again_has_no_new_entry() -> None:
    assert len(bases()) > 60
    assert all(compare(body, known) for body, known in bases())


@needs_corpus
@settings(max_examples=250)
@given(st.data())
def test_mutated_corpus_documents_give_the_same_articles_as_whole_parsing(data: st.DataObject) -> None:
    body, known = data.draw(st.sampled_from(bases()), "base")
    made = pieces(body)
    assert made is not None
    entries = list(made.entries)
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
                other = pieces(data.draw(st.sampled_from(bases()))[0])
                entries.insert(at, other.entries[0] if other else b"")
    changed = b"".join((made.head, *entries, made.tail))
    if data.draw(st.integers(0, 5)) == 0:
        changed = with_noise(data, changed, data.draw(st.sampled_from(NOISE)))
    compare(changed, known)


def with_noise(data: st.DataObject, text: bytes, noise: bytes) -> bytes:
    at = data.draw(st.integers(0, len(text)))
    return text[:at] + noise + text[at:]


# ------------------------------------------------------------------------------- what has to be read whole


def remembered(*items: str) -> bytes:
    made = reading(rss(items))
    assert isinstance(made, ParseResult)
    return made.seen_entries


def test_only_the_new_item_is_parsed() -> None:
    made = reading(rss([item(3), item(1), item(2)]), remembered(item(1), item(2)))
    assert isinstance(made, ParseResult)
    assert made.only_new
    assert [one.title for one in made.articles] == ["Title 3"]
    assert len(made.unchanged_keys) == 2


def test_entries_with_shared_keys_are_not_stored_as_seen() -> None:
    assert remembered(item(1), item(2))
    assert not remembered(item(1), item(2, guid="tag:news.example,2026:1"))
    assert not remembered(item(1), item(2, link="https://news.example/1"))
    assert not remembered(item(1), item(2, title="Same", text=WORDS), item(3, title="Same", text=WORDS))
    assert not remembered(item(1), "<item></item>")
    assert not remembered(item(1), "<item><title>no key at all</title></item>")


@pytest.mark.parametrize(
    "new", [item(9, guid="tag:news.example,2026:1"), item(9, link="https://news.example/2")]
)
def test_an_item_that_shares_a_key_with_an_unchanged_one_makes_the_document_be_parsed_whole(new: str) -> None:
    known = remembered(item(1), item(2))
    assert not compare(rss([new, item(1), item(2)]), known)
    assert compare(rss([new]), known) is False  # nothing is left of what was known
    assert compare(rss([new, item(3)]), remembered(item(1), item(2), item(3)))


def test_unpack_returns_what_pack_was_given() -> None:
    body = rss([item(1), item(2)])
    made, whole = split_document(body, url=URL), reading(body)
    assert made is not None
    assert isinstance(whole, ParseResult)
    held = unpack(pack(made, whole.keys))
    assert [held.keys[digest].own() for digest in made.digests] == [key.own() for key in whole.keys]
    assert held.has_all(made)
    assert unpack(b"") == SeenEntries(b"", {})
    assert not unpack(b"").has_all(made)


# ------------------------------------------------------------------------------------- the whole road


def test_a_document_with_known_entries_only_is_not_sent_to_the_pool(room: Newsroom, server: Loopback) -> None:
    body = rss([item(1), item(2)])
    touched = body.replace(b"</rss>", b"<!-- 12:01 --></rss>")
    room.configure_urls(server.answers("/feed", Answer(body=body), Answer(body=touched)))
    room.once()
    room.close()
    polled = room.poll(later=HOURS)
    assert (polled.result, polled.status) == ("unchanged", 200)
    assert room.parts()[1]._parsers is None


def test_an_item_that_comes_back_is_not_sent_to_the_pool(room: Newsroom, server: Loopback) -> None:
    before, after = rss([item(n) for n in (1, 2, 3)]), rss([item(n) for n in (0, 1, 2)])
    room.configure_urls(server.answers("/feed", Answer(body=before), Answer(body=after), Answer(body=before)))
    room.once()
    assert room.poll(later=HOURS).new == 1
    room.close()
    assert room.poll(later=HOURS).result == "unchanged"
    assert room.parts()[1]._parsers is None


def test_an_edit_that_is_reverted_is_an_edit(room: Newsroom, server: Loopback) -> None:
    said, edited = (rss([item(1, title=title), item(2)]) for title in ("Crane sold", "Crane not sold"))
    room.configure_urls(server.answers("/feed", *(Answer(body=body) for body in (said, edited, said))))
    room.once()
    assert [room.poll(later=HOURS).updated for _ in range(2)] == [1, 1]
    assert "Crane sold" in room.titles()


def test_as_many_gone_entries_are_kept_as_the_document_has() -> None:
    bodies = [rss([item(n + at) for at in range(3)]) for n in range(0, 30, 3)]
    known = b""
    for body in bodies:
        whole, made = reading(body), split_document(body, url=URL)
        assert isinstance(whole, ParseResult)
        assert made is not None
        known = pack(made, whole.keys, unpack(known).keys)
    held = unpack(known)
    there = [split_document(body, url=URL) for body in bodies]
    assert [held.has_all(made) for made in there if made] == [False] * 8 + [True] * 2


@pytest.mark.parametrize(
    ("end", "is_read"),
    [
        (b"<!-- made in 0.2 s -->", False),
        (b"\n<!-- cached -->\n<!-- 12:01 -->\n", False),
        (b"<item/>-->", True),  # that is no comment
        (b"<!-- -->--><!-- -->", True),
    ],
)
def test_a_comment_after_the_document_is_not_a_change(
    room: Newsroom, server: Loopback, end: bytes, is_read: bool
) -> None:
    # In Latin-1, which is not cut: it would be read whole each time.
    declared = b'<?xml version="1.0" encoding="latin-1"?>'
    body = rss([item(1), item(2)]).replace(b'<?xml version="1.0"?>', declared)
    first = body + b"<!-- made in 0.1 s -->"
    room.configure_urls(server.answers("/feed", Answer(body=first), Answer(body=body + end)))
    room.once()
    room.close()
    assert room.poll(later=HOURS).result == "unchanged"
    assert (room.parts()[1]._parsers is not None) == is_read


def test_a_changed_envelope_is_read_without_the_known_items(room: Newsroom, server: Loopback) -> None:
    body = rss([item(1), item(2)])
    renamed = rss([item(1), item(2)], title="Renamed")
    room.configure_urls(server.answers("/feed", Answer(body=body), Answer(body=renamed)))
    room.once()
    assert room.poll(later=HOURS).known == 0
    with room.parts()[0].read() as connection:
        (state,) = sources.states(connection)
    assert state.feed is not None
    assert state.feed.title == "Renamed"


def test_an_entry_that_stays_in_a_feed_for_months_is_noted_as_seen(room: Newsroom, server: Loopback) -> None:
    answers = [Answer(body=rss([item(n), item(1)])) for n in range(2, 9)]
    room.configure_urls(server.answers("/feed", *answers))
    room.once()
    known = [room.poll(later=timedelta(days=8)).known for _ in answers[1:]]
    assert known == [0, 0, 0, 1, 0, 0]  # after thirty days all are read
    with room.parts()[0].read() as connection:
        met = connection.scalar(
            select(article.c.last_seen_at).where(article.c.link == "https://news.example/1")
        )
    assert met is not None
    assert room.clock.moment - met < LAST_SEEN_INTERVAL


def test_a_226_does_not_count_as_a_whole_document(room: Newsroom, server: Loopback) -> None:
    """RFC 3229: what a 226 does not hold may well stand in the feed."""
    first = Answer(body=rss([item(1), item(2)]), headers=(("ETag", '"1"'),))
    news = Answer(body=rss([item(3)]), status=226, headers=(("ETag", '"2"'), ("IM", "feed")))
    room.configure_urls(server.answers("/feed", first, news))
    room.once()
    read = room.clock.moment
    assert room.poll(later=HOURS).new == 1
    with room.parts()[0].read() as connection:
        assert sources.states(connection)[0].parsed_at == read


@pytest.mark.parametrize("seed", range(6))
def test_the_state_equals_that_of_parsing_whole_documents(seed: int, tmp_path: Path) -> None:
    """Two newsrooms get the same documents; one forgets its entries each time."""
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
        for one in items:
            match rng.randint(0, 25):
                case 0:
                    one["title"] = f"Corrected {step}"
                case 1:
                    one["guid"] = f"new:{one['n']}:{step}"
                case 2:
                    one["link"] = "https://news.example/latest"
                case 3:
                    one["link"] = f"https://news.example/archive/{one['n']}"
                case 4:
                    one["n"] = rng.choice(items)["n"]
        yield rss([item(**one) for one in items[: rng.randint(4, 9)]], title=f"News {step // 5}")


def everything(room: Newsroom) -> tuple[Any, ...]:
    columns = (article.c.id, article.c.story, article.c.link, article.c.published, article.c.content_hash)
    with room.parts()[0].read() as connection:
        rows = connection.execute(select(*columns).order_by(article.c.id)).all()
        names = select(alias.c.key, article.c.id).join(article, article.c.n == alias.c.article)
        aliases = connection.execute(names.order_by(alias.c.key)).all()
    return [tuple(row) for row in rows], [tuple(row) for row in aliases]
