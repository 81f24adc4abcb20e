"""Words between "<" and ">" are words, and a missing end costs no text."""

# ruff: noqa: E501 - tables of cases

from __future__ import annotations

import pytest

from feeds.normalize import repair_html as repair
from feeds.normalize.repair_html import repair_html
from feeds.normalize.tag_scanner import scan_tags
from feeds.normalize.text import plain_text
from tests.growth.cpu_growth import growth_problem
from tests.normalize.clean_body import sanitize_html, to_text


@pytest.mark.parametrize(
    "text",
    [
        "for $k<n$ and $p<q$ with $q>2$ and $a<b$, if x < y; for <S,T> we get more",
        "Include <stdio.h> before <vector>; Option<T> and Map<K, V>; std::<string> <std::string>",
        "Ann <ann@example.org> at <https://example.org/a> and <mailto:ann@example.org>",
        "I <3 this and </3 that, a <- b, <<EOF, <>, </>",
        "git checkout <branch-name>; cd <path>; cp <source> <target>; docker run <image>; type <Enter>",
        "if i<p and q>2, or i<b and c>d",
        "<?php echo $x; ?> and <!ELEMENT note (to)>",
        'use <xsl:template match="x"> and <domain name="x" localOnly="yes" />',
        "a <имя> b",
        "an <input> and a <label> of a <select>",
        "ends in a<b",
    ],
)
@pytest.mark.parametrize("around", ["{}", "<p>one <i>two</i></p><p>{}</p>"])
def test_a_tag_that_no_element_has_is_text(text: str, around: str) -> None:
    html = sanitize_html(around.format(text))
    assert to_text(html).endswith(text)
    assert to_text(html) == to_text(sanitize_html(html))
    assert plain_text(text) == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<code>a <Foo>bar</Foo></code>", "a <Foo>bar</Foo>"),
        ("<pre>#include <vector>\nList<String> x</pre>", "#include <vector>\nList<String> x"),
        ("<pre><html><head><title>T</title></head></pre>", "<html><head><title>T</title></head>"),
        ("Use `<div>`, `</p>` and `<script>`.", "Use `<div>`, `</p>` and `<script>`."),
        ("<p>Never write <script> in a page.</p><p>two</p>", "Never write <script> in a page.\ntwo"),
        ("one\n\n```html\n<b>x</b>\n```\n\ntwo", "one\n<b>x</b>\ntwo"),
        ("<p>one</p>\n```\n<b>x</b>\n```\n<p>two</p>", "one\n<b>x</b>\ntwo"),
        ("<pre>\n```\n<b>x</b>\n```\n</pre>", "```\nx\n```"),
    ],
)
def test_tags_in_code_that_the_feed_did_not_escape_are_text(markup: str, text: str) -> None:
    html = sanitize_html(markup)
    assert to_text(html) == text
    assert sanitize_html(html) == html


@pytest.mark.parametrize(
    ("markup", "html"),
    [
        ("<x-y>a <b>c</b></x-y>", "a <b>c</b>"),
        ("<o:p>a</o:p><o:p></o:p>", "a"),
        ("<tweet>a</tweet>", "a"),
        ('<my-map data-id="1"></my-map>a', "a"),
        ('word<b class="x">bold</b>', "word<b>bold</b>"),
        ("word<b>bold</b>", "word<b>bold</b>"),
        ("one<p>two<p>three", "one<p>two</p><p>three</p>"),
        ("<img src='https://n.example/i.png' alt='a > b, c <d'>", '<img src="https://n.example/i.png" alt="a &gt; b, c &lt;d">'),
    ],
)  # fmt: skip
def test_the_tags_of_elements_are_no_text(markup: str, html: str) -> None:
    assert sanitize_html(markup) == html


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ('<p>one</p><script src="x.js"/><p>two</p>', "one\ntwo"),
        ('<p>one</p><iframe src="https://www.youtube.com/embed/abcdefghijk"/><p>two</p>', "one\nyoutube.com/watch?v=abcdefghijk\ntwo"),
        ('<p>one</p><iframe src="https://www.youtube.com/embed/abcdefghijk"><p>two</p>', "one\nyoutube.com/watch?v=abcdefghijk\ntwo"),
        ("<p>one</p><!-- more <p>two</p>", "one\nmore\ntwo"),
        ("<p>one</p><!-- wp:cut off", "one"),
        ('<p>one</p><script>var x = "', "one"),
        ('<p>one</p><script async src="x.js"><p>two</p>', "one\ntwo"),
        ('<p title="a>one <b>two</b></p><p>three</p>', "one two\nthree"),
        ("<p>one<br<br>two<b", "one\ntwo<b"),
        ('<p>one</p><img src="https://n.example/i.png" alt="cut', "one"),
        ('<a href="/x"/>one</a> <a id="y"/>two', "one two"),
        ("<![CDATA[<p>one</p>]]><p>two</p>", "one\ntwo"),
        ('<?xml version="1.0"?><!doctype html><p>one</p>', "one"),
    ],
)  # fmt: skip
def test_a_missing_end_costs_no_text(markup: str, text: str) -> None:
    assert to_text(markup) == text


def test_what_is_never_shown_is_taken_out_before_a_body_is_measured() -> None:
    long = "x" * (repair.LONG_HTML_CHARS + 1)
    ballast = (
        f"<style>{long}</style><script>{long}</script><!--{long}--><p data-x='{long}' style='{long}'>one</p>"
        f'<img aria-hidden="true" src="data:image/png;base64,{long}"><svg width="9">{"<path d=M0/>" * 9_000}<text>two</text></svg>'
    )
    repaired = repair_html(ballast)
    assert len(repaired) < 300
    assert to_text(repaired) == to_text(ballast) == "one\ntwo"


def test_plain_tags_are_passed_over_only_as_long_as_they_are_in_order() -> None:
    plain = '<p class="x">a <a href="/y" title=\'z\'>b</a><br/><img src=i.png alt=""></p>'
    assert list(scan_tags(plain)) == []
    assert [tag.name for tag in scan_tags(plain, plain=True)] == ["p", "a", "a", "br", "img", "p"]
    assert [tag.name for tag in scan_tags('<p a="1>x</p>')] == ["p"]


@pytest.mark.parametrize(
    "unit",
    [
        "<a", "<!--", "<![CDATA[", "<script>", "<!-- <p>", '<p a="', "<x-y>", "<T>", "a<b ", '<a href="x"/>', "`<b>`", "</p", "<?xml", "<pre><b",
        "<svg><path/>", '<p a="<p b=\'', "```\n<b>\n", "<x a=", "<textarea>", "<q ",
    ],
)  # fmt: skip
def test_time_is_linear_in_the_number_of_odd_tags(unit: str) -> None:
    assert growth_problem(repair_html, lambda size: unit * (size // len(unit)), 110_000) == ""
