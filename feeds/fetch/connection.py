"""urllib3's connections, made to obey the allowance in force: every blocking call, every byte, every address.

Adapter (requests) → pools (urllib3) → Connection, TlsConnection → MeteredSocket, MeteredTlsSocket
                                         └ dial: look up, guard, connect
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from http import HTTPStatus
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.ssl_ import create_urllib3_context

from feeds.errors import Blocked, FetchError, Unreachable
from feeds.fetch.fetch_budget import current_budget
from feeds.fetch.guard import refusal_reason
from feeds.fetch.redirects import safe_host

MAX_IDLE_SECONDS = 30.0  # seconds after which an unused connection is not trusted to be alive
MAX_ADDRESSES_PER_NAME = 8  # of one name, tried one after the other


class StaleConnection(Exception):
    """A kept connection turned out to be closed by the server; the request may be sent once more."""


# ----------------------------------------------------------------------------------------------- sockets


class MeteredSocket(socket.socket):
    """A socket that takes its time from the allowance in force and reports what it receives."""

    def recv_into(self, *args: Any) -> int:
        allowance = current_budget()
        with allowance.limit_call(self):
            count = super().recv_into(*args)
        allowance.count_received(count)
        return count

    def recv(self, *args: Any) -> bytes:
        allowance = current_budget()
        with allowance.limit_call(self):
            data = super().recv(*args)
        allowance.count_received(len(data))
        return data

    def send(self, *args: Any) -> int:
        with current_budget().limit_call(self):
            return super().send(*args)

    def sendall(self, *args: Any) -> None:
        with current_budget().limit_call(self):
            super().sendall(*args)


class MeteredTlsSocket(MeteredSocket, ssl.SSLSocket):
    def do_handshake(self, block: bool = False) -> None:
        try:
            with current_budget().limit_call(self):
                super().do_handshake(block)
        except FetchError:
            self.close()  # which `ssl` does for errors of its own alone
            raise


# ------------------------------------------------------------------------------------------ look up, connect


def literal_address(host: str, port: int) -> list[Any]:
    """`host` as `getaddrinfo` entries where it is an address in any spelling; empty where it is a name."""
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return []


def _resolve(host: str, port: int) -> list[Any]:
    """`getaddrinfo`, given up at the deadline: it cannot be interrupted, so it runs in a thread of its own.

    A thread that was given up ends when the system's resolver does, and keeps nothing from ending.
    """
    allowance = current_budget()
    answers: SimpleQueue[list[Any] | Exception] = SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(allowance.lookup(host, port, type=socket.SOCK_STREAM))
        except Exception as error:  # whatever it is, it belongs to the thread that waits
            answers.put(error)

    threading.Thread(target=look_up, name="lookup", daemon=True).start()
    try:
        answer = answers.get(timeout=allowance.seconds())
    except Empty:
        raise allowance.too_slow() from None
    if isinstance(answer, socket.gaierror):
        raise Unreachable(
            allowance.source, f"the name {safe_host(host)} is not known: {answer.strerror}"
        ) from answer
    if isinstance(answer, Exception):
        raise Unreachable(allowance.source, f"the name {safe_host(host)} cannot be looked up") from answer
    return answer


def guarded_connect(host: str, port: int, options: Any, *, guarded: bool) -> tuple[socket.socket, str | None]:
    """Connect to `host` → the socket, and what the guard says of its address.

    Every address is judged after the look-up and right before the connect, so that a name which answers
    differently the second time gains nothing. Raises Blocked, Unreachable, TooSlow.
    """
    allowance = current_budget()
    found = literal_address(host, port) or _resolve(host, port)
    judged = [(entry, refusal_reason(entry[4][0])) for entry in found[:MAX_ADDRESSES_PER_NAME]]
    allowed = [(entry, kind) for entry, kind in judged if not guarded or allowance.allow_private or not kind]
    if judged and not allowed:
        raise blocked_error(allowance.source, host, judged[0][1])
    problem: OSError | None = None
    for position, (entry, kind) in enumerate(allowed):
        # One dead address must not use up the time of the others: IPv6 often leads nowhere.
        share = allowance.seconds() / (len(allowed) - position)
        try:
            return _connect(entry, options, share), kind
        except OSError as error:
            problem = error
    if isinstance(problem, TimeoutError):
        raise allowance.too_slow() from problem
    reason = problem.strerror if problem and problem.strerror else "it has no address"
    raise Unreachable(allowance.source, f"no connection to {safe_host(host)}: {reason}") from problem


def _connect(entry: Any, options: Any, timeout: float) -> socket.socket:
    family, kind, protocol, _, address = entry
    sock = MeteredSocket(family, kind, protocol)
    try:
        for option in options or ():
            sock.setsockopt(*option)
        sock.settimeout(timeout)
        sock.connect(address)
    except BaseException:
        sock.close()
        raise
    return sock


def blocked_error(source: str, host: str, kind: str | None) -> Blocked:
    return Blocked(source, f"{safe_host(host)} is {kind}; if that is meant, say allow_private: true")


# -------------------------------------------------------------------------------------------- connections


class _LenientHeaderLines:
    """The lines of a header without what must not stand between a name and its colon (RFC 9112 §5.1): http.client takes
    such a line for the end of the header, and waits for a body whose length stands behind it."""

    def __init__(self, lines: Any) -> None:
        self._lines = lines

    def readline(self, *args: int) -> bytes:
        line: bytes = self._lines.readline(*args)
        name, colon, value = line.partition(b":")
        return name.rstrip(b" \t") + colon + value if colon and not name[:1].isspace() else line

    def __getattr__(self, name: str) -> Any:
        return getattr(self._lines, name)


class StrictResponse(http.client.HTTPResponse):
    """Refuses two lengths while it can still be closed; urllib3 does so when nobody holds it any more."""

    def begin(self) -> None:
        lines = self.fp
        super().begin()
        self.fp = lines
        lengths = {one.strip() for one in ",".join(self.headers.get_all("content-length", ())).split(",")}
        if len(lengths) > 1:
            raise http.client.HTTPException("two lengths")
        length = lengths.pop()
        if self.length is None and not self.chunked and length.isascii() and length.isdigit():
            self.length = int(length)  # said twice in one line, "5, 5" (RFC 9110 §8.6)

    def _read_status(self) -> tuple[str, int, str]:
        """The status line that counts: http.client takes any interim answer but 100 for the last one, and a client
        MUST be able to parse one or more (RFC 9110 §15.2), such as 103 Early Hints."""
        while True:
            version, status, reason = super()._read_status()  # type: ignore[misc]  # not public, not typed
            fields: Any = _LenientHeaderLines(self.fp)
            if not HTTPStatus.SWITCHING_PROTOCOLS < status < HTTPStatus.OK:
                self.fp = fields
                return version, status, reason
            http.client.parse_headers(fields)


class Connection(HTTPConnection):
    """Connects through `dial`; is not kept for longer than servers and routers keep it."""

    response_class = StrictResponse
    _refused: str | None = None  # what the guard says of the address it is connected to
    _answered = 0  # responses, since it was connected
    _last_used = 0.0

    def _new_conn(self) -> socket.socket:
        # The proxy is the user's own choice and usually stands in the private network.
        sock, refused = guarded_connect(
            self._dns_host, self.port, self.socket_options, guarded=not self.proxy
        )
        self._refused = None if self.proxy else refused
        self._answered = 0
        return sock

    @property
    def is_connected(self) -> bool:
        # A router forgets an idle connection without a word; a request on it would hang until the deadline.
        return time.monotonic() - self._last_used < MAX_IDLE_SECONDS and super().is_connected

    def request(self, *args: Any, **options: Any) -> None:
        if not self.is_closed and self._refused and not current_budget().allow_private:
            raise blocked_error(
                current_budget().source, self.host, self._refused
            )  # opened for a source that may
        super().request(*args, **options)

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 itself
        reused = self._answered > 0
        try:
            response = super().getresponse()
        except ConnectionError as error:
            if reused:
                raise StaleConnection from error
            raise
        self._answered += 1
        self._last_used = time.monotonic()
        return response


class TlsConnection(Connection, HTTPSConnection):
    def connect(self) -> None:
        try:
            super().connect()
        except ssl.SSLCertVerificationError as error:
            problem = f"the certificate of {self._peer} does not hold ({error.verify_message!r})"
            raise Unreachable(current_budget().source, problem) from error
        except ssl.SSLError as error:
            reason = (error.reason or "it broke off").replace("_", " ").lower()
            raise Unreachable(
                current_budget().source, f"no secure connection to {self._peer}: {reason}"
            ) from error

    @property
    def _peer(self) -> str:
        return safe_host(self._tunnel_host or self.host)


class _Pool(HTTPConnectionPool):
    ConnectionCls = Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = TlsConnection


_POOLS = {"http": _Pool, "https": _TlsPool}


# ---------------------------------------------------------------------------------------------- adapter


class Adapter(HTTPAdapter):
    """requests' adapter over those connections, for any number of threads; knows no cookies and no retries.

    `hosts`: how many hosts' connections are kept; with fewer than are asked in turn, each request connects.
    `authorities`: a PEM file in place of Mozilla's list of certificate authorities.
    """

    def __init__(self, hosts: int, authorities: Path | None = None) -> None:
        # One context for all: requests loads the authorities for each connection, 25 ms of CPU a time.
        self._tls = create_urllib3_context()
        self._tls.load_verify_locations(authorities or DEFAULT_CA_BUNDLE_PATH)
        self._tls.sslsocket_class = MeteredTlsSocket
        super().__init__(pool_connections=hosts, pool_maxsize=4, max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options, ssl_context=self._tls)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> ProxyManager:
        contexts = {"ssl_context": self._tls, "proxy_ssl_context": self._tls}
        manager: ProxyManager = super().proxy_manager_for(proxy, **options, **contexts)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def cert_verify(self, *args: Any, **options: Any) -> None:
        """Nothing: the shared context verifies, whatever REQUESTS_CA_BUNDLE says."""

    def build_response(self, request: requests.PreparedRequest, raw: BaseHTTPResponse) -> requests.Response:
        """Less than requests does: no cookie is read, so none can be sent."""
        response = requests.Response()
        response.status_code = raw.status
        response.raw = raw
        response.url = request.url or ""
        return response
