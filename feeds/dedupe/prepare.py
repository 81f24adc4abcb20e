"""Prepares the articles of one document for comparing: everything that needs no look-up in the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from feeds.dedupe.boilerplate import (
    BoilerplateCandidate,
    boilerplate_candidates,
    mark_recurring,
    remove_boilerplate,
    strip_title,
)
from feeds.dedupe.fingerprint import fingerprint, fingerprints
from feeds.dedupe.open_fingerprint import OpenFingerprint
from feeds.dedupe.recurring_texts import recurring_texts


@dataclass(frozen=True, slots=True)
class ArticleInput:
    """A normalized article, and the names of its site."""

    source: str
    title: str
    text: str
    seen_at: float  # seconds since 1970
    site_names: tuple[str, ...] = ()  # title and host


@dataclass(frozen=True, slots=True)
class FingerprintedArticle:
    """An article with its fingerprint, before the look-up in the window.

    `title`: without the site's name. `cleaned`: title and text without the boilerplate that was known when the
    fingerprint was made; `fingerprint`: that of `cleaned`. `recurring`: the keys of its boilerplate candidates, if
    other items of its document have the same text (see `recurring_texts`)."""

    source: str
    title: str
    text: str
    seen_at: float
    boilerplate_candidates: tuple[BoilerplateCandidate, ...]
    cleaned: tuple[str, str]
    fingerprint: OpenFingerprint
    recurring: frozenset[int] = frozenset()

    @property
    def is_boilerplate(self) -> bool:
        """Whether most of the text was removed as boilerplate."""
        return 2 * len(self.cleaned[1]) < len(self.text)

    def fingerprint_after_cleaning(self, cleaned: tuple[str, str]) -> OpenFingerprint:
        """The fingerprint of another `cleaned`: earlier articles of the document may show more boilerplate."""
        return self.fingerprint if cleaned == self.cleaned else OpenFingerprint(fingerprint(*cleaned))


LookUpTitleMinhashes = Callable[[Sequence[int]], Mapping[int, tuple[int, ...]]]
"""As `near_index.Index.title_minhashes`."""


def fingerprint_article(article: ArticleInput) -> FingerprintedArticle:
    """Make the fingerprint of one article, without any known boilerplate."""
    return next(fingerprint_articles([article], lambda _: {}))


def fingerprint_articles(
    articles: Sequence[ArticleInput], look_up_title_minhashes: LookUpTitleMinhashes
) -> Iterator[FingerprintedArticle]:
    """The articles of one document with their fingerprints, in order. `look_up_title_minhashes` is called once."""
    titles = [strip_title(article.title, (article.source, *article.site_names)) for article in articles]
    candidates = [
        boilerplate_candidates(article.source, title, article.text)
        for article, title in zip(articles, titles, strict=True)
    ]
    recurring = _recurring_candidates(articles, titles, candidates)
    title_minhashes = mark_recurring(
        look_up_title_minhashes([candidate.key for of_article in candidates for candidate in of_article]),
        frozenset().union(*recurring),
    )
    cleaned = [
        remove_boilerplate(title, article.text, of_article, title_minhashes)
        for article, title, of_article in zip(articles, titles, candidates, strict=True)
    ]
    rows = zip(articles, titles, candidates, cleaned, fingerprints(cleaned), recurring, strict=True)
    for article, title, of_article, texts, result, recurring_keys in rows:
        yield FingerprintedArticle(
            article.source,
            title,
            article.text,
            article.seen_at,
            of_article,
            texts,
            OpenFingerprint(result),
            recurring_keys,
        )


def _recurring_candidates(
    articles: Sequence[ArticleInput],
    titles: Sequence[str],
    candidates: Sequence[Sequence[BoilerplateCandidate]],
) -> list[frozenset[int]]:
    """The keys of each article's paragraphs, if its text recurs in the document; else no keys."""
    indices = recurring_texts(
        [(title, article.text) for title, article in zip(titles, articles, strict=True)]
    )
    return [
        frozenset(candidate.key for candidate in of_article if not candidate.is_suffix)
        if index in indices
        else frozenset()
        for index, of_article in enumerate(candidates)
    ]
