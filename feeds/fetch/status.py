"""Statuses that carry no document → the error that says so. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from feeds.errors import NEVER, BadStatus, Gone, Retry, Throttled

MAX_PATIENCE = timedelta(days=31)


def failure(source: str, place: str, status: int, headers: Mapping[str, str], now: datetime) -> BadStatus:
    """What the answer `status` of `place` (a host, fit to be shown) comes to for `source`."""
    said = f"{place} answered {status} {_phrase(status)}".rstrip()
    if status == HTTPStatus.GONE:
        return Gone(source, f"{said}: it has ended for good", NEVER, status)
    until = retry_at(headers, now)
    patience = status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.FORBIDDEN) and until
    # Some hosts answer 403 when they mean 429 (FreshRSS #8928); with Retry-After it is certain.
    if status == HTTPStatus.TOO_MANY_REQUESTS or patience:
        if until:
            said += f"; not before {until:%Y-%m-%d %H:%M} UTC"
        return Throttled(source, said, Retry(at=until), status)
    return BadStatus(source, said, status=status)


def retry_at(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """`Retry-After` (RFC 9110 §10.2.3) as a moment of our clock, at most 31 days away; None: says nothing.

    A date counts from the response's own `Date`: the server's clock may be wrong, its arithmetic is not.
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        # Ten digits are three centuries; thousands of them would not even become an int.
        wait = timedelta(seconds=int(value)) if len(value) < 10 else MAX_PATIENCE
    else:
        until = _date(value)
        if until is None:
            return None
        wait = until - (_date(headers.get("date", "")) or now)
    return now + min(wait, MAX_PATIENCE) if wait > timedelta(0) else None


def _date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _phrase(status: int) -> str:
    """The standard's words, never the server's."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
