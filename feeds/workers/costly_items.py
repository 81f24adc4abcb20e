"""What to do about a document that costs too much to read: leave out the item that costs, and read the others.

    attempt ─ stopped ─→ which item was being read? ─→ attempt without it ─→ …, at most MAX_ATTEMPTS

- An item that took a large part of the time, or crashed the process, is left out and remembered (`seen_entries`).
- If the time went into parsing the document as a whole, each entry is parsed alone first.
- If no item stands out, there are too many: the first ones are read, and the others at the next poll.

So a document costs at most MAX_ATTEMPTS times `limits.parse_timeout` in a poll, and a costly item once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from feeds.workers.parse_job import CostlyItem, ParseJob
from feeds.workers.progress import ItemInProgress

MAX_ATTEMPTS = 4

BLAMED_SHARE = 0.25
"""An item that took at least this share of the time of its document is the one that costs."""

SHARE_ALONE = 0.125
"""An entry that takes more than this share of the limit to be parsed alone is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedAttempt:
    """Why an attempt to read a document ended, and at which item."""

    problem: str
    item: ItemInProgress | None = None
    seconds: float = 0.0  # of the attempt
    item_seconds: float = 0.0
    crashed: bool = False  # the process ended by itself, in the middle of the item
    is_limit: bool = False  # the process is alive: the document exceeds a limit of the parser


def next_attempt(job: ParseJob, stopped: StoppedAttempt, attempt: int, limit: float) -> ParseJob | None:
    """The job for another attempt; None if there is nothing else to try. `attempt` counts from 1. `limit`: seconds for
    a document."""
    item = stopped.item
    if attempt >= MAX_ATTEMPTS or item is None or job.kind == "opml" or job.teaser is not None:
        return None
    if not item.digest:
        return _after_parsing(job, item, limit)
    others = item.number - 1
    if others and not _is_to_blame(stopped):
        return replace(job, max_items=max(1, others * 3 // 4))
    costly = (CostlyItem(digest=item.digest, problem=stopped.problem), *job.costly)
    # In the last attempt, only the items before it are read: they are known to be cheap.
    is_last = attempt == MAX_ATTEMPTS - 1
    return replace(job, costly=costly, max_items=max(1, others) if is_last else job.max_items)


def _after_parsing(job: ParseJob, document: ItemInProgress, limit: float) -> ParseJob | None:
    if not job.alone_seconds and not job.max_items:
        return replace(job, alone_seconds=SHARE_ALONE * limit)
    fewer = (job.max_items or document.number) // 2
    return replace(job, alone_seconds=0.0, max_items=fewer) if fewer else None


def _is_to_blame(stopped: StoppedAttempt) -> bool:
    return stopped.crashed or stopped.item_seconds >= BLAMED_SHARE * stopped.seconds
