"""The waitress server, with limits for slow and hostile clients, an access log, and an orderly shutdown."""

from __future__ import annotations

import logging
import resource
import socket
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from time import monotonic
from typing import Any, Self

import structlog
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer
from werkzeug.routing import Rule

from feeds.errors import FeedsError
from feeds.serve.access_log import AccessLog
from feeds.serve.app import DEFAULT_MAX_AGE, App, create_app
from feeds.serve.connections import Connection, Limits, client_of, connection_to_close

GRACE_SECONDS = 5.0
"""After `stop`, responses in progress may take this long; our choice, within the daemon's 10 s."""

CHECK_SECONDS = 0.5
"""Interval of the search for connections whose time is over."""

MIN_BODY_LIMIT_BYTES = 64 << 10
"""A request body of up to this size gets a proper error page, although no route accepts one."""

RESERVED_DESCRIPTORS = 100
"""Open files of the process that are no connections; our choice. Connections get what `ulimit -n` leaves."""

ACCEPT_BATCH = 64
"""New connections per turn of the event loop. waitress accepts one, so a reader would wait behind a crowd."""

OVERFLOW_LOG_SECONDS = 60.0
"""Connections closed because of a limit are logged once in this interval."""

_SETTINGS = {
    "threads": 4,
    "connection_limit": 1 << 20,  # waitress stops accepting at its limit; `Limits` make room instead
    "asyncore_use_poll": True,  # select() does not work beyond descriptor 1024
    "channel_timeout": 1 << 30,  # by the wall clock; `Limits` use the monotonic clock
    "outbuf_high_watermark": 1 << 40,  # beyond it, a thread would wait for a client that does not read
    "max_request_header_size": 16 << 10,
    "log_socket_errors": False,  # a client that disconnects is not an error
    "ident": "feeds",
}

_BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\nRetry-After: 5\r\n\r\n"
)

log = structlog.get_logger("feeds")

# Without a handler, `logging` prints the warnings of a library to stderr.
logging.getLogger("waitress").addHandler(logging.NullHandler())


class _Acceptor(TcpWSGIServer):  # type: ignore[misc]
    """Accepts connections within the limits."""

    channel_class = Connection
    limits = Limits()
    access_log: AccessLog | None = None
    _overflow_logged_at = float("-inf")
    _overflow_count = 0

    def handle_accept(self) -> None:
        for _ in range(ACCEPT_BATCH):
            try:
                accepted = self.accept()
                if accepted is None:
                    return
                sock, address = accepted
                self.set_socket_options(sock)
            except OSError:  # the client is gone already
                return
            if self._make_room(address):
                self.channel_class(self, sock, address, self.adj, map=self._map)
            else:
                with sock, suppress(OSError):
                    sock.setblocking(False)
                    sock.send(_BUSY)

    def _make_room(self, address: tuple[str, int]) -> bool:
        """Whether the connection is admitted."""
        connections = tuple(self.active_channels.values())
        overflow, victim = connection_to_close(connections, client_of(address[0]), self.limits)
        if overflow:
            self._log_overflow()
        if victim is not None:
            victim.handle_close()
        return not overflow or victim is not None

    def _log_overflow(self) -> None:
        self._overflow_count += 1
        if monotonic() - self._overflow_logged_at >= OVERFLOW_LOG_SECONDS:
            log.warning("connections.limited", closed=self._overflow_count, open=len(self.active_channels))
            self._overflow_logged_at, self._overflow_count = monotonic(), 0

    def close_overdue(self) -> None:
        now = monotonic()
        for connection in tuple(self.active_channels.values()):
            if connection.is_overdue(now, self.limits):
                connection.handle_close()


class Server:
    """A bound server: `url` is valid and clients may connect; `run` answers them. Made by `bind_server`."""

    def __init__(
        self,
        application: App,
        listening: socket.socket,
        max_body_bytes: int,
        limits: Limits | None = None,
        access_log: AccessLog | None = None,
    ) -> None:
        self._connections: dict[int, Any] = {}
        self._waitress = _Acceptor(
            application,
            self._connections,
            _sock=listening,
            bind_socket=False,
            sockinfo=(listening.family, listening.type, listening.proto, listening.getsockname()),
            adj=Adjustments(
                sockets=[listening],
                max_request_body_size=max(max_body_bytes, MIN_BODY_LIMIT_BYTES),
                **_SETTINGS,
            ),
        )
        self._waitress.limits = _within_descriptors(limits or Limits())
        self._waitress.access_log = access_log
        self._stopping = False
        self._closed = False

    @property
    def url(self) -> str:
        """The URL for a client on this machine; ends with "/"."""
        host, port = self._waitress.effective_host, int(self._waitress.effective_port)
        if ip_address(host).is_unspecified:
            host = "::1" if ":" in host else "127.0.0.1"
        return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"

    def run(self) -> None:
        """Answer requests until `stop` is called, then finish those in progress, for up to `GRACE_SECONDS`."""
        with closing(self):
            checked_at = monotonic()
            while not self._stopping:
                self._process_events(1.0)
                if monotonic() - checked_at >= CHECK_SECONDS:
                    checked_at = monotonic()
                    self._waitress.close_overdue()
            self._waitress.accepting = False
            end = monotonic() + GRACE_SECONDS
            while self._has_requests() and monotonic() < end:
                self._process_events(0.1)

    def stop(self) -> None:
        """End `run` soon. May be called more than once, from another thread and from a signal handler."""
        self._stopping = True
        if not self._closed:
            with suppress(OSError):  # it was closed meanwhile
                self._waitress.pull_trigger()

    def close(self) -> None:
        """Close every socket. `run` does this itself."""
        if not self._closed:
            self._closed = True
            self._waitress.task_dispatcher.shutdown(timeout=1)
            wasyncore.close_all(self._connections)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _process_events(self, seconds: float) -> None:
        wasyncore.loop(timeout=seconds, use_poll=True, map=self._connections, count=1)

    def _channels(self) -> Sequence[Any]:
        return tuple(self._waitress.active_channels.values())

    def _has_requests(self) -> bool:
        return any(channel.requests or channel.total_outbufs_len for channel in self._channels())


def _within_descriptors(limits: Limits) -> Limits:
    """Without a free descriptor nothing is accepted, and no file can be read."""
    descriptors = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if descriptors == resource.RLIM_INFINITY:
        return limits
    available = max(descriptors - RESERVED_DESCRIPTORS, descriptors // 2)
    return replace(limits, connections=min(limits.connections, available))


def bind_server(
    directory: Path,
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    max_age: timedelta = DEFAULT_MAX_AGE,
    hosts: Collection[str] = (),
    routes: Sequence[Rule] = (),
    max_body_bytes: int = 0,
    links: Mapping[str, str] | None = None,
    cross_origin: bool = True,
    limits: Limits | None = None,
    access_log: AccessLog | None = None,
) -> Server:
    """Bind to `host`:`port` (0: any free port). The keyword arguments are those of `create_app`, and `max_body_bytes`:
    the size limit of a request body, if some route accepts one. The server answers to `host` and to `hosts`.

    Raises FeedsError if the address cannot be bound.
    """
    if not 0 <= port <= 0xFFFF:  # getaddrinfo would use it modulo 65536
        raise FeedsError(f"cannot listen on {host}:{port}: a port is a number up to 65535")
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        dual_stack = family == socket.AF_INET6 and ip_address(str(address[0])).is_unspecified
        listening = socket.create_server(address[:2], family=family, dualstack_ipv6=dual_stack)
    except (OSError, UnicodeError) as error:
        raise FeedsError(f"cannot listen on {host}:{port}: {error}") from error
    application = create_app(
        directory,
        max_age=max_age,
        hosts=(host, *hosts),
        routes=routes,
        links=links,
        cross_origin=cross_origin,
    )
    return Server(application, listening, max_body_bytes, limits, access_log)
