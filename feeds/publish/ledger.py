"""The ledger: an entry's id and its dates, written when it first appears and kept for life.

A row takes its values from the articles, not from the clock or from chance, wherever the articles state them. So a
state that is rebuilt from the same sources arrives at the same rows.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from feeds.model import Article, LedgerRow, PreviousEntry


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

    `rank`: the date by which the entry's copies order it. An entry without a date of its own is also dated by it,
    because every date of it has to be made up.
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
        rank_date=min(rank, published),
        updated=max(published, min(stated, now)),
        content_hash=lead.content_hash,
    )


def restore(row: LedgerRow, previous: PreviousEntry) -> LedgerRow:
    """The row with the id, link and dates under which an earlier state published the entry."""
    return replace(
        row,
        entry=previous.entry,
        link=previous.link or row.link,
        published=previous.published,
        rank_date=min(row.rank_date, previous.published),
        updated=max(previous.published, previous.updated),
        page=previous.page,
    )


def revise(
    row: LedgerRow, *, story: str, lead: Article, lead_n: int, rank: datetime, now: datetime
) -> LedgerRow:
    """The row after its story changed. `rank`: a later rank than the row has, or the same.

    `updated` moves only if the article that is shown was itself edited (RFC 4287 §4.2.15). When another copy takes the
    lead, the text is the same: a reader who has read the entry need not see it again.
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
        rank_date=max(row.rank_date, rank),
        updated=updated,
        content_hash=lead.content_hash,
        shown=True,
        hidden_reason="",
    )


def hide(row: LedgerRow, reason: str) -> LedgerRow:
    return replace(row, shown=False, hidden_reason=reason)
