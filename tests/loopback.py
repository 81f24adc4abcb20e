"""A real HTTP server on the loopback for the tests of the whole project, which does what it is told.

    with Loopback() as server:
        server.page("/feed", b"<rss/>", headers=[("ETag", '"1"')])  # an answer, the same each time
        server.answers("/busy", Answer(status=429), Answer(b"ok"))  # one after the other; the last one stays
        server.handle("/echo", lambda request: Answer(request.body))
        server.script("/drip", lambda peer: peer.drip(b"x"))  # raw: the peer writes what it likes
        fetch(server.url("/feed"))
        assert [request.path for request in server.requests] == ["/feed"]

Fetching from it needs `allow_private`. Whatever a script does ends by itself after a bounded number of steps.
"""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Self

import trustme

Headers = Sequence[tuple[str, str]]
STEPS = 400  # the most pieces that a script sends
PAUSE = 0.02  # seconds between them


@dataclass(eq=False)
class Request:
    """What arrived. `headers` in their order, names and values as they came (Latin-1), only OWS taken off."""

    at: datetime  # by the server's clock
    server: str  # its address
    number: int  # counted over the whole server, from 1
    method: str
    path: str  # with its query
    headers: tuple[tuple[str, str], ...]
    body: bytes
    connection: int  # which connection it came on, from 1
    left: threading.Event = field(repr=False)  # the client hung up on its answer
    status: int = 0  # of the answer; 0 where a script wrote it
    sent: int = 0  # bytes of its body

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def names(self) -> list[str]:
        return [name.lower() for name, _ in self.headers]


@dataclass(frozen=True)
class Answer:
    """A well-formed response; Content-Length is added, unless the headers say how long it is."""

    body: bytes = b""
    status: int = 200
    headers: Headers = ()
    reason: str = "As Told"

    def raw(self) -> bytes:
        headers = list(self.headers)
        framing = {"content-length", "transfer-encoding"}
        if self.status not in (204, 304) and not framing & {name.lower() for name, _ in headers}:
            headers.append(("Content-Length", str(len(self.body))))
        lines = [f"HTTP/1.1 {self.status} {self.reason}", *(f"{name}: {value}" for name, value in headers)]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body


class Peer:
    """One request's connection, for a script to write to. When it returns, the connection is closed."""

    def __init__(self, sock: socket.socket, request: Request, stopping: threading.Event) -> None:
        self.request = request
        self.sock = sock
        self._stopping = stopping

    def send(self, data: bytes) -> bool:
        """False once the client is gone."""
        try:
            self.sock.sendall(data)
        except OSError:
            self.request.left.set()
            return False
        return True

    def gone(self, seconds: float) -> bool:
        """Wait for the client to hang up, at most so long."""
        if self._stopping.is_set():
            return True
        readable, _, _ = select.select([self.sock], [], [], seconds)
        if not readable:
            return False
        try:
            ended = not self.sock.recv(1024)
        except OSError:
            ended = True
        if ended:
            self.request.left.set()
        return ended

    def drip(self, *pieces: bytes, pause: float = PAUSE) -> None:
        """The pieces one by one, the last of them again and again, a pause after each."""
        for step in range(STEPS):
            if not self.send(pieces[min(step, len(pieces) - 1)]) or self.gone(pause):
                return

    def hang(self) -> bool:
        """Say nothing more, for at most as long as a drip lasts. True if the client hung up."""
        return self.gone(STEPS * PAUSE)

    def flood(self, piece: bytes, total: int) -> bool:
        """As fast as the client takes it, until `total` bytes were sent. False once the client is gone."""
        return all(self.send(piece) for _ in range(0, total, len(piece)))


Handler = Callable[[Request], Answer]
Script = Callable[[Peer], object]


class Loopback:
    """With `tls` it is https, with a certificate for its address, localhost and `names` by `authority`:
    one of its own, or `certified`.

    `address`: another one of 127.0.0.0/8 is another host. `log`: the list that requests are added to, where
    several servers share one; they are there before they are answered. `now`: what they are dated by.
    """

    def __init__(
        self,
        address: str = "127.0.0.1",
        *,
        tls: bool = False,
        names: Sequence[str] = (),
        certified: trustme.CA | None = None,
        log: list[Request] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.address = address
        self.requests: list[Request] = [] if log is None else log
        self._now = now
        self.connections = 0
        self._scripts: dict[str, Script] = {}
        self._stopping = threading.Event()
        self._numbers = count(1)
        self._open: set[socket.socket] = set()  # add and tuple() are atomic
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server((address, 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self.scheme = "https" if tls else "http"
        self.authority: Path | None = None
        self._tls: ssl.SSLContext | None = None
        if tls:
            self._certify(names, certified or trustme.CA())

    def _certify(self, names: Sequence[str], authority: trustme.CA) -> None:
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(self.address, "localhost", *names).configure_cert(self._tls)
        self._folder = tempfile.TemporaryDirectory(prefix="loopback-")
        self.authority = Path(self._folder.name, "authority.pem")
        authority.cert_pem.write_to_path(str(self.authority))

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *exception: object) -> None:
        self._stopping.set()
        with contextlib.suppress(OSError):  # wake the accept
            socket.create_connection((self.address, self.port), timeout=1).close()
        for sock in tuple(self._open):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(timeout=5)
        self._listener.close()
        if self._tls:
            self._folder.cleanup()

    # -------------------------------------------------------------------------------------- what it does

    def url(self, path: str = "/", host: str = "") -> str:
        return f"{self.scheme}://{host or self.address}:{self.port}{path}"

    def page(self, path: str, body: bytes = b"", *, status: int = 200, headers: Headers = ()) -> str:
        """The same answer each time. Returns the URL."""
        return self.answers(path, Answer(body, status, headers))

    def answers(self, path: str, *answers: Answer) -> str:
        """One answer after the other; the last one from then on. Returns the URL."""
        left = list(answers)
        return self.handle(path, lambda _: left.pop(0) if len(left) > 1 else left[0])

    def redirect(self, path: str, to: str, status: int = 302, body: bytes = b"") -> str:
        return self.page(path, body, status=status, headers=[("Location", to)])

    def handle(self, path: str, handler: Handler) -> str:
        """An answer made for the request. The connection is kept. Returns the URL."""
        self._scripts[path] = lambda peer: self._keep(peer, handler(peer.request))
        return self.url(path)

    def script(self, path: str, script: Script) -> str:
        """Anything at all, written by `script`; the connection is closed after it. Returns the URL."""
        self._scripts[path] = script
        return self.url(path)

    def raw(self, path: str, data: bytes) -> str:
        """These bytes, then the end of the connection. Returns the URL."""
        return self.script(path, lambda peer: peer.send(data))

    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    # --------------------------------------------------------------------------------------- how it does

    @staticmethod
    def _keep(peer: Peer, answer: Answer) -> None:
        peer.request.status, peer.request.sent = answer.status, len(answer.body)
        if peer.send(answer.raw()):
            raise _Kept

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, name="loopback", daemon=True)
        thread.start()
        self._threads.append(thread)

    def _accept(self) -> None:
        while not self._stopping.is_set():
            sock, _ = self._listener.accept()
            self.connections += 1
            self._start(self._serve, sock, self.connections)

    def _serve(self, sock: socket.socket, connection: int) -> None:
        with sock, contextlib.suppress(OSError):
            self._open.add(sock)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls:
                sock = self._tls.wrap_socket(sock, server_side=True)
                self._open.add(sock)
            with sock:
                self._converse(sock, connection)
                sock.shutdown(socket.SHUT_RDWR)

    def _converse(self, sock: socket.socket, connection: int) -> None:
        for request in self._arrivals(sock, connection):
            self.requests.append(request)
            script = self._scripts.get(request.path.partition("?")[0], _not_found)
            try:
                script(Peer(sock, request, self._stopping))
            except _Kept:
                continue
            return

    def _arrivals(self, sock: socket.socket, connection: int) -> Iterator[Request]:
        """Requests one after the other on a kept connection, until it ends."""
        buffer = b""
        while not self._stopping.is_set():
            while b"\r\n\r\n" not in buffer:
                if not (data := sock.recv(65536)):
                    return
                buffer += data
                if not buffer[:1].isalpha():  # TLS, most likely
                    sock.sendall(Answer(b"this is HTTP", 400).raw())
                    return
            head, _, buffer = buffer.partition(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")
            method, path, _ = first.split(" ")
            pairs = (line.partition(":") for line in lines)
            headers = tuple((name, value.removeprefix(" ")) for name, _, value in pairs)
            length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
            while len(buffer) < length:
                if not (data := sock.recv(65536)):
                    return
                buffer += data
            body, buffer = buffer[:length], buffer[length:]
            yield Request(
                at=self._now(),
                server=self.address,
                number=next(self._numbers),
                method=method,
                path=path,
                headers=headers,
                body=body,
                connection=connection,
                left=threading.Event(),
            )


class _Kept(Exception):
    """The answer is complete, and the connection goes on."""


def _not_found(peer: Peer) -> None:
    Loopback._keep(peer, Answer(b"nothing here", 404))
