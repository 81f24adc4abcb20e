"""Clean HTML that is cleaned again stays as it is, byte for byte. Otherwise each instance that reads another one would
publish other bytes."""

from __future__ import annotations

import json

import pytest

from feeds.normalize.html import sanitize
from feeds.normalize.tree import parse_sanitized
from tests.normalize.clean_body import sanitize_html
from tests.shared import HOSTILE_DIR, needs_hostile


def is_stable(html: str) -> bool:
    """Whether a second cleaning changes nothing: as HTML of somebody else, and as output of this program."""
    once = sanitize_html(html)
    return sanitize_html(once) == once and sanitize(parse_sanitized(once)) == once


@pytest.mark.parametrize(
    "html",
    [
        # URLs in a text whose tags all went
        "<script>x</script>See https://a.example/pier",
        "<col>www.a.example<template></template>",
        # tags that the repair of the source left as text
        '<a href=https://a.example/#x=`y></a><img alt="`><img src=/a.png></a>">',
        "<math><mtext><xmp><!--</xmp><img title='--&gt;&lt;img src=/a.png&gt;'>",
        # elements that another parser puts elsewhere
        "<table>text<li></li><tr><td>x</td></tr></table>",
        "<dir>x<textarea>test</textarea></dir>",
        "<a href='/x'><b><h1><embed src=/x><p>x<img src=/a.png>",
        "<h1>x<caption>y<p>z",
        "<pre><td><br/></div><dd>x",
        # blocks that become part of a listing, or a listing around blocks
        "<listing>x<marquee>y</marquee></listing>",
        "<pre>x<center>y</center>z</pre>",
        # a carriage return as a reference
        "&lt;a href=&quot;x&amp;#x0D;y",
    ],
)
def test_html_that_is_cleaned_twice_stays(html: str) -> None:
    assert is_stable(html)


@needs_hostile
def test_every_vector_that_is_cleaned_twice_stays() -> None:
    vectors = json.loads((HOSTILE_DIR / "xss.json").read_text(encoding="utf-8"))
    assert len(vectors) > 7000
    assert [vector["p"] for vector in vectors if not is_stable(vector["p"])] == []


@pytest.mark.parametrize(
    "html",
    [
        '<abbr title="a tabindex=1></td><input autofocus>',
        "<rt draggable=') id=x></td><p>words</p>",
    ],
)
def test_a_quote_that_never_ends_is_repaired(html: str) -> None:
    # CPython raised SystemError for a group captured within an atomic group.
    sanitize_html(html)


def test_what_follows_an_empty_item_of_a_list_stays_outside() -> None:
    assert sanitize_html("<ul><li></li></ul><div>x</div>") == "<ul><li></li></ul><div>x</div>"
    assert sanitize_html("<li></li><div>x</div>") == "<li></li><div>x</div>"
