"""Validators (ETag, Last-Modified): which ones to send, and which ones to store (RFC 9110 §8.8, RFC 9111 §4.3).

Values are sent back byte for byte and never parsed: a reformatted date or an ETag without its `W/` is another value.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from feeds.model import Validators

MAX_VALIDATOR_CHARS = 4096  # servers refuse requests with much longer headers
UNCONDITIONAL_INTERVAL = timedelta(days=7)


def conditional_headers(validators: Validators, url: str) -> dict[str, str]:
    """The header fields that make a request for `url` conditional; none if another URL issued the validators."""
    if validators.url != url:
        return {}
    fields = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in fields.items() if value}


def from_document(headers: Mapping[str, str], url: str) -> Validators:
    """The validators of a 200 from `url`. Those of an earlier answer are not merged in.

    Store them only after the document was read successfully: a page that replaces the feed for a while must not be
    answered with "unchanged" the next time.
    """
    etag, last_modified = _field(headers, "etag"), _field(headers, "last-modified")
    return Validators(etag=etag, last_modified=last_modified, url=url if etag or last_modified else "")


def from_not_modified(headers: Mapping[str, str], sent: Validators) -> Validators:
    """The validators that were sent, updated by those of the 304 (RFC 9111 §4.3.4)."""
    return Validators(
        etag=_field(headers, "etag") or sent.etag,
        last_modified=_field(headers, "last-modified") or sent.last_modified,
        url=sent.url,
    )


def usable_validators(
    validators: Validators,
    last_full_at: datetime | None,
    now: datetime,
    last_unconditional_at: datetime | None = None,
) -> Validators:
    """`validators`, or none a week after the last full document, because some servers answer 304 for ever.

    `last_unconditional_at`: when they were last left out. Once a week is enough, whatever the answer was
    (FreshRSS #5149).
    """
    known = [moment for moment in (last_full_at, last_unconditional_at) if moment is not None]
    if last_full_at is None or now - max(known) >= UNCONDITIONAL_INTERVAL:
        return Validators()
    return validators


def _field(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name, "")
    unfit = len(value) > MAX_VALIDATOR_CHARS or any(character in value for character in "\r\n\0")
    return "" if unfit else value
