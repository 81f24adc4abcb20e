"""waitress, with limits for clients that are slow on purpose, and an orderly end."""

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
from feeds.serve.app import MAX_AGE, App, app

REQUEST_SECONDS = 20.0
"""A request must be complete by then, however busily its bytes drip; ours."""

IDLE_SECONDS = 30
"""A connection without traffic is closed after this; ours. Readers come hourly: no gain in waiting."""

GRACE_SECONDS = 5.0
"""Answers under way may be finished in this time after `stop`; ours, within the daemon's 10 s."""

SMALLEST_LIMIT = 64 << 10
"""Bytes of a body that are let through to be refused in words: nobody is asked to send one."""

_SETTINGS = {
    "threads": 4,
    "connection_limit": 1000,  # idle connections are cheap: waitress gives a thread only to a whole request
    "asyncore_use_poll": True,  # select() ends at descriptor 1024
    "channel_timeout": IDLE_SECONDS,
    "cleanup_interval": 5,
    "max_request_header_size": 16 << 10,
    "log_socket_errors": False,  # a client that hangs up is no event
    "ident": "feeds",
}

# Without a handler of its own, `logging` prints the warnings of a library to stderr.
logging.getLogger("waitress").addHandler(logging.NullHandler())


class _Request(HTTPRequestParser):  # type: ignore[misc]
    def __init__(self, adj: Any) -> None:
        super().__init__(adj)
        self.began = monotonic()

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except ValueError as error:  # out of urllib, for an address like http://[/
            raise ParsingError("Address is invalid") from error


class _Channel(HTTPChannel):  # type: ignore[misc]
    parser_class = _Request


class Server:
    """A bound server: `url` is valid, clients may connect; `run` answers them. `serve` makes it."""

    def __init__(self, application: App, listening: socket.socket, largest_body: int) -> None:
        self._connections: dict[int, Any] = {}
        self._waitress = create_server(
            application,
            map=self._connections,
            sockets=[listening],
            max_request_body_size=max(largest_body, SMALLEST_LIMIT),
            **_SETTINGS,
        )
        self._waitress.channel_class = _Channel
        self._stopping = False
        self._closed = False

    @property
    def url(self) -> str:
        """Where a client on this machine reaches it; ends with "/"."""
        host, port = self._waitress.effective_host, int(self._waitress.effective_port)
        if ip_address(host).is_unspecified:
            host = "::1" if ":" in host else "127.0.0.1"
        return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"

    def run(self) -> None:
        """Answers until `stop` is called, then finishes what is under way, `GRACE_SECONDS` at most."""
        with closing(self):
            while not self._stopping:
                self._turn(1.0)
                self._end_slow_requests()
            self._waitress.accepting = False
            end = monotonic() + GRACE_SECONDS
            while self._busy() and monotonic() < end:
                self._turn(0.1)

    def stop(self) -> None:
        """Ends `run` soon. May be called from another thread and from a signal handler, and twice."""
        self._stopping = True
        if not self._closed:
            with suppress(OSError):  # closed just now
                self._waitress.pull_trigger()

    def close(self) -> None:
        """Closes every socket; `run` does it by itself."""
        if not self._closed:
            self._closed = True
            self._waitress.task_dispatcher.shutdown(timeout=1)
            wasyncore.close_all(self._connections)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _turn(self, seconds: float) -> None:
        wasyncore.loop(timeout=seconds, use_poll=True, map=self._connections, count=1)

    def _channels(self) -> Sequence[Any]:
        return tuple(self._waitress.active_channels.values())

    def _busy(self) -> bool:
        return any(channel.requests or channel.total_outbufs_len for channel in self._channels())

    def _end_slow_requests(self) -> None:
        # waitress takes every byte for a sign of life: a client that sends one now and then would hold its
        # connection for ever, and a hostile one opens many.
        latest = monotonic() - REQUEST_SECONDS
        for channel in self._channels():
            if channel.request is not None and channel.request.began < latest:
                channel.will_close = True


def serve(
    directory: Path,
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    max_age: timedelta = MAX_AGE,
    hosts: Collection[str] = (),
    routes: Sequence[Rule] = (),
    largest_body: int = 0,
    links: Mapping[str, str] | None = None,
) -> Server:
    """Binds to `host`:`port` (0: any free one); the arguments below are those of `app`.

    `largest_body`: bytes that a request may bring; reading takes none. `host` itself is answered for as well as
    `hosts`. Raises FeedsError where it cannot be bound.
    """
    if not 0 <= port <= 0xFFFF:  # getaddrinfo would take it modulo 65536
        raise FeedsError(f"cannot listen on {host}:{port}: a port is a number up to 65535")
    try:
        kind, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        both = kind == socket.AF_INET6 and ip_address(str(address[0])).is_unspecified
        listening = socket.create_server(address[:2], family=kind, dualstack_ipv6=both)
    except (OSError, UnicodeError) as error:
        raise FeedsError(f"cannot listen on {host}:{port}: {error}") from error
    return Server(
        app(directory, max_age=max_age, hosts=(host, *hosts), routes=routes, links=links),
        listening,
        largest_body,
    )
