"""Sanitized HTML is safe, has absolute URLs, and is made in bounded time."""

# ruff: noqa: E501, SIM905 - tables of cases

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html

from feeds.model import PRINTABLE
from feeds.normalize import nesting, tree
from feeds.normalize.html import TAGS
from feeds.normalize.rewrite.srcset import normalize_srcset
from tests.normalize.clean_body import sanitize_html, to_text
from tests.shared import HOSTILE_DIR, needs_hostile

BASE = "https://n.example/news/item"
_URL_ATTRIBUTES = {"href", "src", "poster", "cite"}
_ATTRIBUTES = _URL_ATTRIBUTES | set(
    "srcset sizes alt title width height rel hreflang dir lang colspan rowspan headers scope abbr span start reversed type"
    " value datetime open preload loop muted media".split()
)  # fmt: skip


def faults(html: str) -> Iterator[str]:
    """Descriptions of everything in `html` that must not be published. Uses another parser than nh3's."""
    root = lxml_html.fromstring(f"<div>{html}</div>") if html else etree.Element("div")
    for element in root.iter():
        if not isinstance(element.tag, str):
            yield f"a node other than an element: {element!r}"
            continue
        if element.tag not in TAGS:
            yield f"<{element.tag}>"
        for name, value in element.attrib.items():
            if name not in _ATTRIBUTES:
                yield f"{element.tag} {name}"
            is_mail = element.tag == "a" and re.match(r"mailto:[^\s@]+@[^\s@]+$", value)
            if name in _URL_ATTRIBUTES and not is_mail and not re.match(r"https?://[^/\s]", value):
                yield f"{name}={value[:80]}"
            if name == "srcset" and not all(
                part.strip().startswith(("http://", "https://")) for part in value.split(", ")
            ):
                yield f"srcset={value[:80]}"
    if re.search(r"<(?:script|style|iframe|object|embed|svg|math|form|meta|base|link)\b", html, re.I):
        yield "a forbidden tag in text, which a browser might parse"
    if re.search(rf"[^\t\n\r{PRINTABLE}]", html):
        yield "a character that XML forbids"


@needs_hostile
def test_no_xss_vector_leaves_active_content() -> None:
    vectors = json.loads((HOSTILE_DIR / "xss.json").read_text(encoding="utf-8"))
    assert len(vectors) > 7000
    found = [
        (vector["src"], vector["id"], fault)
        for vector in vectors
        for fault in faults(sanitize_html(vector["p"], BASE))
    ]
    assert found == []


@needs_hostile
def test_sanitizing_twice_is_safe_too() -> None:
    vectors = json.loads((HOSTILE_DIR / "xss.json").read_text(encoding="utf-8"))
    for vector in vectors[::9]:
        assert list(faults(sanitize_html(sanitize_html(vector["p"], BASE), BASE))) == []


_PIECES = st.sampled_from([
    "<p>", "</p>", "<b>", "</b>", "<a href=", "'javascript:alert(1)'", '"/x"', ">", "</a>", "<img src=x onerror=alert(1)>", "<svg>", "</svg>",
    "<math><mtext>", "<style>", "</style>", "<script>", "</script>", "<!--", "-->", "<![CDATA[", "]]>", "<table>", "<td>", "<noscript>",
    "</noscript>", "<template>", "<title>", "</title>", "<textarea>", "&lt;", "&#106;", "&Tab;", "<img srcset='javascript:x 1x, /a 2x'>", "\x00",
    "<iframe src=//x>", "<form action=x>", "text", "<video poster=javascript:x src=/v>", "<q cite='vbscript:x'>", "<base href=//evil>", "\ud800",
    "<math>", "</math>", "<mi>", "</mi>", "<mrow>", "</mrow>", "<mglyph>", "<annotation-xml encoding=text/html>", "<foreignObject>",
    "<math><mi>x</mi>", "<mi xlink:href='javascript:x'>", "<maction actiontype=statusline>", "<semantics>", "<desc>",
    "<plaintext>", "<xmp>", "<br/>", "<option>", "<a href='mailto:a@b.example'>", "<p style='background:url(x)' onclick=x id=y class=z>",
])  # fmt: skip


@given(st.lists(_PIECES, max_size=14).map("".join))
def test_no_mixture_of_markup_leaves_active_content(html: str) -> None:
    assert list(faults(sanitize_html(html, BASE))) == []


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_is_sanitized_without_error(text: str) -> None:
    assert list(faults(sanitize_html(text, BASE))) == []
    to_text(text).encode()


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("plain words", "plain words"),
        ("a < b & c", "a &lt; b &amp; c"),
        ("one\n\ntwo", "<p>one</p><p>two</p>"),
        ('<a href="/x?utm_source=y" onclick="z" target="_blank">w</a>',
         '<a href="https://n.example/x?utm_source=y" rel="noopener noreferrer">w</a>'.replace("?utm_source=y", "")),
        ('<a href="mailto:a@b.example?subject=x">w</a>', '<a href="mailto:a@b.example" rel="noopener noreferrer">w</a>'),
        ('<a href="javascript:x">w</a>', '<a rel="noopener noreferrer">w</a>'),
        ('<a href="#note">1</a>', '<a rel="noopener noreferrer">1</a>'),
        ('<img src="a.jpg" class="x" alt="A">', '<img src="https://n.example/news/a.jpg" alt="A">'),
        ('<img src="data:image/gif;base64,R0" data-src="/a.jpg">', '<img src="https://n.example/a.jpg">'),
        ('<img data-src="/a.jpg" data-srcset="/a.jpg 1x, /b.jpg 2x">',
         '<img src="https://n.example/a.jpg" srcset="https://n.example/a.jpg 1x, https://n.example/b.jpg 2x">'),
        ('<img src="/blank.gif" data-lazy-src="/a.jpg"><noscript><img src="/a.jpg"></noscript>', '<img src="https://n.example/a.jpg">'),
        ('<p><noscript><img src="/a.jpg"></noscript></p>', '<p><span><img src="https://n.example/a.jpg"></span></p>'),
        ('<img src="/a.jpg" width="1" height="1">w', "w"),
        ('<img src="https://pixel.wp.com/b.gif?x=1">w', "w"),
        ('<img src="https://feeds.feedburner.com/~r/x/~4/y" height="1" width="1" alt="">w', "w"),
        ('<img srcset="/a.jpg 640w, relative.jpg 320w, javascript:x 1w">',
         '<img srcset="https://n.example/a.jpg 640w, https://n.example/news/relative.jpg 320w" src="https://n.example/a.jpg">'),
        ('<picture><source srcset="/a.webp" type="image/webp"><img src="/a.jpg"></picture>',
         '<picture><source srcset="https://n.example/a.webp" type="image/webp"><img src="https://n.example/a.jpg"></picture>'),
        ('<video autoplay poster="p.jpg"><source src="/v.mp4" type="video/mp4"></video>w',
         '<video poster="https://n.example/news/p.jpg" preload="none"><source src="https://n.example/v.mp4" type="video/mp4"></video>'
         ' <a href="https://n.example/v.mp4" rel="noopener noreferrer">v.mp4</a>w'),
        ('<audio controls><source src="/the%20storm.ogg?x=1"><source src="/s.mp3">Your browser cannot play it. <a href="/s.mp3">s</a></audio>',
         '<audio preload="none"><source src="https://n.example/the%20storm.ogg?x=1"><source src="https://n.example/s.mp3"></audio>'
         ' <a href="https://n.example/the%20storm.ogg?x=1" rel="noopener noreferrer">the storm.ogg</a>'),
        ('<audio controls src="/" title="The storm"></audio>',
         '<audio src="https://n.example/" title="The storm" preload="none"></audio>'
         ' <a href="https://n.example/" rel="noopener noreferrer">The storm</a>'),
        ('<audio controls src="/"></audio>',
         '<audio src="https://n.example/" preload="none"></audio> <a href="https://n.example/" rel="noopener noreferrer">n.example</a>'),
        ('<a href="/x"><video src="/v.mp4"></video></a>',
         '<a href="https://n.example/x" rel="noopener noreferrer"><video src="https://n.example/v.mp4" preload="none"></video></a>'),
        ('<audio><source src="javascript:x">w</audio>x', "<span>w</span> x"),
        ('<video src="/v.mp4"></video>&#11;w',
         '<video src="https://n.example/v.mp4" preload="none"></video> <a href="https://n.example/v.mp4" rel="noopener noreferrer">v.mp4</a>w'),
        ('<bdo dir="rtl" lang="he">w</bdo>', '<span dir="rtl" lang="he">w</span>'),
        ('<video src="javascript:x"></video>w', "w"),
        ('<iframe src="https://www.youtube.com/embed/abcdefghijk?rel=0"></iframe>',
         '<a href="https://www.youtube.com/watch?v=abcdefghijk" rel="noopener noreferrer">youtube.com/watch?v=abcdefghijk</a>'),
        ('<iframe src="//player.vimeo.com/video/12" title="The storm"></iframe>',
         '<a href="https://vimeo.com/12" rel="noopener noreferrer">The storm</a>'),
        ('<iframe src="https://ads.example/"></iframe>w', "w"),
        ("<p>one<x-y><ul><li>two</li></ul></x-y></p>three", "<p>one</p><ul><li>two</li></ul>three"),
        ("<h3>one<o:p><h3>two</h3></o:p></h3>", "<h3>one</h3><h3>two</h3>"),
        ("<center>one</center>two", "<div>one</div>two"),
        ('<p style="display:none">hidden</p><p hidden>too</p>w', "w"),
        ('<div class="feedflare">share</div>w', "w"),
        ("<p>one</p></body></html><p>two</p>", "<p>one</p><p>two</p>"),
        ("&lt;p&gt;one &amp;amp; two&lt;/p&gt;", "<p>one &amp; two</p>"),
        ("Use the &lt;p&gt; element.", "Use the &lt;p&gt; element."),
        ('<blockquote cite="/s"><p>w</p></blockquote>', '<blockquote cite="https://n.example/s"><p>w</p></blockquote>'),
        ('<p lang="el" dir="ltr">λ</p>', '<p lang="el" dir="ltr">λ</p>'),
        ("x&#1;y&#xFFFE;z", "xyz"),
    ],
)  # fmt: skip
def test_sanitize(html: str, expected: str) -> None:
    assert sanitize_html(html, BASE) == expected


def test_without_a_base_relative_urls_are_removed() -> None:
    assert sanitize_html('<a href="/x">w</a><img src="y.jpg">', "") == '<a rel="noopener noreferrer">w</a>'


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>one</p><p>two</p>", "one\ntwo"),
        ("one<br>two<br/><br>three", "one\ntwo\nthree"),
        ("<p>a <b>b</b>c&nbsp;&amp; d\n e</p>", "a bc & d e"),
        ("<ul><li>one<li>two</ul>after", "one\ntwo\nafter"),
        ("<table><tr><td>1</td><td>2</td></tr></table>", "1\n2"),
        ("<script>alert(1)</script><style>p{}</style>w", "w"),
        ("no markup at all", "no markup at all"),
        ("AT&amp;T", "AT&T"),
        ("<p>caf&eacute;</p>", "café"),
        ("<div><div> </div></div>", ""),
    ],
)
def test_to_text(html: str, expected: str) -> None:
    assert to_text(html) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("/a,b.jpg 1x,/c.jpg 2x", "https://n.example/a,b.jpg 1x, https://n.example/c.jpg 2x"),
        ("/a.jpg", "https://n.example/a.jpg"),
        (" , /a.jpg 1x , ", "https://n.example/a.jpg 1x"),
        ("/a.jpg nonsense", "https://n.example/a.jpg"),
        ("javascript:alert(1) 1x", ""),
        ("data:image/png;base64,AAAA 1x, /b.jpg 2x", "https://n.example/b.jpg 2x"),
        ("," * 100_000, ""),
    ],
)
def test_srcset(value: str, expected: str) -> None:
    assert normalize_srcset(value, BASE) == expected


def test_in_too_deep_html_only_the_deepest_elements_lose_their_tags() -> None:
    deep = "<p>first</p>" + "<div>" * 300 + 'inmost <a href="/x">words</a>' + "</div>" * 300 + "<p>last</p>"
    link = '<a href="https://n.example/x" rel="noopener noreferrer">words</a>'
    levels = nesting.MAX_LEVELS
    assert sanitize_html(deep, BASE) == (
        f"<p>first</p>{'<div>' * levels}inmost {link}{'</div>' * levels}<p>last</p>"
    )
    unclosed = "<p>" + "<b>one " * 300 + '</p><p><a href="/x">two</a></p>'
    assert '<a href="https://n.example/x"' in sanitize_html(unclosed, BASE)
    limit = tree.MAX_DEPTH - 2
    assert sanitize_html("<div>" * limit + "w" + "</div>" * limit, BASE).count("<div>") == limit


def test_too_large_html_becomes_plain_paragraphs() -> None:
    large = f"<p>{'<b>many</b> words ' * 2000}</p>" * (tree.MAX_HTML_CHARS // 36_000 + 1)
    sanitized = sanitize_html(large, BASE)
    assert "<b>" not in sanitized
    assert sanitized.startswith("<p>many words")
    assert sanitized.count("many words") == 2000 * (tree.MAX_HTML_CHARS // 36_000 + 1)


def test_data_uris_do_not_count_towards_the_size_limit() -> None:
    html = (
        '<p>one</p><img src="data:image/png;base64,' + "A" * tree.MAX_HTML_CHARS + '"><p>two <b>three</b></p>'
    )
    assert sanitize_html(html, BASE) == "<p>one</p>[Image]<p>two <b>three</b></p>"


@pytest.mark.parametrize(
    "bomb",
    [
        "<div>" * 97_000, "<b>" * 160_000, "<a " + " ".join(f"a{n}" for n in range(70_000)) + ">x", "<script" * 70_000, "<" * 480_000,
        "<a<" * 100_000, '<a href="' * 50_000, "<table>" * 60_000, "<a><b><p>" * 50_000, "<p>" + " " * 480_000 + "x", "<img srcset='" + "," * 400_000,
        "".join(f"<b id={n}>" for n in range(90)) + "<section></section>x" * 20_000, "<p " + "a=b " * 399 + ">" * 100_000,
    ],
)  # fmt: skip
def test_html_bombs_are_sanitized_in_time(bomb: str) -> None:
    # Each of these cost nh3 or libxml2 seconds to minutes. The time limit of the test run detects it.
    assert list(faults(sanitize_html(bomb, BASE))) == []


def _body_with_image(attributes: int) -> str:
    """An image as WordPress writes it, in a body that is long enough to be searched for costly markup."""
    names = " ".join(f'data-{n}="a value, of words"' for n in range(attributes))
    return f'<p><img {names} src="https://n.example/{attributes}.jpg" /></p>' + "<p>Words.</p>" * 2000


def test_time_to_parse_does_not_explode_with_the_attributes_of_an_image() -> None:
    def seconds(html: str) -> float:
        started = time.process_time()
        tree.parse_fragment(html)
        return time.process_time() - started

    with_few, with_many = (min(seconds(_body_with_image(n)) for _ in range(3)) for n in (9, 14))
    assert with_many < 10 * with_few


def test_a_long_body_with_twenty_attributes_on_an_image_keeps_its_markup() -> None:
    assert sanitize_html(_body_with_image(20), BASE).count("<p>") == 2001


def test_a_long_body_with_many_tags_and_few_attributes_keeps_its_markup() -> None:
    body = '<p><a href="https://n.example/?a=" title="b">w</a></p>' * 1000
    assert sanitize_html(body, BASE).count("<a ") == 1000


def test_an_element_with_thousands_of_attributes_keeps_the_first_and_its_content() -> None:
    attributes = " ".join(f"a{n}='{n}'" for n in range(40_000))
    body = f'<a href="/x" {attributes}>words <b>more</b></a>' + "<p>Words.</p>" * 2000
    assert sanitize_html(body, BASE).startswith(
        '<a href="https://n.example/x" rel="noopener noreferrer">words <b>more</b></a>'
    )
