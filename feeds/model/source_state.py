"""SourceState: what the last polls of a source left in the state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feeds import codec
from feeds.model.item import Feed
from feeds.model.response import Validators


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """One row of `source`: what the last polls left behind."""

    id: str
    url: str
    feed_url: str = ""
    listed_by: str = ""  # the OPML source that brought it
    host: str = ""
    due_at: datetime
    due_reason: str = ""
    validators: Validators = Validators()
    cache_control: str = ""
    body_hash: bytes | None = None
    requested_at: datetime | None = None
    succeeded_at: datetime | None = None
    full_response_at: datetime | None = None
    unconditional_at: datetime | None = None
    parsed_at: datetime | None = None
    news_at: datetime | None = None
    failures: int = 0
    status: int = 0
    error: str = ""
    permanent_url: str = ""
    permanent_since: datetime | None = None
    redirect_url: str = ""
    redirect_since: datetime | None = None
    redirect_count: int = 0
    backfill_at: datetime | None = None
    backfill_entries: int = 0
    feed_metadata: bytes | None = None  # what the feed says of itself, shut: of most rows nobody asks
    publishing_pattern: bytes | None = None  # whatever its reader wants back

    @property
    def feed(self) -> Feed | None:
        """What the feed says of itself; None before it was read. Opened each time it is asked for."""
        return codec.loads(Feed, self.feed_metadata) if self.feed_metadata else None

    @property
    def fetch_url(self) -> str:
        """Where the feed itself is: where it moved for good, or was found on the page at `url`, or `url`."""
        return self.permanent_url or self.feed_url or self.url

    @property
    def silent(self) -> bool:
        """Whether nothing came back the last time: asking again may be waiting for nothing."""
        return self.failures > 0 and not self.status
