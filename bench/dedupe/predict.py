"""Articles of a labelled file through the product: `python -m bench.dedupe.predict FILE.jsonl[.gz]`.

Normalization, an empty store on disk, default settings, one article at a time in the order of the file.
Prints a line `{"id", "cluster"}` an article, for `score.py`.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, insert

from bench.dedupe.data import Gold, address, arrival, moment, read
from feeds.dedupe.join import Arrival, judge
from feeds.dedupe.score import Model, shipped
from feeds.model import DedupePolicy
from feeds.store import near, schema
from feeds.store.store import open_store

BATCH = 50  # articles a transaction: as many as a poll brings


def clusters(
    rows: list[Gold], arrivals: list[Arrival], model: Model | None = None
) -> Iterator[tuple[str, str]]:
    """(id, cluster) of each article."""
    model = model or shipped()
    pages: dict[str, str] = {}  # the exact tier: one URL is one page
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "feeds.db")
        for at in range(0, len(rows), BATCH):
            with store.write() as connection:
                for row, came in zip(rows[at : at + BATCH], arrivals[at : at + BATCH], strict=True):
                    page = address(row)
                    story = _enter(connection, row, came, model, pages.get(page, ""))
                    if page:
                        pages.setdefault(page, story)
                    yield row["id"], story
        store.close()


def _enter(connection: Connection, row: Gold, came: Arrival, model: Model, same_page: str) -> str:
    window = DedupePolicy().window.total_seconds()
    verdict = judge(came, near.NearIndex(connection, came.seen - window), model)
    story = same_page or verdict.story or row["id"]
    at = moment(row)
    made = connection.execute(
        insert(schema.article)
        .values(
            id=row["id"],
            source=came.source,
            story=story,
            exact=row["id"],
            sure=row["id"],
            date=at,
            first_seen=at,
            met=at,
        )
        .values(content_hash=b"")
        .returning(schema.article.c.n)
    )
    near.put(connection, made.scalar_one(), came.source, came.seen, verdict)
    return story


def main() -> None:
    rows = list(read(Path(sys.argv[1])))
    for id_, cluster in clusters(rows, [arrival(row) for row in rows]):
        print(json.dumps({"id": id_, "cluster": cluster}))


if __name__ == "__main__":
    main()
