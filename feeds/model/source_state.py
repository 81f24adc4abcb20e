"""SourceState: what the state stores about the last polls of a source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feeds import codec
from feeds.model.item import Feed
from feeds.model.response import Validators


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """One row of the table `source`. `store.schema` describes the fields."""

    id: str
    url: str
    feed_url: str = ""
    listed_by: str = ""  # id of the OPML source that lists it
    host: str = ""
    due_at: datetime
    due_reason: str = ""
    validators: Validators = Validators()
    cache_control: str = ""
    body_digest: bytes | None = None
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
    feed_metadata: bytes | None = None  # encoded Feed; decoded on demand, because few callers need it
    publishing_pattern: bytes | None = None  # encoded by `schedule.publishing_pattern`

    @property
    def feed(self) -> Feed | None:
        """What the feed says about itself; None before it was read. Decoded at each access."""
        return codec.loads(Feed, self.feed_metadata) if self.feed_metadata else None

    @property
    def fetch_url(self) -> str:
        """The URL to fetch: where the feed moved permanently, or was found on the page at `url`, or `url`."""
        return self.permanent_url or self.feed_url or self.url

    @property
    def was_unresponsive(self) -> bool:
        """Whether the last request got no response at all, so that the next one may wait until its timeout."""
        return self.failures > 0 and not self.status
