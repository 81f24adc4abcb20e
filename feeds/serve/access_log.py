"""The access log of `feeds serve`: a line per request in the combined format of Apache and nginx.

Secrets in addresses are masked: the token of a private output, the token of a hub's callback with its whole query, and
query parameters that look like secrets.
"""

from __future__ import annotations

import logging
import os
import re
import sys
from datetime import datetime
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import unquote

import structlog
from waitress.task import ErrorTask, WSGITask

from feeds.errors import FeedsError
from feeds.logs import mask_secrets

STANDARD_OUTPUT = "-"

_SECRET_FOLDER = re.compile(
    r"(^|/)(private|websub)/+[^/]+.*?(?P<file>/[a-z0-9][a-z0-9_.-]*\.[a-z]+)?$", re.IGNORECASE | re.DOTALL
)
_UNSAFE = re.compile(r'[^\x20-\x7e]|["\\]')
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

log = structlog.get_logger("feeds")


class AccessLog:
    """Writes lines to a file, or to standard output. May be used from any number of threads."""

    def __init__(self, handler: logging.Handler) -> None:
        self._handler = handler
        handler.handleError = _raise  # type: ignore[method-assign]
        self._failed = False

    def write(self, line: str) -> None:
        """A line that cannot be written is lost. It costs no response, and the log says so once."""
        try:
            self._handler.handle(logging.makeLogRecord({"msg": line}))
        except (OSError, ValueError) as error:  # ValueError: standard output is closed
            if not self._failed:
                log.error("access_log.failed", error=str(error))
            self._failed = True
        else:
            self._failed = False

    def close(self) -> None:
        self._handler.close()


def _raise(record: logging.LogRecord) -> None:
    """logging calls this while it handles the exception of a write; by default it prints a traceback."""
    raise  # noqa: PLE0704


class _File(WatchedFileHandler):
    """Opens the file again after it was renamed, so log rotation needs no signal. Only the owner may read the file:
    it says who reads what."""

    def _open(self) -> Any:
        return open(self.baseFilename, "a", encoding="utf-8", opener=_open_private)


def open_access_log(path: str, stdout: TextIO | None = None) -> AccessLog:
    """`path`: a file, to which lines are appended, or `STANDARD_OUTPUT`. Raises FeedsError if it cannot be opened."""
    if path == STANDARD_OUTPUT:
        return AccessLog(logging.StreamHandler(stdout or sys.stdout))
    if Path(path).exists() and not Path(path).is_file():  # opening a pipe would block
        raise FeedsError(f"cannot write the access log: {path} is not a file")
    try:
        return AccessLog(_File(path))
    except OSError as error:
        raise FeedsError(f"cannot write the access log {path}: {error.strerror or error}") from error


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class LoggedTask(WSGITask):  # type: ignore[misc]
    """A request that the application answers."""

    def service(self) -> None:
        _serve_and_log(self, super().service)


class LoggedErrorTask(ErrorTask):  # type: ignore[misc]
    """A request that waitress refuses."""

    def service(self) -> None:
        _serve_and_log(self, super().service)


def _serve_and_log(task: Any, serve: Any) -> None:
    access_log: AccessLog | None = task.channel.server.access_log
    try:
        serve()
    finally:
        if access_log is not None and task.wrote_header:
            access_log.write(combined_line(task, datetime.now().astimezone()))


def combined_line(task: Any, now: datetime) -> str:
    """The line of a task that has ended: `192.0.2.7 - - [18/Nov/2026:11:06:40 +0000] "GET / HTTP/1.1" 200 17 "-" …`."""
    request = task.request
    headers = request.headers
    method, _, rest = getattr(request, "first_line", b"").decode("latin-1").partition(" ")
    target, _, version = rest.rpartition(" ")
    request_line = f"{method} {mask_address(target)} {version}" if target else "-"
    sent = task.content_length if task.has_body and method != "HEAD" else None
    when = f"{now.day:02}/{_MONTHS[now.month - 1]}/{now:%Y:%H:%M:%S %z}"
    return (
        f'{task.channel.addr[0]} - - [{when}] "{_escape(request_line)}" {task.status[:3]} {sent or "-"} '
        f'"{_escape(mask_address(headers.get("REFERER", "")) or "-")}" '
        f'"{_escape(mask_secrets(headers.get("USER_AGENT", "")).replace("…", "***") or "-")}"'
    )


def mask_address(address: str) -> str:
    """The address of a request or a Referer, without its secrets."""
    # Clients may write any character as %XX: "/%70rivate/" is "/private/".
    decoded = unquote(address, "latin-1")
    masked = _SECRET_FOLDER.sub(lambda match: f"{match[1]}{match[2]}/***{match['file'] or ''}", decoded)
    return mask_secrets(address if masked == decoded else masked).replace("…", "***")


def _escape(text: str) -> str:
    return _UNSAFE.sub(lambda match: f"\\x{ord(match[0]):02x}", text)
