"""An edit that replaces a text moves the article to the story of its new text, in whole cycles."""

from __future__ import annotations

from datetime import timedelta

from tests.cli.test_commands import CRANE_TEXT
from tests.loopback import Answer, Loopback
from tests.newsroom import Newsroom, item, prose, rss

LATER = timedelta(hours=2)


def other(title: str, text: str) -> str:
    return item(1, title=title, text=text, guid="b", link="https://b.example/1")


def test_a_page_that_is_reused_for_another_text_leaves_its_story_and_keeps_its_id(
    room: Newsroom, server: Loopback
) -> None:
    first = item(3, title="Crane bought", text=CRANE_TEXT, guid="live")
    reused = item(3, title="Bakery opens", text=f"{prose(1)} {prose(2)} {prose(3)}", guid="live")
    live = server.answers("/live", Answer(body=rss([first])), Answer(body=rss([reused])))
    room.configure_urls(live, server.page("/b", rss([other("Port buys a crane", f"{CRANE_TEXT} More.")])))
    room.once()
    (joined,) = room.entries()
    room.once(later=LATER)
    assert sorted(room.titles()) == ["Bakery opens", "Port buys a crane"]
    assert joined.id in {entry.id for entry in room.entries()}


def test_a_flash_that_grows_into_the_full_text_joins_its_copies(room: Newsroom, server: Loopback) -> None:
    flash = item(3, title="Crane", text="The harbour board has bought a crane.", guid="live")
    full = item(3, title="Crane", text=f"The harbour board has bought a crane. {CRANE_TEXT}", guid="live")
    live = server.answers("/live", Answer(body=rss([flash])), Answer(body=rss([full])))
    room.configure_urls(
        live, server.page("/b", rss([other("Port buys lifting gear", f"{CRANE_TEXT} More.")]))
    )
    room.once()
    before = room.entries()
    assert len(before) == 2
    room.once(later=LATER)
    (after,) = room.entries()
    assert after.id in {entry.id for entry in before}


def test_a_replaced_text_joins_the_story_of_its_copies(room: Newsroom, server: Loopback) -> None:
    first = item(3, title="Today", text=f"{prose(1)} {prose(2)} {prose(3)}", guid="live")
    second = item(3, title="Today", text=CRANE_TEXT, guid="live")
    live = server.answers("/live", Answer(body=rss([first])), Answer(body=rss([second])))
    room.configure_urls(live, server.page("/b", rss([other("Port buys a crane", f"{CRANE_TEXT} More.")])))
    room.once()
    assert len(room.entries()) == 2
    room.once(later=LATER)
    assert len(room.entries()) == 1


def test_an_edit_that_keeps_the_text_alike_moves_nothing(room: Newsroom, server: Loopback) -> None:
    first = item(3, title="Crane bought", text=CRANE_TEXT, guid="live")
    edited = item(3, title="Crane bought, at last", text=f"{CRANE_TEXT} {prose(1)}", guid="live")
    live = server.answers("/live", Answer(body=rss([first])), Answer(body=rss([edited])))
    room.configure_urls(live, server.page("/b", rss([other("Port buys a crane", f"{CRANE_TEXT} More.")])))
    room.once()
    room.once(later=LATER)
    assert len(room.entries()) == 1
