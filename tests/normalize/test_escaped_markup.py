"""Markup that was escaped once too often is read as markup, unless it is what the text is about."""

from __future__ import annotations

import pytest

from feeds.normalize.escaped_markup import unescape_markup

LINK = "&lt;a href=&quot;https://a.example/?a=1&amp;amp;b=2&quot;&gt;the &lt;/a&gt;"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        # a whole body: everything is unescaped
        ("&lt;p&gt;One &amp;amp; two&amp;nbsp;&amp;#8217;s&lt;/p&gt;", "<p>One &amp; two&nbsp;&#8217;s</p>"),
        ("Line.&lt;br /&gt;Next &amp;amp; last", "Line.<br />Next &amp; last"),
        ("Hello &lt;b&gt;there&lt;/b&gt;", "Hello <b>there</b>"),
        (" &lt;p&gt;The HTML element&lt;/p&gt; ", " <p>The HTML element</p> "),
        ("&#60;p&#62;One&#x3C;/p&#x3E;", "<p>One</p>"),
        # references
        ("<p>It&amp;#8217;s 10&amp;nbsp;km &amp;amp; more</p>", "<p>It&#8217;s 10&nbsp;km &amp; more</p>"),
        ("<p>&amp;lt; <code>&amp;nbsp;</code> &amp;hellip;</p>", "<p>&amp;lt; <code>&amp;nbsp;</code> &hellip;</p>"),
        # parts of a body: only their tags
        (f"<p>Of {LINK}&amp;amp; x</p>", '<p>Of <a href="https://a.example/?a=1&amp;amp;b=2">the </a>&amp;amp; x</p>'),
        ("<p>A &lt;img src='/x.png'/&gt;</p>", "<p>A <img src='/x.png'/></p>"),
        ("<p>&lt;i&gt;x&lt;/i&gt;<pre>&lt;b&gt;y&lt;/b&gt;</pre>", "<p><i>x</i><pre>&lt;b&gt;y&lt;/b&gt;</pre>"),
    ],
)  # fmt: skip
def test_escaped_tags_are_read_as_tags(html: str, expected: str) -> None:
    assert unescape_markup(html) == expected


@pytest.mark.parametrize(
    "html",
    [
        "Write <code>&lt;b&gt;bold&lt;/b&gt;</code>, or <kbd>&lt;br&gt;</kbd><pre><i>&lt;p&gt;x&lt;/p&gt;</i></pre>",
        "<p>In HTML, &amp;nbsp; is a space.</p>",
        "<p>In HTML, &lt;em&gt;x&lt;/em&gt; is emphasis.</p>",
        "The element &lt;b&gt;x&lt;/b&gt;",
        "How to use &lt;b&gt;",
        "k &lt;n, &lt;stdio.h&gt;, vector&lt;int&gt;, &lt;ann@a.example&gt;, &lt;script&gt;, &lt;/b&gt;",
        "<img alt=\"&lt;p&gt;Sea&lt;/p&gt;\" data-x='&lt;b&gt;x&lt;/b&gt;'> The sea",
        "&lt;a&lt;b&gt; &lt;abbrev&gt;x&lt;/abbrev&gt;",
    ],
)
def test_escaped_tags_that_a_text_shows_stay(html: str) -> None:
    assert unescape_markup(html) == html
