"""Statuses that carry no document → the error that says so. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from feeds.errors import NEVER, BadStatus, Gone, Retry, Throttled

MAX_RETRY_AFTER = timedelta(days=31)

_FRACTION = re.compile(r"\.\d*", re.ASCII)
_SECONDS = re.compile(r"\d+(\.\d*)?(\s*,\s*\d+(\.\d*)?)*", re.ASCII)

STATUS_ADVICE = {
    204: "an answer without a document; is this the URL of a feed?",
    206: "a part of it, which nobody asked for",
    300: "it has several and leaves the choice to us; look for the URL of one of them",
    400: "it does not understand the request; is the URL complete?",
    401: "it wants credentials, or other ones than these; see `auth`",
    402: "it is to be paid for; ask its publisher for an address that subscribers may use",
    403: "it does not let us read this; ask its operator, or name who asks with `site.contact`",
    404: "nothing is there now; if that lasts, look for the feed's new address",
    405: "nothing can be read there; this is not the URL of a feed",
    406: "it has no form of it that we can read; is this the URL of a feed?",
    407: "the proxy wants credentials; see `proxy`",
    410: "it has ended for good",
    421: "it does not answer for this host; is the host's name right?",
    425: "it found this too early; it is asked again later",
    426: "it wants to be asked in another way; try https:// in place of http://",
    431: "the request's headers are too large for it; see `headers`",
    451: "it may not show this for legal reasons, perhaps only where this program runs",
    511: "the network here wants a login before it lets anyone through",
}
"""What a status means for a feed, and what its user can do (RFC 9110 §15; RFC 6585, 7725, 8470). Those that pass by
themselves have no line: their own phrase says it."""

RETRY_UNCONDITIONALLY_STATUSES = frozenset({400, 412, 431})
"""Answers that our conditions may have brought about: the next request is sent without them."""


def error_for_status(
    source: str, host: str, status: int, headers: Mapping[str, str], now: datetime
) -> BadStatus:
    """What the answer `status` of `place` (a host, fit to be shown) comes to for `source`."""
    said = f"{host} answered {status} {_phrase(status)}".rstrip()
    if advice := STATUS_ADVICE.get(status):
        said += f": {advice}"
    if status == HTTPStatus.GONE:
        return Gone(source, said, NEVER, status)
    until = parse_retry_after(headers, now)
    patience = status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.FORBIDDEN) and until
    # Some hosts answer 403 when they mean 429 (FreshRSS #8928); with Retry-After it is certain.
    if status == HTTPStatus.TOO_MANY_REQUESTS or patience:
        if until:
            said += f"; not before {until:%Y-%m-%d %H:%M} UTC"
        return Throttled(source, said, Retry(at=until), status)
    return BadStatus(source, said, Retry(at=until), status)


def parse_retry_after(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """`Retry-After` (RFC 9110 §10.2.3) as a moment of our clock, at most 31 days away; None: says nothing.

    A date counts from the response's own `Date`: the server's clock may be wrong, its arithmetic is not.
    """
    value = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(value):
        # Said by a server and by what stands before it ("120, 3600"): no request before the later one. Ten digits
        # are three centuries; thousands of them would not even become an int.
        numbers = re.findall(r"\d+", _FRACTION.sub("", value))
        wait = max(timedelta(seconds=int(one)) if len(one) < 10 else MAX_RETRY_AFTER for one in numbers)
    else:
        until = parse_http_date(value) or _parse_iso(value)
        if until is None:
            return None
        wait = until - (parse_http_date(headers.get("date", "")) or now)
    return now + min(wait, MAX_RETRY_AFTER) if wait > timedelta(0) else None


def _parse_iso(value: str) -> datetime | None:
    """What programs write that have not read the RFC."""
    try:
        moment = datetime.fromisoformat(value)
        return (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def parse_http_date(value: str) -> datetime | None:
    """A moment, UTC, in any of HTTP's three spellings (RFC 9110 §5.6.7); None where it is none."""
    try:
        moment = parsedate_to_datetime(value)
        return (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _phrase(status: int) -> str:
    """The standard's words, never the server's."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
