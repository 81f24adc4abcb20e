"""Which story an article joins: the whole path, with a window in memory and with the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from math import inf
from pathlib import Path

import pytest
from sqlalchemy import insert

from bench.dedupe.memory import MemoryIndex
from feeds.dedupe.join import NearJoinResult, decide
from feeds.dedupe.prepare import ArticleInput, FingerprintedArticle, fingerprint_article
from feeds.dedupe.score import shipped_model
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


def fingerprinted(source: str, title: str, text: str, hours: float = 0.0) -> FingerprintedArticle:
    return fingerprint_article(ArticleInput(source, title, text, START + hours * HOUR))


def stories_in_memory(articles: Sequence[FingerprintedArticle]) -> tuple[list[str], list[NearJoinResult]]:
    index = MemoryIndex()
    stories, results = [], []
    for at, article in enumerate(articles):
        index.since(article.seen_at - WINDOW)
        result = decide(article, index, shipped_model(), own_number=-1)
        stories.append(result.story or str(at))
        results.append(result)
        index.enter(result, article, stories[-1])
    return stories, results


def stories_in_store(articles: Sequence[FingerprintedArticle], path: Path, batch: int) -> list[str]:
    stories: list[str] = []
    for begin in range(0, len(articles), batch):
        store = open_store(path)  # opened for each batch, so that only stored values are known
        with store.write() as connection:
            for at, article in enumerate(articles[begin : begin + batch], begin):
                result = decide(
                    article,
                    near_index.NearIndex(
                        connection, near_index.WindowCache(connection), article.seen_at - WINDOW
                    ),
                    shipped_model(),
                )
                stories.append(result.story or str(at))
                seen = datetime.fromtimestamp(article.seen_at, UTC)
                n = connection.execute(
                    insert(schema.article)
                    .values(
                        id=str(at),
                        source=article.source,
                        story=stories[-1],
                        exact_story=str(at),
                        cautious_story=str(at),
                        content_hash=b"",
                    )
                    .values(date=seen, first_seen=seen, last_seen_at=seen)
                    .returning(schema.article.c.n)
                ).scalar_one()
                near_index.add_article(
                    connection, near_index.WindowCache(connection), n, article.source, article.seen_at, result
                )
        store.close()
    return stories


TRAFFIC = [
    fingerprinted("post", "Lindholm gets a second crane", CRANE),
    fingerprinted("herald", "Weather forecast for Lindholm", weather("Lindholm", 12, 4, 20, 35), 0.1),
    fingerprinted("herald", "Weather forecast for Norrvik", weather("Norrvik", 9, 1, 31, 60), 0.2),
    fingerprinted("herald", "Harbour board votes for crane", CUT, 2),
    fingerprinted(
        "star", "Second crane for Lindholm", "LINDHOLM — " + CRANE + "\nRead the Star every day.", 3
    ),
    fingerprinted("herald", "Weather forecast for Lindholm", weather("Lindholm", 15, 7, 12, 5), 24.1),
    fingerprinted("star", "Weather forecast for Norrvik", weather("Norrvik", 9, 1, 31, 60), 1.2 + 24),
    fingerprinted("star", "Lindholm gets a second crane", "", 26),
    fingerprinted(
        "post", "Bakers of Norrvik want longer nights", "The bakers' guild asks for later hours.", 27
    ),
]


def test_copies_join_and_reports_of_a_series_do_not() -> None:
    stories, _ = stories_in_memory(TRAFFIC)
    assert stories == ["0", "1", "2", "0", "0", "5", "2", "0", "8"]


@pytest.mark.parametrize("batch", [1, 4, 100])
def test_the_store_decides_the_same_in_any_batch_size(tmp_path: Path, batch: int) -> None:
    assert stories_in_store(TRAFFIC, tmp_path / "feeds.db", batch) == stories_in_memory(TRAFFIC)[0]


def test_a_result_can_be_explained() -> None:
    _, results = stories_in_memory(TRAFFIC)
    joined = results[3].joined
    assert joined is not None
    assert joined.n == 0
    evidence = shipped_model().explain(joined.record)
    assert evidence.score > 0.5
    assert any(reason.feature == "contained" for reason in evidence.reasons)
    assert "shorter text" in str(evidence)


def test_outside_the_window_nothing_joins() -> None:
    late = fingerprinted("herald", "Harbour board votes for crane", CRANE, 80)
    assert stories_in_memory([TRAFFIC[0], late])[0] == ["0", "1"]


def test_cautious_joins_no_more_than_balanced() -> None:
    index = MemoryIndex()
    first = decide(TRAFFIC[0], index, shipped_model(), own_number=-1)
    index.enter(first, TRAFFIC[0], "0")
    for later in TRAFFIC[1:]:
        if decide(later, index, shipped_model(), "cautious", own_number=-1).story:
            assert decide(later, index, shipped_model(), "balanced", own_number=-1).story


def test_a_new_version_is_not_compared_with_itself(tmp_path: Path) -> None:
    store = open_store(tmp_path / "feeds.db")
    stories_in_store(TRAFFIC[:1], tmp_path / "feeds.db", 1)
    with store.write() as connection:
        index = near_index.NearIndex(connection, near_index.WindowCache(connection), START - WINDOW)
        assert decide(TRAFFIC[0], index, shipped_model()).story == "0"
        assert decide(TRAFFIC[0], index, shipped_model(), own_number=1).story == ""
    store.close()


def test_old_articles_are_deleted(tmp_path: Path) -> None:
    stories_in_store(TRAFFIC, tmp_path / "feeds.db", 100)
    store = open_store(tmp_path / "feeds.db")
    with store.write() as connection:
        assert near_index.delete_before(connection, START + 10 * HOUR) == 5
        index = near_index.NearIndex(connection, near_index.WindowCache(connection), START - WINDOW)
        assert index.size() == 4
        assert decide(
            fingerprinted("sun", "Second crane for Lindholm", CRANE, 28), index, shipped_model()
        ).story in {
            "",
            "0",
        }
    store.close()


def test_titles_without_text_and_with_different_numbers_do_not_join() -> None:
    stories, results = stories_in_memory(
        [
            fingerprinted("herald", "Power cut leaves 1,200 homes in Lindholm dark", "", 0),
            fingerprinted("post", "Power cut leaves 3,400 homes in Lindholm dark", "", 1),
            fingerprinted("star", "Power cut leaves 1,200 homes in Lindholm dark", "", 2),
        ]
    )
    assert stories == ["0", "1", "0"]
    assert results[1].nearest[0].record.score <= 0.1


def test_a_raised_threshold_holds_for_the_articles_of_that_source_only() -> None:
    model, index = shipped_model(), MemoryIndex()
    post, copy = TRAFFIC[0], fingerprinted("herald", "Harbour board votes for crane", CUT, 2)
    index.enter(decide(post, index, model, own_number=-1), post, "0")
    usual = decide(copy, index, model, own_number=-1).joined
    assert usual is not None
    score = usual.record.score
    for raised, story in (({"post": score}, "0"), ({"post": score + 1e-6}, ""), ({"star": inf}, "0")):
        assert decide(copy, index, model, own_number=-1, raised=raised).story == story
    refused = decide(copy, index, model, own_number=-1, raised={"post": score + 1e-6})
    assert "since your splits" in refused.why_not
    assert refused.nearest[0].record.score == score
    # A copy of another source, in a story of its own, takes it instead.
    star = fingerprinted("star", "Harbour board wants a crane", f"{CUT} Read the Star every day.", 1)
    index.enter(decide(star, index, model, own_number=-1, excluded={"0"}), star, "1")
    assert decide(copy, index, model, own_number=-1, raised={"post": inf}).story == "1"
    assert "only equal ones join" in decide(copy, index, model, raised={"post": inf, "star": inf}).why_not
