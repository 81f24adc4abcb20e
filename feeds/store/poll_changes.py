"""PollChanges: what one poll writes to its source's row."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum
from operator import attrgetter
from typing import Any, Final

from feeds.model import Validators
from feeds.store.raw_sql import to_epoch


class Unset(Enum):
    """The type of UNSET, so that None can be a value."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET
"""The column keeps its value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollChanges:
    """New values for columns of `schema.source`, by their names; `validators` stands for its three columns."""

    host: str | Unset = UNSET
    feed_url: str | Unset = UNSET
    due_at: datetime | Unset = UNSET
    due_reason: str | Unset = UNSET
    validators: Validators | Unset = UNSET
    cache_control: str | Unset = UNSET
    body_digest: bytes | Unset | None = UNSET
    requested_at: datetime | Unset = UNSET
    succeeded_at: datetime | Unset = UNSET
    full_response_at: datetime | Unset = UNSET
    unconditional_at: datetime | Unset = UNSET
    parsed_at: datetime | Unset = UNSET
    news_at: datetime | Unset = UNSET
    failures: int | Unset = UNSET
    status: int | Unset = UNSET
    error: str | Unset = UNSET
    permanent_url: str | Unset = UNSET
    permanent_since: datetime | Unset | None = UNSET
    redirect_url: str | Unset = UNSET
    redirect_since: datetime | Unset | None = UNSET
    redirect_count: int | Unset = UNSET
    backfill_at: datetime | Unset = UNSET
    backfill_entries: int | Unset = UNSET
    feed_metadata: bytes | Unset = UNSET
    publishing_pattern: bytes | Unset = UNSET

    def values(self) -> dict[str, str | int | bytes | None]:
        """Column → value as the database stores it, of the columns that are set."""
        values: dict[str, Any] = {}
        for name, value in zip(_FIELDS, _get_all(self), strict=True):
            if value is not UNSET:
                values[name] = to_epoch(value) if isinstance(value, datetime) else value
        validators: Validators | None = values.pop("validators", None)
        if validators is not None:
            values["etag"] = validators.etag
            values["last_modified"] = validators.last_modified
            values["validators_url"] = validators.url
        return values


_FIELDS = tuple(field.name for field in fields(PollChanges))
_get_all = attrgetter(*_FIELDS)
