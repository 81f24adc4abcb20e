"""Articles, and what rules do to them, in words."""

from __future__ import annotations

from feeds.model import Article
from feeds.render import entry_text
from feeds.rules.trace import Step


def title_of(article: Article) -> str:
    return entry_text.title_or_first_words(article) or "(no title or text)"


def describe_removal(step: Step, article: Article, reason: str) -> str:
    """Such as "rule 1 removes harbour's “Sponsored: buy a boat”: title “sponsored”"."""
    return f"rule {step.number} removes {article.source}'s “{title_of(article)}”: {reason}"
