"""Structured logs: one line per event with all its facts, as key=value or JSON.

structlog is imported inside `configure`, because it imports asyncio and most commands only need `mask_secrets`.
"""

from __future__ import annotations

import logging
import re
import sys
from typing import TYPE_CHECKING, Any, Literal, TextIO

from feeds.secret_values import PARAMETER, finder, is_secret_name

if TYPE_CHECKING:
    from structlog.typing import EventDict, WrappedLogger

LogStyle = Literal["plain", "json"]

_SECRET = re.compile(
    r"(?P<head>://)[^/@\s]+@"
    r"|(?P<folder>\bprivate/)[A-Za-z0-9_-]{16,}"  # the secret folder of a private output
    r"|(?P<header>\bauthorization: {0,9}+\S{1,40}+ {1,9}+)\S+",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


class _KnownSecrets:
    """The secrets of the configuration. They are the same for all messages of a process."""

    def __init__(self) -> None:
        self._owner = ""
        self._values: frozenset[str] = frozenset()
        self.finder: re.Pattern[str] | None = None

    def replace(self, owner: str, values: frozenset[str]) -> None:
        # Messages about the configuration before a reload may still come.
        kept = self._values if owner == self._owner else frozenset()
        self._owner, self._values = owner, values
        self.finder = finder(values | kept)


_known = _KnownSecrets()


def hide_values(owner: str, values: frozenset[str]) -> None:
    """Mask these values in every message from now on, in place of those of another owner. `owner`: the path of the
    configuration."""
    _known.replace(owner, values)


def configure(style: LogStyle = "plain", *, stream: TextIO | None = None) -> None:
    """Set up logging. Called once, at the start of a process. `stream`: standard error by default."""
    import structlog

    renderer: Any = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.processors.LogfmtRenderer(
            key_order=["timestamp", "level", "event"], bool_as_flag=False
        )
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            mask_event,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def mask_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A structlog processor that applies `mask_secrets` to every value of an event but numbers."""
    return {
        key: value if value is None or isinstance(value, int | float) else mask_secrets(str(value))
        for key, value in event.items()
    }


def mask_values(text: str) -> str:
    """Mask the secrets of the configuration, and nothing else."""
    return _known.finder.sub("…", text) if _known.finder else text


def mask_secrets(text: str) -> str:
    """Mask credentials and tokens in URLs, and replace control characters with spaces, so that text from outside cannot
    add log lines: `https://user:pw@host/?token=x` → `https://…@host/?token=…`."""
    masked = _SECRET.sub(
        lambda match: f"{match['head']}…@" if match["head"] else f"{match['folder'] or match['header']}…",
        mask_values(text),
    )
    return _CONTROL.sub(" ", PARAMETER.sub(_mask_parameter, masked))


def _mask_parameter(match: re.Match[str]) -> str:
    return f"{match['start']}{match['name']}=…" if is_secret_name(match["name"]) else match[0]
