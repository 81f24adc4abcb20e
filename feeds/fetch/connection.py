"""urllib3 connections that obey the active `FetchBudget`: each blocking call, each received byte, each address.

`adapter` (requests) → pools (urllib3) → Connection, TlsConnection → MeteredSocket, MeteredTlsSocket
                                         └ connect: look up, guard, connect
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from http import HTTPStatus
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from urllib3 import HTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection

from feeds.errors import Blocked, FetchError, ProxyFailed, Unreachable
from feeds.fetch.fetch_budget import current_budget
from feeds.fetch.guard import refusal_reason
from feeds.model.urls import safe_host

MAX_IDLE_SECONDS = 30.0  # a connection that was idle for longer may be dead and is not used again
MAX_ADDRESSES_PER_NAME = 8  # tried one after the other


S = TypeVar("S", bound=socket.socket)
Address = tuple[Any, str | None]
"""A `getaddrinfo` entry, and the guard's reason if it is not public."""


class StaleConnection(Exception):
    """The server has closed a connection that was kept open. The request may be sent once more."""


# ----------------------------------------------------------------------------------------------- sockets


class MeteredSocket(socket.socket):
    """A socket whose calls end at the active budget's deadline and whose received bytes are counted."""

    def recv_into(self, *args: Any) -> int:
        budget = current_budget()
        with budget.limit_call(self):
            count = super().recv_into(*args)
        budget.count_received(count)
        return count

    def recv(self, *args: Any) -> bytes:
        budget = current_budget()
        with budget.limit_call(self):
            data = super().recv(*args)
        budget.count_received(len(data))
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
            self.close()  # `ssl` does this only for its own errors
            raise


# ------------------------------------------------------------------------------------------ look up, connect


def literal_address(host: str, port: int) -> list[Any]:
    """`getaddrinfo` entries of a host that is an address in any spelling; empty if it is a name."""
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return []


def _resolve(host: str, port: int) -> list[Any]:
    """`getaddrinfo`, abandoned at the deadline. It cannot be interrupted, so it runs in a thread of its own.

    An abandoned thread ends when the system's resolver returns. It does not delay the end of the process.
    """
    budget = current_budget()
    answers: SimpleQueue[list[Any] | Exception] = SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(budget.lookup(host, port, type=socket.SOCK_STREAM))
        except Exception as error:  # raised again in the waiting thread
            answers.put(error)

    threading.Thread(target=look_up, name="lookup", daemon=True).start()
    try:
        answer = answers.get(timeout=budget.remaining_seconds())
    except Empty:
        raise budget.too_slow() from None
    if isinstance(answer, socket.gaierror):
        raise Unreachable(
            budget.source, f"the host name {safe_host(host)} cannot be resolved: {answer.strerror}"
        ) from answer
    if isinstance(answer, Exception):
        raise Unreachable(budget.source, f"the host name {safe_host(host)} cannot be resolved") from answer
    return answer


def connect(host: str, port: int, options: Any, *, public_only: bool) -> tuple[socket.socket, str | None]:
    """Connect to `host`. Return the socket, and the guard's reason if the address is not public (else None).

    The addresses that are checked are those that are connected to, so a name that resolves differently the second
    time gains nothing. With `public_only`, other addresses are refused unless the source allows them.
    Raises Blocked, Unreachable, TooSlow.
    """
    addresses = allowed_addresses(host, port, public_only=public_only)
    try:
        return connect_first(addresses, lambda entry, timeout: _connect_address(entry, options, timeout))
    except TimeoutError as problem:
        raise current_budget().too_slow() from problem
    except OSError as problem:
        reason = problem.strerror or "the connection failed"
        raise Unreachable(
            current_budget().source, f"no connection to {safe_host(host)}: {reason}"
        ) from problem


def allowed_addresses(host: str, port: int, *, public_only: bool) -> Sequence[Address]:
    """The addresses of `host`, at least one. Raises Blocked, Unreachable, TooSlow."""
    budget = current_budget()
    entries = literal_address(host, port) or _resolve(host, port)
    checked = [(entry, refusal_reason(entry[4][0])) for entry in entries[:MAX_ADDRESSES_PER_NAME]]
    allowed = [
        (entry, refused)
        for entry, refused in checked
        if not public_only or budget.allow_private or not refused
    ]
    if checked and not allowed:
        raise blocked_error(budget.source, host, checked[0][1])
    if not allowed:
        raise Unreachable(budget.source, f"no connection to {safe_host(host)}: its name has no address")
    return allowed


def connect_first(
    addresses: Sequence[Address], open_socket: Callable[[Any, float], S]
) -> tuple[S, str | None]:
    """Try the addresses one after the other: (socket, the guard's reason). `open_socket` takes an entry and a timeout.
    Raises the OSError of the last address, and what else `open_socket` raises."""
    problem: OSError | None = None
    for position, (entry, refused) in enumerate(addresses):
        # One dead address must not use up the time of the others: IPv6 routes are often broken.
        share = current_budget().remaining_seconds() / (len(addresses) - position)
        try:
            return open_socket(entry, share), refused
        except OSError as error:
            problem = error
    assert problem is not None
    raise problem


def _connect_address(entry: Any, options: Any, timeout: float) -> socket.socket:
    family, socket_type, protocol, _, address = entry
    sock = MeteredSocket(family, socket_type, protocol)
    try:
        for option in options or ():
            sock.setsockopt(*option)
        sock.settimeout(timeout)
        sock.connect(address)
    except BaseException:
        sock.close()
        raise
    return sock


def blocked_error(source: str, host: str, reason: str | None) -> Blocked:
    return Blocked(source, f"{safe_host(host)} is {reason}; if that is intended, set allow_private: true")


def proxy_failed(error: FetchError) -> ProxyFailed:
    return ProxyFailed(error.source, f"the proxy cannot be used: {error.problem}")


# -------------------------------------------------------------------------------------------- connections


class _LenientHeaderLines:
    """The lines of a header, without white space between a field name and its colon (RFC 9112 §5.1). http.client takes
    a line with such a space for the end of the header, and so misses a Content-Length that follows."""

    def __init__(self, lines: Any) -> None:
        self._lines = lines
        self.is_cut_off = False  # the connection ended within the header

    def readline(self, *args: int) -> bytes:
        line: bytes = self._lines.readline(*args)
        self.is_cut_off = self.is_cut_off or not line.endswith(b"\n")
        name, colon, value = line.partition(b":")
        return name.rstrip(b" \t") + colon + value if colon and not name[:1].isspace() else line

    def __getattr__(self, name: str) -> Any:
        return getattr(self._lines, name)


class Rfc9112Response(http.client.HTTPResponse):
    """Keeps to RFC 9112 and 9110 where http.client does not. The differences:

    - Two different lengths are an error at once. urllib3 finds them when the connection can no longer be closed.
    - The same length twice in one line ("5, 5") is accepted.
    - White space between a field name and its colon does not end the header.
    - Interim answers other than 100 are skipped, not taken for the final one.
    - A header that ends with the connection, before its empty line, was cut off.
    - A 204 or 304 has no body, even if its header announces chunks (RFC 9112 §6.3), so its connection stays usable.
    """

    _header_lines: _LenientHeaderLines | None = None

    def begin(self) -> None:
        lines: Any = self.fp
        super().begin()
        if self._header_lines is not None and self._header_lines.is_cut_off:
            raise ConnectionAbortedError("the header was cut off")
        self.fp = lines
        if self.status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
            del self.headers["transfer-encoding"]
            self.chunked, self.length = False, 0
        lengths = {value.strip() for value in ",".join(self.headers.get_all("content-length", ())).split(",")}
        if len(lengths) > 1:
            raise http.client.HTTPException("two lengths")
        length = lengths.pop()
        if self.length is None and not self.chunked and length.isascii() and length.isdigit():
            self.length = int(length)  # twice in one line, "5, 5" (RFC 9110 §8.6)

    def _read_status(self) -> tuple[str, int, str]:
        """The status line of the final answer. http.client takes an interim answer other than 100, such as 103 Early
        Hints, for the final one. A client MUST be able to parse one or more of them (RFC 9110 §15.2)."""
        while True:
            version, status, reason = super()._read_status()  # type: ignore[misc]  # not public, not typed
            self._header_lines = fields = _LenientHeaderLines(self.fp)
            if not HTTPStatus.SWITCHING_PROTOCOLS < status < HTTPStatus.OK:
                self.fp = fields  # type: ignore[assignment]
                return version, status, reason
            http.client.parse_headers(fields)


class Connection(HTTPConnection):
    """Opened by `connect`. Is reused only for as long as servers and routers keep a connection."""

    response_class = Rfc9112Response
    _refusal_reason: str | None = None  # the guard's reason, if the address is not public
    _response_count = 0  # since it was connected
    _last_used = 0.0

    def _new_conn(self) -> socket.socket:
        # The proxy is the user's own choice and is usually in the private network.
        try:
            sock, reason = connect(self._dns_host, self.port, self.socket_options, public_only=not self.proxy)
        except FetchError as error:
            if self.proxy:
                raise proxy_failed(error) from error
            raise
        self._refusal_reason = None if self.proxy else reason
        self._response_count = 0
        return sock

    @property
    def is_connected(self) -> bool:
        # A router drops an idle connection without notice. A request on it would hang until the deadline.
        return time.monotonic() - self._last_used < MAX_IDLE_SECONDS and super().is_connected

    def request(self, *args: Any, **options: Any) -> None:
        if not self.is_closed and self._refusal_reason and not current_budget().allow_private:
            # It was opened for a source that allows private addresses.
            raise blocked_error(current_budget().source, self.host, self._refusal_reason)
        super().request(*args, **options)

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 itself
        reused = self._response_count > 0
        try:
            response = super().getresponse()
        except ConnectionError as error:
            if reused:
                raise StaleConnection from error
            raise
        self._response_count += 1
        self._last_used = time.monotonic()
        return response


class TlsConnection(Connection, HTTPSConnection):
    def connect(self) -> None:
        try:
            super().connect()
        except ssl.SSLCertVerificationError as error:
            problem = f"the certificate of {self._peer} is not valid ({error.verify_message!r})"
            raise Unreachable(current_budget().source, problem) from error
        except ssl.SSLError as error:
            reason = (error.reason or "the connection was closed").replace("_", " ").lower()
            raise Unreachable(
                current_budget().source, f"no TLS connection to {self._peer}: {reason}"
            ) from error

    @property
    def _peer(self) -> str:
        return safe_host(self._tunnel_host or self.host)
