"""Publishers change guids and links, or reuse them: no item is lost, and no edit makes a second entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from feeds.dedupe.identity_keys import article_keys
from feeds.dedupe.likeness import text_likeness, title_likeness
from feeds.model import Article
from tests.dedupe.known_articles import KnownArticles
from tests.make import NOW, article
from tests.newsroom import prose

Document = Sequence[tuple[str, Article]]  # (what the item is about, item)

SITE = "https://h.example"
STANDING = "Print it or play it online."


def an_item(
    guid: str, link: str, title: str, text: str, hours: float | None, *, enclosure: str = "", minutes: int = 7
) -> Article:
    """`hours`: how long before NOW it was published, and `minutes` more; None: not dated."""
    page = link.partition("#")[0].removeprefix(SITE)
    return article(
        guid,
        link=link,
        title=title,
        text=text,
        canonical=page and SITE.removeprefix("https://") + page,
        canonical_part=link.removeprefix("https://") if "#" in link else "",
        enclosure_key=enclosure,
        published=None if hours is None else NOW - timedelta(hours=hours, minutes=minutes),
        content_hash=repr((title, text, page, enclosure)).encode(),
    )


def story(
    n: int, *, guid: str = "", link: str = "", title: str = "", text: str = "", hours: float = 0
) -> Article:
    return an_item(
        guid or f"tag:h.example,2026:{n}",
        link or f"{SITE}/{n}",
        title or f"{prose(100 + n)[:40]}",
        text or prose(n),
        hours or 50 - n,
    )


def changes(*versions: int, edited: int = 0, hours: float | None = 0) -> Document:
    """The items of a page of changes, without guids."""
    return [
        (
            f"1.{n}",
            an_item(
                "",
                f"{SITE}/changes#v1.{n}",
                f"1.{n}",
                f"Mends {n}." + (" Withdrawn, do not use it." if n == edited else ""),
                None if hours is None else 100 - 30 * n,
            ),
        )
        for n in versions
    ]


def episodes(*numbers: int, edited: int = 0) -> Document:
    """Episodes without guids, which all link to the page of the show."""
    return [
        (
            f"episode {n}",
            an_item(
                "",
                f"{SITE}/show",
                "Now with another title" if n == edited else f"Episode {n}",
                "Subscribe wherever you listen.",
                100 - 24 * n,
                enclosure=f"cdn.example/{n}.mp3",
            ),
        )
        for n in numbers
    ]


def placed(*numbers: int, retitled: int = 0) -> Document:
    """Stories whose guid is their place in the document."""
    return [
        (str(n), story(n, guid=str(place), title="Quite another headline" if n == retitled else ""))
        for place, n in enumerate(numbers, start=1)
    ]


def regenerated(poll: int, *numbers: int, retitled: int = 0) -> Document:
    """Stories that get new guids for each document."""
    return [
        (
            str(n),
            story(n, guid=f"{SITE}/{n}?t={1_700_000_000 + poll}", title="Retitled" if n == retitled else ""),
        )
        for n in numbers
    ]


def crossword(n: int, guid: str, *others: int) -> Document:
    """The crossword of one day, always under one link, beside stories."""
    item = an_item(guid, f"{SITE}/crossword", f"Crossword No {16800 + n}", STANDING, 100 - 24 * n)
    return [(f"crossword {n}", item), *((str(other), story(other)) for other in others)]


def bulletin(n: int, guid: str) -> Document:
    """The news of one hour, the only item, always in one file."""
    return [
        (
            f"bulletin {n}",
            an_item(
                guid,
                f"{SITE}/news",
                f"News at {n}",
                "The latest five minutes.",
                12 - n,
                enclosure="cdn.example/latest.mp3",
            ),
        )
    ]


def programme(hour: int) -> Document:
    """The programme of one hour, the only item: always the same words, in a file of its own."""
    item = an_item(
        f"programme-{hour}",
        f"{SITE}/programme/{hour}",
        "The news in five minutes",
        prose(7),
        12 - hour,
        enclosure=f"cdn.example/{hour}.mp3",
    )
    return [(f"programme {hour}", item)]


def moved(n: int, *, title: str = "", text: str = "") -> Article:
    """A story on the new site: everything but title and date may differ."""
    return story(n, guid=f"{SITE}/posts/{n}", link=f"{SITE}/posts/{n}", title=title, text=text)


def live_page(poll: int) -> Document:
    """A page that is written anew again and again, with a version in its guid."""
    page = f"{SITE}/live"
    item = an_item(f"{page}#{poll}", page, prose(300 + poll)[:30], prose(poll), 90 - 30 * poll)
    return [("live", item), ("1", story(1)), ("2", story(2))]


POLLS: dict[str, Sequence[Document]] = {
    "a page of changes, from one item on": [
        changes(1),
        changes(2, 1),
        changes(3, 2, 1, edited=2),
        changes(3, 1),
    ],
    "a page of changes without dates": [
        changes(1, hours=None),
        changes(2, 1, hours=None),
        changes(2, 1, edited=1, hours=None),
    ],
    "a page of changes that shows the newest only": [
        changes(1),
        changes(2),
        changes(2, edited=2),
        changes(3),
    ],
    "episodes with one link": [episodes(1), episodes(2, 1), episodes(3, 2, 1, edited=2), episodes(3, 1, 2)],
    "the newest episode only": [episodes(1), episodes(2), episodes(2, edited=2), episodes(3)],
    "guids that are places": [
        placed(3, 2, 1),
        placed(4, 3, 2, retitled=3),
        placed(7, 6, 5),
        placed(8, 7, 6, retitled=7),
    ],
    "new guids at each poll": [
        regenerated(1, 2, 1),
        regenerated(2, 3, 2, 1, retitled=1),
        regenerated(3, 3, 2, 1),
    ],
    "a crossword with a new guid each day": [
        crossword(n, f"crossword-{16800 + n}", n, n + 1) for n in range(3)
    ],
    "a crossword whose guid is its link": [crossword(n, f"{SITE}/crossword", n, n + 1) for n in range(3)],
    "a crossword without guids": [crossword(n, "", n, n + 1) for n in range(3)],
    "an hourly bulletin with guids": [bulletin(n, f"bulletin-{n}") for n in range(3)],
    "an hourly bulletin without guids": [bulletin(n, "") for n in range(3)],
    "an hourly programme with equal words": [programme(hour) for hour in range(3)],
    "one guid for the only item": [
        [(str(n), story(n, guid="latest-item", link=f"{SITE}/{n}"))] for n in range(1, 4)
    ],
    "a guid that a wholly different item of another day gets": [
        [("1", story(1, guid="https://h.example/", link=SITE, hours=40))],
        [("2", story(2, guid="https://h.example/", link=SITE, hours=10))],
    ],
    "posts on one page, one at a time": [
        [(str(n), story(n, guid=f"post-{n}", link=f"{SITE}/live")), ("a", story(40))] for n in range(1, 5)
    ],
    "a live page with versions": [live_page(poll) for poll in range(1, 4)],
    "a site that moves and rewords": [
        [("1", story(1)), ("2", story(2))],
        [("1", moved(1, text="By Ann. " + prose(1)[:-40])), ("2", moved(2)), ("3", moved(3))],
        [("1", moved(1, title="Retitled after the move")), ("2", moved(2))],
    ],
    "an item that goes and comes back edited": [
        [("1", story(1)), ("2", story(2))],
        [("2", story(2))],
        [("2", story(2)), ("1", story(1, title="Back with another title"))],
    ],
    "everything of an item changes but its guid": [
        [("1", story(1)), ("2", story(2))],
        [("1", story(1, title="Another title", text=prose(50), link=f"{SITE}/slug")), ("2", story(2))],
    ],
}


@pytest.mark.parametrize("name", POLLS)
def test_each_item_is_one_article_through_all_polls(name: str) -> None:
    known = KnownArticles()
    ids: dict[str, str] = {}
    for document in POLLS[name]:
        for (about, _), id_ in zip(document, known.ids(*(item for _, item in document)), strict=True):
            assert ids.setdefault(about, id_) == id_, about
    assert len(set(ids.values())) == len(ids)


def test_a_new_item_under_a_used_link_is_marked_so_that_the_two_are_not_equal_articles() -> None:
    known = KnownArticles()
    known.poll(*(item for _, item in crossword(1, "crossword-1", 1)))
    new, kept = known.poll(*(item for _, item in crossword(2, "crossword-2", 1)))
    assert (new.known, new.link_is_reused) == (None, True)
    assert not kept.link_is_reused


@pytest.mark.parametrize(
    ("links", "owned"),
    [
        (("/a", "/b"), [True, True]),
        (("/a", "/a"), [False, False]),
        (("/a#one", "/a#two"), [False, False]),
        (("/a#one", "/b"), [False, True]),
        (("/a#publisher=wire", "/b#publisher=wire"), [True, True]),
    ],
)
def test_a_page_that_is_about_several_items_belongs_to_none(links: Sequence[str], owned: list[bool]) -> None:
    items = [an_item("", SITE + link, f"Title {n}", "", n) for n, link in enumerate(links)]
    assert [keys.owns_page for keys in article_keys(items)] == owned


@pytest.mark.parametrize(
    ("likeness", "first", "second", "expected"),
    [
        (title_likeness, "Crossword No 5 for Monday", "Crossword No 6 for Tuesday", "series"),
        (title_likeness, "1.2.0", "1.2.1", "series"),
        (title_likeness, "Release 2.0", "Release 2.0 (long support)", "alike"),
        (title_likeness, "Mayor resigns after vote", "Mayor resigns", "alike"),
        (title_likeness, "Mayor resigns", "Whale seen off the pier", "other"),
        (title_likeness, "市长今天辞职", "市长昨天辞职了", "alike"),
        (title_likeness, "", "Mayor resigns", "unknown"),
        (text_likeness, STANDING, STANDING, "short"),
        (text_likeness, prose(1), prose(1) + " More.", "alike"),
        (text_likeness, prose(1), prose(2), "other"),
    ],
)
def test_likeness(likeness: Callable[[str, str], str], first: str, second: str, expected: str) -> None:
    assert likeness(first, second) == likeness(second, first) == expected
