"""LedgerRow: one entry of one output, as it was published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One entry of one output, as readers know it. `entry`, `anchor`, `link` and `published` never change."""

    output: str
    entry: str  # atom:id, guid
    anchor: str  # Article.id of the member that gave the entry its id
    story: str
    lead: int  # the row number of the article that is shown
    source: str  # the lead's
    link: str = ""  # where readers are sent; "" while no copy had a page
    published: datetime
    rank_date: (
        datetime  # what the output is ordered by: `published`, or further back for what came in a flood
    )
    updated: datetime
    content_hash: bytes  # the lead's
    page: int | None = None  # of the archive
    shown: bool = True
    hidden_reason: str = ""  # not shown: why


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousEntry:
    """An entry as a file of ours says that it was published, by a state that is no more."""

    entry: str
    link: str
    published: datetime
    updated: datetime
    page: int | None = None  # of the archive that the file is
