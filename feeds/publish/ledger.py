"""Identity for life: what an entry is called, and when it was published and updated.

The first time that a story appears in an output, a row is written; from then on the row rules. Nothing in it
is drawn or taken from the clock where the articles say it themselves, so that a state rebuilt from the same
sources arrives at the same rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid5

from feeds.model import Article

NAMESPACE = UUID("6f0c6a0e-6d1c-5f0b-9a3e-3f2f0a6b7c51")
"""Ours, for name-based UUIDs (RFC 9562 §5.5). Never to be changed: entry ids hang on it."""

_LEFT_OUT = r"\s\x00-\x20<>\"{}|\\^`\[\]"  # of RFC 3986 §2, but for what is not ASCII (RFC 3987 §2.2)
_IRI = re.compile(
    # An absolute IRI that any reader takes for one: a known scheme and no character that has no place there.
    # Other guids ("12345", "article 7") are only unique within their feed.
    rf"(?:https?://[^{_LEFT_OUT}]+"
    r"|urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # RFC 9562 §4
    rf"|urn:(?!uuid:)[a-z0-9][a-z0-9-]{{1,31}}:[^{_LEFT_OUT}]+"
    r"|tag:(?:[\w.-]+@)?[a-z0-9.-]+,\d{4}(?:-\d\d){0,2}:[a-z0-9_.~!$&'()*+,;=:@/?%#-]*)",  # RFC 4151 §2.1
    re.IGNORECASE,
)


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
    rank: datetime  # what the output is ordered by: `published`, or further back for what came in a flood
    updated: datetime
    content_hash: bytes  # the lead's
    page: int | None = None  # of the archive
    shown: bool = True
    why: str = ""  # not shown: why


def entry_id(article: Article) -> str:
    """The article's own guid where it is an IRI, verbatim (RFC 4287 §4.2.6); else a UUID derived from it."""
    return article.guid if is_iri(article.guid) else minted_id(article)


def is_iri(value: str) -> bool:
    """Whether it can be an id of Atom's, for any reader."""
    return _IRI.fullmatch(value) is not None


def minted_id(article: Article) -> str:
    """An id of our own for an article: the same whenever and wherever it is derived."""
    return f"urn:uuid:{uuid5(NAMESPACE, article.id)}"


def feed_id(base_url: str, name: str) -> str:
    """An output's own id."""
    return f"urn:uuid:{uuid5(NAMESPACE, f'{base_url}{name}')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """An entry as a file of ours says that it was published, by a state that is no more."""

    entry: str
    link: str
    published: datetime
    updated: datetime
    page: int | None = None  # of the archive that the file is


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
