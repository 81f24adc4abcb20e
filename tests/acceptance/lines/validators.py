"""Lines 1 to 9: what makes a request conditional."""

from __future__ import annotations

from itertools import pairwise

from tests.acceptance.lines import line
from tests.acceptance.scene import Scene
from tests.acceptance.server import (
    HTML,
    conditions,
    cut,
    document,
    encoded,
    page,
    refusal,
    unchanged,
)
from tests.loopback import Answer

DATE = "Fri, 20 Nov 2026 09:00:00 GMT"
LATER = "Fri, 20 Nov 2026 11:30:00 GMT"
WEEK = 7 * 24 * 60  # minutes


def sent(scene: Scene) -> list[tuple[str | None, str | None]]:
    return [conditions(request) for request in scene.log]


@line(
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
    gzip_suffix=('"abc-gzip"', ""),
    only_date=("", DATE),
)
def _(scene: Scene, etag: str, modified: str) -> None:
    scene.follow(scene.herald.plays("/feed", document(1, etag=etag, last_modified=modified)))
    scene.poll()
    scene.poll()
    scene.restart()
    scene.poll()
    echoed = (etag or None, modified or None)
    assert sent(scene) == [(None, None), echoed, echoed]


@line(
    2,
    "both are stored when one of them is new",
    etag=('"2"', DATE),
    date=('"1"', LATER),
    older_date=('"1"', "Thu, 19 Nov 2026 09:00:00 GMT"),
)
def _(scene: Scene, etag: str, modified: str) -> None:
    first = document(1, etag='"1"', last_modified=DATE)
    second = document(1, 2, etag=etag, last_modified=modified)
    scene.follow(scene.herald.plays("/feed", first, second))
    for _ in range(3):
        scene.poll()
    assert sent(scene)[1:] == [('"1"', DATE), (etag, modified)]


@line(
    3, "a touched file is taken for what it is now", etag=('"2"', ""), date=("", LATER), both=('"2"', LATER)
)
def _(scene: Scene, etag: str, modified: str) -> None:
    first = document(1, etag='"1"', last_modified=DATE)
    touched = document(1, etag=etag, last_modified=modified)
    scene.follow(scene.herald.plays("/feed", first, touched))
    for _ in range(3):
        scene.poll()
    assert sent(scene)[2] == (etag or None, modified or None)


@line(
    4,
    "a 304 renews what it names",
    nothing=("", "", '"1"', DATE),
    etag=('"2"', "", '"2"', DATE),
    date=("", LATER, '"1"', LATER),
    both=('"2"', LATER, '"2"', LATER),
    strong_by_weak=('W/"1"', "", 'W/"1"', DATE),
)
def _(scene: Scene, etag: str, modified: str, then_etag: str, then_modified: str) -> None:
    renewed = unchanged(etag=etag, last_modified=modified)
    scene.follow(
        scene.herald.plays("/feed", document(1, etag='"1"', last_modified=DATE), renewed, unchanged())
    )
    scene.poll()
    scene.poll()
    scene.restart()
    for _ in range(2):
        scene.poll()
    assert sent(scene)[2:] == [(then_etag, then_modified)] * 2


@line(5, "generations are not mixed", etag=('"2"', ""), date=("", LATER), none=("", ""))
def _(scene: Scene, etag: str, modified: str) -> None:
    second = document(1, 2, etag=etag, last_modified=modified)
    scene.follow(scene.herald.plays("/feed", document(1, etag='"1"', last_modified=DATE), second))
    for _ in range(3):
        scene.poll()
    assert sent(scene)[2] == (etag or None, modified or None)


_NEWER = document(2, 3, etag='"bad"', last_modified=LATER)


@line(
    6,
    "what is no whole feed leaves no validators",
    cut_off=cut(_NEWER, announced=True),
    cut_by_its_generator=cut(_NEWER, announced=False),
    cut_in_gzip=cut(encoded(_NEWER, "gzip"), announced=True),
    gzip_without_its_end=cut(encoded(_NEWER, "gzip"), announced=False),
    cut_in_a_chunk=b'HTTP/1.1 200 OK\r\nETag: "bad"\r\nTransfer-Encoding: chunked\r\n\r\n50\r\n<rss>',
    html=page(etag='"bad"', last_modified=LATER).raw(),
    html_said_to_be_rss=Answer(
        HTML, headers=[("ETag", '"bad"'), ("Content-Type", "application/rss+xml")]
    ).raw(),
    not_xml=Answer(b"\x00\x01 not a feed", headers=[("ETag", '"bad"')]).raw(),
    other_xml=Answer(b"<?xml version='1.0'?><error>sorry</error>", headers=[("ETag", '"bad"')]).raw(),
    empty=Answer(b"", headers=[("ETag", '"bad"')]).raw(),
    error_page=refusal(500, etag='"bad"').raw(),
)
def _(scene: Scene, bad: bytes) -> None:
    scene.follow(scene.herald.plays("/feed", document(1, etag='"good"', last_modified=DATE)))
    scene.poll()
    scene.herald.raw("/feed", bad)
    scene.poll()
    scene.restart()
    assert "Title 1" in scene.room.titles()
    scene.poll()
    assert sent(scene)[1] == ('"good"', DATE)
    assert sent(scene)[2] in {('"good"', DATE), (None, None)}
    scene.herald.plays("/feed", _NEWER)
    scene.poll()
    assert scene.room.titles() == ["Title 1", "Title 2", "Title 3"]


@line(7, "a 304 out of place breaks nothing", plain=unchanged(), with_validators=unchanged(etag='"1"'))
def _(scene: Scene, answer: Answer) -> None:
    scene.follow(scene.herald.plays("/feed", answer, answer, document(1)))
    for _ in range(2):
        scene.poll()
        assert scene.errors()["s1"].startswith("herald.test")
    scene.poll()
    assert sent(scene) == [(None, None)] * 3
    assert not scene.errors()
    assert scene.room.titles() == ["Title 1"]


@line(8, "a feed is asked for once")
def _(scene: Scene) -> None:
    scene.follow(scene.herald.plays("/feed", document(1)))
    scene.run(minutes=59)
    scene.restart()
    scene.run()
    assert [(one.method, one.path) for one in scene.log] == [("GET", "/feed")]


@line(8, "a page that names its feed costs one request more")
def _(scene: Scene) -> None:
    scene.herald.plays("/feed.xml", document(1))
    link = b'<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
    scene.follow(scene.herald.plays("/", page(b"<html><head>" + link + b"</head></html>")))
    scene.run(minutes=59)
    scene.run(days=2)
    assert [one.path for one in scene.log[:3]] == ["/", "/feed.xml", "/feed.xml"]
    assert len(scene.asked("/")) == 1


@line(8, "sources that were there are not asked again when one is added")
def _(scene: Scene) -> None:
    one, two = (scene.herald.plays(path, document(n)) for n, path in enumerate(("/1", "/2"), 1))
    scene.follow(one)
    scene.run(minutes=20)
    scene.follow(one, two)
    scene.run(minutes=20)
    assert [request.path for request in scene.log] == ["/1", "/2"]


@line(9, "unconditional requests are a week apart", to_conditions=False, to_everything=True)
def _(scene: Scene, to_everything: bool) -> None:
    """The second server has forgotten how to send a document."""
    whole = document(1, etag='"1"', last_modified=DATE)
    scene.follow(scene.herald.plays("/feed", whole, unchanged()), options="every: 12h")
    if not to_everything:
        scene.herald.honours("/feed", lambda: whole)
    scene.run(days=30)
    doubts = [request.at for request in scene.log if conditions(request) == (None, None)]
    assert 3 <= len(doubts) <= 5
    assert all((b - a).total_seconds() / 60 >= WEEK for a, b in pairwise(doubts))
