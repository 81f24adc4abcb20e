"""Bounds a call of the object store's client: its time as a whole, and the number of its requests.

The timeouts of the client apply to each read, so a server that sends a byte now and then holds a call for hours. Its
redirects between regions have no limit: a server that always answers 307 ends in a RecursionError.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Timer
from typing import Any
from weakref import WeakSet

from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)

CALL_SECONDS = 30.0
"""Short, because the thread that publishes also commits everything else."""

MIN_BYTES_PER_SECOND = 20 << 10
"""A slower upload or download is given up."""

MAX_REQUESTS = 8
"""Of one call: attempts and redirects. A listing is one call per page."""


_BOTH_DIRECTIONS = 2  # socket.SHUT_RDWR; only feeds.fetch imports the module


class CallAborted(Exception):
    """The call was ended; the message says why."""


class RequestGuard:
    """The guard of one client, which may make one call at a time."""

    def __init__(self, client: Any) -> None:
        self._sockets: WeakSet[Any] = WeakSet()
        self._requests = 0
        self._abort_reason = ""
        client.meta.events.register("before-send.s3", self._before_send)
        # botocore has no setting for the connection class; it makes its pools from this dictionary.
        session = client._endpoint.http_session
        session._pool_classes_by_scheme.update(self._pool_classes())

    @contextmanager
    def call(self, size: int = 0) -> Iterator[None]:
        """Run one call that sends or receives about `size` bytes. Raises CallAborted if it exceeds its limits."""
        self._requests, self._abort_reason = 0, ""
        seconds = CALL_SECONDS + size / MIN_BYTES_PER_SECOND
        timer = Timer(seconds, self.abort, [f"it took longer than {seconds:.0f} seconds"])
        timer.daemon = True
        timer.start()
        try:
            yield
        except Exception as error:
            if self._abort_reason:
                raise CallAborted(self._abort_reason) from error
            raise
        finally:
            timer.cancel()
        if self._abort_reason:
            raise CallAborted(self._abort_reason)

    def abort(self, reason: str) -> None:
        """End the call in progress, from another thread."""
        self._abort_reason = self._abort_reason or reason
        for sock in tuple(self._sockets):
            with suppress(OSError):
                sock.shutdown(_BOTH_DIRECTIONS)  # wakes up the thread that waits for it

    def _before_send(self, **_: object) -> None:
        self._requests += 1
        if self._requests > MAX_REQUESTS:
            self._abort_reason = self._abort_reason or "the server redirects without end"
        if self._abort_reason:
            raise CallAborted(self._abort_reason)

    def _pool_classes(self) -> dict[str, type]:
        sockets = self._sockets

        def connection_class(base: Any) -> type:
            class Connection(base):  # type: ignore[misc]
                def connect(self) -> None:
                    super().connect()
                    sockets.add(self.sock)

            return Connection

        class Pool(AWSHTTPConnectionPool):  # type: ignore[misc]
            ConnectionCls = connection_class(AWSHTTPConnection)

        class SecurePool(AWSHTTPSConnectionPool):  # type: ignore[misc]
            ConnectionCls = connection_class(AWSHTTPSConnection)

        return {"http": Pool, "https": SecurePool}
