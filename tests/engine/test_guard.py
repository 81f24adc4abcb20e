"""Nothing from the internet leads into the private network or to local files, for every kind of fetch.

127.0.0.2 stands for a public host: the guard lets it pass. 127.0.0.1 is the private network.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from feeds.fetch import connection
from feeds.fetch.guard import refusal_reason
from tests.loopback import Loopback
from tests.make import WORDS
from tests.newsroom import Newsroom, item, rss

PUBLIC = "127.0.0.2"
SECRET = "Behind the third door stands a safe, and its number is forty-two."
HTML = b"<!doctype html><html><body><article><p>%s</p></article></body></html>"


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    monkeypatch.setattr(
        connection, "refusal_reason", lambda address: None if address == PUBLIC else refusal_reason(address)
    )
    with Loopback(PUBLIC) as server:
        yield server


@pytest.fixture
def private(server: Loopback) -> Iterator[Loopback]:
    """A server that would answer every request; there must be no connection to it."""
    for path in ("/feed", "/list", "/page", "/robots.txt"):
        server.page(path, rss([item(66, title="The secret")]))
    yield server
    assert server.connections == 0


def errors(room: Newsroom, sources: str) -> dict[str, str]:
    room.configure(f"sources:\n{sources}")
    return {polled.source: polled.error for polled in room.once().polled}


def test_sources_and_their_redirects_do_not_reach_the_private_network(
    room: Newsroom, public: Loopback, private: Loopback
) -> None:
    found = errors(
        room,
        f"  - {{id: own, url: '{private.url('/feed')}'}}\n"
        f"  - {{id: hop, url: '{public.redirect('/hop', private.url('/feed'), 301)}'}}\n"
        f"  - {{id: list, opml: '{public.redirect('/list', private.url('/list'))}'}}\n"
        f"  - {{id: page, page: '{public.redirect('/page', private.url('/page'))}', extract: {{item: li, title: a}}}}\n"
        f"  - {{id: robots, page: '{private.url('/page')}', extract: {{item: li, title: a}}}}\n",
    )
    assert set(found) == {"own", "hop", "list", "page", "robots"}
    assert all("is a loopback address" in error for error in found.values())


def test_a_feed_discovered_on_a_page_does_not_reach_the_private_network(
    room: Newsroom, public: Loopback, private: Loopback
) -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="{}">'
    pages = {
        "address": link.format(private.url("/feed")),
        "base": f"<base href='{private.url('/')}'>{link.format('feed')}",
        "file": link.format("file:sources.yaml"),
    }
    sources = "".join(
        f"  - {{id: {name}, url: '{public.page(f'/{name}', f'<html><head>{head}</head></html>'.encode())}'}}\n"
        for name, head in pages.items()
    )
    found = errors(room, sources)
    assert "is a loopback address" in found["address"]
    assert "is a loopback address" in found["base"]
    assert found["file"]


def test_article_pages_do_not_reach_the_private_network_or_files(
    room: Newsroom, public: Loopback, private: Loopback
) -> None:
    (room.folder / "secret.html").write_bytes(HTML % f"{WORDS} {SECRET}".encode())
    links = [
        private.url("/page"),
        public.redirect("/away", private.url("/page")),
        "secret.html",
        "file:secret.html",
    ]
    feed = rss([item(n, text=f"{WORDS} {n}", link=link) for n, link in enumerate(links, 1)])
    (room.folder / "own.xml").write_bytes(feed)
    option = "full_text: {when: shorter_than 9000}, robots: false"
    found = errors(
        room,
        f"  - {{id: web, url: '{public.page('/feed', feed)}', {option}}}\n  - {{id: own, url: own.xml, {option}}}\n",
    )
    assert not any(found.values())  # the teasers stay
    assert WORDS[:40] in room.file("front.atom").read_text()
    assert SECRET not in room.file("front.atom").read_text()
    assert "secret.html" not in public.paths()


@pytest.mark.parametrize("allowed", ["false", "true"])
def test_members_of_a_remote_opml_list_do_not_reach_the_private_network_or_files(
    room: Newsroom, public: Loopback, private: Loopback, allowed: str
) -> None:
    """Also if the list itself may be private: somebody else writes its content."""
    (room.folder / "secret.xml").write_bytes(rss([item(67, title="The secret")]))
    urls = [
        private.url("/feed"),
        private.url("/feed", host="localhost"),
        f"feed://127.0.0.1:{private.port}/feed",
        f"feed:{private.url('/feed?x')}",
        "secret.xml",
        "./secret.xml",
        str(room.folder / "secret.xml"),
        (room.folder / "secret.xml").as_uri(),
        "ftp://127.0.0.1/x",
    ]
    outlines = "".join(f'<outline type="rss" text="x" xmlUrl="{url}"/>' for url in urls)
    body = f'<opml version="2.0"><body>{outlines}</body></opml>'.encode()
    found = errors(
        room, f"  - {{id: list, opml: '{public.page('/list', body)}', allow_private: {allowed}}}\n"
    )
    assert found.pop("list") == ""
    assert len(found) == 3  # feed://… is the same as the first one
    assert all("is a loopback address" in error for error in found.values())
    assert room.titles() == []
