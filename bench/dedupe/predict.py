"""Articles of a labelled file through the product: `python -m bench.dedupe.predict FILE.jsonl[.gz]`.

Normalization, an empty state on disk, default settings, one article at a time in the order of the file.
Prints a line `{"id", "cluster"}` an article, for `score.py`.
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
from feeds.dedupe.identity import guid_key, keys
from feeds.ingest.articles import Intake, Rules
from feeds.model import Article, DedupePolicy, Feed, Source
from feeds.store import articles, open_store
from feeds.store.recent_postings import Recent
from feeds.workers.parse_job import Reading

BATCH = 50  # articles a transaction: as many as a poll brings
RULES = Rules(outputs=(), sources={}, window=DedupePolicy().window)


def clusters(came: Iterable[Article]) -> Iterator[tuple[str, str]]:
    """(guid, story) of each article, once all have come: a later one may make two stories one."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "feeds.db")
        waiting, met, recent = iter(came), list[tuple[str, str]](), Recent()
        while batch := list(islice(waiting, BATCH)):
            with store.write() as connection:
                intake = Intake(connection, RULES, recent)
                for one in batch:
                    enter(intake, one)
                    met.append((one.source, one.guid))
        with store.read() as connection:
            for source, guid in met:
                key = guid_key(guid)
                yield guid, articles.known(connection, source, [key])[key].story
        store.close()


def enter(intake: Intake, one: Article) -> None:
    """As a poll of the article's source does it."""
    (own,) = keys((one,))
    source = Source(id=one.source, url="https://source.example/")
    exact = exact_keys(one, site="", link_is_own=own.link is not None)
    reading = Reading(feed=Feed(), articles=(one,), keys=(own,), exact=(exact,))
    intake.take_in(source, reading, one.first_seen)


def main() -> None:
    rows: list[Gold] = list(read(Path(sys.argv[1])))
    for guid, story in clusters(filter(None, map(article, rows))):
        print(json.dumps({"id": guid, "cluster": story}))


if __name__ == "__main__":
    main()
