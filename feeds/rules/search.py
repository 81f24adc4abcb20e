"""Searches for the expressions of rules within a limit of time. Users write the expressions, and strangers the texts.

A search that takes longer than `pattern.MAX_SEARCH_SECONDS` is stopped, and counts as one that found nothing. After
`UNCONDITIONAL_SEARCHES` of them in one publication, an expression that was stopped is searched for only in texts half
as long as the shortest that it was stopped on, or shorter. So all expressions together cost a publication a few
seconds, whatever the sources send, and a stranger's long title does not keep a rule from the titles of others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from feeds.model import RuleContext, StoppedSearches
from feeds.rules.pattern import Pattern

T = TypeVar("T")

UNCONDITIONAL_SEARCHES = 4


def is_found(pattern: Pattern, text: str, context: RuleContext) -> bool:
    """`Pattern.found_in`; false if the search is stopped."""
    return _limited(pattern, text, context, pattern.found_in, otherwise=False)


def is_whole(pattern: Pattern, text: str, context: RuleContext) -> bool:
    """`Pattern.matches_whole`; false if the search is stopped."""
    return _limited(pattern, text, context, pattern.matches_whole, otherwise=False)


def replaced(pattern: Pattern, text: str, by: str, context: RuleContext) -> str:
    """`Pattern.replace_in`; the text itself if the search is stopped."""
    return _limited(pattern, text, context, lambda found: pattern.replace_in(found, by), otherwise=text)


def _limited(
    pattern: Pattern, text: str, context: RuleContext, search: Callable[[str], T], *, otherwise: T
) -> T:
    stopped = context.stopped_searches.get(pattern.written)
    if stopped and _stopped_count(context) >= UNCONDITIONAL_SEARCHES and 2 * len(text) > stopped.shortest:
        stopped.not_tried += 1
        return otherwise
    try:
        return search(text)
    except TimeoutError:
        stopped = context.stopped_searches.setdefault(pattern.written, StoppedSearches(shortest=len(text)))
        stopped.count += 1
        stopped.shortest = min(stopped.shortest, len(text))
        return otherwise


def _stopped_count(context: RuleContext) -> int:
    return sum(stopped.count for stopped in context.stopped_searches.values())


def stopped_searches(context: RuleContext) -> tuple[str, ...]:
    """A sentence for each expression that was stopped, for the user who wrote it."""
    return tuple(
        f"the expression {written} takes too long for {stopped.count + stopped.not_tried} texts, which count as not "
        "matched; write it without repeats that can match the same characters"
        for written, stopped in context.stopped_searches.items()
    )
