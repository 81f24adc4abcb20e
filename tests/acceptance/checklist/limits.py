"""Items 25 to 27: limits of a fetch, and addresses that are refused."""

from __future__ import annotations

from ipaddress import IPv4Address
from unittest.mock import patch

from feeds.fetch.guard import refusal_reason as guard
from tests.acceptance.checklist import row
from tests.acceptance.scene import Scene
from tests.acceptance.server import (
    Site,
    document,
    encoded,
    padded,
)
from tests.loopback import Answer, Peer

ETAG = '"1"'
KIB, MIB = 1 << 10, 1 << 20
BUFFERS = 8 * MIB  # what the socket buffers of a loopback hold
HEAD = b"HTTP/1.1 200 OK\r\n"


# -------------------------------------------------------------------------------------- 25: how many bytes


@row(25, "advertised encodings can be decoded", gzip="gzip", br="br", zstd="zstd")
def _(scene: Scene, encoding: str) -> None:
    scene.configure(scene.herald.answers("/feed", encoded(document(1), encoding)))
    scene.poll()
    accepted = {coding.strip() for coding in (scene.log[0].header("accept-encoding") or "").split(",")}
    assert encoding in accepted <= {"gzip", "deflate", "br", "zstd"}
    assert scene.room.titles() == ["Title 1"]


@row(25, "decoded bytes are capped", plain="", gzip="gzip", br="br", zstd="zstd")
def _(scene: Scene, encoding: str) -> None:
    bomb = padded(document(1, etag=ETAG), 3 * MIB)
    answer = encoded(bomb, encoding) if encoding else bomb
    scene.configure(scene.herald.answers("/feed", answer), options="max_size: 1MiB")
    scene.poll()
    assert "larger" in scene.errors()["s1"]
    scene.configure(scene.herald.url("/feed"), options="max_size: 4MiB")
    scene.poll()
    assert scene.log[1].header("if-none-match") is None
    assert scene.room.titles() == ["Title 1"]


@row(25, "a nested decompression bomb is not decoded")
def _(scene: Scene) -> None:
    inner = encoded(padded(document(1), 8 * MIB), "gzip")
    outer = encoded(Answer(inner.body), "gzip")
    twice = Answer(outer.body, headers=[("Content-Encoding", "gzip, gzip")])
    scene.configure(scene.herald.answers("/feed", twice), options="max_size: 1MiB")
    scene.poll()
    assert scene.errors()


@row(
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
    scene.herald.answers("/b", document(1))
    scene.configure(scene.herald.floods("/feed", head, piece, 64 * MIB), options="max_size: 64KiB")
    scene.poll()
    first = scene.log[0]
    assert first.sent <= BUFFERS
    assert (len(scene.log), scene.errors()) == (2, {}) if first.status == 302 else scene.errors()


# ---------------------------------------------------------------------------------------- 26: how long


@row(26, "slow responses end in time and delay no other source")
def _(scene: Scene) -> None:
    """All at the same time, with a timeout of one second. The servers would go on for eight seconds."""
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
        if not peer.wait_for_hangup(0.3):
            peer.send(Answer(status=302, headers=[("Location", f"/{step + 1}")]).raw())

    for step in range(9):
        chain.script(f"/{step}", hop)
    urls += [chain.url("/0"), scene.herald.answers("/feed", document(1))]
    scene.configure(*urls, options="timeout: 1s")
    scene.run()
    assert set(scene.errors()) == {f"s{n}" for n in range(1, len(urls))}
    assert scene.room.titles() == ["Title 1"]
    assert 1 < len(scene.requests(host="chain.test")) <= 5
    waiting = [
        request for request in scene.log if request.server not in (chain.address, scene.herald.address)
    ]
    assert len(waiting) == len(slow) + 1
    assert all(request.hung_up.wait(5) for request in waiting)


# ------------------------------------------------------------------------------------ 27: where to


def spellings(site: Site) -> tuple[str, ...]:
    a, b, c, d = site.address.split(".")
    number = int(IPv4Address(site.address))
    return (
        site.address,
        str(number),
        hex(number),
        f"0{int(a):o}.{b}.{c}.{d}",
        f"{a}.{int(c) * 256 + int(d)}",
        f"[::ffff:{site.address}]",
        site.name,
        f"{site.name}.",
    )


@row(27, "a private address is refused in every spelling")
def _(scene: Scene) -> None:
    inside = scene.site("inside.test")
    ways = spellings(inside)
    scene.web.names["inside.test."] = [inside.address]
    scene.configure(
        *(inside.url(f"/{n}", host=way) for n, way in enumerate(ways)), options="allow_private: false"
    )
    scene.run(days=3)
    assert not scene.log
    assert not inside.connections
    assert len(scene.errors()) == len(ways)


@row(27, "also at the end of a redirect")
def _(scene: Scene) -> None:
    """The herald's address stands for a public one; the other address is private."""
    inside = scene.site("inside.test")
    inside.answers("/feed", document(1))
    ways = spellings(inside)
    scene.web.names["inside.test."] = [inside.address]
    urls = [scene.herald.redirect(f"/{n}", inside.url("/feed", host=way)) for n, way in enumerate(ways)]
    scene.configure(*urls, options="allow_private: false")
    with patch("feeds.fetch.connection.refusal_reason", lambda at: at != scene.herald.address and guard(at)):
        scene.run(days=1)
    assert {request.path for request in scene.log} == {f"/{n}" for n in range(len(ways))}
    assert not inside.connections
    assert len(scene.errors()) == len(ways)


@row(27, "also if a name resolves to it at the second look-up")
def _(scene: Scene) -> None:
    inside = scene.site("inside.test")
    inside.answers("/feed", document(2))
    scene.web.names["herald.test"] = [scene.herald.address, inside.address]
    url = scene.herald.answers("/feed", document(1))
    scene.configure(
        url.replace(f":{scene.herald.port}", f":{inside.port}"), url, options="allow_private: false"
    )
    with patch("feeds.fetch.connection.refusal_reason", lambda at: at != scene.herald.address and guard(at)):
        scene.run(days=1)
    assert not inside.connections


@row(27, "unless the source has allow_private")
def _(scene: Scene) -> None:
    scene.configure(scene.herald.answers("/feed", document(1)), options="allow_private: true")
    scene.poll()
    assert scene.room.titles() == ["Title 1"]
