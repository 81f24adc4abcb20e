"""Turns a status without a document into the error that explains it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from feeds.errors import NEVER, BadStatus, Gone, Retry, Throttled
from feeds.model.http_dates import parse_http_date

MAX_RETRY_AFTER = timedelta(days=31)

_FRACTION = re.compile(r"\.\d*", re.ASCII)
_SECONDS = re.compile(r"\d++(?:\.\d*+)?+(?:\s*+,\s*+\d++(?:\.\d*+)?+)*+", re.ASCII)

STATUS_ADVICE = {
    204: "the answer has no document; is this the URL of a feed?",
    206: "it sent a part of the document, which was not requested",
    300: "it offers several versions; use the URL of one of them",
    400: "it does not accept the request; is the URL complete?",
    401: "it requires credentials, or does not accept these; see `auth`",
    402: "it requires payment; ask the publisher for an address for subscribers",
    403: "it refuses access; ask its operator, or say who you are with `site.contact`",
    404: "there is no such document; if this lasts, look for the feed's new address",
    405: "it does not accept GET; this is not the URL of a feed",
    406: "it offers no format that can be read; is this the URL of a feed?",
    407: "the proxy requires credentials; see `proxy`",
    410: "the document was removed for good; remove the source, or give it a new URL",
    421: "it does not serve this host; is the host name right?",
    425: "it refused early data; the request is repeated later",
    426: "it requires another protocol; try https:// instead of http://",
    431: "the request's headers are too large; see `headers`",
    451: "it is blocked for legal reasons, perhaps only in the country of this server",
    511: "the local network requires a login",
}
"""What a status means for a feed, and what the user can do (RFC 9110 §15; RFC 6585, 7725, 8470). A temporary status has
no text here: its standard phrase is enough."""

RETRY_UNCONDITIONALLY_STATUSES = frozenset({400, 412, 431})
"""Answers that the request's validators may have caused: the next request is sent without them."""


def error_for_status(
    source: str, host: str, status: int, headers: Mapping[str, str], now: datetime
) -> BadStatus:
    """The error for an answer with this status. `host`: as it may be shown."""
    problem = f"{host} answered {status} {_phrase(status)}".rstrip()
    if advice := STATUS_ADVICE.get(status):
        problem += f": {advice}"
    if status == HTTPStatus.GONE:
        return Gone(source, problem, NEVER, status)
    until = parse_retry_after(headers, now)
    is_throttled = status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.FORBIDDEN) and until
    # Some hosts answer 403 when they mean 429 (FreshRSS #8928); with Retry-After it is certain.
    if status == HTTPStatus.TOO_MANY_REQUESTS or is_throttled:
        if until:
            problem += f"; next request not before {until:%Y-%m-%d %H:%M} UTC"
        return Throttled(source, problem, Retry(at=until), status)
    return BadStatus(source, problem, Retry(at=until), status)


def parse_retry_after(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """`Retry-After` (RFC 9110 §10.2.3) as a time of our clock, at most 31 days away; None if there is none.

    A date counts from the response's own `Date`, because the server's clock may be wrong.
    """
    value = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(value):
        # The server and a proxy may each add a value ("120, 3600"): the larger one counts. Ten digits are three
        # centuries; thousands of digits cannot be converted to an int.
        numbers = re.findall(r"\d+", _FRACTION.sub("", value))
        wait = max(
            timedelta(seconds=int(number)) if len(number) < 10 else MAX_RETRY_AFTER for number in numbers
        )
    else:
        until = parse_http_date(value) or _parse_iso(value)
        if until is None:
            return None
        wait = until - (parse_http_date(headers.get("date", "")) or now)
    return now + min(wait, MAX_RETRY_AFTER) if wait > timedelta(0) else None


def _parse_iso(value: str) -> datetime | None:
    """An ISO 8601 date, which some servers send although the RFC does not allow it."""
    try:
        date = datetime.fromisoformat(value)
        return (date.replace(tzinfo=UTC) if date.tzinfo is None else date).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _phrase(status: int) -> str:
    """The standard's phrase. The server's own is never shown."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
