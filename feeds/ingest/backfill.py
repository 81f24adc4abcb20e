"""Backfill: old entries that a source presents all at once are ranked behind the news of others. Pure.

Two kinds of old entries look new: those of a feed without dates that is parsed for the first time, and those that a
publisher puts out again, hundreds at a time, with today's date. They are published like all others, but an output
ranks them a week back, in their own order.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from feeds.model import Article

RECENT_AGE = timedelta(days=1)
"""An older article is ranked by its date: that is far enough down not to push news out of an output."""

RANK_BACK = timedelta(days=7)
"""How far before its date an article of a backfill is ranked."""


def rank_dates(
    new: Sequence[Article],
    now: datetime,
    *,
    first: bool,
    limit: int,
    stated_updated: datetime | None = None,
) -> dict[str, datetime]:
    """Article.id → the date by which outputs rank it. Articles that are not in it are ranked by their own date.

    `new`: the new articles of one poll, in the document's order. `first`: no document of the source was parsed before.
    `limit`: how many recent articles rank as news; 0: all. `stated_updated`: when the document was updated, as it
    states; its entries are not newer.
    """
    undated = [article for article in new if article.published is None] if first else []
    undated_ids = {article.id for article in undated}
    recent = [article for article in new if article.date > now - RECENT_AGE and article.id not in undated_ids]
    recent.sort(
        key=lambda article: article.date, reverse=True
    )  # stable: equal dates keep the document's order
    surplus = recent[limit:] if limit else []
    dates = [min(article.date, stated_updated or article.date) for article in undated]
    dates += [article.date for article in surplus]
    return {
        article.id: date - RANK_BACK - timedelta(seconds=position)
        for position, (article, date) in enumerate(zip([*undated, *surplus], dates, strict=True))
    }
