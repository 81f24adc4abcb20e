"""Items of docs/checklists/fetching.md that are checked by what the fetcher returns.

`tests/acceptance` checks each item by the log of a server.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest

from feeds.errors import BadAnswer, BadStatus, Blocked, Gone, Throttled, TooLarge, Unreachable
from feeds.fetch import Fetcher
from feeds.fetch.status import STATUS_ADVICE
from feeds.fetch.validators import usable_validators
from feeds.model import Response, Unchanged, Validators
from tests.fetch.conftest import NOTHING, NOW, Ask, source
from tests.loopback import Loopback, Script

BODY = b"<rss version='2.0'><channel/></rss>"
ETAG = '"v1"'
FLOOD = 16 << 20  # bytes: far more than the sockets' buffers hold
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
DATE = "Sun, 01 Mar 2026 10:00:00 GMT"


def document(fetched: object) -> Response:
    assert isinstance(fetched, Response)
    return fetched


def unchanged(fetched: object) -> Unchanged:
    assert isinstance(fetched, Unchanged)
    return fetched


# fetching checklist 4
@pytest.mark.parametrize(
    ("headers", "etag", "last_modified"),
    [
        ([], ETAG, DATE),
        ([("ETag", '"v2"')], '"v2"', DATE),
        ([("Last-Modified", "later")], ETAG, "later"),
        ([("ETag", '"v2"'), ("Last-Modified", "later")], '"v2"', "later"),
        ([("ETag", "")], ETAG, DATE),
        ([("Content-Length", "4711")], ETAG, DATE),
        ([("Transfer-Encoding", "chunked")], ETAG, DATE),
    ],
)
def test_a_304_renews_the_validators_it_names_and_keeps_the_others(
    server: Loopback, ask: Ask, headers: list[tuple[str, str]], etag: str, last_modified: str
) -> None:
    url = server.page("/feed", status=304, headers=headers)
    fetched = unchanged(ask(url, Validators(etag=ETAG, last_modified=DATE, url=url)))
    assert fetched.validators == Validators(etag=etag, last_modified=last_modified, url=url)


# fetching checklist 6
@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Length: 100\r\n\r\n<rss>",
        b"Transfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n50\r\n<rss>",
        b"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\xff\xb3\x29",
        b"Content-Le",
        b"",
    ],
    ids=["length", "between chunks", "in a chunk", "gzip without its end", "in the headers", "nothing"],
)
def test_a_truncated_document_is_an_error_and_offers_no_validators(
    server: Loopback, ask: Ask, rest: bytes
) -> None:
    url = server.raw("/feed", b'HTTP/1.1 200 OK\r\nETag: "half"\r\n' + rest if rest else b"")
    with pytest.raises((BadAnswer, Unreachable)):
        ask(url)


# fetching checklist 9
@pytest.mark.parametrize(
    ("age", "conditional"),
    [(timedelta(0), True), (timedelta(days=7, seconds=-1), True), (timedelta(days=7), False), (None, False)],
)
def test_once_a_week_the_request_is_unconditional(
    server: Loopback, ask: Ask, age: timedelta | None, conditional: bool
) -> None:
    url = server.page("/feed", BODY)
    stored = Validators(etag=ETAG, last_modified=DATE, url=url)
    ask(url, usable_validators(stored, None if age is None else NOW - age, NOW))
    assert ("if-none-match" in server.requests[0].names()) == conditional


# fetching checklist 14
@pytest.mark.parametrize(
    ("status", "value", "wait"),
    [
        (429, "120", timedelta(seconds=120)),
        (503, "120", timedelta(seconds=120)),
        (403, "120", timedelta(seconds=120)),
        (
            429,
            format_datetime(NOW - timedelta(hours=3) + timedelta(minutes=5), usegmt=True),
            timedelta(minutes=5),
        ),
        (429, "999999999", timedelta(days=31)),
        (429, "9" * 5000, timedelta(days=31)),
        (429, "Fri, 31 Dec 9999 23:59:59 GMT", timedelta(days=31)),
        (429, "Thu, 01 Jan 1970 00:00:00 GMT", None),
        (429, "Sun, 99 Foo 2026 99:99:99 GMT", None),
        (429, None, None),
        (429, "0", None),
        (429, "soon", None),
        # said twice, on the way: the later one
        (429, "7200, 60", timedelta(hours=2)),
        (503, "60 ,7200", timedelta(hours=2)),
        (429, "7200, soon", None),
        # as programs write it that have not read the RFC
        (429, "7200.5", timedelta(hours=2)),
        (429, (NOW - timedelta(hours=1)).isoformat(), timedelta(hours=2)),
        (429, f"{NOW - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}", timedelta(hours=2)),
        # the two other spellings of a date (RFC 9110 §5.6.7)
        (429, f"{NOW - timedelta(hours=1):%A, %d-%b-%y %H:%M:%S GMT}", timedelta(hours=2)),
        (429, f"{NOW - timedelta(hours=1):%a %b %e %H:%M:%S %Y}", timedelta(hours=2)),
    ],
)
def test_retry_after_is_read_in_all_its_formats(
    server: Loopback, ask: Ask, status: int, value: str | None, wait: timedelta | None
) -> None:
    """The server's clock is three hours slow, and its dates count from its own Date."""
    date = format_datetime(NOW - timedelta(hours=3), usegmt=True)
    headers = [("Date", date)] + ([("Retry-After", value)] if value is not None else [])
    with pytest.raises(Throttled) as caught:
        ask(server.page("/feed", status=status, headers=headers))
    assert caught.value.retry.at == (NOW + wait if wait else None)
    assert caught.value.status == status


# fetching checklist 18 and 19
@pytest.mark.parametrize(
    ("statuses", "moved_to"),
    [
        ([301], "/1"),
        ([308], "/1"),
        ([301, 308], "/2"),
        ([301, 302], "/1"),
        ([302], ""),
        ([303], ""),
        ([307, 301], ""),
        ([], ""),
    ],
)
def test_redirects_are_followed_and_permanent_ones_reported(
    server: Loopback, ask: Ask, statuses: list[int], moved_to: str
) -> None:
    for step, status in enumerate(statuses):
        server.redirect(f"/{step}", f"/{step + 1}", status)
    end = server.page(f"/{len(statuses)}", BODY, headers=[("ETag", ETAG)])
    fetched = document(ask(server.url("/0")))
    assert fetched.url == fetched.validators.url == end
    assert fetched.moved_to == (moved_to and server.url(moved_to))
    server.page(f"/{len(statuses)}", status=304)
    again = unchanged(ask(server.url("/0"), fetched.validators))
    assert (again.url, again.moved_to) == (end, fetched.moved_to)


# fetching checklist 20
def test_another_origin_gets_neither_secrets_nor_validators(
    server: Loopback, other: Loopback, fetcher: Fetcher
) -> None:
    server.redirect("/feed", other.page("/feed", BODY))
    url = server.url("/feed").replace("://", "://user:pass@")
    asking = source(url, headers=(("Cookie", "a=b"), ("X-Key", "secret")))
    fetcher.fetch(asking, url, Validators(etag=ETAG, last_modified=DATE, url=server.url("/feed")))
    at_home, abroad = set(server.requests[0].names()), set(other.requests[0].names())
    private = {"authorization", "cookie", "x-key", "if-none-match", "if-modified-since", "a-im"}
    assert private <= at_home
    assert at_home - abroad == private


# fetching checklist 21
@pytest.mark.parametrize(
    ("status", "kind", "never"),
    [
        (410, Gone, True),
        (404, BadStatus, False),
        (401, BadStatus, False),
        (403, BadStatus, False),
        (400, BadStatus, False),
        (500, BadStatus, False),
        (503, BadStatus, False),
        (204, BadStatus, False),
        (206, BadStatus, False),
        (302, BadStatus, False),  # without a Location
        (999, BadStatus, False),
    ],
)
def test_a_status_without_a_document_is_an_error_after_one_request(
    server: Loopback, ask: Ask, status: int, kind: type[BadStatus], never: bool
) -> None:
    with pytest.raises(BadStatus) as caught:
        ask(server.page("/feed", b"sorry", status=status))
    assert type(caught.value) is kind
    assert (caught.value.status, caught.value.retry.never) == (status, never)
    assert len(server.requests) == 1


# fetching checklist 21
@pytest.mark.parametrize("status", sorted(STATUS_ADVICE))
def test_the_message_of_a_status_says_what_to_do(server: Loopback, ask: Ask, status: int) -> None:
    url = server.page("/secret", b"sorry", status=status)
    with pytest.raises(BadStatus) as caught:
        ask(url)
    assert f"answered {status} " in caught.value.problem
    assert caught.value.problem.endswith(f": {STATUS_ADVICE[status]}")
    assert "secret" not in caught.value.problem


# fetching checklist 14
@pytest.mark.parametrize("status", [404, 413, 500, 502])
def test_retry_after_is_obeyed_with_any_status(server: Loopback, ask: Ask, status: int) -> None:
    """No cooldown for the host follows: only 429, 503 and 403 are about all of it."""
    with pytest.raises(BadStatus) as caught:
        ask(server.page("/feed", status=status, headers=[("Retry-After", "120")]))
    assert type(caught.value) is BadStatus
    assert caught.value.retry.at == NOW + timedelta(seconds=120)


# fetching checklist 22
@pytest.mark.parametrize("status", [200, 203, 226])
def test_200_203_and_226_are_documents(server: Loopback, ask: Ask, status: int) -> None:
    assert document(ask(server.page("/feed", BODY, status=status))).body == BODY
    assert "a-im" not in server.requests[0].names()


# fetching checklist 22
def test_a_im_is_not_sent_for_a_page(server: Loopback, fetcher: Fetcher) -> None:
    url = server.page("/news", BODY)
    page = replace(source(url), kind="page")
    fetcher.fetch(page, url, Validators(etag=ETAG, url=url))
    assert server.requests[0].header("if-none-match") == ETAG
    assert "a-im" not in server.requests[0].names()


# fetching checklist 25
@pytest.mark.parametrize(
    "script",
    [
        lambda peer: peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 401\r\n\r\n") and peer.hang(),
        lambda peer: peer.flood(b"HTTP/1.1 100 Continue\r\n\r\n", FLOOD),
        lambda peer: peer.send(b"HTTP/1.1 200 OK\r\n") and peer.flood(b"X: y\r\n", 500),
        lambda peer: peer.send(b"HTTP/1.1 200 OK\r\n\r\n") and peer.flood(b"x" * 1000, FLOOD),
        lambda peer: peer.send(CHUNKED) and peer.flood(b"1;" + b"x" * 100 + b"\r\n\n\r\n", FLOOD),
        lambda peer: peer.send(CHUNKED + b"0\r\n") and peer.flood(b"X: y\r\n", FLOOD),
    ],
    ids=["announced", "100 Continue", "headers", "body without end", "chunk extensions", "trailers"],
)
def test_all_bytes_on_the_wire_count_towards_the_limit(server: Loopback, ask: Ask, script: Script) -> None:
    with pytest.raises(TooLarge, match="larger than the limit of 400 bytes as transferred"):
        ask(server.script("/feed", script), max_transferred_bytes=400)


# fetching checklist 25
def test_the_body_of_a_redirect_is_not_read(server: Loopback, ask: Ask) -> None:
    server.page("/feed", BODY)
    head = b"HTTP/1.1 302 Found\r\nLocation: /feed\r\n\r\n"
    server.script("/hop", lambda peer: peer.send(head) and peer.flood(b"x" * 65536, FLOOD))
    fetched = document(ask(server.url("/hop"), max_transferred_bytes=64 << 10))
    assert fetched.body == BODY
    assert fetched.wire_bytes < 16 << 10
    assert server.requests[0].hung_up.wait(5)


# fetching checklist 27
def test_a_kept_connection_is_checked_again_for_a_stricter_source(
    fetcher: Fetcher, server: Loopback, other: Loopback
) -> None:
    """The guard also checks a connection that another source has left open."""
    url = server.page("/feed", BODY)
    fetcher.fetch(source(url), url, NOTHING)
    strict = source(url, allow_private=False)
    with pytest.raises(Blocked):
        fetcher.fetch(strict, url, NOTHING)
    assert len(server.requests) == 1
