"""Bodies in plain text: line breaks, wrapped prose, and the URLs in them."""

# ruff: noqa: E501 - tables of cases

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.normalize.html import sanitize
from feeds.normalize.lines import lines_of, text_of
from feeds.normalize.text_tree import tree_from_text
from feeds.normalize.url import absolute_url
from tests.normalize.clean_body import sanitize_html

REL = ' rel="noopener noreferrer"'
WRAPPED = (
    "The tide clock in the harbour has been repaired, after the\n"
    "council voted to spend the sum that it had kept back for\n"
    "the lighthouse, which has no lamp."
)


def html(text: str) -> str:
    return sanitize(tree_from_text(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one", "one"),
        (" one\n", "one"),
        ("one\ntwo", "<p>one<br>two</p>"),
        ("one\r\n\r\ntwo\n \n\nthree", "<p>one</p><p>two</p><p>three</p>"),
        ("a < b\n& c", "<p>a &lt; b<br>&amp; c</p>"),
        (WRAPPED, WRAPPED.replace("\n", " ")),
        (f"{WRAPPED}\n\n- one\n- two", f"<p>{WRAPPED.replace(chr(10), ' ')}</p><p>- one<br>- two</p>"),
        # lines as long as each other that are not prose: each begins anew
        ("00:00 The first of the chapters of this long episode about rope\n01:30 The second of the chapters of this long episode, on knots\n12:45 The third of the chapters",
         "<p>00:00 The first of the chapters of this long episode about rope<br>01:30 The second of the chapters of this long episode, on knots<br>12:45 The third of the chapters</p>"),
        ("A line that ends early.\nand another that is so long that it would be at the column of prose", "<p>A line that ends early.<br>and another that is so long that it would be at the column of prose</p>"),
    ],
)  # fmt: skip
def test_line_breaks_are_kept_except_in_wrapped_prose(text: str, expected: str) -> None:
    assert html(text) == expected


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see https://a.example/b.", "https://a.example/b"),
        ("(https://a.example/b_(c))", "https://a.example/b_(c)"),
        ("(see https://a.example/b)", "https://a.example/b"),
        ("https://a.example/?q=1&x=2#y!", "https://a.example/?q=1&amp;x=2#y"),
        ('"https://a.example/b"', "https://a.example/b"),
        ("<https://a.example/b>", "https://a.example/b"),
        ("詳細はhttps://a.example/bをご覧", "https://a.example/b"),
        ("（https://a.example/b）です", "https://a.example/b"),
        ("자세한 내용은 https://a.example/b에서", "https://a.example/b"),
        ("https://a.example/wiki/日本、", "https://a.example/wiki/日本"),
        ("https://a.example/b—and", "https://a.example/b"),
    ],
)
def test_bare_urls_become_links_without_the_punctuation_around_them(text: str, shown: str) -> None:
    url = absolute_url(shown.replace("&amp;", "&")) or ""
    assert f'<a href="{url.replace("&", "&amp;")}"{REL}>{shown}</a>' in html(text)


def test_a_host_name_is_linked_without_its_scheme() -> None:
    assert html("see www.a.example/b, not www.a") == (
        f'see <a href="https://www.a.example/b"{REL}>www.a.example/b</a>, not www.a'
    )


def test_a_description_without_a_tag_is_plain_text() -> None:
    assert sanitize_html("Notes &amp; links:\nhttps://a.example/b") == (
        f'<p>Notes &amp; links:<br><a href="https://a.example/b"{REL}>https://a.example/b</a></p>'
    )


@given(st.text(alphabet="ab .\n\t()https:/<&é") | st.text())
def test_no_word_is_lost(text: str) -> None:
    tree = tree_from_text(text)
    shown = text_of(lines_of(tree))
    assert "".join(filter(str.isalnum, shown)) == "".join(
        filter(str.isalnum, text_of(lines_of(tree_from_text(shown))))
    )
    if text.isascii():
        assert "".join(filter(str.isalnum, shown)) == "".join(filter(str.isalnum, text))
