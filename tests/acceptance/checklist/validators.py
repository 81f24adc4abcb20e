"""Items 1 to 9: conditional requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from tests.acceptance.checklist import combined_row, row
from tests.acceptance.scene import Scene
from tests.acceptance.server import (
    HTML,
    conditions,
    cut,
    document,
    encoded,
    headers,
    page,
    unchanged,
)
from tests.loopback import Answer

DATE = "Fri, 20 Nov 2026 09:00:00 GMT"
LATER = "Fri, 20 Nov 2026 11:30:00 GMT"
WEEK = 7 * 24 * 60  # minutes


Sent = tuple[str | None, str | None]


def exchange(scene: Scene, cases: Mapping[str, tuple[Sequence[Answer], Sequence[Sent]]]) -> None:
    """Each case: the answers of its host, and the conditions that its requests must have. With restarts in between."""
    hosts = [f"{name}.test" for name in cases]
    scene.configure(
        *(scene.site(f"{name}.test").answers("/feed", *play) for name, (play, _) in cases.items())
    )
    for count in range(1, max(len(expected) for _, expected in cases.values()) + 1):
        scene.run_until_polled(count, *hosts)
        scene.restart()
    got = {name: [conditions(request) for request in scene.requests(host=f"{name}.test")] for name in cases}
    assert {name: got[name][: len(cases[name][1])] for name in cases} == {
        name: list(expected) for name, (_, expected) in cases.items()
    }


def validated(*numbers: int, etag: str, modified: str) -> Answer:
    return document(*numbers, etag=etag, last_modified=modified)


FIRST = validated(1, etag='"1"', modified=DATE)
NONE: Sent = (None, None)
Cases = dict[str, tuple[str, str]]


@combined_row(
    1,
    "validators are echoed byte for byte",
    both=('"plain"', DATE),
    weak=('W/"weak"', DATE),
    unquoted=("unquoted", "Fri, 20 Nov 2026 09:00:00 +0000"),
    two_spaces=('"with  two  spaces"', "Fri,  20 Nov 2026  09:00:00 GMT"),
    obsolete_date=('w/"lower"', "Friday, 20-Nov-26 09:00:00 GMT"),
    no_date=('"a"', "this morning, about nine"),
    not_ascii=('"\xe9\xff"', "0"),
    empty_quotes=('""', DATE),
    list_of_two=('"a", "b"', ""),
    quotes_within=('"a"b"', ""),
    begins_with_a_byte_that_is_no_space_in_http=('\xa0"a"', DATE),
    ends_with_it=('"a"\x85', DATE),
    gzip_suffix=('"abc-gzip"', ""),
    only_date=("", DATE),
)
def _(scene: Scene, cases: Cases) -> None:
    exchange(
        scene,
        {
            name: ([validated(1, etag=etag, modified=date)], [NONE, (etag or None, date or None)])
            for name, (etag, date) in cases.items()
        },
    )


@combined_row(
    2,
    "both are stored when one of them is new",
    etag=('"2"', DATE),
    date=('"1"', LATER),
    older_date=('"1"', "Thu, 19 Nov 2026 09:00:00 GMT"),
)
def _(scene: Scene, cases: Cases) -> None:
    exchange(
        scene,
        {
            name: ([FIRST, validated(1, 2, etag=etag, modified=date)], [NONE, ('"1"', DATE), (etag, date)])
            for name, (etag, date) in cases.items()
        },
    )


@combined_row(
    3,
    "new validators of the same body are stored",
    etag=('"2"', ""),
    date=("", LATER),
    both=('"2"', LATER),
)
def _(scene: Scene, cases: Cases) -> None:
    exchange(
        scene,
        {
            name: (
                [FIRST, validated(1, etag=etag, modified=date)],
                [NONE, ('"1"', DATE), (etag or None, date or None)],
            )
            for name, (etag, date) in cases.items()
        },
    )


@combined_row(
    4,
    "a 304 replaces the validators that it names",
    nothing=("", ""),
    etag=('"2"', ""),
    date=("", LATER),
    both=('"2"', LATER),
    strong_by_weak=('W/"1"', ""),
)
def _(scene: Scene, cases: Cases) -> None:
    """A second 304, which names nothing, keeps them."""
    exchange(
        scene,
        {
            name: (
                [FIRST, unchanged(etag=etag, last_modified=date), unchanged()],
                [NONE, ('"1"', DATE), (etag or '"1"', date or DATE), (etag or '"1"', date or DATE)],
            )
            for name, (etag, date) in cases.items()
        },
    )


@combined_row(
    5,
    "a 200 replaces both validators",
    etag=('"2"', ""),
    date=("", LATER),
    none=("", ""),
    too_long_to_send_back=("x" * 5000, ""),
)
def _(scene: Scene, cases: Cases) -> None:
    exchange(
        scene,
        {
            name: (
                [FIRST, validated(1, 2, etag=etag, modified=date)],
                [NONE, ('"1"', DATE), (etag if 0 < len(etag) < 5000 else None, date or None)],
            )
            for name, (etag, date) in cases.items()
        },
    )


def fake(body: bytes, status: int = 200, **named: str) -> Callable[[Answer], bytes]:
    """A function that returns this response, with its own validators, instead of the document."""
    return lambda _: Answer(body, status, headers(etag='"bad"', last_modified=LATER, **named)).raw()


@combined_row(
    6,
    "a document that is not a whole feed leaves no validators, and the entries stay",
    cut_off=lambda newer: cut(newer, announced=True),
    cut_by_its_generator=lambda newer: cut(newer, announced=False),
    cut_in_gzip=lambda newer: cut(encoded(newer, "gzip"), announced=True),
    gzip_without_its_end=lambda newer: cut(encoded(newer, "gzip"), announced=False),
    cut_in_a_chunk=lambda _: (
        b'HTTP/1.1 200 OK\r\nETag: "bad"\r\nTransfer-Encoding: chunked\r\n\r\n50\r\n<rss>'
    ),
    html=fake(HTML, content_type="text/html"),
    html_said_to_be_rss=fake(HTML, content_type="application/rss+xml"),
    not_xml=fake(b"\x00\x01 not a feed"),
    other_xml=fake(b"<?xml version='1.0'?><error>sorry</error>"),
    empty=fake(b""),
    error_page=fake(b"sorry", 500),
)
def _(scene: Scene, cases: dict[str, Callable[[Answer], bytes]]) -> None:
    hosts = [f"{name}.test" for name in cases]
    olds = {10 * n for n, _ in enumerate(cases, 1)}
    news = {number + 1 for number in olds}
    scene.configure(
        *(
            scene.site(host).answers("/feed", document(old, etag='"good"', last_modified=DATE))
            for host, old in zip(hosts, sorted(olds), strict=True)
        )
    )
    scene.run_until_polled(1, *hosts)
    for host, new, bad in zip(hosts, sorted(news), cases.values(), strict=True):
        scene.site(host).raw("/feed", bad(document(new - 1, new, new + 1, etag='"bad"', last_modified=LATER)))
    scene.run_until_polled(2, *hosts)
    scene.restart()
    assert set(scene.room.titles()) >= {f"Title {number}" for number in olds}
    scene.run_until_polled(3, *hosts)
    third = {host: conditions(scene.requests(host=host)[2]) for host in hosts}
    assert not {host: sent for host, sent in third.items() if sent not in {('"good"', DATE), NONE}}
    for host, new in zip(hosts, sorted(news), strict=True):
        scene.site(host).answers("/feed", document(new - 1, new))
    asked = {host: len(scene.requests(host=host)) for host in hosts}
    scene.run_until_polled(max(asked.values()) + 1, *hosts)
    assert set(scene.room.titles()) >= {f"Title {number}" for number in olds | news}


@row(
    7,
    "an unexpected 304 is an error and breaks nothing",
    plain=unchanged(),
    with_validators=unchanged(etag='"1"'),
)
def _(scene: Scene, answer: Answer) -> None:
    scene.configure(scene.herald.answers("/feed", answer, answer, document(1)))
    for _ in range(2):
        scene.poll()
        assert scene.errors()["s1"].startswith("herald.test")
    scene.poll()
    assert [conditions(request) for request in scene.log] == [NONE] * 3
    assert not scene.errors()
    assert scene.room.titles() == ["Title 1"]


@row(8, "a feed is fetched once")
def _(scene: Scene) -> None:
    scene.configure(scene.herald.answers("/feed", document(1)))
    scene.run(minutes=59)
    scene.restart()
    scene.run()
    assert [(request.method, request.path) for request in scene.log] == [("GET", "/feed")]


@row(8, "a page that names its feed costs one more request")
def _(scene: Scene) -> None:
    scene.herald.answers("/feed.xml", document(1))
    link = b'<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
    scene.configure(scene.herald.answers("/", page(b"<html><head>" + link + b"</head></html>")))
    scene.run(minutes=59)
    scene.run(days=2)
    assert [request.path for request in scene.log[:3]] == ["/", "/feed.xml", "/feed.xml"]
    assert len(scene.requests("/")) == 1


@row(8, "adding a source causes no request for the others")
def _(scene: Scene) -> None:
    first, second = (scene.herald.answers(path, document(n)) for n, path in enumerate(("/1", "/2"), 1))
    scene.configure(first)
    scene.run(minutes=20)
    scene.configure(first, second)
    scene.run(minutes=20)
    assert [request.path for request in scene.log] == ["/1", "/2"]


@row(9, "unconditional requests are a week apart", to_conditions=False, to_everything=True)
def _(scene: Scene, to_everything: bool) -> None:
    """The second server answers 304 to every request, conditional or not."""
    whole = document(1, etag='"1"', last_modified=DATE)
    scene.configure(scene.herald.answers("/feed", whole, unchanged()), options="every: 1d")
    if not to_everything:
        scene.herald.answers_conditionally("/feed", lambda: whole)
    scene.run(days=30)
    doubts = [request.at for request in scene.log if conditions(request) == (None, None)]
    assert 3 <= len(doubts) <= 5
    assert all((b - a).total_seconds() / 60 >= WEEK for a, b in pairwise(doubts))
