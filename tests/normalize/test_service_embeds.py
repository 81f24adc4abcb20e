"""An element of which only the script of its service knows what it shows becomes a link to the page of the same."""

# ruff: noqa: E501 - tables of cases

from __future__ import annotations

import pytest

from feeds.normalize.html import rewritten_tree, sanitize
from tests.normalize.clean_body import BASE

V = "https://www.youtube.com/watch?v=aBcDeFgHiJk"


def shown(html: str) -> str:
    """The sanitized HTML without the `rel` of links."""
    return sanitize(rewritten_tree(html, BASE, BASE)).replace(' rel="noopener noreferrer"', "")


@pytest.mark.parametrize(
    ("html", "url"),
    [
        # an id in an attribute
        ('<div class="infogram-embed" data-id="a1b2-c3" data-title="Tides"></div>', "https://infogram.com/a1b2-c3"),
        ('<div class="tenor-gif-embed" data-postid="56"></div>', "https://tenor.com/view/56"),
        ('<blockquote data-bluesky-uri="at://did:plc:a1/app.bsky.feed.post/3k"></blockquote>', "https://bsky.app/profile/did:plc:a1/post/3k"),
        ('<p class="codepen" data-slug-hash="aBc" data-user="ann"></p>', "https://codepen.io/ann/pen/aBc"),
        ('<p class="codepen" data-slug-hash="aBc"></p>', "https://codepen.io/pen/aBc"),
        ('<blockquote class="imgur-embed-pub" data-id="a/aBc"></blockquote>', "https://imgur.com/a/aBc"),
        ('<div class="issuuembed" data-configid="1/2"></div>', "https://e.issuu.com/embed.html#1/2"),
        ('<div data-tf-widget="aBc"></div>', "https://form.typeform.com/to/aBc"),
        ('<div class="strava-embed-placeholder" data-embed-type="activity" data-embed-id="1"></div>', "https://www.strava.com/activities/1"),
        ('<div data-account="1" data-video-id="2"></div>', "https://players.brightcove.net/1/default_default/index.html?videoId=2"),
        ('<div class="wistia_embed wistia_async_ab12 x">&nbsp;</div>', "https://fast.wistia.net/embed/iframe/ab12"),
        ('<blockquote class="text-post-media" data-text-post-permalink="https://www.threads.net/@ann/post/aB"></blockquote>', "https://www.threads.net/@ann/post/aB"),
        ('<twitter-widget data-tweet-id="12"></twitter-widget>', "https://x.com/i/status/12"),
        ('<div class="lazy-load-youtube" data-video="aBcDeFgHiJk"></div>', V),
        # a URL in an attribute of any name
        ('<div data-player-address="https://www.youtube.com/embed/aBcDeFgHiJk"></div>', V),
        ('<div class="viewer" data-pdf="//n.example/plan.pdf"></div>', "https://n.example/plan.pdf"),
        # a script
        ('<script src="https://embed.nicovideo.jp/watch/sm9/script?w=640"></script>', "https://www.nicovideo.jp/watch/sm9"),
        ('<script src="https://geo.dailymotion.com/player/x1.js" data-video="x7"></script>', "https://www.dailymotion.com/video/x7"),
        ('<script src="https://player.fireside.fm/v2/a+b/embed.js"></script>', "https://player.fireside.fm/v2/a+b"),
        ('<script src="https://pastebin.com/embed_js/aBc"></script>', "https://pastebin.com/aBc"),
        ('<div id="p"></div><script>var p = new YT.Player("p", {height: 1, videoId: "aBcDeFgHiJk"})</script>', V),
        ('<div id="w"></div><script>VK.Widgets.Post("w", -1, 22, "h");</script>', "https://vk.com/wall-1_22"),
        # a link without words, which the script would replace
        ('<blockquote class="twitter-tweet"><a href="https://twitter.com/ann/status/12"></a></blockquote>', "https://twitter.com/ann/status/12"),
        ('<a data-pin-do="embedPin" href="https://www.pinterest.com/pin/1/"></a>', "https://www.pinterest.com/pin/1/"),
    ],
)  # fmt: skip
def test_the_page_is_linked_with_words(html: str, url: str) -> None:
    result = shown(f"<p>one</p>{html}<p>two</p>")
    assert f'<a href="{url}">' in result
    assert f'<a href="{url}"></a>' not in result
    assert shown(result) == result


def test_a_quoted_note_keeps_its_words() -> None:
    html = """<div class="comment" data-attrs='{"url":"https://n.example/c","comment":{"body":"Low tide","name":"Ann"}}'></div>"""
    assert shown(html) == '<a href="https://n.example/c">Low tide</a> — Ann'


@pytest.mark.parametrize(
    "words", ["Loading…", "Chargement en cours...", "読み込んでいます...", "Wird geladen…"]
)
def test_a_link_is_not_called_loading(words: str) -> None:
    assert (
        shown(f'<iframe src="https://p.example/1">{words}</iframe>')
        == '<a href="https://p.example/1">p.example</a>'
    )


def test_a_link_about_loading_keeps_its_words() -> None:
    html = '<iframe src="https://p.example/1">Loading docks of the old port</iframe>'
    assert shown(html) == '<a href="https://p.example/1">Loading docks of the old port</a>'


@pytest.mark.parametrize("kind", ["audio", "video"])
def test_a_player_that_a_script_makes_visible_is_shown(kind: str) -> None:
    html = f'<{kind} style="width:100%; visibility:hidden" controls><source src="/a.mp4"></{kind}>'
    assert '<source src="https://n.example/a.mp4">' in shown(html)
    assert shown(f'<{kind} src="/a.mp4" style="display:none"></{kind}>') == ""
