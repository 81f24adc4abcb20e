"""Which other outlets an entry names: those whose copies are read here, and those that other instances name."""

from __future__ import annotations

from dataclasses import replace

from feeds.model import Article, Mention, Origin, Text, Url
from feeds.render.also_in import also_in
from tests.make import article

ORIGINS = {name: Origin(title=name.title()) for name in ("herald", "ledger", "wire", "planet")}


def mention(source: str, link: str = "") -> Mention:
    return Mention(
        source=Text(source), title=Text("Pier"), link=Url(link or f"https://{source.lower()}.example/1")
    )


def copy(source: str, *named: Mention, outlet: str = "") -> Article:
    """A copy of a story, with a page of its own."""
    origin = Origin(title=outlet) if outlet else None
    link = f"https://{(outlet or source).lower()}.example/1"
    return article(source=source, link=link, origin=origin, also_in=named)


def named(*copies: Article, first_source: str = "herald") -> list[tuple[str, str]]:
    mentions = also_in(copies, ORIGINS, link=copies[0].link, first_source=first_source)
    return [(mention.source, mention.link.removeprefix("https://")) for mention in mentions]


def test_each_other_copy_is_named_by_its_outlet() -> None:
    assert named(copy("herald"), copy("ledger")) == [("Ledger", "ledger.example/1")]
    passed_on = copy("planet", outlet="Pilot")  # a feed of several outlets, which names the one of each entry
    assert named(copy("herald"), passed_on) == [("Pilot", "pilot.example/1")]


def test_pages_that_another_instance_names_are_named_again() -> None:
    passed_on = copy("wire", mention("Pilot"), mention("Coast"), outlet="Herald")
    expected = [("Pilot", "pilot.example/1"), ("Coast", "coast.example/1")]
    assert named(passed_on, first_source="wire") == expected
    assert named(copy("herald"), passed_on) == expected  # the same page as this instance's own copy
    twice = copy("planet", mention("Pilot", "http://www.pilot.example/1/"), outlet="Herald")
    assert named(passed_on, twice, first_source="wire") == expected


def test_an_outlet_whose_copy_is_read_here_is_named_once() -> None:
    own = copy("ledger")
    for link in ("", "https://ledger.example/another-page"):
        passed_on = copy("wire", mention("Ledger", link), outlet="Herald")
        assert named(passed_on, own, first_source="wire") == [("Ledger", "ledger.example/1")]
        assert named(own, passed_on, first_source="ledger") == [("Herald", "herald.example/1")]


def test_the_outlet_of_the_lead_is_named_if_the_entry_began_with_another_page() -> None:
    """The other instance began with the Herald's page, and shows the Ledger's longer text."""
    passed_on = replace(
        copy("wire", mention("Ledger"), outlet="Ledger"), link=Url("https://herald.example/1")
    )
    assert named(passed_on, first_source="wire") == [("Ledger", "ledger.example/1")]
