"""Lines 23 to 28: what a request looks like, what it may cost, and where it may go."""

from __future__ import annotations

import re
from datetime import timedelta
from ipaddress import IPv4Address
from unittest.mock import patch

from feeds.fetch.guard import refusal as guard
from tests.acceptance.lines import line
from tests.acceptance.scene import Scene
from tests.acceptance.server import (
    Site,
    document,
    encoded,
    gaps,
    padded,
    page,
    refusal,
    unchanged,
)
from tests.loopback import Answer, Peer

ETAG = '"1"'
KIB, MIB = 1 << 10, 1 << 20
BUFFERS = 8 * MIB  # what the sockets of a loopback take without anybody reading
HEAD = b"HTTP/1.1 200 OK\r\n"


def agents(scene: Scene) -> set[str | None]:
    return {one.header("user-agent") for one in scene.log}


# ------------------------------------------------------------------------------------------ 23: who asks


@line(23, "name/version (+contact), the same for ever", base_url="", contact="contact: news@feeds.example")
def _(scene: Scene, contact: str) -> None:
    hop = scene.herald.redirect("/hop", "/feed")
    answers = document(1, etag=ETAG), unchanged(), refusal(403), refusal(406), refusal(500), page()
    scene.follow(hop, scene.herald.plays("/feed", *answers), site=contact)
    for _ in range(8):
        scene.run(hours=20)
        scene.restart()
    (agent,) = agents(scene)
    shape = re.fullmatch(r"[\w.-]+/\d[\w.]* \(\+(\S+)\)", agent or "")
    assert shape
    assert shape[1] == (contact.removeprefix("contact: ") or "https://feeds.example.org/")


@line(
    23,
    "it is configurable",
    for_all=("user_agent: 'Herald Reader/3 (+https://me.example)'", ""),
    for_a_source=("", "user_agent: 'Herald Reader/3 (+https://me.example)'"),
    source_over_site=("user_agent: Other/1", "user_agent: 'Herald Reader/3 (+https://me.example)'"),
)
def _(scene: Scene, site: str, options: str) -> None:
    scene.follow(scene.herald.plays("/feed", document(1, etag=ETAG)), site=site, options=options)
    scene.run(days=1)
    assert agents(scene) == {"Herald Reader/3 (+https://me.example)"}


# ------------------------------------------------------------------------------------ 24: nothing besides

EXPECTED = {"host", "user-agent", "accept", "accept-encoding"}
CONDITIONAL = {"if-none-match", "if-modified-since", "a-im"}


@line(24, "nothing but the document is asked for, and nothing comes along")
def _(scene: Scene) -> None:
    """Cookies at every step; a page with icons, scripts and a hub of images; errors; days of polling."""
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
    scene.herald.answers("/hop", Answer(status=302, headers=[*cookies, ("Location", "/feed?id=7&x=%20")]))
    scene.follow(scene.herald.url("/feed?id=7&x=%20"), scene.herald.url("/hop"))
    scene.run(days=4)
    assert len(scene.log) > 10
    assert {(one.method, one.path) for one in scene.log} == {("GET", "/feed?id=7&x=%20"), ("GET", "/hop")}
    assert all(EXPECTED <= set(one.names()) <= EXPECTED | CONDITIONAL for one in scene.log)
    assert not any(one.body for one in scene.log)


@line(24, "the address is asked for as it is written", query="/feed?b=2&a=1&", path="/a/../b//c;v=1")
def _(scene: Scene, path: str) -> None:
    """A reader that sorts, encodes or adds makes a URL of its own in every cache."""
    scene.herald.plays(path.partition("?")[0], document(1, etag=ETAG))
    scene.follow(scene.herald.url(path))
    scene.run(days=1)
    assert len({one.path for one in scene.log}) == 1
    assert "?" in scene.log[0].path or "?" not in path
    assert sorted(scene.log[0].path.partition("?")[2]) == sorted(path.partition("?")[2])


# -------------------------------------------------------------------------------------- 25: how many bytes


@line(25, "what is advertised can be decoded", gzip="gzip", br="br", zstd="zstd")
def _(scene: Scene, encoding: str) -> None:
    scene.follow(scene.herald.plays("/feed", encoded(document(1), encoding)))
    scene.poll()
    accepted = {one.strip() for one in (scene.log[0].header("accept-encoding") or "").split(",")}
    assert encoding in accepted <= {"gzip", "deflate", "br", "zstd"}
    assert scene.room.titles() == ["Title 1"]


@line(25, "decoded bytes are capped", plain="", gzip="gzip", br="br", zstd="zstd")
def _(scene: Scene, encoding: str) -> None:
    bomb = padded(document(1, etag=ETAG), 3 * MIB)
    answer = encoded(bomb, encoding) if encoding else bomb
    scene.follow(scene.herald.plays("/feed", answer), options="max_size: 1MiB")
    scene.poll()
    assert "larger" in scene.errors()["s1"]
    scene.follow(scene.herald.url("/feed"), options="max_size: 4MiB")
    scene.poll()
    assert scene.log[1].header("if-none-match") is None
    assert scene.room.titles() == ["Title 1"]


@line(25, "a bomb of bombs is not unpacked")
def _(scene: Scene) -> None:
    inner = encoded(padded(document(1), 8 * MIB), "gzip")
    outer = encoded(Answer(inner.body), "gzip")
    twice = Answer(outer.body, headers=[("Content-Encoding", "gzip, gzip")])
    scene.follow(scene.herald.plays("/feed", twice), options="max_size: 1MiB")
    scene.poll()
    assert scene.errors()


@line(
    25,
    "wire bytes are capped",
    body_without_end=(HEAD + b"\r\n", b"<!-- more -->" * 5000),
    announced=(HEAD + b"Content-Length: 999999999999\r\n\r\n", b"x" * 65536),
    chunks=(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1000\r\n" + b"x" * 4096 + b"\r\n"),
    headers=(HEAD, b"X-Y: z\r\n" * 50),
    one_header=(HEAD + b"X-Y: ", b"z" * 65536),
    continues=(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    redirect_body=(b"HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n", b"x" * 65536),
    error_body=(b"HTTP/1.1 500 No\r\n\r\n", b"x" * 65536),
    packed_redirect=(b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Encoding: gzip\r\n\r\n", b"\0" * 65536),
)
def _(scene: Scene, head: bytes, piece: bytes) -> None:
    scene.herald.plays("/b", document(1))
    scene.follow(scene.herald.floods("/feed", head, piece, 64 * MIB), options="max_size: 64KiB")
    scene.poll()
    first = scene.log[0]
    assert first.sent <= BUFFERS
    assert (len(scene.log), scene.errors()) == (2, {}) if first.status == 302 else scene.errors()


# ---------------------------------------------------------------------------------------- 26: how long


@line(26, "whatever comes slowly is ended in time, and holds up nobody")
def _(scene: Scene) -> None:
    """All at once: a second for each. Left alone, these servers would go on for eight."""
    slow: dict[str, tuple[bytes, ...]] = {
        "status": (b"H", b"T"),
        "headers": (HEAD, b"X: y\r\n"),
        "body": (HEAD + b"Content-Length: 100000\r\n\r\n", b" "),
        "chunks": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        "trickle of redirect": (b"HTTP/1.1 302 Found\r\n", b"X: y\r\n"),
    }
    urls = []
    for n, pieces in enumerate(slow.values()):
        site = scene.site(f"slow{n}.test")
        urls.append(site.script("/feed", lambda peer, pieces=pieces: peer.drip(*pieces)))  # type: ignore[misc]
    urls.append(scene.site("silent.test").script("/feed", lambda peer: peer.hang()))
    chain = scene.site("chain.test")

    def hop(peer: Peer) -> None:
        step = int(peer.request.path.strip("/"))
        if not peer.gone(0.3):
            peer.send(Answer(status=302, headers=[("Location", f"/{step + 1}")]).raw())

    for step in range(9):
        chain.script(f"/{step}", hop)
    urls += [chain.url("/0"), scene.herald.plays("/feed", document(1))]
    scene.follow(*urls, options="timeout: 1s")
    scene.run()
    assert set(scene.errors()) == {f"s{n}" for n in range(1, len(urls))}
    assert scene.room.titles() == ["Title 1"]
    assert 1 < len(scene.asked(host="chain.test")) <= 5
    waiting = [one for one in scene.log if one.server not in (chain.address, scene.herald.address)]
    assert len(waiting) == len(slow) + 1
    assert all(one.left.wait(5) for one in waiting)


# ------------------------------------------------------------------------------------ 27: where to


def spellings(site: Site) -> dict[str, str]:
    number = IPv4Address(site.address)
    a, b, c, d = site.address.split(".")
    return {
        "plain": site.address,
        "decimal": str(int(number)),
        "hexadecimal": hex(int(number)),
        "octal": f"0{int(a):o}.{b}.{c}.{d}",
        "short": f"{a}.{int(c) * 256 + int(d)}",
        "mapped": f"[::ffff:{site.address}]",
        "name": site.name,
        "name with a dot": f"{site.name}.",
    }


WAYS = "plain", "decimal", "hexadecimal", "octal", "short", "mapped", "name", "name with a dot"


@line(27, "no private address, however it is spelled", **{way: way for way in WAYS})
def _(scene: Scene, way: str) -> None:
    inside = scene.site("inside.test")
    inside.plays("/feed", document(1))
    scene.web.names["inside.test."] = [inside.address]
    url = inside.url("/feed", host=spellings(inside)[way])
    scene.follow(url, options="allow_private: false")
    scene.run(days=3)
    assert not scene.log
    assert not inside.connections
    assert scene.errors()


@line(27, "nor at the end of a redirect", **{way: way for way in WAYS})
def _(scene: Scene, way: str) -> None:
    """The herald's address stands for a public one; the other one is what it is."""
    inside = scene.site("inside.test")
    inside.plays("/feed", document(1))
    scene.web.names["inside.test."] = [inside.address]
    target = inside.url("/feed", host=spellings(inside)[way])
    scene.follow(scene.herald.redirect("/feed", target), options="allow_private: false")
    with patch("feeds.fetch.connection.refusal", lambda at: at != scene.herald.address and guard(at)):
        scene.run(days=1)
    assert scene.asked("/feed", host="herald.test")
    assert not inside.connections
    assert scene.errors()


@line(27, "nor where a name leads the second time")
def _(scene: Scene) -> None:
    inside = scene.site("inside.test")
    inside.plays("/feed", document(2))
    scene.web.names["herald.test"] = [scene.herald.address, inside.address]
    url = scene.herald.plays("/feed", document(1))
    scene.follow(url.replace(f":{scene.herald.port}", f":{inside.port}"), url, options="allow_private: false")
    with patch("feeds.fetch.connection.refusal", lambda at: at != scene.herald.address and guard(at)):
        scene.run(days=1)
    assert not inside.connections


@line(27, "unless the source says so")
def _(scene: Scene) -> None:
    scene.follow(scene.herald.plays("/feed", document(1)), options="allow_private: true")
    scene.poll()
    assert scene.room.titles() == ["Title 1"]


# --------------------------------------------------------------------------------------- 28: robots.txt

NOBODY = b"User-agent: *\nDisallow: /\n"
NEWS = b"<ul><li class=n><a href='/story'>A story</a></li></ul>"
EXTRACT = "extract: {item: li.n, title: a}"


@line(28, "a feed that a user named is asked for without it")
def _(scene: Scene) -> None:
    scene.herald.plays("/robots.txt", Answer(NOBODY))
    scene.follow(scene.herald.plays("/feed", document(1, etag=ETAG)))
    scene.run(days=2)
    assert {one.path for one in scene.log} == {"/feed"}


@line(28, "a page is left alone where it says so")
def _(scene: Scene) -> None:
    scene.herald.plays("/robots.txt", Answer(NOBODY))
    scene.herald.plays("/news", page(NEWS))
    scene.follow(scene.herald.url("/news"), options=EXTRACT, kind="page")
    scene.run(days=3)
    assert {one.path for one in scene.log} == {"/robots.txt"}
    assert min(gaps(scene.log)) >= 60


@line(
    28,
    "a page is read where it may be, and the rules once a day",
    rules=b"User-agent: *\nDisallow: /x\n",
    none=None,
)
def _(scene: Scene, rules: bytes | None) -> None:
    scene.herald.plays("/robots.txt", Answer(rules) if rules else refusal(404))
    scene.herald.plays("/news", page(NEWS, etag=ETAG))
    scene.follow(scene.herald.url("/news"), options=EXTRACT, kind="page")
    scene.run(days=3)
    assert [one.path for one in scene.log[:2]] == ["/robots.txt", "/news"]
    assert scene.room.titles() == ["A story"]
    assert all(gap >= 24 * 60 for gap in gaps(scene.asked("/robots.txt")))


@line(28, "unless the source says that it may")
def _(scene: Scene) -> None:
    scene.herald.plays("/robots.txt", Answer(NOBODY))
    scene.herald.plays("/news", page(NEWS))
    scene.follow(scene.herald.url("/news"), options=f"{EXTRACT}, robots: false", kind="page")
    scene.run(days=1)
    assert {one.path for one in scene.log} == {"/news"}


@line(28, "the pages of articles are left alone as well")
def _(scene: Scene) -> None:
    scene.herald.plays("/robots.txt", Answer(b"User-agent: *\nDisallow: /story\n"))
    scene.herald.plays("/story", page(b"<article>" + b"<p>Much to read.</p>" * 50 + b"</article>"))
    body = document(1).body.replace(b"https://news.example/1", scene.herald.url("/story").encode())
    scene.follow(scene.herald.plays("/feed", Answer(body)), options="full_text: {when: shorter_than 5000}")
    scene.run(hours=1)
    assert "/robots.txt" in {one.path for one in scene.log}
    assert not scene.asked("/story")
    assert scene.now - scene.log[0].at >= timedelta(hours=1)
