from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from feeds.model import Edition, Entry, Mention, Text, Url
from feeds.render.listing import FeedListing, build_listing
from feeds.render.pages import index
from tests.render.sample_edition import EDITION, EMPTY, FERRY, at

SOURCES = (
    FeedListing(
        title="Ledger", url="https://ledger.example/feed", link="https://ledger.example/", tags=("a", "b")
    ),
    FeedListing(title="<b>", url="javascript:alert(1)"),
)
BASE = "https://feeds.example/"


def story(name: str, *, age: timedelta = timedelta(0), carried: int = 0, picture: bool = False) -> Entry:
    link = Url(f"https://ledger.example/{name}")
    article = replace(
        FERRY.article, title=Text(name), link=link, image=FERRY.article.image if picture else None, media=()
    )
    also = tuple(
        Mention(source=Text(f"s{n}"), title=Text(f"Paper {n}"), link=Url(f"https://s{n}.example/{name}"))
        for n in range(carried)
    )
    return replace(FERRY, id=f"urn:x:{name}", published=at(6) - age, rank=None, article=article, also=also)


def output(name: str, *entries: Entry) -> Edition:
    return replace(EDITION, name=name, title=Text(name), entries=entries)


def shelves(*editions: Edition) -> list[tuple[str, list[str]]]:
    arranged = index.arrange_shelves(tuple(map(build_listing, editions)))
    return [
        (shelf.lead.title if shelf.lead else "", [card.title for card in shelf.others]) for shelf in arranged
    ]


def test_the_story_that_most_sources_carry_leads() -> None:
    entries = (story("a"), story("b", carried=1), story("c", carried=3))
    assert shelves(output("all", *entries)) == [("c", ["a", "b"])]


def test_an_older_story_loses_the_lead() -> None:
    old = story("old", age=timedelta(days=2, minutes=1), carried=4)
    assert shelves(output("all", story("new", carried=1), old)) == [("new", ["old"])]
    assert shelves(output("all", story("new"), old)) == [("old", ["new"])]


def test_without_other_sources_a_story_of_today_with_a_picture_leads() -> None:
    old = story("old", age=timedelta(days=2), picture=True)
    assert shelves(output("all", story("a"), story("b", picture=True), old)) == [("b", ["a", "old"])]
    assert shelves(output("all", story("a"), old)) == [("a", ["old"])]


def test_no_story_is_shown_twice() -> None:
    some = [story(name) for name in "abcdefghijkl"]
    above, below = shelves(output("all", *some[:9]), output("more", *some))
    assert above == ("a", ["b", "c", "d", "e", "f", "g"])
    assert below == ("h", ["i", "j", "k", "l"])
    everything = output("all", *some[:3])
    assert shelves(everything, everything)[1] == ("", [])
    assert (
        "All of its news stands above."
        in index.render("", BASE, (build_listing(everything), build_listing(everything)), ()).decode()
    )


def test_the_front_page_shows_outputs_stories_and_sources() -> None:
    html = index.render("The wire", BASE, (build_listing(EDITION), build_listing(EMPTY)), SOURCES).decode()
    assert "2 feeds from 2 sources, last news" in html
    assert html.count("<article ") == len(EDITION.entries)
    assert '<a href="./world.html">World, once &amp; for all</a>' in html
    assert "./quiet.html" not in html
    assert "Nothing has come in yet" in html
    assert ">Ledger</a>" in html
    assert "&lt;b&gt;" in html


def test_the_front_page_without_outputs_says_what_to_do() -> None:
    assert "No feed is published yet" in index.render("", BASE, (), ()).decode()
