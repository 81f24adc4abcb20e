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
    lane: str = ""
    due_at: datetime
    due_why: str = ""
    validators: Validators = Validators()
    cache_control: str = ""
    body_hash: bytes | None = None
    asked_at: datetime | None = None
    ok_at: datetime | None = None
    full_at: datetime | None = None
    doubted_at: datetime | None = None
    parsed_at: datetime | None = None
    news_at: datetime | None = None
    failures: int = 0
    status: int = 0
    error: str = ""
    address: str = ""
    address_at: datetime | None = None
    moved_to: str = ""
    moved_at: datetime | None = None
    moved_seen: int = 0
    flooded_at: datetime | None = None
    flooded: int = 0
    described: bytes | None = None  # what the feed says of itself, shut: of most rows nobody asks
    rhythm: bytes | None = None  # whatever its reader wants back

    @property
    def feed(self) -> Feed | None:
        """What the feed says of itself; None before it was read. Opened each time it is asked for."""
        return codec.loads(Feed, self.described) if self.described else None

    @property
    def fetch_url(self) -> str:
        """Where the feed itself is: where it moved for good, or was found on the page at `url`, or `url`."""
        return self.address or self.feed_url or self.url

    @property
    def silent(self) -> bool:
        """Whether nothing came back the last time: asking again may be waiting for nothing."""
        return self.failures > 0 and not self.status
