"""Articles, and what rules do to them, in words."""

from __future__ import annotations

from math import inf

from feeds.dedupe.split_pairs import SourcePair, pair_name, pair_threshold
from feeds.model import Article
from feeds.render import entry_text
from feeds.rules.trace import Step


def title_of(article: Article) -> str:
    return entry_text.title_or_first_words(article) or "(no title or text)"


def describe_removal(step: Step, article: Article, reason: str) -> str:
    """Such as "rule 1 removes harbour's “Sponsored: buy a boat”: title “sponsored”"."""
    return f"rule {step.number} removes {article.source}'s “{title_of(article)}”: {reason}"


def describe_threshold(pair: SourcePair, splits: int) -> str:
    """What the splits of a pair of sources have changed; "" if there were too few."""
    threshold = pair_threshold(splits)
    if threshold is None:
        return ""
    effect = (
        "only equal articles join, near copies never"
        if threshold == inf
        else f"near copies join only with a score of {threshold} or more"
    )
    return f"{pair_name(pair)}: {splits} articles were split, so {effect}."
