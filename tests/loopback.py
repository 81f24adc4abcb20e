"""A real HTTP server on the loopback, whose answers the tests choose.

    with Loopback() as server:
        server.page("/feed", b"<rss/>", headers=[("ETag", '"1"')])  # the same answer each time
        server.answers("/busy", Answer(status=429), Answer(b"ok"))  # one after the other; the last one stays
        server.handle("/echo", lambda request: Answer(request.body))
        server.script("/drip", lambda peer: peer.drip(b"x"))  # the script writes any bytes it likes
        fetch(server.url("/feed"))
        assert [request.path for request in server.requests] == ["/feed"]

Fetching from it needs `allow_private`. Every script ends by itself after a bounded number of pieces.
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
MAX_PIECES = 400  # that a script sends
PIECE_PAUSE_SECONDS = 0.02  # pause after each piece


@dataclass(eq=False)
class Request:
    """A received request. `headers`: in their order, unchanged (Latin-1) except for outer whitespace."""

    at: datetime  # by the server's clock
    server: str  # address
    number: int  # from 1, over all connections
    method: str
    path: str  # with its query
    headers: tuple[tuple[str, str], ...]
    body: bytes
    connection: int  # number of its connection, from 1
    hung_up: threading.Event = field(repr=False)  # the client closed the connection early
    status: int = 0  # of the answer; 0 if a script wrote it
    sent: int = 0  # bytes of its body

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def names(self) -> list[str]:
        return [name.lower() for name, _ in self.headers]


@dataclass(frozen=True)
class Answer:
    """A well-formed response. Content-Length is added, unless `headers` state the length."""

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
    """One request's connection, to which a script writes. It is closed when the script returns."""

    def __init__(self, sock: socket.socket, request: Request, stopping: threading.Event) -> None:
        self.request = request
        self.sock = sock
        self._stopping = stopping

    def send(self, data: bytes) -> bool:
        """False if the client has closed the connection."""
        try:
            self.sock.sendall(data)
        except OSError:
            self.request.hung_up.set()
            return False
        return True

    def wait_for_hangup(self, seconds: float) -> bool:
        """Wait up to `seconds` for the client to close the connection. Returns whether it did."""
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
            self.request.hung_up.set()
        return ended

    def drip(self, *pieces: bytes, pause: float = PIECE_PAUSE_SECONDS) -> None:
        """Send the pieces one by one, then the last one repeatedly, with a pause after each."""
        for step in range(MAX_PIECES):
            if not self.send(pieces[min(step, len(pieces) - 1)]) or self.wait_for_hangup(pause):
                return

    def hang(self) -> bool:
        """Send nothing, for at most as long as a drip lasts. Returns whether the client closed the connection."""
        return self.wait_for_hangup(MAX_PIECES * PIECE_PAUSE_SECONDS)

    def flood(self, piece: bytes, total: int) -> bool:
        """Send `piece` repeatedly, up to `total` bytes. False if the client closed the connection."""
        return all(self.send(piece) for _ in range(0, total, len(piece)))


Handler = Callable[[Request], Answer]
Script = Callable[[Peer], object]


class Loopback:
    """A server at `address`; another address of 127.0.0.0/8 is another host.

    `tls`: https, with a certificate for the address, localhost and `names`, issued by `certified` or a new authority.
    `log`: the list to which requests are added before they are answered; servers may share it. `now`: the clock that
    dates them.
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
        with contextlib.suppress(OSError):  # wake up the accept call
            socket.create_connection((self.address, self.port), timeout=1).close()
        for sock in tuple(self._open):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(timeout=5)
        self._listener.close()
        if self._tls:
            self._folder.cleanup()

    # -------------------------------------------------------------------------------------- what it answers

    def url(self, path: str = "/", host: str = "") -> str:
        return f"{self.scheme}://{host or self.address}:{self.port}{path}"

    def page(self, path: str, body: bytes = b"", *, status: int = 200, headers: Headers = ()) -> str:
        """Give the same answer each time. Returns the URL."""
        return self.answers(path, Answer(body, status, headers))

    def answers(self, path: str, *answers: Answer) -> str:
        """Give one answer after the other, then the last one again and again. Returns the URL."""
        remaining = list(answers)
        return self.handle(path, lambda _: remaining.pop(0) if len(remaining) > 1 else remaining[0])

    def redirect(self, path: str, to: str, status: int = 302, body: bytes = b"") -> str:
        return self.page(path, body, status=status, headers=[("Location", to)])

    def handle(self, path: str, handler: Handler) -> str:
        """Give the answer that `handler` makes of the request, and keep the connection. Returns the URL."""
        self._scripts[path] = lambda peer: self._answer(peer, handler(peer.request))
        return self.url(path)

    def script(self, path: str, script: Script) -> str:
        """Let `script` write the response, and close the connection. Returns the URL."""
        self._scripts[path] = script
        return self.url(path)

    def raw(self, path: str, data: bytes) -> str:
        """Send these bytes and close the connection. Returns the URL."""
        return self.script(path, lambda peer: peer.send(data))

    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    # --------------------------------------------------------------------------------------- how it works

    @staticmethod
    def _answer(peer: Peer, answer: Answer) -> None:
        peer.request.status, peer.request.sent = answer.status, len(answer.body)
        if peer.send(answer.raw()):
            raise _KeepConnection

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
                self._answer_requests(sock, connection)
                sock.shutdown(socket.SHUT_RDWR)

    def _answer_requests(self, sock: socket.socket, connection: int) -> None:
        for request in self._read_requests(sock, connection):
            self.requests.append(request)
            script = self._scripts.get(request.path.partition("?")[0], _not_found)
            try:
                script(Peer(sock, request, self._stopping))
            except _KeepConnection:
                continue
            return

    def _read_requests(self, sock: socket.socket, connection: int) -> Iterator[Request]:
        """The requests of one connection, until it is closed."""
        buffer = b""
        while not self._stopping.is_set():
            while b"\r\n\r\n" not in buffer:
                if not (data := sock.recv(65536)):
                    return
                buffer += data
                if not buffer[:1].isalpha():  # probably TLS
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
                hung_up=threading.Event(),
            )


class _KeepConnection(Exception):
    """The answer is complete, and the connection stays open."""


def _not_found(peer: Peer) -> None:
    Loopback._answer(peer, Answer(b"nothing here", 404))
