"""The known articles of one source, as the store holds them, for tests of identity."""

from __future__ import annotations

from feeds.dedupe.identity import Match, match_known
from feeds.dedupe.identity_keys import article_keys
from feeds.dedupe.reused_keys import KnownArticle
from feeds.dedupe.versions import newest_versions
from feeds.model import Article
from tests.make import NOW


class KnownArticles:
    """Polls documents: tells what is new in each, and stores it."""

    def __init__(self) -> None:
        self._number_of: dict[bytes, int] = {}  # key → number of the article
        self._known: dict[int, KnownArticle] = {}
        self._stored: dict[int, Article] = {}

    def poll(self, *articles: Article) -> tuple[Match, ...]:
        articles = newest_versions(articles)
        item_keys = article_keys(articles)
        known = {
            key: self._known[self._number_of[key]]
            for keys in item_keys
            for key in keys.candidates()
            if key in self._number_of
        }
        for article, keys in zip(articles, item_keys, strict=True):
            of_date = [n for n, stored in self._stored.items() if stored.published == article.published]
            if keys.date and len(of_date) == 1:
                known[keys.date] = self._known[of_date[0]]
        matches = match_known(articles, known, item_keys, (), lambda stored: self._stored[stored.n])
        for match in matches:
            self._store(match)
        return matches

    def _store(self, match: Match) -> None:
        n = match.known.n if match.known else len(self._known) + 1
        self._stored[n] = match.article
        self._known[n] = KnownArticle(
            n=n,
            id=match.article.id,
            story="",
            exact_story="",
            first_seen=match.article.first_seen,
            published=match.article.published,
            last_seen_at=NOW,
            content_hash=match.article.content_hash,
        )
        self._number_of |= dict.fromkeys(match.keys.usable(), n)

    def are_new(self, *articles: Article) -> list[bool]:
        return [match.known is None for match in self.poll(*articles)]

    def ids(self, *articles: Article) -> list[str]:
        return [match.article.id for match in self.poll(*articles)]
