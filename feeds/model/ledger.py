"""LedgerRow: an entry of an output, as published. PreviousEntry: one that an earlier state published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One published entry of one output. `entry`, `anchor`, `link` and `published` never change."""

    output: str
    entry: str  # atom:id, guid
    anchor: str  # Article.id of the member that gave the entry its id
    story: str
    lead: int  # row number of the article that is shown
    source: str  # of the lead
    link: str = ""  # the page that readers open; "" while no copy has a page
    published: datetime
    rank_date: datetime  # orders the output: `published`, or further back for an entry of a backfill
    updated: datetime
    content_hash: bytes  # of the lead
    page: int | None = None  # of the archive
    shown: bool = True
    hidden_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousEntry:
    """An entry that an earlier state published, read from a file that it left."""

    entry: str
    link: str
    published: datetime
    updated: datetime
    page: int | None = None  # of the archive, if the file is an archive page
