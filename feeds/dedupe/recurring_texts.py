"""Finds the texts that a source prints with several items: notes of releases, of podcast episodes, of incidents.

Such a text is boilerplate as a whole: it tells nothing about the item, so it makes no copy of another source's item.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from feeds.dedupe.exact import count_words, folded_words, is_telling_title

_MAX_WORDS_OF_TWO = 150
"""A longer text that only two items have is an article under two headlines."""


def recurring_texts(articles: Sequence[tuple[str, str]]) -> set[int]:
    """The indices of the articles, (title, text), of one document that have a text in common with another one.

    An article that a document lists twice under one telling title is one article, so its text does not recur."""
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for index, (_, text) in enumerate(articles):
        if text:
            groups[text].append(index)
    recurring: set[int] = set()
    for indices in groups.values():
        if len(indices) == 1 or (
            len(indices) == 2 and count_words(articles[indices[0]][1]) > _MAX_WORDS_OF_TWO
        ):
            continue
        titles = {folded_words(articles[index][0]) for index in indices}
        if len(titles) > 1 or not is_telling_title(titles.pop()):
            recurring.update(indices)
    return recurring
