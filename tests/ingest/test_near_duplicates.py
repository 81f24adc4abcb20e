"""Near copies, in whole cycles."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.cli.test_commands import CRANE_TEXT
from tests.loopback import Answer, Loopback
from tests.newsroom import Newsroom, item, prose, rss


def copies(server: Loopback) -> tuple[str, str]:
    """A text, and a shorter one with another title and ending, of two sources."""
    original = item(
        2, title="Lindholm votes for a second crane", text=f"{CRANE_TEXT} The town pays a third of the price."
    )
    other = item(
        1, title="Crane bought", text=f"{CRANE_TEXT} Read on.", guid="b1", link="https://b.example/1"
    )
    return server.page("/a", rss([original])), server.page("/b", rss([other]))


def test_copies_with_other_titles_and_endings_are_one_entry(room: Newsroom, server: Loopback) -> None:
    room.configure_urls(*copies(server))
    assert sum(polled.merged for polled in room.once().polled) == 1
    assert room.titles() == ["Lindholm votes for a second crane"]


def test_the_dedupe_mode_of_an_output_decides_which_copies_are_one_entry(
    room: Newsroom, server: Loopback
) -> None:
    room.configure_urls(*copies(server))
    text = room.config.read_text(encoding="utf-8")
    room.config.write_text(
        text + "  exactly: {title: E, dedupe: exact}\n  every: {title: A, dedupe: off}\n", encoding="utf-8"
    )
    room.once()
    assert [len(room.entries(name)) for name in ("front", "exactly", "every")] == [1, 2, 2]


def test_a_source_with_dedupe_off_joins_no_story(room: Newsroom, server: Loopback) -> None:
    room.configure_urls(*copies(server), dedupe="off")
    room.once()
    assert len(room.entries()) == 2


def test_the_order_of_arrival_does_not_change_the_stories(room: Newsroom, server: Loopback) -> None:
    one, two = copies(server)
    room.configure_urls(two)
    room.once()
    (before,) = room.entries()
    room.configure_urls(two, one)
    room.once()
    (after,) = room.entries()
    assert after.id == before.id
    assert after.title == "Lindholm votes for a second crane"


def test_reports_of_a_series_with_different_numbers_stay_apart(room: Newsroom, server: Loopback) -> None:
    def report(n: int) -> str:
        text = (
            "Here is the forecast for Tarn. It will be cloudy at first and brighter later, "
            f"with a high of {9 + n} degrees and a low of {2 * n} degrees at night. The wind blows at "
            f"{10 + 3 * n} km/h from the west, and the chance of rain is {70 - 9 * n} percent. Drivers are "
            "asked to look at the road report before they set out. The next forecast follows in the evening."
        )
        return item(24 * n, title=f"Weather for Tarn: November {20 - n}", text=text)

    room.configure_urls(server.page("/a", rss([report(n) for n in range(4)])))
    room.once()
    assert len(room.entries()) == 4


def test_an_edited_article_keeps_its_story_and_is_compared_by_its_new_words(
    room: Newsroom, server: Loopback
) -> None:
    stub = item(3, title="Crane", text="The harbour board meets tonight about the crane.", guid="live")
    full = item(3, title="Crane", text=CRANE_TEXT, guid="live")
    copy = item(
        1,
        title="Second crane for the port",
        text=f"{CRANE_TEXT} More follows.",
        guid="c",
        link="https://c.example/1",
    )
    live = server.answers("/live", Answer(body=rss([stub])), Answer(body=rss([full])))
    room.configure_urls(live)
    room.once()
    room.once(later=timedelta(hours=2))
    room.configure_urls(live, server.page("/copy", rss([copy])))
    room.once()
    assert len(room.entries()) == 1


def test_a_text_with_many_headlines_is_not_taken_for_boilerplate(room: Newsroom, server: Loopback) -> None:
    headlines = ("Crane vote tonight", "Harbour board meets", "What we know so far", "Alm defends purchase")
    versions = [item(3, title=headline, text=CRANE_TEXT, guid="live") for headline in headlines]
    live = server.answers("/live", *(Answer(body=rss([version])) for version in versions))
    room.configure_urls(live)
    for _ in versions:
        room.once(later=timedelta(hours=2))
    copy = item(
        1, title="Port buys lifting gear", text=f"{CRANE_TEXT} More.", guid="c", link="https://c.example/1"
    )
    room.configure_urls(live, server.page("/copy", rss([copy])))
    room.once()
    assert len(room.entries()) == 1


def test_a_headline_alone_is_united_with_the_text_that_has_it(room: Newsroom, server: Loopback) -> None:
    """A headline without text comes between two copies. The second copy has the headline and joins the first one's
    story by its text. So the headline belongs to that story, as it would if it came last."""
    title = "Lindholm votes for a second crane"
    other = item(
        2, title="Money spent", text=f"{CRANE_TEXT} {prose(5)}", guid="a", link="https://a.example/1"
    )
    bare = item(2, title=title, text=" ", guid="b", link="https://b.example/1")
    copy = item(1, title=title, text=CRANE_TEXT[:210] + prose(6)[:90], guid="c", link="https://c.example/1")
    urls = [server.page(f"/{n}", rss([text])) for n, text in enumerate((other, bare, copy))]
    for n in range(1, 4):
        room.configure_urls(*urls[:n])
        room.once()
    items = json.loads(room.file("front.json").read_bytes())["items"]
    (entry,) = items
    assert {entry["url"], *(also["url"] for also in entry["_feeds"]["also_in"])} == {
        f"https://{site}.example/1" for site in "abc"
    }


@pytest.mark.parametrize(
    ("titles", "words"),
    [
        (["Letters to the editor"] * 3, 35),
        (["Good morning, here is your daily briefing from the harbour"] * 3, 120),
        (["Part one", "Part two", "Part three"], 120),
    ],
)
def test_the_same_short_words_on_different_days_are_different_items_of_a_source(
    room: Newsroom, server: Loopback, titles: list[str], words: int
) -> None:
    text = " ".join((f"{prose(1)} {prose(2)} {prose(3)}").split()[:words])
    days = [
        item(hours, title=title, text=text, guid=f"day-{hours}", link=f"https://a.example/{hours}")
        for title, hours in zip(titles, (50, 26, 2), strict=True)
    ]
    room.configure_urls(server.answers("/a", *(Answer(body=rss([day])) for day in days)))
    for _ in days:
        room.once(later=timedelta(hours=2))
    assert len(room.entries()) == 3


def test_a_long_text_that_a_source_prints_again_on_another_day_is_one_entry(
    room: Newsroom, server: Loopback
) -> None:
    text = " ".join(map(prose, range(5)))
    days = [
        item(hours, title="Council votes for a second crane in the port", text=text, guid=f"day-{hours}")
        for hours in (26, 2)
    ]
    room.configure_urls(server.answers("/a", *(Answer(body=rss([day])) for day in days)))
    for _ in days:
        room.once(later=timedelta(hours=2))
    assert len(room.entries()) == 1


def test_equal_notes_of_two_projects_make_no_copies_if_one_project_repeats_them(
    room: Newsroom, server: Loopback
) -> None:
    """Each document has two releases with the same notes; a third release of one project comes later and alone."""
    notes = f"{prose(1)} {prose(2)}"

    def releases(project: str, *versions: str) -> bytes:
        items = [
            item(
                at,
                title=version,
                text=notes,
                guid=f"{project}{version}",
                link=f"https://{project}.example/{version}",
            )
            for at, version in enumerate(versions, 1)
        ]
        return rss(items, project)

    first = releases("mapmill", "v2.4.0", "v2.4.1")
    later = releases("mapmill", "v2.4.0", "v2.4.1", "v2.4.2")
    other = releases("tuneboard", "v2.4.0", "v2.4.1", "v2.4.2")
    url = server.answers("/mapmill", Answer(body=first), Answer(body=later))
    room.configure_urls(url, server.page("/tuneboard", other))
    room.once()
    assert len(room.entries()) == 5
    room.once(later=timedelta(hours=25))
    assert len(room.entries()) == 6
