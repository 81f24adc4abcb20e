"""Absolute URLs, removal of tracking, canonical forms."""

# ruff: noqa: E501 - tables of cases

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feeds.model import Url
from feeds.normalize import tracking
from feeds.normalize.canonical import canonical_form, canonical_part
from feeds.normalize.url import absolute_url, clean_url

BASE = "https://base.example/d/e?f"


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("http://example.com", "http://example.com/"),
        ("HTTP://Example.COM:80/a b", "http://example.com/a%20b"),
        ("https://example.com:8443/", "https://example.com:8443/"),
        ("//x.example/é?ü=1#ö", "https://x.example/%C3%A9?%C3%BC=1#%C3%B6"),
        ("/a/../b/./c", "https://base.example/b/c"),
        ("a.html", "https://base.example/d/a.html"),
        ("?q=1", "https://base.example/d/e?q=1"),
        ("  https://x.example/z\t1\n", "https://x.example/z1"),
        ("http:\\\\x.example\\a", "http://x.example/a"),
        ("http:/x.example/a", "http://x.example/a"),
        ("http://user:secret@x.example/", "http://x.example/"),
        ("http://[::1]:80/x", "http://[::1]/x"),
        ("http://faß.example/", "http://xn--fa-hia.example/"),
        ("http://日本.example/あ", "http://xn--wgv71a.example/%E3%81%82"),
        ("http://x.example/%zz[1]", "http://x.example/%25zz%5B1%5D"),
        ("http://x.example/a#", "http://x.example/a"),
        ("http://%65xample.com/", "http://example.com/"),
        # where urllib differs from browsers
        ("https://x.example/a/../b/./c;", "https://x.example/b/c;"),
        ("a//b;", "https://base.example/d/a//b;"),
        ("../../../x", "https://base.example/x"),
        ("a/..", "https://base.example/d/"),
        ("%2e%2E/x", "https://base.example/x"),
        # a host name without a scheme
        ("www.x.example/news/5", "https://www.x.example/news/5"),
        ("example.com", "https://example.com/"),
        ("blog.example.de/a?b", "https://blog.example.de/a?b"),
        # what only looks like one
        ("readme.md", "https://base.example/d/readme.md"),
        ("node.js/x", "https://base.example/d/node.js/x"),
        ("photo.de.html", "https://base.example/d/photo.de.html"),
        ("example.community/x", "https://base.example/d/example.community/x"),
        # a scheme before a whole URL
        ("https://https://x.example/a", "https://x.example/a"),
        ("http://https//x.example/a", "https://x.example/a"),
        ("https//x.example/a", "https://x.example/a"),
        ("https://x.example/https://y.example/", "https://x.example/https://y.example/"),
    ],
)
def test_absolute_url_gives_what_a_browser_opens(href: str, expected: str) -> None:
    assert absolute_url(href, base=BASE) == expected


@pytest.mark.parametrize(
    "href",
    [
        "", "#notes", "javascript:alert(1)", "java\nscript:alert(1)", " \x01javascript:x", "data:text/html,x", "mailto:a@b.example",
        "feed://x.example/", "http://", "http://a b.example/", "http://x.example:99999/", "http://x.example:1x/", "http://[::1",
        "http://<b>.example/", "//", "///", "ftp://x.example/", "vbscript:x", "https://x.example/" + "a" * 5000,
    ],
)  # fmt: skip
def test_other_schemes_and_invalid_urls_give_none(href: str) -> None:
    assert absolute_url(href, base=BASE) is None


def test_a_relative_url_without_a_base_gives_none() -> None:
    assert absolute_url("/a") is None
    assert absolute_url("/a", base="file:///home/feed.xml") is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://n.example/a?utm_source=x&id=1&utm_medium=y&b=2", "https://n.example/a?id=1&b=2"),
        ("https://n.example/a?b=2&a=1", "https://n.example/a?b=2&a=1"),
        ("https://n.example/a?fbclid=x", "https://n.example/a"),
        ("https://n.example/a?UTM_Source=x", "https://n.example/a"),
        ("https://n.example/1?at_medium=RSS&at_campaign=K", "https://n.example/1"),
        ("https://n.example/a?ref=rss", "https://n.example/a"),
        ("https://n.example/a?ref=17", "https://n.example/a?ref=17"),
        ("https://www.youtube.com/watch?v=1&si=2", "https://www.youtube.com/watch?v=1"),
        ("https://n.example/watch?v=1&si=2", "https://n.example/watch?v=1&si=2"),
        ("https://n.example/a#xtor=RSS-3", "https://n.example/a"),
        ("https://n.example/a#comments", "https://n.example/a#comments"),
        ("https://n.example/x;jsessionid=AB12?q=1", "https://n.example/x?q=1"),
        ("https://www.google.com/url?q=https%3A%2F%2Fn.example%2Fa%3Futm_term%3Dx%26id%3D1&sa=U", "https://n.example/a?id=1"),
        ("https://www.google.com/search?q=https%3A%2F%2Fn.example%2Fa", "https://www.google.com/search?q=https%3A%2F%2Fn.example%2Fa"),
        ("https://n-example.cdn.ampproject.org/c/s/n.example/story.html?x=1", "https://n.example/story.html"),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fn.example%2Fa&h=1", "https://n.example/a"),
        ("https://www.google.com/url?q=javascript:alert(1)", "https://www.google.com/url?q=javascript:alert(1)"),
        ("https://n.example/go?url=https%3A%2F%2Fother.example%2F", "https://n.example/go?url=https%3A%2F%2Fother.example%2F"),
    ],
)  # fmt: skip
def test_clean_url(url: str, expected: str) -> None:
    absolute = absolute_url(url)
    assert absolute is not None
    assert clean_url(absolute) == expected


def test_every_tracking_parameter_is_removed() -> None:
    for name in (*tracking.PARAMETER_NAMES, *(prefix + "x" for prefix in tracking.PARAMETER_PREFIXES)):
        assert clean_url(Url(f"https://n.example/a?{name}=1&id=7")) == "https://n.example/a?id=7", name


@pytest.mark.parametrize(
    "urls",
    [
        ("http://www.n.example/a/", "https://n.example/a", "https://m.n.example/a/index.html", "https://amp.n.example/a",
         "https://n.example/a/amp/", "https://n.example/a?amp=1", "https://n.example/amp/a", "https://n.example:443/a#top",
         "https://n.example//a?utm_source=x", "https://n.example/%61", "https://n-example.cdn.ampproject.org/c/s/n.example/a"),
        ("https://n.example/a?x=1&y=%7e2", "https://n.example/a?y=~2&x=1"),
        ("https://en.m.wikipedia.org/wiki/X", "https://en.wikipedia.org/wiki/X"),
        ("https://n.example/s.amp.html", "https://n.example/s"),
        ("https://n.example/s", "https://n.example/s/print", "https://n.example/s?print=1", "https://n.example/s?view=amp",
         "https://n.example/print/s", "https://n.example/s?view=print", "https://n.example/s/print.html"),
        ("https://n.example/?p=12", "https://www.n.example/index.php?p=12"),
    ],
)  # fmt: skip
def test_urls_of_one_page_have_one_canonical_form(urls: tuple[str, ...]) -> None:
    assert len({canonical_form(url) for url in urls}) == 1
    assert canonical_form(urls[0])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("https://n.example/a?id=1", "https://n.example/a?id=2"),
        ("https://n.example/#!/a", "https://n.example/#!/b"),
        ("https://n.example/A", "https://n.example/a"),
        ("https://n.example:8080/a", "https://n.example/a"),
        ("https://blog.n.example/a", "https://n.example/a"),
        ("https://n.example/sample", "https://n.example/s"),
    ],
)
def test_urls_of_two_pages_have_two_canonical_forms(first: str, second: str) -> None:
    assert canonical_form(first) != canonical_form(second)


@pytest.mark.parametrize("url", ["https://n.example/", "http://www.n.example", "https://n.example/index.html", "nonsense", "", "mailto:a@b.example"])  # fmt: skip
def test_home_pages_and_invalid_urls_have_no_canonical_form(url: str) -> None:
    assert canonical_form(url) == ""


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("http://www.x.example/changes/?utm_source=a#v1.2", "x.example/changes#v1.2"),
        ("https://x.example/changes#v1%2E2", "x.example/changes#v1.2"),
        ("https://www.x.example/#post-7", "x.example#post-7"),
        ("https://x.example/changes", ""),
        ("https://x.example/a#comments", ""),
        ("https://x.example/#/posts/7", ""),
        ("https://x.example/a#ref=rss", ""),
    ],
)
def test_a_part_of_a_page_is_its_canonical_form_with_the_fragment(url: str, part: str) -> None:
    assert canonical_part(clean_url(Url(url))) == part


_PIECES = st.sampled_from([
    "a", "b", "/", "//", "/..", "/.", "?", "&", "=", "#", "%", "%2e", "%41", "%zz", "amp", "/amp", ".amp.html", "index.html", "www.", "m.",
    "google.com/url", "q=https://", "q=https%3A%2F%2F", "utm_source=x", "utm%5Fsource=x", ";jsessionid=1", "é", "日", " ", "+", "!", ":80", ":443",
    "http://", "https://", "n.example", "cdn.ampproject.org/c/s/", "@", "\\", "\t", "~", "ref=rss", ".", "-", "xn--", "1", "\ud800",
])  # fmt: skip
_URLS = st.lists(_PIECES, max_size=12).map(lambda pieces: "https://n.example/" + "".join(pieces)) | st.lists(
    _PIECES, max_size=8
).map("".join)


@given(_URLS)
@example("https://n.example/%75rl?q=https://a.example/")
def test_absolute_url_is_idempotent_and_ascii(text: str) -> None:
    absolute = absolute_url(text, base=BASE)
    if absolute is not None:
        assert absolute_url(absolute) == absolute
        assert absolute.isascii()
        assert absolute.startswith(("http://", "https://"))
        assert "@" not in absolute.split("/")[2]


@given(_URLS)
def test_clean_url_is_idempotent_and_valid(text: str) -> None:
    absolute = absolute_url(text, base=BASE)
    if absolute is not None:
        cleaned = clean_url(absolute)
        assert clean_url(cleaned) == cleaned
        assert absolute_url(cleaned) == cleaned


@given(_URLS)
@example("https://google.com/%75rl?q=https://a.example/b")
def test_clean_url_does_not_change_the_canonical_form(text: str) -> None:
    absolute = absolute_url(text, base=BASE)
    if absolute is not None:
        canonical = canonical_form(absolute)
        assert canonical_form(clean_url(absolute)) == canonical
        if canonical:
            assert canonical_form("https://" + canonical) == canonical
