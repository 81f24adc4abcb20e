"""Which other outlets an entry names: those whose copies are read here, and those that other instances name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feeds.model import Article, Body, Document, Entry, Feed, Item, Link, Mention, Origin, Text, Url
from feeds.normalize.article import to_articles
from feeds.publish.ledger import new_row
from feeds.render import entry_text, labels
from feeds.render.also_in import also_in, copies_within_sources
from feeds.render.edition import build_entry
from tests.make import NOW, article

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


def named(*copies: Article) -> list[tuple[str, str]]:
    mentions = also_in(copies, ORIGINS)
    return [(mention.source, mention.link.removeprefix("https://")) for mention in mentions]


def test_each_other_copy_is_named_by_its_outlet() -> None:
    assert named(copy("herald"), copy("ledger")) == [("Ledger", "ledger.example/1")]
    passed_on = copy("planet", outlet="Pilot")  # a feed of several outlets, which names the one of each entry
    assert named(copy("herald"), passed_on) == [("Pilot", "pilot.example/1")]


def test_pages_that_another_instance_names_are_named_again() -> None:
    passed_on = copy("wire", mention("Pilot"), mention("Coast"), outlet="Herald")
    expected = [("Pilot", "pilot.example/1"), ("Coast", "coast.example/1")]
    assert named(passed_on) == expected
    assert named(copy("herald"), passed_on) == expected  # the same page as this instance's own copy
    twice = copy("planet", mention("Pilot", "http://www.pilot.example/1/"), outlet="Herald")
    assert named(passed_on, twice) == expected


def test_an_outlet_whose_copy_is_read_here_is_named_once() -> None:
    own = copy("ledger")
    for link in ("", "https://ledger.example/another-page"):
        passed_on = copy("wire", mention("Ledger", link), outlet="Herald")
        assert named(passed_on, own) == [("Ledger", "ledger.example/1")]
        assert named(own, passed_on) == [("Herald", "herald.example/1")]


def test_the_outlet_of_the_lead_is_named_if_the_entry_began_with_another_page() -> None:
    """The other instance began with the Herald's page, and shows the Ledger's longer text."""
    passed_on = replace(
        copy("wire", mention("Ledger"), outlet="Ledger"), link=Url("https://herald.example/1")
    )
    assert named(passed_on) == [("Ledger", "ledger.example/1")]


def entry(*copies: Article) -> Entry:
    row = new_row(
        output="all",
        entry_id="urn:x:1",
        story="s",
        first=copies[0],
        lead=copies[0],
        lead_n=1,
        rank=NOW,
        now=NOW,
    )
    return build_entry(row, copies[0], copies[1:], ORIGINS, {})


def test_the_agencies_of_all_copies_are_credited_those_of_the_lead_first() -> None:
    lead = replace(copy("herald"), credits=("dpa", "AFP"))
    others = replace(copy("ledger"), credits=("Reuters", "AFP")), copy("planet")
    assert entry(lead, *others).article.credits == ("dpa", "AFP", "Reuters")
    assert entry(lead).article is lead
    assert entry(copy("planet"), lead).article.credits == ("dpa", "AFP")


@pytest.mark.parametrize("language", [*labels.LANGUAGES, "zh-TW", "pt-BR", "xx", ""])
def test_the_line_is_in_the_language_of_the_entry_and_is_read_back(language: str) -> None:
    made = entry(replace(copy("herald"), language=language, direction="rtl"), copy("ledger"), copy("planet"))
    html = entry_text.body_html(made)
    assert f"<p>{labels.also_in(language)}: <a " in html
    item = Item(
        guid="urn:x:1",
        title=Body(value="Pier", type="text"),
        content=Body(value=html),
        language=language,
        links=(Link(href="https://herald.example/1"), *(Link(href=m.link, rel="related") for m in made.also)),
    )
    document = Document(feed=Feed(format="atom10", own_output=True), items=(item,))
    [back] = to_articles(document, source="s", url="https://f.example/", now=NOW)[0]
    assert [mention.link for mention in back.also_in] == [mention.link for mention in made.also]
    assert back.html == made.article.html


def test_a_label_is_chosen_by_language_and_script() -> None:
    assert labels.also_in("de-AT") == "Auch bei"
    assert labels.also_in("zh-TW") == labels.also_in("zh-Hant-HK") != labels.also_in("zh-CN")
    assert labels.also_in("sr-Latn-RS") != labels.also_in("sr")
    assert labels.also_in("xx") == labels.also_in("") == "Also in"


def test_further_pages_of_a_source_are_its_copies_and_not_other_outlets() -> None:
    lead, other = copy("herald"), copy("ledger")
    second, again = (replace(lead, link=Url(f"https://{host}herald.example/2")) for host in ("", "www."))
    copies = (lead, other, second, again)
    also = also_in(copies, ORIGINS)
    assert [mention.source for mention in also] == ["Ledger"]
    within = copies_within_sources(copies, ORIGINS, also=also)
    assert [(mention.source, mention.link) for mention in within] == [("Herald", "https://herald.example/2")]
    assert copies_within_sources((lead, other), ORIGINS, also=also) == ()
