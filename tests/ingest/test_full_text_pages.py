"""Full text: the pages of new short articles, and what becomes of them in the state and in an output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from xml.sax.saxutils import escape

import pytest
from sqlalchemy import select

from feeds.dedupe.reused_keys import KnownArticle
from feeds.fetch.robots import Robots
from feeds.ingest.full_text_pages import MAX_PAGES_PER_POLL
from feeds.ingest.poll_source import poll_source
from feeds.ingest.record_poll import PollResult
from feeds.model import Article
from feeds.store import articles, known_articles, sources
from feeds.store.schema import article
from tests.loopback import Answer, Loopback
from tests.make import WORDS
from tests.newsroom import Newsroom, item, rss

HOURS = timedelta(hours=2)
MORE = (
    "Divers found that eleven of the forty piles are hollow. The harbour master said that nobody had been in "
    "danger, and that the work would cost the town less than a new pier."
)
ROBOTS = "/robots.txt"


def html(*paragraphs: str) -> bytes:
    text = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    return f"<!doctype html><html><body><nav>Menu</nav><article>{text}</article></body></html>".encode()


class Desk:
    """One source that wants the full text, polled as the engine does."""

    def __init__(self, room: Newsroom, server: Loopback) -> None:
        self._room = room
        self._server = server
        self._robots: Robots | None = None

    def feed(self, *versions: Sequence[str], **options: str) -> None:
        url = self._server.answers("/feed", *(Answer(rss(items)) for items in versions))
        self._room.configure_urls(url, full_text="{when: shorter_than 800}", **options)

    def page(self, n: int, *paragraphs: str) -> str:
        return self._server.page(f"/{n}", html(*paragraphs))

    def poll(self, later: timedelta = timedelta()) -> PollResult:
        self._room.clock.moment += later
        store, shard = self._room.parts()
        self._robots = self._robots or Robots(shard._fetcher)
        with store.read() as connection:
            (seen,) = sources.states(connection)

        def known(source: str, keys: Sequence[bytes]) -> Mapping[bytes, KnownArticle]:
            with store.read() as connection:
                return known_articles.find_known(connection, source, keys)

        now = self._room.clock.now()
        (source,) = shard.sources
        outcome = poll_source(
            source, seen, shard._fetcher, shard._parse_pool, now, find_known=known, robots=self._robots
        )
        (polled,) = shard.commit_outcome(outcome)
        return polled

    def articles(self) -> list[Article]:
        store, _ = self._room.parts()
        with store.read() as connection:
            stories = connection.scalars(select(article.c.story).where(article.c.source == "s1")).all()
            members = [member for group in articles.members(connection, stories).values() for member in group]
        members.sort(key=lambda member: (member.date, member.n), reverse=True)
        return [member.article for member in members if member.article]

    def asked(self) -> list[str]:
        return [path for path in self._server.paths() if path not in {"/feed", ROBOTS}]


@pytest.fixture
def desk(room: Newsroom, server: Loopback) -> Desk:
    return Desk(room, server)


def test_a_short_article_gets_the_text_of_its_page(desk: Desk, room: Newsroom) -> None:
    desk.feed([item(1, text=WORDS[:100] + "…", link=desk.page(1, WORDS, MORE, "(Reuters)"))])
    room.once()
    (entry,) = room.entries()
    content = entry.content[0].value
    assert content.count(WORDS[:60]) == 1
    assert "eleven of the forty piles" in content
    assert "Menu" not in content
    (article,) = desk.articles()
    assert article.text.splitlines()[:2] == [WORDS, MORE]
    assert article.title == "Title 1"
    assert article.link and article.link.endswith("/1")


def test_a_page_is_fetched_once_and_the_same_teaser_is_not_an_edit(desk: Desk) -> None:
    first = item(1, text=WORDS, link=desk.page(1, WORDS, MORE))
    second = item(
        2, text=WORDS.replace("ferry", "coal"), link=desk.page(2, WORDS.replace("ferry", "coal"), MORE)
    )
    desk.feed([first], [second, first])
    assert desk.poll().new == 1
    polled = desk.poll(later=HOURS)
    assert (polled.new, polled.updated, polled.known) == (1, 0, 1)
    assert desk.asked() == ["/1", "/2"]
    assert all(MORE in article.text for article in desk.articles())


def test_an_edited_teaser_fetches_the_page_again_and_keeps_the_full_text(desk: Desk) -> None:
    link = desk.page(1, WORDS, MORE)
    desk.feed([item(1, text=WORDS, link=link)], [item(1, title="Title 1, corrected", text=WORDS, link=link)])
    desk.poll()
    assert desk.poll(later=HOURS).updated == 1
    (article,) = desk.articles()
    assert article.title == "Title 1, corrected"
    assert MORE in article.text


def test_no_page_is_fetched_for_long_articles_or_shared_links(desk: Desk, server: Loopback) -> None:
    shared = server.page("/home", html(WORDS, MORE))
    desk.feed(
        [
            item(1, text=f"{WORDS} " * 5, link=server.url("/long")),
            item(2, text="Episode two, in which the boats leave.", link=shared),
            item(3, text="Episode three, in which they come back.", link=shared),
        ]
    )
    assert desk.poll().new == 3
    assert desk.asked() == []


def test_without_the_option_no_page_is_fetched(room: Newsroom, server: Loopback) -> None:
    room.configure_urls(server.page("/feed", rss([item(1, link=server.page("/1", html(WORDS, MORE)))])))
    room.once()
    assert server.paths() == ["/feed"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Answer(status=500), "answered 500"),
        (
            Answer(html("Please sign in to go on reading this and all other texts of the house. " * 10)),
            "go on",
        ),
        (Answer(html(WORDS[:60])), "go on"),
        (Answer(b"%PDF-1.7 \x00"), "not a page"),
        (Answer(b""), "empty"),
    ],
)
def test_a_page_that_fails_costs_only_itself(desk: Desk, server: Loopback, answer: Answer, why: str) -> None:
    bad = item(1, text=WORDS, link=server.answers("/bad", answer))
    good = item(
        2, text=WORDS.replace("ferry", "coal"), link=desk.page(2, WORDS.replace("ferry", "coal"), MORE)
    )
    desk.feed([bad, good])
    polled = desk.poll()
    assert (polled.outcome, polled.new) == ("new", 2)
    (note,) = polled.skipped
    assert note.startswith("full text of 'Title 1': ")
    assert why in note
    texts = {str(article.title): article.text for article in desk.articles()}
    assert texts["Title 1"] == WORDS
    assert MORE in texts["Title 2"]


def test_a_page_that_is_too_costly_to_parse_is_given_up(desk: Desk, room: Newsroom, server: Loopback) -> None:
    bomb = server.page("/1", b"<html><body><article><p>" + b"<b>x</b> " * 400_000)
    desk.feed([item(1, text=WORDS, link=bomb)])
    text = room.config.read_text(encoding="utf-8")
    room.config.write_text(text.replace("limits: {", "limits: {parse_timeout: 2s, "), encoding="utf-8")
    polled = desk.poll()
    assert polled.new == 1
    assert "limits.parse_" in polled.skipped[0]  # the time or the memory: whichever came first
    (article,) = desk.articles()
    assert article.text == WORDS


def test_a_host_that_throttles_gets_no_further_request_in_this_poll(desk: Desk, server: Loopback) -> None:
    server.page("/busy", status=429)
    desk.feed([item(n, text=f"{WORDS} {n}", link=server.url(f"/busy?{n}")) for n in (1, 2, 3)])
    assert len(desk.poll().skipped) == 1
    assert desk.asked() == ["/busy?1"]


def test_at_most_ten_pages_are_fetched_in_a_poll_the_newest_first(desk: Desk, server: Loopback) -> None:
    server.page("/a", html(WORDS, MORE))
    items = [
        item(n, text=f"{WORDS} {n}", link=server.url(f"/a?id={n}"))
        for n in range(MAX_PAGES_PER_POLL + 3, 0, -1)
    ]
    desk.feed(items)
    polled = desk.poll()
    assert desk.asked() == [f"/a?id={n}" for n in range(1, MAX_PAGES_PER_POLL + 1)]
    assert f"{MAX_PAGES_PER_POLL + 3} new articles" in polled.skipped[-1]


def test_credentials_are_sent_to_the_origin_of_the_source_only(desk: Desk, server: Loopback) -> None:
    with Loopback() as other:
        own = desk.page(1, WORDS, MORE)
        foreign = other.page("/2", html(WORDS, MORE))
        desk.feed(
            [item(1, text=WORDS, link=own), item(2, text=f"{WORDS} Two.", link=foreign)],
            auth="{bearer: hush}",
        )
        desk.poll()
        assert "/2" in other.paths()
        assert not any(request.header("Authorization") for request in other.requests)
        assert all(request.header("Authorization") for request in server.requests)


def test_a_page_that_robots_txt_forbids_is_not_fetched(desk: Desk, server: Loopback) -> None:
    server.page(ROBOTS, b"User-agent: *\nDisallow: /1")
    desk.feed([item(1, text=WORDS, link=desk.page(1, WORDS, MORE))])
    (note,) = desk.poll().skipped
    assert "forbids this page" in note
    assert desk.asked() == []
    assert [article.text for article in desk.articles()] == [WORDS]


def test_robots_txt_applies_to_pages_and_not_to_feeds(room: Newsroom, server: Loopback) -> None:
    server.page(ROBOTS, b"User-agent: *\nDisallow: /")
    page = server.page("/page", b"<html><body><ul><li><a href='/1'>One</a></li></ul></body></html>")
    room.configure(
        "sources:\n"
        f"  - {{id: feed, url: '{server.page('/feed', rss([item(1)]))}', allow_private: true}}\n"
        f"  - {{id: page, page: '{page}', extract: {{item: li, title: a}}, allow_private: true}}\n"
    )
    report = room.once()
    assert {polled.source: polled.outcome for polled in report.polled} == {"feed": "new", "page": "failed"}
    (failed,) = report.failed
    assert "forbids this page" in failed.error
    assert "/page" not in server.paths()
