"""Ledger rows: the id and the dates of an entry, set when it first appears, and what may change later.

A row takes its values from the articles wherever they state them, not from the clock or a random number. So a state
that is rebuilt from the same sources has the same rows.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from feeds.model import Article, LedgerRow, PreviousEntry
from feeds.normalize.content_hash import same_content


def new_row(
    *,
    output: str,
    entry_id: str,
    story: str,
    first: Article,
    lead: Article,
    lead_n: int,
    rank: datetime,
    now: datetime,
) -> LedgerRow:
    """The row of an entry that appears for the first time. `first` gives it its id and its date.

    `rank`: the date by which outputs order the entry. If the first article states no date, this is also the entry's
    date of publication.
    """
    published = min(first.date if first.published else rank, now)
    stated = lead.updated or published
    return LedgerRow(
        output=output,
        entry=entry_id,
        first_article=first.id,
        story=story,
        lead_n=lead_n,
        source=lead.source,
        link=lead.link or "",
        published=published,
        rank_date=min(rank, published),
        updated=max(published, min(stated, now)),
        content_hash=lead.content_hash,
    )


def restore(row: LedgerRow, previous: PreviousEntry) -> LedgerRow:
    """The row with the id and dates under which an earlier state published the entry."""
    return replace(
        row,
        entry=previous.entry,
        published=previous.published,
        rank_date=min(row.rank_date, previous.published),
        updated=max(previous.published, previous.updated),
        archive_page=previous.archive_page,
    )


def revise(
    row: LedgerRow, *, story: str, lead: Article, lead_n: int, rank: datetime, now: datetime
) -> LedgerRow:
    """The row after its story changed. `rank`: a later rank than the row has, or the same.

    `updated` moves only if the article that is shown was itself edited (RFC 4287 §4.2.15): its headline, its words or
    its enclosures. When another copy takes the lead, the text is the same: a reader who has read the entry need not
    see it again. The link is that of the article that is shown.
    """
    updated = row.updated
    if lead_n == row.lead_n and not same_content(lead.content_hash, row.content_hash):
        stated = lead.updated if lead.updated and lead.updated > row.updated else now
        updated = max(row.updated, min(stated, now))
    return replace(
        row,
        story=story,
        lead_n=lead_n,
        source=lead.source,
        link=lead.link or "",
        rank_date=max(row.rank_date, rank),
        updated=updated,
        content_hash=lead.content_hash,
        shown=True,
        hidden_reason="",
    )


def hide(row: LedgerRow, reason: str) -> LedgerRow:
    """The row of an entry that the output does not show. It keeps its id and dates, for when it is shown again."""
    return replace(row, shown=False, hidden_reason=reason)
