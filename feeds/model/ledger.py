"""LedgerRow: an entry of an output, as published. PreviousEntry: an entry that an earlier state published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One published entry of one output. `entry`, `first_article` and `published` never change."""

    output: str
    entry: str  # atom:id, guid
    first_article: str  # Article.id of the member that gave the entry its id
    story: str
    lead_n: int  # row number of the article that is shown
    source: str  # of the lead
    link: str = ""  # of the lead; "" if it has none
    published: datetime
    rank_date: datetime  # orders the output: `published`, or further back for an entry of a backfill
    updated: datetime
    content_hash: bytes  # of the lead
    archive_page: int | None = None  # number of the archive page that holds it; None: none does
    shown: bool = True
    hidden_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousEntry:
    """An entry that an earlier state published, read from a published file after the state was lost."""

    entry: str
    link: str
    published: datetime
    updated: datetime
    archive_page: int | None = (
        None  # number of the archive page that holds it; None: the file is no archive page
    )
