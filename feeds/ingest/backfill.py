"""What a source presents all at once must not bury the others' news. Pure.

Two kinds of old entries look new: those of a feed without dates that is read for the first time, and those that
a publisher puts out again, hundreds at a time, dated today. They are kept and published like all others, but an
output ranks them a week back: in their own order, below what is news.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from feeds.model import Article

RECENT = timedelta(days=1)
"""What is dated before that stands where its date puts it, and buries nothing."""

BACK = timedelta(days=7)


def placed(
    fresh: Sequence[Article], now: datetime, *, first: bool, limit: int, made: datetime | None = None
) -> dict[str, datetime]:
    """Article.id → what an output ranks it by in place of its date; those that are not in it stand by theirs.

    `fresh`: the new articles of one poll, in the document's order. `first`: nothing of the source was known
    before. `limit`: how many may stand as news; 0: all of them. `made`: when the document was, as it says; what it
    holds is no newer.
    """
    undated = [one for one in fresh if one.published is None] if first else []
    aside = {one.id for one in undated}
    recent = [one for one in fresh if one.date > now - RECENT and one.id not in aside]
    recent.sort(key=lambda one: one.date, reverse=True)  # stable: equal dates stay in the document's order
    surplus = recent[limit:] if limit else []
    dates = [min(one.date, made or one.date) for one in undated] + [one.date for one in surplus]
    return {
        one.id: date - BACK - timedelta(seconds=at)
        for at, (one, date) in enumerate(zip([*undated, *surplus], dates, strict=True))
    }
