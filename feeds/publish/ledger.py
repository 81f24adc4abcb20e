"""Identity for life: what an entry is called, and when it was published and updated.

The first time that a story appears in an output, a row is written; from then on the row rules. Nothing in it
is drawn or taken from the clock where the articles say it themselves, so that a state rebuilt from the same
sources arrives at the same rows.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from feeds.model import Article, LedgerRow, Recalled


def enter(
    *,
    output: str,
    entry: str,
    story: str,
    first: Article,
    lead: Article,
    lead_n: int,
    rank: datetime,
    now: datetime,
) -> LedgerRow:
    """The row of an entry that appears for the first time. `first` gives it its id, its link and its date.

    `rank`: the place that the entry's copies deserve. What has no date of its own is dated by it as well, for
    every date of it is invented.
    """
    published = min(first.date if first.published else rank, now)
    stated = lead.updated or published
    return LedgerRow(
        output=output,
        entry=entry,
        anchor=first.id,
        story=story,
        lead=lead_n,
        source=lead.source,
        link=first.link or lead.link or "",
        published=published,
        rank=min(rank, published),
        updated=max(published, min(stated, now)),
        content_hash=lead.content_hash,
    )


def recall(row: LedgerRow, said: Recalled) -> LedgerRow:
    """The row as readers know it from before. What it is ordered by follows: it stood there."""
    return replace(
        row,
        entry=said.entry,
        link=said.link or row.link,
        published=said.published,
        rank=min(row.rank, said.published),
        updated=max(said.published, said.updated),
        page=said.page,
    )


def revise(
    row: LedgerRow, *, story: str, lead: Article, lead_n: int, rank: datetime, now: datetime
) -> LedgerRow:
    """The row after its story changed. `rank`: a better place than it has, or the same.

    `updated` moves only when the article that is shown was itself edited (RFC 4287 §4.2.15). A better copy
    that takes the lead tells the same text: a reader who has read the entry need not see it again.
    """
    updated = row.updated
    if lead_n == row.lead and lead.content_hash != row.content_hash:
        stated = lead.updated if lead.updated and lead.updated > row.updated else now
        updated = max(row.updated, min(stated, now))
    return replace(
        row,
        story=story,
        lead=lead_n,
        source=lead.source,
        link=row.link or lead.link or "",
        rank=max(row.rank, rank),
        updated=updated,
        content_hash=lead.content_hash,
        shown=True,
        why="",
    )


def hide(row: LedgerRow, why: str) -> LedgerRow:
    return replace(row, shown=False, why=why)
