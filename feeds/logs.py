"""Structured logs: one line per event with all its facts, as key=value or JSON.

structlog is imported inside `configure`, because it imports asyncio and most commands only need `mask_secrets`.
"""

from __future__ import annotations

import logging
import re
import sys
from typing import TYPE_CHECKING, Any, Literal, TextIO

if TYPE_CHECKING:
    from structlog.typing import EventDict, WrappedLogger

LogStyle = Literal["plain", "json"]

_SECRET = re.compile(
    r"(?P<head>://)[^/@\s]+@|(?P<name>[?&;](?:[a-z_-]*(?:token|key|secret|password|auth|sig)[a-z_-]*)=)[^&\s#]+"
    r"|(?P<folder>\bprivate/)[A-Za-z0-9_-]{16,}",  # the secret folder of a private output
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


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
    """A structlog processor that applies `mask_secrets` to every string value of an event."""
    return {key: mask_secrets(value) if isinstance(value, str) else value for key, value in event.items()}


def mask_secrets(text: str) -> str:
    """Mask credentials and tokens in URLs, and replace control characters with spaces, so that text from outside cannot
    add log lines: `https://user:pw@host/?token=x` → `https://…@host/?token=…`."""
    masked = _SECRET.sub(
        lambda match: f"{match['head']}…@" if match["head"] else f"{match['name'] or match['folder']}…", text
    )
    return _CONTROL.sub(" ", masked)
