"""Runs the articles of a labelled file through the product: `python -m bench.dedupe.predict FILE.jsonl[.gz]`.

Uses an empty state on disk and default settings, and ingests one article at a time in the order of the file. Prints a
line `{"id", "cluster"}` for each article, for `score.py`.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from bench.dedupe.data import Gold, article, read
from feeds.dedupe.exact import exact_keys
from feeds.dedupe.identity_keys import article_keys, guid_key
from feeds.ingest.articles import DocumentIngest, IngestSettings
from feeds.model import Article, DedupePolicy, Feed, Source
from feeds.store import known_articles, open_store
from feeds.store.recent_postings import RecentPostings
from feeds.workers.parse_job import ParseResult

BATCH_ARTICLES = 50  # per transaction, as in a poll
RULES = IngestSettings(outputs=(), sources={}, window=DedupePolicy().window)


def clusters(arriving: Iterable[Article]) -> Iterator[tuple[str, str]]:
    """(guid, story) of each article, after all are ingested, because a later article may merge two stories."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "feeds.db")
        waiting, ingested, recent = iter(arriving), list[tuple[str, str]](), RecentPostings()
        while batch := list(islice(waiting, BATCH_ARTICLES)):
            with store.write() as connection:
                ingest = DocumentIngest(connection, RULES, recent)
                for article_ in batch:
                    enter(ingest, article_)
                    ingested.append((article_.source, article_.guid))
        with store.read() as connection:
            for source, guid in ingested:
                key = guid_key(guid)
                yield guid, known_articles.find_known(connection, source, [key])[key].story
        store.close()


def enter(ingest: DocumentIngest, article_: Article) -> None:
    """Ingest one article, as a poll of its source does."""
    (own,) = article_keys((article_,))
    source = Source(id=article_.source, url="https://source.example/")
    exact = exact_keys(article_, site="", link_is_own=own.owns_page)
    result = ParseResult(feed=Feed(), articles=(article_,), keys=(own,), exact_keys=(exact,))
    ingest.add_document(source, result, article_.first_seen)


def main() -> None:
    rows: list[Gold] = list(read(Path(sys.argv[1])))
    for guid, story in clusters(filter(None, map(article, rows))):
        print(json.dumps({"id": guid, "cluster": story}))


if __name__ == "__main__":
    main()
