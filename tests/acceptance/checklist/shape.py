"""Items 23, 24 and 28: the headers of requests, and which URLs are requested."""

from __future__ import annotations

import re
from datetime import timedelta

from tests.acceptance.checklist import row
from tests.acceptance.scene import Scene
from tests.acceptance.server import (
    document,
    gaps,
    page,
    refusal,
    unchanged,
)
from tests.loopback import Answer

ETAG = '"1"'


def agents(scene: Scene) -> set[str | None]:
    return {request.header("user-agent") for request in scene.log}


# ------------------------------------------------------------------------------------------ 23: User-Agent


@row(23, "name/version (+contact), the same for ever", base_url="", contact="contact: news@feeds.example")
def _(scene: Scene, contact: str) -> None:
    hop = scene.herald.redirect("/hop", "/feed")
    answers = document(1, etag=ETAG), unchanged(), refusal(403), refusal(406), refusal(500), page()
    scene.configure(hop, scene.herald.answers("/feed", *answers), site=contact)
    for _ in range(5):
        scene.run(hours=24)
        scene.restart()
    (agent,) = agents(scene)
    shape = re.fullmatch(r"[\w.-]+/\d[\w.]* \(\+(\S+)\)", agent or "")
    assert shape
    assert shape[1] == (contact.removeprefix("contact: ") or "https://feeds.example.org/")


@row(
    23,
    "it is configurable",
    for_all=("user_agent: 'Herald Reader/3 (+https://me.example)'", ""),
    for_a_source=("", "user_agent: 'Herald Reader/3 (+https://me.example)'"),
    source_over_site=("user_agent: Other/1", "user_agent: 'Herald Reader/3 (+https://me.example)'"),
)
def _(scene: Scene, site: str, options: str) -> None:
    scene.configure(scene.herald.answers("/feed", document(1, etag=ETAG)), site=site, options=options)
    scene.run(days=1)
    assert agents(scene) == {"Herald Reader/3 (+https://me.example)"}


# ------------------------------------------------------------------------------------ 24: no other requests or headers

EXPECTED = {"host", "user-agent", "accept", "accept-encoding"}
CONDITIONAL = {"if-none-match", "if-modified-since", "a-im"}


@row(24, "only the document is requested, without cookies or a Referer")
def _(scene: Scene) -> None:
    """Cookies in every answer; icons and images in documents; errors; days of polling."""
    cookies = [("Set-Cookie", "id=1; Path=/; Max-Age=999999"), ("Set-Cookie", "bad cookie;;;=")]
    body = document(1).body.replace(
        b"<description>d", b"<image><url>/logo.png</url></image><icon>/favicon.ico</icon><description>d"
    )
    scene.herald.answers(
        "/feed",
        Answer(body, headers=[*cookies, ("ETag", ETAG)]),
        Answer(status=304, headers=cookies),
        Answer(b"sorry", 500, cookies),
        Answer(b"<html><img src=/a.png><link rel=icon href=/favicon.ico>", headers=cookies),
        Answer(b"who?", 403, cookies),
    )
    scene.herald.answers("/hop", Answer(status=302, headers=[("Location", "/feed?id=7&x=%20")]))
    scene.configure(scene.herald.url("/feed?id=7&x=%20"), scene.herald.url("/hop"))
    scene.run(days=4)
    assert len(scene.log) > 10
    assert {(request.method, request.path) for request in scene.log} == {
        ("GET", "/feed?id=7&x=%20"),
        ("GET", "/hop"),
    }
    assert all(EXPECTED <= set(request.names()) <= EXPECTED | CONDITIONAL for request in scene.log)
    assert not any(request.body for request in scene.log)


@row(24, "the URL is requested as it is written", query="/feed?b=2&a=1&", path="/a/../b//c;v=1")
def _(scene: Scene, path: str) -> None:
    """A client that sorts or encodes a query makes a separate URL in every cache."""
    scene.herald.answers(path.partition("?")[0], document(1, etag=ETAG))
    scene.configure(scene.herald.url(path))
    scene.run(days=1)
    assert len({request.path for request in scene.log}) == 1
    assert "?" in scene.log[0].path or "?" not in path
    assert sorted(scene.log[0].path.partition("?")[2]) == sorted(path.partition("?")[2])


# --------------------------------------------------------------------------------------- 28: robots.txt

NOBODY = b"User-agent: *\nDisallow: /\n"
NEWS = b"<ul><li class=n><a href='/story'>A story</a></li></ul>"
EXTRACT = "extract: {item: li.n, title: a}"


@row(28, "robots.txt is not read for a configured feed")
def _(scene: Scene) -> None:
    scene.herald.answers("/robots.txt", Answer(NOBODY))
    scene.configure(scene.herald.answers("/feed", document(1, etag=ETAG)))
    scene.run(days=2)
    assert {request.path for request in scene.log} == {"/feed"}


@row(28, "a page that robots.txt disallows is not fetched")
def _(scene: Scene) -> None:
    scene.herald.answers("/robots.txt", Answer(NOBODY))
    scene.herald.answers("/news", page(NEWS))
    scene.configure(scene.herald.url("/news"), options=EXTRACT, kind="page")
    scene.run(days=3)
    assert {request.path for request in scene.log} == {"/robots.txt"}
    assert min(gaps(scene.log)) >= 60


@row(
    28,
    "an allowed page is fetched, and robots.txt once a day",
    rules=b"User-agent: *\nDisallow: /x\n",
    none=None,
)
def _(scene: Scene, rules: bytes | None) -> None:
    scene.herald.answers("/robots.txt", Answer(rules) if rules else refusal(404))
    scene.herald.answers("/news", page(NEWS, etag=ETAG))
    scene.configure(scene.herald.url("/news"), options=EXTRACT, kind="page")
    scene.run(days=3)
    assert [request.path for request in scene.log[:2]] == ["/robots.txt", "/news"]
    assert scene.room.titles() == ["A story"]
    assert all(gap >= 24 * 60 for gap in gaps(scene.requests("/robots.txt")))


@row(28, "unless the source has robots: false")
def _(scene: Scene) -> None:
    scene.herald.answers("/robots.txt", Answer(NOBODY))
    scene.herald.answers("/news", page(NEWS))
    scene.configure(scene.herald.url("/news"), options=f"{EXTRACT}, robots: false", kind="page")
    scene.run(days=1)
    assert {request.path for request in scene.log} == {"/news"}


@row(28, "article pages that robots.txt disallows are not fetched")
def _(scene: Scene) -> None:
    scene.herald.answers("/robots.txt", Answer(b"User-agent: *\nDisallow: /story\n"))
    scene.herald.answers("/story", page(b"<article>" + b"<p>Much to read.</p>" * 50 + b"</article>"))
    body = document(1).body.replace(b"https://news.example/1", scene.herald.url("/story").encode())
    scene.configure(
        scene.herald.answers("/feed", Answer(body)), options="full_text: {when: shorter_than 5000}"
    )
    scene.run(hours=1)
    assert "/robots.txt" in {request.path for request in scene.log}
    assert not scene.requests("/story")
    assert scene.now - scene.log[0].at >= timedelta(hours=1)
