"""The rules of an output: which articles it keeps, which it drops, and how it rewrites titles.

A rule checks each article of a story on its own: `keep` removes the articles that do not match, `drop` removes those
that match. A story without articles is not published. So one sponsored copy does not remove the agency's copy, and only
wanted copies are shown.
"""

from __future__ import annotations

from collections.abc import Sequence

from feeds.model import Rule
from feeds.rules.condition import Condition
from feeds.rules.drop import Drop
from feeds.rules.keep import Keep
from feeds.rules.rewrite import Rewrite, RewriteTitle

__all__ = ["Condition", "Rewrite", "build_rules"]


def build_rules(
    keep: Condition | None = None, drop: Condition | None = None, rewrite: Sequence[Rewrite] = ()
) -> tuple[Rule, ...]:
    """The rules of an output in the order in which they run: keep, drop (both see the original titles), rewrite.

    The `repr` of the result depends only on the configuration, so its hash shows whether the rules changed.
    """
    rules: list[Rule] = []
    if keep is not None:
        rules.append(Keep(keep))
    if drop is not None:
        rules.append(Drop(drop))
    rules.extend(RewriteTitle(step) for step in rewrite)
    return tuple(rules)
