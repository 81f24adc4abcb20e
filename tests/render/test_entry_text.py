from __future__ import annotations

from dataclasses import replace

import pytest

from feeds.model import Category, Media, Person, SafeHtml, Text
from feeds.model.headline import clip
from feeds.render import entry_text
from tests.render.sample_edition import BARE_LINK, FERRY, LIGHTHOUSE, NO_LINK


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("", ""),
        ("plain", "plain"),
        ("<p>One</p><p>two</p>", "One two"),
        ("wel<b>come</b>", "welcome"),
        ("a<br>b", "a b"),
        ("AT&amp;T &lt;b&gt;", "AT&T <b>"),
        ("a<!-- no -->b", "ab"),
        ("<p>open <b>ended", "open ended"),
    ],
)
def test_plain_text_of_html(html: str, words: str) -> None:
    assert entry_text.plain_text(html) == words


@pytest.mark.parametrize(
    ("text", "limit", "clipped"),
    [
        ("short", 10, "short"),
        ("exactly ten", 11, "exactly ten"),
        ("one two three", 9, "one two…"),
        ("one, two", 6, "one…"),
        ("unbreakable", 6, "unbre…"),
        ("a unbreakable", 9, "a unbrea…"),
        ("新聞記事の見出し", 5, "新聞記事…"),
    ],
)
def test_clip_cuts_between_words(text: str, limit: int, clipped: str) -> None:
    assert clip(text, limit) == clipped
    assert len(clipped) <= limit


@pytest.mark.parametrize("blank", ["", " \n", "\u200b", "\u200f \u202e", "\ufeff"])
def test_invisible_text_is_blank(blank: str) -> None:
    assert entry_text.one_line(blank) == ""


def test_one_line_keeps_joiners_inside_words() -> None:
    assert entry_text.one_line(" می\u200cسازد \n خانه ") == "می\u200cسازد خانه"


def test_the_fallbacks_of_the_headline() -> None:
    article = NO_LINK.article
    assert (
        entry_text.headline(replace(NO_LINK, article=replace(article, title=Text(" two\nlines "))))
        == "two lines"
    )
    untitled = replace(article, title=Text(""))
    entry = replace(NO_LINK, article=replace(untitled, summary=SafeHtml("<p>Told <b>briefly</b>.</p>")))
    assert entry_text.headline(entry) == "Told briefly."
    assert entry_text.headline(replace(NO_LINK, article=untitled)) == "Town council, 2026-01-05"
    assert entry_text.headline(BARE_LINK) == "council.example, 2026-01-05"


def test_the_fallbacks_of_the_body() -> None:
    bare = replace(FERRY, also=())
    assert entry_text.body_html(bare) == FERRY.article.html
    article = replace(FERRY.article, html=SafeHtml(""))
    assert entry_text.body_html(replace(bare, article=article)) == FERRY.article.summary
    article = replace(article, summary=SafeHtml(""), text=Text("a < b\n\n c & d "))
    assert entry_text.body_html(replace(bare, article=article)) == "<p>a &lt; b</p><p>c &amp; d</p>"
    assert entry_text.body_html(BARE_LINK) == ""


def test_right_to_left_text_without_a_valid_language() -> None:
    article = replace(LIGHTHOUSE.article, language='"><script>')
    assert entry_text.body_html(replace(LIGHTHOUSE, article=article)).startswith('<div dir="rtl" lang=""><p>')


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (Person(name="Ada"), Person(name="Ada")),
        (Person(name="Ada (ada@a.example)"), Person(name="Ada", email="ada@a.example")),
        (Person(name="Ada <ada@a.example>"), Person(name="Ada", email="ada@a.example")),
        (Person(name="ada.q@a.example"), Person(name="ada.q", email="ada.q@a.example")),
        (Person(email="ada@a.example"), Person(name="ada", email="ada@a.example")),
        (Person(name="Ada", email="not one"), Person(name="Ada")),
        (Person(name=" \u200b", uri="https://a.example/"), None),
    ],
)
def test_addresses_in_names_are_moved(given: Person, expected: Person | None) -> None:
    assert entry_text.people((given,)) == ((expected,) if expected else ())


def test_people_categories_and_media_are_published_once() -> None:
    assert len(entry_text.people((Person(name="Ada"), Person(name=" Ada ")))) == 1
    article = replace(
        FERRY.article,
        categories=(Category(term="a"), Category(term="a "), Category(term="a", scheme="urn:x:1")),
        media=(
            Media(url="https://a.example/1", title="first"),
            Media(url="https://a.example/1", title="second"),
        ),
    )
    assert [(category.term, category.scheme) for category in entry_text.categories(article.categories)] == [
        ("a", ""),
        ("a", "urn:x:1"),
    ]
    assert [medium.title for medium in entry_text.media(article, "enclosure")] == ["first"]


def test_an_agency_that_is_an_author_is_not_a_contributor() -> None:
    article = replace(FERRY.article, authors=(Person(name="NORTHWIRE"),))
    assert [person.name for person in entry_text.contributors(article)] == ["Cy Jetty"]


@pytest.mark.parametrize("tag", ["en", "en-GB", "zh-Hant-TW", "fa"])
def test_language_tag_keeps_a_valid_tag(tag: str) -> None:
    assert entry_text.language_tag(tag) == tag


@pytest.mark.parametrize("tag", ["", "english language", "en-", "-en", "toolongtag", 'en"'])
def test_language_tag_drops_an_invalid_tag(tag: str) -> None:
    assert entry_text.language_tag(tag) == ""


def test_language_tag_accepts_the_underscore_of_locales() -> None:
    assert entry_text.language_tag("en_GB") == "en-GB"
