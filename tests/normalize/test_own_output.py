"""What the renderers add to an entry is taken out when another instance of this program reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from feeds.model import (
    Article,
    Body,
    Chapter,
    Document,
    Feed,
    Item,
    Link,
    Mention,
    Origin,
    Person,
    Podcast,
    StatedDate,
)
from feeds.normalize.article import to_articles
from feeds.normalize.content_hash import same_content

NOW = datetime(2027, 1, 1, tzinfo=UTC)
ATOM = Feed(format="atom10", title="All", own_output=True)
OTHER = replace(ATOM, own_output=False)
PAGE = Link(href="https://herald.example/1", type="text/html")
PILOT = Link(href="https://pilot.example/?a=1&b=2", rel="related", title="Pilot")
COAST = Link(href="https://coast.example/", rel="related")
LINE = (
    '<p>Also in: <a href="https://pilot.example/?a=1&amp;b=2" title="The &quot;pier&quot;">Pilot &amp; Co</a>, '
    '<a href="https://coast.example/">Coast</a></p>'
)


def article(html: str = "", feed: Feed = ATOM, **fields: Any) -> Article:
    item: dict[str, Any] = {
        "guid": "urn:x:1",
        "title": Body(value="The pier closes", type="text"),
        "links": (PAGE, PILOT, COAST),
        "content": Body(value=html) if html else None,
    }
    [made] = to_articles(
        Document(feed=feed, items=(Item(**(item | fields)),)), source="s", url="https://f.example/", now=NOW
    )[0]
    return made


def test_the_line_that_names_other_outlets_is_read_and_removed() -> None:
    made = article(f"<p>Words.</p>{LINE}")
    assert made.html == "<p>Words.</p>"
    assert made.also_in == (
        Mention(source="Pilot & Co", title='The "pier"', link=PILOT.href),  # type: ignore[arg-type]
        Mention(source="Coast", title="", link=COAST.href),  # type: ignore[arg-type]
    )
    assert made.related == ()
    assert article(LINE).html == ""


@pytest.mark.parametrize(
    ("html", "fields"),
    [
        (f"<p>Words.</p>{LINE}", {"feed": OTHER}),  # of another publisher
        (f"<p>Words.</p>{LINE}", {"links": (PAGE, PILOT)}),  # one page is no link of the entry
        (f"{LINE}<p>Words.</p>", {}),  # not the last line
        ("<p>Words.</p>" + LINE.replace("</p>", " and more</p>"), {}),
        (
            "<p>Words.</p>" + LINE.replace("<a ", '<a rel="noopener noreferrer" '),
            {},
        ),  # of the article's own text
    ],
)
def test_any_other_line_is_text(html: str, fields: Any) -> None:
    made = article(html, **fields)
    assert "Also in" in made.text
    assert made.also_in == ()


def test_what_json_feed_states_of_other_outlets_is_kept_whatever_the_body_says() -> None:
    stated = (Mention(source="Pilot", title="", link=PILOT.href),)  # type: ignore[arg-type]
    json = replace(ATOM, format="json11")
    made = article(f"<p>Words.</p>{LINE}", feed=json, also_in=stated)
    assert made.also_in == stated
    assert made.html == "<p>Words.</p>"
    own_page = (Mention(source="Herald", title="", link=PAGE.href),)  # type: ignore[arg-type]
    assert article("<p>Words.</p>", feed=json, also_in=own_page).also_in == ()


def test_texts_are_not_guessed_at() -> None:
    """Another publisher's credit, double escape, byline and repeated title are cleaned. Ours are words."""
    html = "<h1>The pier closes</h1><p>Words of the council.</p><p>(AFP)</p>"
    fields: Any = {
        "authors": (Person(name="By Ann"),),
        "rights": "R&amp;D",
        "title": Body(value="R&amp;D", type="text"),
    }
    made = article(html, **fields)
    assert (made.html, made.title, made.rights) == (html, "R&amp;D", "R&amp;D")
    assert made.authors == (Person(name="By Ann"),)
    cleaned = article(html, feed=OTHER, **fields)
    assert (cleaned.title, cleaned.rights, cleaned.authors) == ("R&D", "R&D", (Person(name="Ann"),))
    assert "AFP" not in cleaned.text


def test_html_is_sanitized_and_urls_are_checked() -> None:
    evil = "javascript:alert(1)"
    made = article(
        f'<p onclick="x()">Words<script>alert(1)</script><a href="{evil}">a</a></p>',
        links=(Link(href=evil), Link(href=evil, rel="related")),
        authors=(Person(name="Ann", uri=evil),),
        origin=Origin(title="Herald", id="x", url=evil, link=evil, icon=evil),
        also_in=(Mention(source="B", title="", link=evil),),  # type: ignore[arg-type]
    )
    assert made.html == '<p>Words<a rel="noopener noreferrer">a</a></p>'
    assert "javascript" not in repr(made)


def test_a_headline_that_is_made_out_of_the_text_is_no_title() -> None:
    post = "A long post about the pier that the council closes for repairs until the spring, and about the two boats."
    headline = (
        "A long post about the pier that the council closes for repairs until the spring, and about the two…"
    )
    assert article(f"<p>{post}</p>", title=Body(value=headline, type="text")).title == ""
    assert article("<p>Hm.</p>", title=Body(value="Hm.", type="text")).html == "<p>Hm.</p>"
    dated: Any = {"published": StatedDate(raw="x", parsed=datetime(2026, 5, 1, 8, tzinfo=UTC))}
    assert article(title=Body(value="herald.example, 2026-05-01", type="text"), **dated).title == ""
    assert article(title=Body(value="herald.example, 2026-05-02", type="text"), **dated).title != ""


def test_a_text_that_the_format_requires_is_no_body() -> None:
    headline = Body(value="The pier closes", type="text")
    assert article(summary=headline).html == ""  # Atom
    assert article(content=headline, feed=replace(ATOM, format="json11")).html == ""
    without_link: Any = {"links": (), "content": Body(value="<p>The pier closes<br></p>")}
    assert article(**without_link).html == ""
    assert article("<p>The pier closes</p>", links=()).html == "<p>The pier closes</p>"
    assert (
        article(summary=Body(value="<p>Words.</p>"), feed=replace(ATOM, format="rss20")).html
        == "<p>Words.</p>"
    )


def test_the_mark_of_a_text_written_from_right_to_left_is_not_repeated() -> None:
    inner = "<p>فانوس دریایی دوباره روشن شد.</p>"
    made = article(f'<div dir="rtl" lang="fa">{inner}{LINE}</div>', language="fa")
    assert (made.html, made.direction, len(made.also_in)) == (inner, "rtl", 2)
    two = f'<div dir="rtl" lang="fa">{inner}</div><div>{inner}</div>'
    assert article(two, language="fa").html == two
    own_div = f'<div dir="rtl" lang="ar">{inner}</div>'  # the article's, whose language is another
    assert article(own_div, language="en").html == own_div


def test_agencies_are_told_from_other_contributors() -> None:
    made = article(
        "<p>Words.</p>", contributors=(Person(name="AFP"), Person(name="Cy"), Person(name="Reuters"))
    )
    assert made.contributors == (Person(name="AFP"), Person(name="Cy"))
    assert made.credits == ("Reuters",)


def test_a_source_that_atom_names_as_the_author_is_no_author() -> None:
    origin = Origin(title="The Herald", id="urn:x:h", authors=(Person(name="The Herald"),))
    assert article("<p>W.</p>", origin=origin).origin == replace(origin, authors=())
    assert article("<p>W.</p>", origin=origin, authors=(Person(name="Ann"),)).origin == origin


def test_the_page_of_an_author_is_a_link_in_rss() -> None:
    page = Link(href="https://herald.example/ann", rel="author", title="Ann")
    made = article("<p>W.</p>", links=(PAGE, page), authors=(Person(name="Ann"), Person(name="Bo")))
    assert made.authors == (Person(name="Ann", uri=page.href), Person(name="Bo"))
    assert made.related == ()


def test_other_pages_change_the_content_hash_but_not_the_content() -> None:
    alone, named = article("<p>Words.</p>"), article(f"<p>Words.</p>{LINE}")
    assert alone.content_hash != named.content_hash
    assert same_content(alone.content_hash, named.content_hash)
    assert not same_content(alone.content_hash, article("<p>Other words.</p>").content_hash)
    assert not same_content(named.content_hash, article(f"<p>Other words.</p>{LINE}").content_hash)


def test_a_chapter_without_a_title_stays_without_one() -> None:
    """In XML it needs one and gets its start. JSON Feed says what the source says."""
    chapters = Podcast(marks=(Chapter(start="1:05", title="1:05"), Chapter(start="2:00", title="Salt")))
    titles = [mark.title for mark in article("<p>W.</p>", podcast=chapters).podcast.marks]
    assert titles == ["", "Salt"]
    json = replace(ATOM, format="json11")
    assert article("<p>W.</p>", feed=json, podcast=chapters).podcast == chapters
