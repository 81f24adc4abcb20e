"""Which story an article joins: the whole path, on a window in memory and on the store's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from bench.dedupe.memory import MemoryIndex
from feeds.dedupe.draft import Arrival, Draft, draft
from feeds.dedupe.join import Verdict, judge
from feeds.dedupe.score import shipped
from feeds.store import near_index, schema
from feeds.store.store import open_store

HOUR = 3600.0
WINDOW = 72 * HOUR
START = datetime(2026, 5, 4, tzinfo=UTC).timestamp()

CRANE = (
    "The harbour board of Lindholm met on Monday evening and voted for a second crane on the eastern quay. "
    "The crane costs 14 million crowns and will be delivered by Hansson Marine in the autumn of next year.\n"
    "Chairwoman Greta Alm said that the port had turned away 63 ships since January because nobody could "
    "unload them in time. Two members voted against it and asked for a new ice house instead.\n"
    "The town pays a third of the price. The rest is borrowed from the savings bank in Norrvik, which had "
    "asked for a report on traffic first. That report counts 412 calls last year, a fifth more than before."
)
CUT = CRANE[: CRANE.index("The town pays")]


def weather(town: str, high: int, low: int, wind: int, rain: int) -> str:
    return (
        f"Here is the forecast for {town} for today. It will be cloudy at first and brighter later, with a "
        f"high of {high} degrees and a low of {low} degrees at night. The wind blows at {wind} km/h from the "
        f"west, and the chance of rain is {rain} percent. Drivers are asked to look at the road report "
        f"before they set out. The next forecast for {town} follows in the evening."
    )


def arrival(source: str, title: str, text: str, hours: float = 0.0) -> Draft:
    return draft(Arrival(source, title, text, START + hours * HOUR))


def in_memory(arrivals: Sequence[Draft]) -> tuple[list[str], list[Verdict]]:
    index = MemoryIndex()
    stories, verdicts = [], []
    for at, came in enumerate(arrivals):
        index.since(came.seen - WINDOW)
        verdict = judge(came, index, shipped(), own=-1)
        stories.append(verdict.story or str(at))
        verdicts.append(verdict)
        index.enter(verdict, came, stories[-1])
    return stories, verdicts


def in_store(arrivals: Sequence[Draft], path: Path, batch: int) -> list[str]:
    stories: list[str] = []
    for begin in range(0, len(arrivals), batch):
        store = open_store(path)  # anew each time: nothing is remembered but what was stored
        with store.write() as connection:
            for at, came in enumerate(arrivals[begin : begin + batch], begin):
                verdict = judge(
                    came,
                    near_index.NearIndex(connection, near_index.Extent(connection), came.seen - WINDOW),
                    shipped(),
                )
                stories.append(verdict.story or str(at))
                seen = datetime.fromtimestamp(came.seen, UTC)
                n = connection.execute(
                    insert(schema.article)
                    .values(
                        id=str(at),
                        source=came.source,
                        story=stories[-1],
                        exact=str(at),
                        sure=str(at),
                        content_hash=b"",
                    )
                    .values(date=seen, first_seen=seen, met=seen)
                    .returning(schema.article.c.n)
                ).scalar_one()
                near_index.put(connection, near_index.Extent(connection), n, came.source, came.seen, verdict)
        store.close()
    return stories


TRAFFIC = [
    arrival("post", "Lindholm gets a second crane", CRANE),
    arrival("herald", "Weather forecast for Lindholm", weather("Lindholm", 12, 4, 20, 35), 0.1),
    arrival("herald", "Weather forecast for Norrvik", weather("Norrvik", 9, 1, 31, 60), 0.2),
    arrival("herald", "Harbour board votes for crane", CUT, 2),
    arrival("star", "Second crane for Lindholm", "LINDHOLM — " + CRANE + "\nRead the Star every day.", 3),
    arrival("herald", "Weather forecast for Lindholm", weather("Lindholm", 15, 7, 12, 5), 24.1),
    arrival("star", "Weather forecast for Norrvik", weather("Norrvik", 9, 1, 31, 60), 1.2 + 24),
    arrival("star", "Lindholm gets a second crane", "", 26),
    arrival("post", "Bakers of Norrvik want longer nights", "The bakers' guild asks for later hours.", 27),
]


def test_copies_join_and_reports_of_a_series_do_not() -> None:
    stories, _ = in_memory(TRAFFIC)
    assert stories == ["0", "1", "2", "0", "0", "5", "2", "0", "8"]


@pytest.mark.parametrize("batch", [1, 4, 100])
def test_the_store_decides_alike_in_whatever_batches_they_come(tmp_path: Path, batch: int) -> None:
    assert in_store(TRAFFIC, tmp_path / "feeds.db", batch) == in_memory(TRAFFIC)[0]


def test_a_decision_says_why() -> None:
    _, verdicts = in_memory(TRAFFIC)
    joined = verdicts[3].joined
    assert joined is not None
    assert joined.n == 0
    evidence = shipped().explain(joined.weighed)
    assert evidence.score > 0.5
    assert any(reason.feature == "contained" for reason in evidence.reasons)
    assert "shorter text" in str(evidence)


def test_outside_the_window_nothing_joins() -> None:
    late = arrival("herald", "Harbour board votes for crane", CRANE, 80)
    assert in_memory([TRAFFIC[0], late])[0] == ["0", "1"]


def test_cautious_joins_no_more_than_balanced() -> None:
    index = MemoryIndex()
    first = judge(TRAFFIC[0], index, shipped(), own=-1)
    index.enter(first, TRAFFIC[0], "0")
    for came in TRAFFIC[1:]:
        if judge(came, index, shipped(), "cautious", own=-1).story:
            assert judge(came, index, shipped(), "balanced", own=-1).story


def test_a_new_version_is_not_compared_with_itself(tmp_path: Path) -> None:
    store = open_store(tmp_path / "feeds.db")
    in_store(TRAFFIC[:1], tmp_path / "feeds.db", 1)
    with store.write() as connection:
        index = near_index.NearIndex(connection, near_index.Extent(connection), START - WINDOW)
        assert judge(TRAFFIC[0], index, shipped()).story == "0"
        assert judge(TRAFFIC[0], index, shipped(), own=1).story == ""
    store.close()


def test_what_is_old_is_forgotten(tmp_path: Path) -> None:
    in_store(TRAFFIC, tmp_path / "feeds.db", 100)
    store = open_store(tmp_path / "feeds.db")
    with store.write() as connection:
        assert near_index.forget(connection, START + 10 * HOUR) == 5
        index = near_index.NearIndex(connection, near_index.Extent(connection), START - WINDOW)
        assert index.size() == 4
        assert judge(arrival("sun", "Second crane for Lindholm", CRANE, 28), index, shipped()).story in {
            "",
            "0",
        }
    store.close()


def test_bare_titles_with_other_numbers_are_other_news() -> None:
    stories, verdicts = in_memory(
        [
            arrival("herald", "Power cut leaves 1,200 homes in Lindholm dark", "", 0),
            arrival("post", "Power cut leaves 3,400 homes in Lindholm dark", "", 1),
            arrival("star", "Power cut leaves 1,200 homes in Lindholm dark", "", 2),
        ]
    )
    assert stories == ["0", "1", "0"]
    assert verdicts[1].nearest[0].weighed.score <= 0.1
