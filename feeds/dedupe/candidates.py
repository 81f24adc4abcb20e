"""Looks up the articles of the window that a new article is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from feeds.dedupe import boilerplate
from feeds.dedupe.features import MAX_POSTINGS, ComparedArticle
from feeds.dedupe.near_index import Index, find_candidates
from feeds.dedupe.prepare import FingerprintedArticle


@dataclass(frozen=True, slots=True)
class ArticleWithCandidates:
    """An article with its candidates. `frequency`: key → how many articles of the window have it."""

    article: ComparedArticle
    lookup_keys: tuple[int, ...]
    frequency: Mapping[int, int]
    candidates: tuple[int, ...]
    title_minhashes: tuple[tuple[int, tuple[int, ...]], ...]
    is_boilerplate: bool = (
        False  # most of its text was removed as boilerplate, so its title must not decide alone
    )

    @property
    def index_keys(self) -> tuple[int, ...]:
        return tuple(key for key in self.lookup_keys if self.frequency.get(key, 0) <= MAX_POSTINGS)


def find_article_candidates(
    article: FingerprintedArticle, index: Index, own_number: int = 0
) -> ArticleWithCandidates:
    """Remove the boilerplate, make the fingerprint and look up the candidates.

    `own_number`: the row number of the article if it is known already, else 0."""
    known_minhashes = index.title_minhashes([candidate.key for candidate in article.boilerplate_candidates])
    with_recurring = boilerplate.mark_recurring(known_minhashes, article.recurring)
    cleaned = boilerplate.remove_boilerplate(
        article.title, article.text, article.boilerplate_candidates, with_recurring
    )
    new = ComparedArticle(
        own_number, article.source, article.seen_at, article.fingerprint_after_cleaning(cleaned)
    )
    keys = new.fingerprint.lookup_keys
    postings = index.postings(keys)
    found = find_candidates(new.fingerprint.text_keys, new.fingerprint.title_keys, postings.articles)
    minhash = boilerplate.title_minhash(cleaned[0])
    before = {
        candidate.key: known_minhashes.get(candidate.key, ()) for candidate in article.boilerplate_candidates
    }
    # A new version adds no title: changed headlines of one article do not make its text boilerplate.
    with_title = (
        before
        if own_number > 0
        else {key: boilerplate.add_title_minhash(minhashes, minhash) for key, minhashes in before.items()}
    )
    after = boilerplate.mark_recurring(with_title, article.recurring)
    return ArticleWithCandidates(
        new,
        keys,
        postings.counts,
        tuple(n for n in found if n != own_number),
        tuple((key, minhashes) for key, minhashes in after.items() if minhashes != before[key]),
        is_boilerplate=2 * len(cleaned[1]) < len(article.text),
    )
