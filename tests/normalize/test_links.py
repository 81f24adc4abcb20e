"""Links of a body: bases, links within the page, links to other programs, links that only the body has."""

# ruff: noqa: E501 - tables of cases

from __future__ import annotations

import pytest

from feeds.model import Article, Body, Document, Feed, Item, Link, Media
from feeds.normalize.article import to_articles
from tests.normalize.articles import NOW

PAGE = "https://chalk.example/history/"
REL = ' rel="noopener noreferrer"'


def article(item: Item, *, url: str = "https://chalk.example/feed", feed: Feed | None = None) -> Article:
    document = Document(feed=feed or Feed(format="rss20", link="https://chalk.example/"), items=(item,))
    [read], skipped = to_articles(document, source="s", url=url, now=NOW)
    assert skipped == ()
    return read


def html_of(html: str, link: str = PAGE) -> str:
    return article(Item(guid="g", links=(Link(href=link),), content=Body(value=html))).html


@pytest.mark.parametrize(
    ("url", "feed", "item", "expected"),
    [
        # (the document, the feed, the item, the URL of "a.png" in its body)
        ("https://x.example/f", Feed(format="rss20"), Item(links=(Link(href="https://x.example/p/1/"),)), "https://x.example/p/1/a.png"),
        ("https://x.example/f", Feed(format="rss20"), Item(links=(Link(href="p/1/"),)), "https://x.example/p/1/a.png"),
        ("https://feeds.proxy.example/x", Feed(format="rss20", link="https://x.example/blog/"), Item(), "https://x.example/blog/a.png"),
        ("https://feeds.proxy.example/x", Feed(format="rss20", link="https://x.example/"), Item(links=(Link(href="/p/1/"),)), "https://x.example/p/1/a.png"),
        ("https://feeds.proxy.example/x", Feed(format="atom10", link="https://x.example/"), Item(links=(Link(href="/p/1/"),)), "https://x.example/p/1/a.png"),
        ("inbox/feed.xml", Feed(format="rss20", self_url="https://x.example/f.xml"), Item(), "https://x.example/a.png"),
        ("https://x.example/blog/f", Feed(format="atom10", link="https://x.example/"), Item(), "https://x.example/blog/a.png"),
        ("https://x.example/f", Feed(format="rss20", link="http://localhost:1313/"), Item(), "https://x.example/a.png"),
        # a linked list: the link leads to another site, the permalink is the page whose text this is
        ("https://x.example/f", Feed(format="rss20", link="https://x.example/"), Item(guid="https://x.example/p/2/", guid_is_link=True, links=(Link(href="https://y.example/z"),)), "https://x.example/p/2/a.png"),
    ],
)  # fmt: skip
def test_relative_urls_of_a_body_refer_to_the_items_page(
    url: str, feed: Feed, item: Item, expected: str
) -> None:
    with_body = Item(
        guid=item.guid or "g",
        guid_is_link=item.guid_is_link,
        links=item.links,
        content=Body(value="<p>w <img src='a.png'></p>"),
    )
    assert f'src="{expected}"' in article(with_body, url=url, feed=feed).html


def test_the_xml_base_of_a_body_has_precedence_and_may_be_relative_to_the_document() -> None:
    body = Body(value="<a href='x'>w</a>", base="deep/")
    item = Item(guid="g", links=(Link(href="https://other.example/p/"),), content=body)
    read = article(item, url="https://chalk.example/f/feed", feed=Feed(format="atom10"))
    assert 'href="https://chalk.example/f/deep/x"' in read.html


def test_links_within_the_page_lead_to_the_article_and_keep_their_targets() -> None:
    html = html_of(
        '<p id="top">See <a href="#n:1">1</a>, <a href="https://chalk.example/history/#t">t</a>.</p>'
        '<h2 id="t" class="x">T</h2><ol><li id="n:1">Note <a href="#top">↩</a></li></ol><p id="unused">w</p>'
    )
    assert html == (
        f'<p id="top">See <a href="{PAGE}#n:1"{REL}>1</a>, <a href="{PAGE}#t"{REL}>t</a>.</p>'
        f'<h2 id="t">T</h2><ol><li id="n:1">Note <a href="{PAGE}#top"{REL}>↩</a></li></ol><p>w</p>'
    )
    assert html_of(html) == html


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="#">w</a>', f"<a{REL}>w</a>"),
        ('<a href="#!">w</a>', f"<a{REL}>w</a>"),
        ('<a href="#a">w</a><b id="a">x</b>', f'<a href="{PAGE}#a"{REL}>w</a><b>x</b>'),
        ('<a href="#a">w</a><a name="a">x</a>', f'<a href="{PAGE}#a"{REL}>w</a><a id="a"{REL}>x</a>'),
        ('<a href="#a">w</a><p id="a">x</p><p id="a">y</p>', f'<a href="{PAGE}#a"{REL}>w</a><p id="a">x</p><p>y</p>'),
        ('<a href="http://www.chalk.example/history#a">w</a><p id="a">x</p>', f'<a href="http://www.chalk.example/history#a"{REL}>w</a><p id="a">x</p>'),
        ('<a href="#a%20b">w</a><p id="a b">x</p>', f'<a href="{PAGE}#a%20b"{REL}>w</a><p>x</p>'),
    ],
)  # fmt: skip
def test_an_id_is_kept_only_if_a_link_points_to_it(html: str, expected: str) -> None:
    assert html_of(html) == expected


@pytest.mark.parametrize(
    "url", ["/srv/copies/feed.xml", "https://feeds.feedburner.com/chalk", "https://rss.app/feeds/1.xml"]
)
def test_relative_links_do_not_lead_to_the_place_of_a_copy(url: str) -> None:
    body = '<a href="/x">w</a> <a href="//c.example/y">x</a> <a href="www.chalk.example/z">y</a>'
    assert article(Item(guid="g", content=Body(value=body)), url=url, feed=Feed(format="rss20")).html == (
        f'<a{REL}>w</a> <a href="https://c.example/y"{REL}>x</a> <a href="https://www.chalk.example/z"{REL}>y</a>'
    )


@pytest.mark.parametrize(
    "href", ['<a href="https://chalk.example/a">A</a>', "https://chalk.example/a https://chalk.example/b"]
)
def test_an_item_that_states_more_than_a_url_links_to_the_first(href: str) -> None:
    assert article(Item(guid="g", links=(Link(href=href),))).link == "https://chalk.example/a"


def test_a_link_within_the_page_of_an_item_without_a_link_is_text() -> None:
    item = Item(guid="g", content=Body(value='<p>w <a href="#a">x</a></p><p id="a">y</p>'))
    assert article(item).html == f"<p>w <a{REL}>x</a></p><p>y</p>"


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("gemini://caps.example/a b", 'href="gemini://caps.example/a%20b"'),
        ("TEL:+491234", 'href="tel:+491234"'),
        ("xmpp:room@caps.example?join", 'href="xmpp:room@caps.example?join"'),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("file:///etc/passwd", ""),
        ("java\nscript:alert(1)", ""),
    ],
)
def test_links_that_another_program_opens_are_kept(href: str, expected: str) -> None:
    assert (
        html_of(f'<p><a href="{href}">w</a></p>').replace(REL, "")
        == f"<p><a {expected}".rstrip() + ">w</a></p>"
    )


def test_a_page_or_enclosure_that_no_browser_opens_is_linked_in_the_body_once() -> None:
    magnet = "magnet:?xt=urn:btih:31116ee4&dn=x"
    item = Item(
        guid="g",
        links=(Link(href="gemini://caps.example/7"),),
        media=(Media(url=magnet),),
        content=Body(value=f'<p>w</p><p><a href="{magnet.replace("&", "&amp;")}">torrent</a></p>'),
    )
    read = article(item)
    assert read.link is None
    assert read.media == ()
    assert read.html.count("magnet:") == 1
    assert read.html.endswith(f'<p><a href="gemini://caps.example/7"{REL}>gemini://caps.example/7</a></p>')
    assert read.text == "w\ntorrent\ngemini://caps.example/7"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('On rivers: <a href="https://river.example/">deep</a>', f'On rivers: <a href="https://river.example/"{REL}>deep</a>'),
        (f'<a href="{PAGE}?utm_source=rss">On rivers: deep</a>', ""),
        ("<h1>On rivers: deep</h1><p>w</p>", "<p>w</p>"),
        (f'<h1><a href="{PAGE}">On rivers: deep</a></h1><p>w</p>', "<p>w</p>"),
        ('<h1><a href="https://live.example/">On rivers: deep</a></h1><p>w</p>', f'<h1><a href="https://live.example/"{REL}>On rivers: deep</a></h1><p>w</p>'),
    ],
)  # fmt: skip
def test_a_repeated_title_is_kept_if_it_has_a_link_of_its_own(html: str, expected: str) -> None:
    title = Body(value="On rivers: deep", type="text")
    item = Item(guid="g", title=title, links=(Link(href=PAGE),), content=Body(value=html))
    assert article(item).html == expected
