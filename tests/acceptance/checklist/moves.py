"""Items 18 to 20 and 22: redirects, and partial responses."""

from __future__ import annotations

from datetime import timedelta

from tests.acceptance.checklist import row
from tests.acceptance.scene import Scene
from tests.acceptance.server import conditions, document, headers, page, refusal, unchanged
from tests.loopback import Answer, Request

DAY = timedelta(days=1)
ETAG = '"1"'
DATE = "Fri, 20 Nov 2026 09:00:00 GMT"


def starts(requests: list[Request]) -> set[tuple[str, str]]:
    return {(request.server, request.path) for request in requests}


# ------------------------------------------------------------------------------------ 18, 19: redirects


def _asked_from(scene: Scene, path: str, days: float) -> list[Request]:
    """The requests for `path` in the next `days` days."""
    heard = len(scene.log)
    scene.run(days=days)
    return [request for request in scene.log[heard:] if request.path == path]


@row(
    18,
    "a permanent redirect replaces the URL after three days",
    moved_permanently=301,
    permanent_redirect=308,
)
def _(scene: Scene, status: int) -> None:
    new = scene.site("new.test").answers("/feed", document(1, etag=ETAG))
    scene.configure(scene.herald.redirect("/old", new, status))
    began = scene.now
    scene.run(days=10)
    old = scene.requests("/old")
    assert old[-1].at - began >= 3 * DAY
    assert len(old) >= 3
    assert old[-1].at - began <= 6 * DAY
    assert len([request for request in scene.requests("/feed") if request.at > old[-1].at]) >= 3
    scene.restart()
    assert not _asked_from(scene, "/old", 3)


@row(18, "also if the old URL was a feed before")
def _(scene: Scene) -> None:
    new = scene.site("new.test").answers("/feed", document(1, 2, etag=ETAG), unchanged())
    scene.configure(scene.herald.answers("/old", document(1, etag='"old"', last_modified=DATE)))
    scene.run(days=2)
    scene.herald.redirect("/old", new, 301)
    moved_at = scene.now
    scene.run(days=10)
    assert 3 * DAY <= scene.requests("/old")[-1].at - moved_at <= 6 * DAY
    assert set(scene.room.titles()) == {"Title 1", "Title 2"}


@row(
    18,
    "not while the target is not a feed",
    captive_portal=page(etag='"p"'),
    an_error=refusal(500),
    nothing=refusal(404),
    other_xml=Answer(b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><body/></html>"),
)
def _(scene: Scene, answer: Answer) -> None:
    """The redirect lasts for eight days, then the feed is back at its URL."""
    target = scene.site("portal.test").answers("/login", answer)
    scene.configure(scene.herald.answers("/feed", document(1, etag=ETAG)))
    scene.poll()
    scene.herald.redirect("/feed", target, 301)
    scene.run(days=8)
    scene.herald.answers("/feed", document(2))
    scene.run(days=2)
    assert len(scene.requests("/feed")) >= 4
    back = [request for request in scene.log if request.at > scene.now - DAY]
    assert starts(back) == {(scene.herald.address, "/feed")}
    assert scene.room.titles() == ["Title 1", "Title 2"]


@row(18, "not if the target changes", sites=("a.test", "b.test"))
def _(scene: Scene, *names: str) -> None:
    targets = [scene.site(name).answers("/feed", document(1, etag=ETAG)) for name in names]
    scene.configure(scene.herald.url("/old"))
    for day in range(8):
        scene.herald.redirect("/old", targets[day % 2], 301)
        scene.run(days=1)
    assert scene.now - scene.requests("/old")[-1].at <= DAY + timedelta(hours=1)


@row(18, "not if the old URL answers with the feed in between")
def _(scene: Scene) -> None:
    new = scene.site("new.test").answers("/feed", document(1, etag=ETAG))
    scene.configure(scene.herald.url("/old"))
    for _ in range(4):
        scene.herald.redirect("/old", new, 301)
        scene.run(days=2)
        scene.herald.answers("/old", document(1, etag=ETAG))
        scene.run(days=1.5)
    assert scene.now - scene.requests("/old")[-1].at <= 1.2 * DAY


@row(18, "only the permanent redirects at the start of a chain count")
def _(scene: Scene) -> None:
    """/old → 301 → /middle → 302 → /today: tomorrow /middle may lead elsewhere."""
    scene.herald.answers("/today", document(1, etag=ETAG))
    scene.herald.redirect("/middle", "/today", 302)
    scene.configure(scene.herald.redirect("/old", "/middle", 301))
    scene.run(days=8)
    later = [request.path for request in scene.log if request.at > scene.now - DAY]
    assert set(later) <= {"/middle", "/today"}
    assert "/middle" in later


@row(19, "a temporary redirect is followed and forgotten", found=302, see_other=303, temporary=307)
def _(scene: Scene, status: int) -> None:
    first, second = (
        scene.site(name).answers("/feed", document(n, etag=ETAG))
        for n, name in enumerate(("a.test", "b.test"), 1)
    )
    scene.configure(scene.herald.redirect("/old", first, status))
    scene.run(days=10)
    assert len(scene.requests("/old")) == len(scene.requests("/feed")) >= 8
    scene.herald.redirect("/old", second, status)
    scene.run(days=2)
    assert scene.log[-1].server == scene.site("b.test").address
    assert scene.room.titles() == ["Title 1", "Title 2"]


@row(19, "a 301 that only a 302 led to is as temporary")
def _(scene: Scene) -> None:
    scene.herald.answers("/feed", document(1, etag=ETAG))
    scene.herald.redirect("/middle", "/feed", 301)
    scene.configure(scene.herald.redirect("/old", "/middle", 302))
    scene.run(days=10)
    assert len(scene.requests("/old")) == len(scene.requests("/feed")) >= 8


# -------------------------------------------------------------------------------- 20: other origins

SECRETS = "auth: {bearer: s3cret}, headers: {X-Key: s3cret, Cookie: id=s3cret}"
PRIVATE = {"authorization", "cookie", "x-key", "if-none-match", "if-modified-since"}


@row(
    20,
    "another origin gets no secrets and no validators",
    **{f"status_{status}": status for status in (301, 302, 303, 307, 308)},
)
def _(scene: Scene, status: int) -> None:
    scene.configure(
        scene.herald.answers("/feed", document(1, etag=ETAG, last_modified=DATE)), options=SECRETS
    )
    scene.poll()
    abroad = scene.site("abroad.test").answers("/feed", document(2))
    scene.herald.redirect("/feed", abroad, status)
    at_home, away = scene.poll()
    assert set(at_home.names()) >= PRIVATE
    assert not set(away.names()) & PRIVATE
    assert "s3cret" not in str(away.headers) + away.path
    assert ETAG not in str(away.headers)


@row(20, "another port, scheme or name is another origin", port="port", scheme="scheme", subdomain="name")
def _(scene: Scene, what: str) -> None:
    scene.web.names["www.herald.test"] = scene.web.names["herald.test"]
    home = scene.web.beside(scene.herald, tls=True) if what == "scheme" else scene.herald
    beside = scene.web.beside(scene.herald)
    target = beside.answers("/feed", document(2))
    if what == "name":
        target = home.url("/new", host="www.herald.test")
        home.answers("/new", document(2))
    scene.configure(home.answers("/feed", document(1, etag=ETAG)), options=SECRETS)
    scene.poll()
    home.redirect("/feed", target, 302)
    at_home, away = scene.poll()
    assert set(at_home.names()) >= PRIVATE - {"if-modified-since"}
    assert not set(away.names()) & PRIVATE


@row(20, "back at the own origin, secrets are sent again, and validators to their own URL")
def _(scene: Scene) -> None:
    abroad = scene.site("abroad.test")
    abroad.redirect("/hop", scene.herald.url("/feed"), 302)
    scene.herald.answers("/feed", document(1, etag=ETAG, last_modified=DATE), unchanged())
    scene.configure(scene.herald.redirect("/start", abroad.url("/hop"), 302), options=SECRETS)
    scene.poll()
    start, hop, end = scene.poll()
    assert [conditions(request) for request in (start, hop, end)] == [
        (None, None),
        (None, None),
        (ETAG, DATE),
    ]
    assert not set(hop.names()) & PRIVATE
    assert "authorization" in end.names()


@row(20, "validators are not sent to another URL of the same host")
def _(scene: Scene) -> None:
    """/b never issued the validators of /a."""
    scene.herald.answers("/a", document(1, etag='"a"', last_modified=DATE))
    scene.herald.answers("/b", document(2, etag='"b"'))
    scene.configure(scene.herald.redirect("/feed", "/a", 302))
    scene.poll()
    scene.herald.redirect("/feed", "/b", 302)
    scene.poll()
    scene.poll()
    assert [conditions(request)[0] for request in scene.requests("/b")] == [None, '"b"']


# -------------------------------------------------------------------------------------- 22: partial responses


def part(*numbers: int, etag: str) -> Answer:
    whole = document(*numbers, status=226, etag=etag)
    return Answer(whole.body, 226, [*whole.headers, *headers(im="feed", cache_control="no-store, im")])


@row(22, "an entry that a 226 lacks is not deleted")
def _(scene: Scene) -> None:
    scene.herald.answers(
        "/feed", document(1, 2, etag=ETAG), part(3, etag='"2"'), part(4, etag='"3"'), unchanged()
    )
    scene.configure(scene.herald.url("/feed"))
    for _ in range(4):
        scene.poll()
    assert sorted(scene.room.titles()) == [f"Title {n}" for n in (1, 2, 3, 4)]
    assert [conditions(request)[0] for request in scene.log] == [None, ETAG, '"2"', '"3"']


@row(22, "A-IM is sent with a validator only", etag=(ETAG, ""), both=(ETAG, DATE), none=("", ""))
def _(scene: Scene, etag: str, modified: str) -> None:
    scene.configure(scene.herald.answers("/feed", document(1, etag=etag, last_modified=modified)))
    scene.poll()
    scene.poll()
    assert [request.header("a-im") for request in scene.log] == [None, "feed" if etag else None]


@row(22, "A-IM is not sent to another origin")
def _(scene: Scene) -> None:
    scene.configure(scene.herald.answers("/feed", document(1, etag=ETAG)))
    scene.poll()
    scene.herald.redirect("/feed", scene.site("abroad.test").answers("/feed", document(2)), 302)
    at_home, away = scene.poll()
    assert at_home.header("a-im") == "feed"
    assert away.header("a-im") is None


@row(22, "an unknown instance manipulation is a failure")
def _(scene: Scene) -> None:
    """vcdiff was not requested: its bytes are not a document, and its validator is not stored."""
    delta = Answer(b"\xd6\xc3\xc4\x00", 226, headers(im="vcdiff", etag='"2"'))
    scene.configure(scene.herald.answers("/feed", document(1, etag=ETAG), delta, unchanged()))
    for _ in range(3):
        scene.poll()
    assert conditions(scene.log[2])[0] in (ETAG, None)
    assert scene.room.titles() == ["Title 1"]


@row(22, "partial responses do not replace the whole document for ever")
def _(scene: Scene) -> None:
    """After a week of partial responses the whole document is requested, as after 304s (item 9)."""
    scene.herald.answers("/feed", document(1, etag=ETAG), part(2, etag='"2"'))
    scene.configure(scene.herald.url("/feed"), options="every: 12h")
    scene.run(days=16)
    whole = [request.at for request in scene.log if conditions(request) == (None, None)]
    assert len(whole) == 3
