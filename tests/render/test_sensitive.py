"""What is for adults, or behind a content warning, is not shown unasked, and a second instance knows it too."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from feeds.model import Article, Entry, Format, Media, Rating, SafeHtml, Text
from feeds.normalize.article import to_articles
from feeds.parse import parse
from feeds.render import entry_text, render
from feeds.render.pages.card import build_card
from tests.render.sample_edition import FERRY, with_entries

NOW = datetime(2026, 2, 1, tzinfo=UTC)
PHOTO = Media(url="https://n.example/a.jpg", type="image/jpeg", medium="image", role="content")
SPIDER = SafeHtml(
    "<p><strong>Content warning:</strong> spider &amp; kettle</p><hr><p>There was one in it.</p>"
)


def post(html: str, **fields: object) -> Entry:
    text = entry_text.plain_text(html)
    values = {
        "title": Text(""),
        "html": SafeHtml(html),
        "summary": SafeHtml(""),
        "text": Text(text),
        "media": (),
        "image": None,
    }
    return replace(FERRY, article=replace(FERRY.article, **(values | fields)))  # type: ignore[arg-type]


def next_hop(entry: Entry, form: Format) -> Article:
    """The article as another instance of the program reads it from our output."""
    document = parse("s", render(with_entries(entry), form).data, url="https://feeds.example/f")
    (article,), notes = to_articles(document, source="s", url="https://feeds.example/f", now=NOW)
    assert notes == ()
    return article


@pytest.mark.parametrize("form", ["atom", "rss", "json"])
@pytest.mark.parametrize(
    ("of_article", "of_media", "of_enclosure"),
    [("adult", "", ""), ("", "adult", ""), ("", "nonadult", "adult"), ("nonadult", "", "")],
)
def test_ratings_are_published_and_read_back(
    form: Format, of_article: Rating, of_media: Rating, of_enclosure: Rating
) -> None:
    sound = Media(url="https://n.example/a.mp3", type="audio/mpeg", rating=of_enclosure)
    entry = post("<p>Words.</p>", rating=of_article, media=(sound, replace(PHOTO, rating=of_media)))
    article = next_hop(entry, form)
    ratings = {medium.url: medium.rating for medium in article.media}
    assert (article.rating, ratings[PHOTO.url], ratings[sound.url]) == (of_article, of_media, of_enclosure)
    is_shown = "adult" not in (of_article, of_media, of_enclosure)
    assert article.image == (PHOTO.url if is_shown else None)


@pytest.mark.parametrize("form", ["atom", "rss", "json"])
def test_a_picture_for_adults_is_no_lead_image_in_any_output(form: Format) -> None:
    entry = post("<p>Words.</p>", media=(replace(PHOTO, rating="adult"),), rating="adult")
    data = render(with_entries(entry), form).data
    assert b"media:thumbnail" not in data
    assert b'"image": ' not in data
    assert build_card(entry, "en").picture is None


WARNINGS = [
    (SPIDER, "Content warning: spider & kettle"),
    ("<p><strong>Inhaltswarnung:</strong> Spinne</p> <hr><p>Im Kessel.</p>", "Inhaltswarnung: Spinne"),
    ("<p><strong>閲覧注意：</strong>蜘蛛</p><hr><p>いた。</p>", "閲覧注意：蜘蛛"),
    ("<p><strong>CW</strong>: spider</p><hr><p>One.</p>", "CW: spider"),
]
OTHERS = [
    ("<p><strong>Big news:</strong> rain</p><p>One.</p>", "Big news: rain One."),
    ("<p><strong>Rain</strong> again</p><hr><p>One.</p>", "Rain again One."),
]


@pytest.mark.parametrize(("html", "headline"), WARNINGS + OTHERS)
def test_a_headline_is_not_made_of_what_a_content_warning_hides(html: str, headline: str) -> None:
    assert entry_text.headline(post(html)) == headline


@pytest.mark.parametrize(("html", "warning"), WARNINGS)
def test_an_excerpt_does_not_show_what_a_content_warning_hides(html: str, warning: str) -> None:
    assert entry_text.excerpt(post(html)) == warning


def test_a_headline_is_made_of_the_summary_rather_than_of_the_text_that_it_warns_of() -> None:
    entry = post("<p>There was one in the kettle.</p>", summary=SafeHtml("Spider"))
    assert entry_text.headline(entry) == "Spider"


def test_the_description_of_a_picture_for_adults_is_no_headline() -> None:
    described = replace(PHOTO, description="A nude in oil", rating="adult")
    entry = post("<p>A nude in oil</p>", media=(described,))
    assert entry_text.headline(entry) == "ledger.example, 2026-01-06"
    assert (
        entry_text.headline(post("<p>A nude in oil</p>", media=(replace(described, rating=""),)))
        == "A nude in oil"
    )


@pytest.mark.parametrize("form", ["atom", "rss", "json"])
@pytest.mark.parametrize("summary", ["", "Spider"])
def test_a_headline_made_of_a_warning_is_none_for_the_next_instance(form: Format, summary: str) -> None:
    entry = post(SPIDER, summary=SafeHtml(summary))
    article = next_hop(entry, form)
    assert (article.title, article.html) == ("", entry.article.html)
    assert entry_text.headline(replace(entry, article=article)) == "Content warning: spider & kettle"
