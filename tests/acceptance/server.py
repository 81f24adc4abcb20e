"""The web that the rows run in: hosts on loopback addresses, each with a name, and one common request log.

    web = Web(clock.now)
    herald = web.site("herald.test")
    url = herald.answers("/feed", document(1, etag='"1"'), unchanged())  # one after the other; the last one stays
    [request.path for request in web.log]

Names are looked up here only: a name that is not registered does not exist.
"""

from __future__ import annotations

import atexit
import functools
import gzip
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import brotli
import trustme

from tests.loopback import Answer, Loopback, Peer, Request
from tests.newsroom import item, rss

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

HTML = b"<!doctype html><title>Back soon</title><p>We are mending the site."


@functools.cache
def authority() -> tuple[trustme.CA, Path]:
    """The certificate authority of the hosts, and the path of its certificate."""
    ca, folder = trustme.CA(), tempfile.TemporaryDirectory(prefix="authority-")
    atexit.register(folder.cleanup)
    file = Path(folder.name, "authority.pem")
    ca.cert_pem.write_to_path(str(file))
    return ca, file


class Site(Loopback):
    """One host, with its own address and the name that is used in URLs."""

    def __init__(
        self,
        name: str,
        address: str,
        log: list[Request],
        now: Callable[[], datetime],
        *,
        tls: bool = False,
    ) -> None:
        super().__init__(
            address, tls=tls, names=[name], certified=authority()[0] if tls else None, log=log, now=now
        )
        self.name = name
        self.now = now
        self.max_concurrent = 0
        self._concurrent = 0
        self._lock = threading.Lock()

    def url(self, path: str = "/", host: str = "") -> str:
        return super().url(path, host or self.name)

    def answers_conditionally(self, path: str, current: Callable[[], Answer]) -> str:
        """Answers `current()`, or 304 if the request names its validators, as a server should."""

        def answer(request: Request) -> Answer:
            whole = current()
            named = dict(whole.headers)
            etag, date = named.get("ETag"), named.get("Last-Modified")
            same = request.header("if-none-match") == etag if etag else False
            if request.header("if-none-match") is None:
                same = date is not None and request.header("if-modified-since") == date
            return Answer(status=304, headers=whole.headers) if same else whole

        return self.handle(path, answer)

    def floods(self, path: str, head: bytes, piece: bytes, total: int) -> str:
        """Sends `head`, then `piece` repeatedly up to `total` bytes. The log says how many the client accepted."""

        def script(peer: Peer) -> None:
            peer.request.status = int(head.split(b" ")[1])
            if peer.send(head):
                while peer.request.sent < total and peer.send(piece):
                    peer.request.sent += len(piece)

        return self.script(path, script)

    def answers_slowly(self, path: str, body: bytes, seconds: float) -> str:
        """Answers after `seconds`. `max_concurrent` counts concurrent requests over all such paths."""

        def script(peer: Peer) -> None:
            with self._lock:
                self._concurrent += 1
                self.max_concurrent = max(self.max_concurrent, self._concurrent)
            peer.wait_for_hangup(seconds)
            with self._lock:
                self._concurrent -= 1
            peer.request.status, peer.request.sent = 200, len(body)
            peer.send(Answer(body).raw())

        return self.script(path, script)


class Web:
    def __init__(self, now: Callable[[], datetime]) -> None:
        self.log: list[Request] = []
        self.lookups: list[tuple[datetime, str]] = []
        self.names: dict[str, list[str]] = {}  # → addresses, one for each look-up; the last one stays
        self._now = now
        self._sites: dict[str, Site] = {}
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._open.close()

    def site(self, name: str = "herald.test") -> Site:
        """The host of that name; it gets its own address in 127.0.0.0/8."""
        if name not in self._sites:
            address = f"127.0.1.{len(self._sites) + 1}"
            self._sites[name] = self._open.enter_context(Site(name, address, self.log, self._now))
            self.names.setdefault(name, [address])
        return self._sites[name]

    def beside(self, site: Site, *, tls: bool = False) -> Site:
        """Another port of the same host."""
        return self._open.enter_context(Site(site.name, site.address, self.log, self._now, tls=tls))

    def lookup(self, host: str, port: int, *args: Any, **options: Any) -> list[Any]:
        """Replaces `socket.getaddrinfo`."""
        self.lookups.append((self._now(), host))
        addresses = self.names.get(host)
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        address = addresses.pop(0) if len(addresses) > 1 else addresses[0]
        options["flags"] = socket.AI_NUMERICHOST
        return socket.getaddrinfo(address, port, *args, **options)


# ------------------------------------------------------------------------------------------------- answers


def headers(**named: str) -> list[tuple[str, str]]:
    """etag='"1"', cache_control="no-cache" → header fields; empty ones are left out."""
    spelled = {"etag": "ETag", "a_im": "A-IM", "im": "IM"}
    return [
        (spelled.get(name, name.replace("_", "-").title()), value) for name, value in named.items() if value
    ]


def document(*numbers: int, channel: str = "", status: int = 200, **named: str) -> Answer:
    """A feed of the items with these numbers. `channel`: more elements for its head."""
    body = rss([item(n) for n in numbers])
    return Answer(
        body.replace(b"<description>d", channel.encode() + b"<description>d", 1), status, headers(**named)
    )


def page(body: bytes = HTML, **named: str) -> Answer:
    """An HTML page, as from a site in maintenance or a captive portal."""
    return Answer(body, 200, headers(content_type="text/html", **named))


def unchanged(**named: str) -> Answer:
    return Answer(status=304, headers=headers(**named))


def refusal(status: int, body: bytes = b"sorry", **named: str) -> Answer:
    return Answer(body, status, headers(**named))


def moved(status: int, to: str, **named: str) -> Answer:
    return Answer(b"over there", status, headers(location=to, **named))


def encoded(answer: Answer, encoding: str) -> Answer:
    """The same answer in a content coding."""
    packers: dict[str, Callable[[bytes], bytes]] = {
        "gzip": gzip.compress,
        "br": lambda body: bytes(brotli.compress(body, quality=4)),
        "zstd": zstd.compress,
    }
    return Answer(
        packers[encoding](answer.body), answer.status, [*answer.headers, ("Content-Encoding", encoding)]
    )


def padded(answer: Answer, size: int) -> Answer:
    """The same feed with `size` spaces in it: a decompression bomb, once it is encoded."""
    return Answer(answer.body.replace(b"<item>", b" " * size + b"<item>", 1), answer.status, answer.headers)


def cut(answer: Answer, *, announced: bool) -> bytes:
    """The raw response with two thirds of the document. `announced`: Content-Length states the whole length; else the
    length of the part, as from a broken generator."""
    part = answer.body[: len(answer.body) * 2 // 3]
    if not announced:
        return Answer(part, answer.status, answer.headers).raw()
    framing = [*answer.headers, ("Content-Length", str(len(answer.body)))]
    return Answer(part, answer.status, framing).raw()


def http_date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


def conditions(request: Request) -> tuple[str | None, str | None]:
    """(If-None-Match, If-Modified-Since), byte for byte."""
    return request.header("if-none-match"), request.header("if-modified-since")


def combined(request: Request) -> str:
    """A log line in the combined format of Apache httpd."""
    asked = f'"{request.method} {request.path} HTTP/1.1" {request.status or "-"} {request.sent or "-"}'
    referer, agent = request.header("referer") or "-", request.header("user-agent") or "-"
    return f'127.0.0.1 - - [{request.at:%d/%b/%Y:%H:%M:%S +0000}] {asked} "{referer}" "{agent}"'


def gaps(requests: Sequence[Request]) -> list[float]:
    """Minutes between one request and the next."""
    moments = [request.at for request in requests]
    return [(b - a).total_seconds() / 60 for a, b in pairwise(moments)]
