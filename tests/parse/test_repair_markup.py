"""One unescaped ampersand changes nothing but itself, and an ill-formed document is read like a well-formed one."""

from __future__ import annotations

import pytest

from feeds.model import Document
from feeds.parse import parse
from feeds.parse.repair_markup import repair_markup

URL = "https://a.example/feed"


def feed(inside: str, after: str = "") -> Document:
    spaces = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    body = f'<rss version="2.0" {spaces}><channel>{inside}</channel></rss>{after}'
    return parse("s", body.encode(), url=URL, content_type="application/xml")


def test_unescaped_ampersands_change_nothing_but_themselves() -> None:
    stated = """<title>Arts & Crafts, B&W</title>
        <item><title>R&D at AT&T: Q&A, &#8217 &copy &copy; &lang=x</title>
        <link>https://a.example/6?a=1&b=2&copy=3&lang=de</link><guid>https://a.example/6?a=1&b=2</guid>
        <author>ed@a.example (Barnes&Noble desk)</author><category>R&D</category>
        <description>The R&D team. &lt;a href="https://a.example/x?u=1&v=2&amp;amp;w=3"&gt;B&B&lt;/a&gt;</description>
        <content:encoded><![CDATA[<p>M&S and &nbsp; S&P</p>]]></content:encoded></item>
        <item><title>Fine</title></item>"""
    document = feed(stated)
    assert document.feed.title == "Arts & Crafts, B&W"
    assert document.complete
    assert document.independent_entries
    assert document.notes == ()
    first, second = document.items
    assert first.title
    assert first.title.value == "R&D at AT&T: Q&A, ’ &copy © &lang=x"
    assert first.links[0].href == "https://a.example/6?a=1&b=2&copy=3&lang=de"
    assert first.guid == "https://a.example/6?a=1&b=2"
    assert [(author.name, author.email) for author in first.authors] == [
        ("Barnes&Noble desk", "ed@a.example")
    ]
    assert [category.term for category in first.categories] == ["R&D"]
    assert first.summary
    assert first.summary.value == 'The R&D team. <a href="https://a.example/x?u=1&v=2&amp;w=3">B&B</a>'
    assert first.content
    assert first.content.value == "<p>M&S and &nbsp; S&P</p>"
    assert second.title
    assert second.title.value == "Fine"


def test_ids_and_names_are_the_same_when_another_item_makes_the_document_ill_formed() -> None:
    item = "<item><guid>https://a.example/?a=1&amp;b=2</guid><author>Tom &amp; &#34;Ann&#34;</author></item>"
    (sound,) = feed(item).items
    loose = feed(item + "<item><title>a<b></title></item>")
    assert not loose.independent_entries
    assert (loose.items[0].guid, loose.items[0].authors) == (sound.guid, sound.authors)
    assert sound.authors[0].name == 'Tom & "Ann"'
    entry = "<entry><id>1</id><author><name>Tom &amp; Ann</name></author></entry>"
    atom = f'<feed xmlns="http://www.w3.org/2005/Atom"><id>f</id>{entry}<entry><id>2</id><b></entry></feed>'
    assert parse("s", atom.encode(), url=URL).items[0].authors[0].name == "Tom & Ann"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("5 < 6 & 7 > 3", "5 < 6 & 7 > 3"),
        ("I <3 it", "I <3 it"),
        ("k<n, &c.", "k<n, &c."),
        ("a ]]> b", "a ]]> b"),
        ("AT&T; and &unknown;", "AT&T; and &unknown;"),
        ("&eacute;&nbsp;&hellip;&#X41;&#65&#66.", "é\xa0…AAB."),
        ("&#; &#x; &#xZ; & &&amp;", "&#; &#x; &#xZ; & &&"),
        ("<![CDATA[a]]>]]> & b", "a & b"),
        ("&quot;&apos;&lt;&gt;&amp;&", "\"'<>&&"),
    ],
)
def test_what_is_no_markup_is_text(written: str, text: str) -> None:
    (item, other) = feed(
        f"<item><title>{written}</title></item><item><title>&lt;b&gt;x&lt;/b&gt;</title></item>"
    ).items
    assert item.title
    assert other.title
    assert (item.title.value, other.title.value) == (text, "<b>x</b>")


@pytest.mark.parametrize(
    "after", ["<script>analytics()</script>\n<!-- 0.2 s -->", "\n<br><b>Warning</b>: x & y", "<div>"]
)
def test_what_a_program_wrote_after_the_document_is_ignored(after: str) -> None:
    document = feed("<item><title>a</title></item>", after)
    assert document.complete
    assert document.independent_entries
    assert len(document.items) == 1


def test_items_after_the_end_are_read() -> None:
    assert (
        len(
            feed(
                "<item><title>a</title></item>", "<rss><channel><item><title>b</title></item></channel></rss>"
            ).items
        )
        == 2
    )


@pytest.mark.parametrize(
    "document",
    [
        "<rss a='&amp;&#38;' b=\"x > y\"><!-- & < ]]> --><?x & <?><a>&lt;&#x3C;</a><![CDATA[& < &nbsp;]]></rss>",
        "<!DOCTYPE rss [<!ENTITY x 'y'>]><rss>&x;</rss>",
        "<rss>cut <![CDATA[ & <",
        "<rss>",
    ],
)
def test_well_formed_markup_stays(document: str) -> None:
    assert repair_markup(document.encode()) == document.encode()
