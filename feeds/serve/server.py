"""The waitress server, with timeouts for slow clients and an orderly shutdown."""

from __future__ import annotations

import logging
import socket
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing, suppress
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from time import monotonic
from typing import Any, Self

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import create_server
from werkzeug.routing import Rule

from feeds.errors import FeedsError
from feeds.serve.app import DEFAULT_MAX_AGE, App, create_app

REQUEST_TIMEOUT_SECONDS = 20.0
"""A request must be complete by then, even if its bytes keep arriving; our choice."""

IDLE_TIMEOUT_SECONDS = 30
"""A connection without traffic is closed after this; our choice. Readers come hourly, so waiting gains nothing."""

GRACE_SECONDS = 5.0
"""After `stop`, responses in progress may take this long; our choice, within the daemon's 10 s."""

MIN_BODY_LIMIT_BYTES = 64 << 10
"""A request body of up to this size gets a proper error page, although no route accepts one."""

_SETTINGS = {
    "threads": 4,
    "connection_limit": 1000,  # idle connections are cheap: only a complete request gets a thread
    "asyncore_use_poll": True,  # select() does not work beyond descriptor 1024
    "channel_timeout": IDLE_TIMEOUT_SECONDS,
    "cleanup_interval": 5,
    "max_request_header_size": 16 << 10,
    "log_socket_errors": False,  # a client that disconnects is not an error
    "ident": "feeds",
}

# Without a handler, `logging` prints the warnings of a library to stderr.
logging.getLogger("waitress").addHandler(logging.NullHandler())


class _Request(HTTPRequestParser):  # type: ignore[misc]
    def __init__(self, adj: Any) -> None:
        super().__init__(adj)
        self.started_at = monotonic()

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except ValueError as error:  # from urllib, for a URL like http://[/
            raise ParsingError("Address is invalid") from error


class _Channel(HTTPChannel):  # type: ignore[misc]
    parser_class = _Request


class Server:
    """A bound server: `url` is valid and clients may connect; `run` answers them. Made by `bind_server`."""

    def __init__(self, application: App, listening: socket.socket, max_body_bytes: int) -> None:
        self._connections: dict[int, Any] = {}
        self._waitress = create_server(
            application,
            map=self._connections,
            sockets=[listening],
            max_request_body_size=max(max_body_bytes, MIN_BODY_LIMIT_BYTES),
            **_SETTINGS,
        )
        self._waitress.channel_class = _Channel
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
            while not self._stopping:
                self._process_events(1.0)
                self._close_slow_requests()
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

    def _close_slow_requests(self) -> None:
        # For waitress, every byte is activity: a client that sends one now and then would keep its connection for
        # ever, and a hostile client opens many.
        started_before = monotonic() - REQUEST_TIMEOUT_SECONDS
        for channel in self._channels():
            if channel.request is not None and channel.request.started_at < started_before:
                channel.will_close = True


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
    return Server(
        create_app(directory, max_age=max_age, hosts=(host, *hosts), routes=routes, links=links),
        listening,
        max_body_bytes,
    )
