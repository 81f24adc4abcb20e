from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from feeds.model import Edition, Text
from feeds.render import render
from feeds.render.listing import FeedListing, build_listing
from feeds.render.pages import index, theme
from tests.render.sample_edition import ARCHIVED, EDITION, EMPTY, FERRY, HOSTILE, LIGHTHOUSE, UNTITLED, at

SOURCES = (
    FeedListing(
        title="Ledger", url="https://ledger.example/feed", link="https://ledger.example/", tags=("a", "b")
    ),
    FeedListing(title="<b>", url="javascript:alert(1)"),
)
BASE = "https://feeds.example/"


def html_of(edition: Edition) -> str:
    return render(edition, "html").data.decode()


class Outline(HTMLParser):
    """The start tags with their attributes. Raises if an element is closed that is not open."""

    VOID = frozenset({"meta", "link", "img", "br"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open.pop() != tag:
            raise AssertionError(f"</{tag}> closes something else")

    def all(self, *names: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.tags if tag in names]


PAGES = {
    "full": html_of(EDITION),
    "empty": html_of(EMPTY),
    "hostile": html_of(replace(EDITION, entries=(HOSTILE,))),
}
PAGES["index"] = index.render(
    "The wire", BASE, (build_listing(EDITION), build_listing(EMPTY)), SOURCES
).decode()
PAGES["bare index"] = index.render("", BASE, (), ()).decode()


@pytest.mark.parametrize("name", sorted(PAGES))
def test_elements_are_balanced_and_headings_in_order(name: str) -> None:
    outline = Outline(PAGES[name])
    assert outline.open == []
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for landmark in ("header", "main", "footer"):
        assert len(outline.all(landmark)) == 1
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = [attributes["aria-labelledby"] for attributes in outline.all("section")]
    assert set(named) <= set(ids)
    assert all("alt" in attributes for attributes in outline.all("img"))
    assert outline.all("html")[0]["lang"]


@pytest.mark.parametrize("name", sorted(PAGES))
def test_pages_have_no_script_and_the_policy_names_the_style_by_its_hash(name: str) -> None:
    html = PAGES[name]
    outline = Outline(html)
    assert outline.all("script", "iframe", "object", "form", "base") == []
    assert [key for _, attributes in outline.tags for key in attributes if key.startswith("on")] == []
    assert [attributes for _, attributes in outline.tags if "style" in attributes] == []
    [policy] = [element["content"] for element in outline.all("meta") if "http-equiv" in element]
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style
    digest = b64encode(sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; img-src https: http:;")
    assert {"name": "referrer", "content": "no-referrer"} in outline.all("meta")
    hrefs = [element["href"] for element in outline.all("a", "link")]
    assert all(re.match(r"https://|\./[a-z]+\.[a-z]+$|#main$", href) for href in hrefs)


def test_the_page_and_the_front_page_link_to_the_feeds() -> None:
    expected = {
        "application/atom+xml": "./world.atom",
        "application/rss+xml": "./world.rss",
        "application/feed+json": "./world.json",
    }
    links = [link for link in Outline(PAGES["full"]).all("link") if link["rel"] == "alternate"]
    assert {link["type"]: link["href"] for link in links} == expected
    links = [link for link in Outline(PAGES["index"]).all("link") if link["rel"] == "alternate"]
    assert [link["href"] for link in links] == [*expected.values(), "./quiet.atom", "./quiet.rss"]


def test_an_output_without_feeds_links_to_none() -> None:
    outline = Outline(html_of(replace(EDITION, formats=("html",))))
    assert outline.all("nav") == []


def test_the_contents_of_a_card() -> None:
    html = html_of(replace(EDITION, entries=(FERRY,)))
    assert "Night ferry returns: “quiet &amp; on time”, says the crew</a></h2>" in html
    assert "Six weeks after the storm the night ferry sails." in html
    assert '<time lang="en" dir="ltr" datetime="2026-01-06T08:30:00Z">6 Jan 2026, 08:30 UTC</time>' in html
    assert "NORTHWIRE" in html
    assert ">Coast &amp; Country</a>" in html
    assert ">Audio, 12:34</a>" in html
    assert 'alt="A white ferry at a lit quay before dawn" width="1200" height="800"' in html
    assert "1 story, last news" in html


def test_cards_are_grouped_by_day_and_have_their_language() -> None:
    html = html_of(EDITION)
    assert re.findall(r'<bdi lang="en" dir="ltr">(.*?)</bdi></h2>', html) == [
        "Tuesday, 6 January 2026",
        "Monday, 5 January 2026",
    ]
    assert '<article class="card" lang="fa" dir="rtl">' in html
    right_to_left = html_of(replace(EDITION, language="fa", entries=(LIGHTHOUSE,)))
    assert '<html lang="fa" dir="rtl">' in right_to_left


def test_the_lead_is_above_the_days_and_not_repeated_in_them() -> None:
    html = html_of(EDITION)
    assert html.count("the night ferry sails.") == 1
    assert html.index("the night ferry sails.") < html.index("Tuesday, 6 January 2026")
    alone = html_of(replace(EDITION, entries=(FERRY,)))
    assert "Tuesday, 6 January 2026" not in alone


def test_an_archive_page_has_no_lead() -> None:
    html = html_of(ARCHIVED)
    assert 'class="card lead' not in html
    assert html.count("<article") == len(ARCHIVED.entries)


def test_all_pictures_but_the_first_load_lazily() -> None:
    images = Outline(html_of(replace(EDITION, entries=(FERRY, replace(FERRY, id="urn:x:2"))))).all("img")
    assert [image.get("loading") for image in images] == [None, "lazy"]


def test_excerpts_are_short() -> None:
    long = replace(UNTITLED, article=replace(UNTITLED.article, text=Text("word " * 400)))
    excerpt = re.search(
        r'<p class="excerpt" dir="auto">(.*?)</p>', html_of(replace(EDITION, entries=(long,)))
    )
    assert excerpt
    assert 250 < len(excerpt[1]) <= 300
    assert excerpt[1].endswith("word…")


def test_long_headlines_are_cut() -> None:
    long = replace(FERRY, article=replace(FERRY.article, title=Text("Very long title " * 60)))
    headline = re.search(r"<h2 dir=\"auto\"><a [^>]*>(.*?)</a>", html_of(replace(EDITION, entries=(long,))))
    assert headline
    assert 150 < len(headline[1]) <= 200
    assert headline[1].endswith("…")


def test_dates_in_words_do_not_depend_on_zone_and_locale() -> None:
    assert theme.day_name(datetime(2024, 2, 29, tzinfo=UTC)) == "Thursday, 29 February 2024"
    assert theme.short_date(at(6, 9, 5)) == "6 Jan 2026, 09:05 UTC"
