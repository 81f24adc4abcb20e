"""A source of a new URL scheme, from sources.yaml to the published feed, with a retriever that this module defines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from feeds.config import load
from feeds.errors import Blocked, ConfigError, Throttled, Unreachable
from feeds.fetch import Fetcher
from feeds.fetch.retrievers import FetchContext, find_retriever
from feeds.ingest.opml_sources import member_source
from feeds.model import Fetched, Response, Scheme, Source, Validators
from feeds.model.schemes import SCHEMES, find_scheme, queue_key
from feeds.parse.outline import Outline
from feeds.store import sources
from tests.fetch.conftest import NOTHING, source
from tests.loopback import Loopback
from tests.newsroom import OUTPUTS, Newsroom, item, rss

TOY = Scheme(name="toy", noun="a toy", retriever=f"{__name__}:retrieve_toy")
URL = "toy://shop.example/feed"

requests: list[tuple[str, datetime]] = []
"""(URL, time) of each retrieval."""

documents: dict[str, bytes | Exception] = {}


def retrieve_toy(context: FetchContext, source: Source, url: str, validators: Validators) -> Fetched:
    requests.append((url, context.clock.now()))
    document = documents.get(url, Unreachable(source.id, "the shop is closed"))
    if isinstance(document, Exception):
        raise document
    return Response(url=url, status=200, body=document)


@pytest.fixture
def register() -> Iterator[Callable[[Scheme], None]]:
    requests.clear()
    documents.clear()
    registered: list[str] = []

    def register(scheme: Scheme) -> None:
        SCHEMES[scheme.name] = scheme
        registered.append(scheme.name)

    yield register
    for name in registered:
        del SCHEMES[name]


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    newsroom = Newsroom(tmp_path)
    yield newsroom
    newsroom.close()


def configure(newsroom: Newsroom, *urls: str) -> None:
    lines = [f"  - {{id: s{n}, url: '{url}'}}\n" for n, url in enumerate(urls, start=1)]
    newsroom.configure("limits: {host_interval: 1s}\nsources:\n" + "".join(lines))


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
def test_every_registered_scheme_names_a_retriever_that_exists(scheme: Scheme) -> None:
    assert callable(find_retriever(scheme))


def test_articles_of_a_new_scheme_are_published(
    register: Callable[[Scheme], None], newsroom: Newsroom
) -> None:
    register(TOY)
    documents[URL] = rss([item(1), item(2)])
    configure(newsroom, URL)
    report = newsroom.once()
    assert [(polled.source, polled.outcome, polled.new) for polled in report.polled] == [("s1", "new", 2)]
    assert newsroom.titles() == ["Title 1", "Title 2"]
    documents[URL] = rss([item(0), item(1), item(2)])
    assert newsroom.poll(later=timedelta(hours=2)).new == 1
    assert newsroom.titles() == ["Title 0", "Title 1", "Title 2"]


def test_an_unregistered_scheme_is_refused_by_the_configuration(newsroom: Newsroom) -> None:
    configure(newsroom, URL)
    with pytest.raises(ConfigError, match="is not an http or https URL"):
        load(newsroom.config, {})


def test_the_same_host_and_path_under_two_schemes_are_two_sources(
    register: Callable[[Scheme], None], newsroom: Newsroom
) -> None:
    register(TOY)
    configure(newsroom, URL, URL.replace("toy:", "https:"))
    assert [source.scheme.name for source in load(newsroom.config, {}).sources] == ["toy", "https"]


# ---------------------------------------------------------------------------------------------- pacing


def test_requests_of_a_paced_scheme_are_spaced_by_host(
    register: Callable[[Scheme], None], newsroom: Newsroom
) -> None:
    register(TOY)
    urls = [URL, "toy://shop.example/other", "toy://elsewhere.example/feed"]
    documents.update(dict.fromkeys(urls, rss([item(1)])))
    configure(newsroom, *urls)
    newsroom.once()
    assert sorted(url for url, _ in requests) == sorted(urls)
    times = [time for url, time in requests if "shop.example" in url]
    assert times[1] - times[0] >= timedelta(seconds=1)


def test_a_throttled_request_of_a_paced_scheme_puts_its_host_in_cooldown(
    register: Callable[[Scheme], None], newsroom: Newsroom
) -> None:
    register(TOY)
    documents[URL] = Throttled("s1", "the shop asks for fewer requests")
    configure(newsroom, URL, "toy://shop.example/other")
    newsroom.once()
    assert len(requests) == 1


def test_requests_of_an_unpaced_scheme_are_not_spaced(
    register: Callable[[Scheme], None], newsroom: Newsroom
) -> None:
    register(replace(TOY, pacing="none", is_local=True))
    urls = [URL, "toy://shop.example/other"]
    documents.update(dict.fromkeys(urls, rss([item(1)])))
    configure(newsroom, *urls)
    start = newsroom.clock.now()
    newsroom.once()
    assert [time for _, time in requests] == [start, start]


# ------------------------------------------------------------------------------------------- schedule


def test_the_poll_interval_of_the_scheme_is_used_without_every(
    register: Callable[[Scheme], None], newsroom: Newsroom
) -> None:
    register(replace(TOY, poll_interval=timedelta(minutes=7)))
    documents[URL] = rss([item(1)])
    newsroom.configure(f"defaults: {{every: auto}}\nsources: [{{id: s1, url: '{URL}'}}]\n")
    polled = newsroom.poll()
    assert polled.due_at is not None
    assert polled.due_at - newsroom.clock.now() == timedelta(minutes=7)
    assert polled.due_reason == "a toy is read every 7 min"


@pytest.mark.parametrize(("is_local", "polls"), [(True, 2), (False, 1)])
def test_only_local_sources_are_polled_in_every_cycle(
    register: Callable[[Scheme], None], newsroom: Newsroom, *, is_local: bool, polls: int
) -> None:
    register(replace(TOY, is_local=is_local))
    documents[URL] = rss([item(1)])
    configure(newsroom, URL)
    newsroom.once()
    newsroom.once(later=timedelta(minutes=5))
    assert len(requests) == polls


# ----------------------------------------------------------------------------------------------- links


def test_a_url_outside_the_web_is_fetched_only_for_its_own_source(
    register: Callable[[Scheme], None], fetcher: Fetcher
) -> None:
    register(TOY)
    documents[URL] = rss([item(1)])
    assert fetcher.fetch(source(URL), URL, NOTHING).status == 200
    with pytest.raises(Blocked, match="links to a toy, which is not followed"):
        fetcher.fetch(source("https://news.example/"), URL, NOTHING)
    assert len(requests) == 1


def test_an_opml_list_brings_no_source_outside_the_web(register: Callable[[Scheme], None]) -> None:
    register(TOY)
    parent = Source(id="list", url="https://news.example/list.opml", kind="opml")
    assert member_source(parent, Outline(url=URL)) is None
    assert member_source(parent, Outline(url="https://news.example/feed")) is not None


def test_robots_txt_is_not_fetched_for_a_page_outside_the_web(
    register: Callable[[Scheme], None], newsroom: Newsroom
) -> None:
    register(TOY)
    documents[URL] = b"<html><body><ul><li><a href='https://shop.example/1'>One</a></li></ul></body></html>"
    newsroom.configure(f"sources: [{{id: s1, page: '{URL}', extract: {{item: li, title: a}}}}]\n")
    assert newsroom.poll().new == 1
    assert [url for url, _ in requests] == [URL]


def test_secrets_of_a_source_outside_the_web_are_not_sent_to_the_web(
    register: Callable[[Scheme], None], fetcher: Fetcher, server: Loopback
) -> None:
    register(TOY)
    fetcher.fetch(source(URL, headers=(("X-Key", "k"),)), server.page("/article", b"<p/>"), NOTHING)
    assert "x-key" not in server.requests[0].names()


# --------------------------------------------------------------------------------------------- records


@pytest.mark.parametrize(
    ("url", "name", "key"),
    [
        ("https://News.example:8443/feed", "https", "news.example"),
        ("HTTP://news.example/", "http", "news.example"),
        ("examples/a.xml", "file", "file:examples/a.xml"),
        ("file:a.xml", "file", "file:file:a.xml"),
    ],
)
def test_the_scheme_of_a_url_and_the_key_of_its_queue(url: str, name: str, key: str) -> None:
    scheme = find_scheme(url)
    assert scheme is not None
    assert (scheme.name, queue_key(url)) == (name, key)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://news.example/", "://", "mailto://x"])
def test_a_url_of_an_unknown_scheme_has_no_record(url: str, fetcher: Fetcher) -> None:
    assert find_scheme(url) is None
    with pytest.raises(Blocked, match="is of an unknown kind; use http://, https:// or the path of a file"):
        fetcher.fetch(source(url), url, NOTHING)


def test_a_stored_file_source_keeps_its_row(newsroom: Newsroom) -> None:
    """States of earlier versions have `file:` and the path in the host column."""
    (newsroom.folder / "a.xml").write_bytes(rss([item(1)]))
    newsroom.configure("sources: [{id: s1, url: a.xml}]\n", OUTPUTS)
    newsroom.once()
    store, _ = newsroom.parts()
    with store.read() as connection:
        (state,) = sources.states(connection)
    assert state.host == "file:a.xml"
