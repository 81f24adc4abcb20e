"""Structured logs: one canonical line a poll, with all its facts; key=value, or JSON for machines.

structlog is imported by those who log: it brings asyncio, and most of the program only masks.
"""

from __future__ import annotations

import logging
import re
import sys
from typing import TYPE_CHECKING, Any, Literal, TextIO

if TYPE_CHECKING:
    from structlog.typing import EventDict, WrappedLogger

Style = Literal["plain", "json"]

_SECRET = re.compile(
    r"(?P<head>://)[^/@\s]+@|(?P<name>[?&;](?:[a-z_-]*(?:token|key|secret|password|auth|sig)[a-z_-]*)=)[^&\s#]+"
    r"|(?P<folder>\bprivate/)[A-Za-z0-9_-]{16,}",  # of a private output
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


def configure(style: Style = "plain", *, verbose: bool = False, stream: TextIO | None = None) -> None:
    """Set up logging for a process. Called once, by whoever was started."""
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
            safe,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if verbose else logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def safe(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """No secret and no line of somebody else's in a log: userinfo and tokens in URLs are masked, and control
    characters become spaces."""
    return {key: mask(value) if isinstance(value, str) else value for key, value in event.items()}


def mask(text: str) -> str:
    """`https://user:pw@host/?token=x` → `https://…@host/?token=…`, on one line."""
    hidden = _SECRET.sub(
        lambda found: f"{found['head']}…@" if found["head"] else f"{found['name'] or found['folder']}…", text
    )
    return _CONTROL.sub(" ", hidden)
