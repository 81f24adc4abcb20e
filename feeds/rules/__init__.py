"""Story → Story or nothing: what one output keeps, drops and rewrites.

A rule looks at each article of a story by itself, as a reader with a filter would before copies are merged:
`keep` leaves those that match, `drop` takes away those that match, and a story of which no article is left is
not published. So a sponsored copy does not take the agency's with it, and nothing is shown that was not asked
for.
"""

from __future__ import annotations

from collections.abc import Sequence

from feeds.model import Rule
from feeds.rules.condition import Condition
from feeds.rules.drop import Drop
from feeds.rules.keep import Keep
from feeds.rules.rewrite import Rewrite, RewriteTitle

__all__ = ["Condition", "Rewrite", "build"]


def build(
    keep: Condition | None = None, drop: Condition | None = None, rewrite: Sequence[Rewrite] = ()
) -> tuple[Rule, ...]:
    """An output's rules in the order in which they run: keep, drop (both see titles as they came), rewrite.

    `repr` of the result is a function of the configuration, so that its hash tells whether the rules changed.
    """
    rules: list[Rule] = []
    if keep is not None:
        rules.append(Keep(keep))
    if drop is not None:
        rules.append(Drop(drop))
    rules.extend(RewriteTitle(step) for step in rewrite)
    return tuple(rules)
