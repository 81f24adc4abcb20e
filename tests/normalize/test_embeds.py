"""An embed becomes what stands inside it, or a link; a link is not written where it stands already."""

# ruff: noqa: E501 - tables of cases

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.normalize.html import rewritten_tree, sanitize
from tests.normalize.clean_body import BASE, clean_body, sanitize_html

V = "https://www.youtube.com/watch?v=aBcDeFgHiJk"
PLAYER = "https://www.youtube.com/embed/aBcDeFgHiJk"


def shown(html: str) -> str:
    """The sanitized HTML without the `rel` of links."""
    return sanitize(rewritten_tree(html, BASE, BASE)).replace(' rel="noopener noreferrer"', "")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        # its content, if that leads somewhere
        ('<iframe src="https://p.example/1"><a href="https://b.example/low">Low by Ann</a></iframe>',
         '<span><a href="https://b.example/low">Low by Ann</a></span>'),
        ('<object data="r.pdf"><p>No plug-in? <a href="r.pdf">Download</a></p></object>',
         '<div><p>No plug-in? <a href="https://n.example/news/r.pdf">Download</a></p></div>'),
        # words inside are the text of the link
        ('<iframe src="https://p.example/1" title="x">A map of the coast</iframe>', '<a href="https://p.example/1">A map of the coast</a>'),
        # a picture inside stays beside the link
        ('<amp-iframe src="https://p.example/1"><amp-img placeholder src="/a.png"></amp-img></amp-iframe>',
         '<span><a href="https://p.example/1">p.example</a> <img src="https://n.example/a.png"></span>'),
        # a notice about the program says nothing about the content
        ('<iframe src="https://p.example/1" title="Tides">Your browser does not support iframes.</iframe>', '<a href="https://p.example/1">Tides</a>'),
        ('<iframe src="https://p.example/1"><p>Ihr Browser zeigt keine Rahmen an.</p></iframe>', '<a href="https://p.example/1">p.example</a>'),
        ('<object data="m.swf"><a href="https://get.adobe.com/flashplayer">Get it</a></object>', '<a href="https://n.example/news/m.swf">Get it</a>'),
        # else its title, its label, or its host
        ('<iframe src="//p.example/1" aria-label="Tides"></iframe>', '<a href="https://p.example/1">Tides</a>'),
        ('<iframe src="https://www.p.example/1"></iframe>', '<a href="https://www.p.example/1">p.example</a>'),
        ('<iframe title="Tides by month"></iframe>', "<span>Tides by month</span>"),
        ('<iframe src="report%20one.pdf"></iframe>', '<a href="https://n.example/news/report%20one.pdf">report one.pdf</a>'),
        # words around it are not joined
        ('<p>see<iframe src="//p.example/1"></iframe>this</p>', '<p>see <a href="https://p.example/1">p.example</a> this</p>'),
        ('<iframe src="//p.example/1"></iframe><iframe src="//p.example/2"></iframe>', '<a href="https://p.example/1">p.example</a> <a href="https://p.example/2">p.example</a>'),
        # no link inside a link
        ('<a href="/x"><iframe src="//p.example/1" title="T"></iframe></a>', '<a href="https://n.example/x"><span>T</span></a> <a href="https://p.example/1">T</a>'),
        # Medium: a link whose text is its own URL, beside a known player; and one in a frame without size
        (f'<iframe src="https://cdn.embedly.com/widgets/media.html?url={V}"><a href="https://m.example/href">https://m.example/href</a></iframe>',
         f'<a href="{V}">youtube.com/watch?v=aBcDeFgHiJk</a>'),
        ('<iframe src="" width="0" height="0"><a href="https://m.example/href">https://m.example/href</a></iframe>', '<span><a href="https://m.example/href">https://m.example/href</a></span>'),
        # files
        ('<object type="image/svg+xml" data="a.svg">A tide table</object>', '<img src="https://n.example/news/a.svg" alt="A tide table">'),
        ('<object data="a.svg"><img src="b.png" alt="B"></object>', '<span><img src="https://n.example/news/b.png" alt="B"></span>'),
        ('<embed src="a.mp3">after', '<audio src="https://n.example/news/a.mp3" preload="none"></audio> <a href="https://n.example/news/a.mp3">a.mp3</a>after'),
        # shapes
        (f'<object><param name="movie" value="{PLAYER}"><embed src="{PLAYER}"></object>', f'<span><a href="{V}">youtube.com/watch?v=aBcDeFgHiJk</a></span>'),
        ('<object><param name="movie" value="https://www.youtube.com/v/aBcDeFgHiJk&hl=en"></object>', f'<a href="{V}">youtube.com/watch?v=aBcDeFgHiJk</a>'),
        ('<embed src="https://p.example/1"><p>after</p>', '<a href="https://p.example/1">p.example</a><p>after</p>'),
        ('<iframe src="//outer.example/1"><iframe src="//inner.example/1"></iframe></iframe>w', '<span><a href="https://inner.example/1">inner.example</a></span> w'),
        ('<iframe src="//p.example/1">unclosed <p>rest</p>', '<a href="https://p.example/1">p.example</a> unclosed <p>rest</p>'),
        ('<frameset><frame src="/a" title="A"><frame src="/b" title="B"><noframes>No frames in this browser.</noframes></frameset>w',
         '<div><a href="https://n.example/a">A</a> <a href="https://n.example/b">B</a></div>w'),
        ('<noembed><p>Words</p></noembed><canvas>Tides</canvas><portal src="//p.example/1"></portal>', '<div><p>Words</p></div><span>Tides</span> <a href="https://p.example/1">p.example</a>'),
        ('<map><area href="/n" alt="North"><area href="/s" title="South"><area alt="w"></map>', '<a href="https://n.example/n">North</a> <a href="https://n.example/s">South</a>'),
        ('<iframe srcdoc="&lt;p&gt;Words&lt;/p&gt;&lt;script&gt;x&lt;/script&gt;"></iframe>', "<div><p>Words</p></div>"),
        (f'<iframe src="{PLAYER}" srcdoc="<a href={PLAYER}?autoplay=1><img src=/t.jpg alt=Talk></a>"></iframe>',
         f'<span><a href="{V}"><img src="https://n.example/t.jpg" alt="Talk"></a></span>'),
        ("<dialog><p>Words</p></dialog><marquee>m</marquee><blink>b</blink><xmp>x</xmp>", "<div><p>Words</p></div><div>m</div><span>b</span><pre>x</pre>"),
    ],
)  # fmt: skip
def test_an_embed_becomes_its_content_or_a_link(html: str, expected: str) -> None:
    assert shown(html) == expected


@pytest.mark.parametrize(
    "html",
    [
        f'<iframe src="about:blank" data-lazy-src="{PLAYER}"></iframe>',
        f'<iframe src="data:image/gif;base64,R0" data-src="{PLAYER}"></iframe>',
        f'<iframe src="/assets/blank.html" data-src="{PLAYER}"></iframe>',
        f'<iframe data-litespeed-src="{PLAYER}"></iframe>',
        f'<iframe data-cookieblock-src="{PLAYER}" src="about:blank"></iframe>',
        f'<iframe suppressedsrc="{PLAYER}"></iframe>',
        f'<div class="rll-youtube-player" data-src="{PLAYER}" data-id="aBcDeFgHiJk"></div>',
        f'<noscript><iframe src="{PLAYER}"></iframe></noscript>',
        '<lite-youtube videoid="aBcDeFgHiJk"></lite-youtube>',
        '<youtube-video src="https://youtu.be/aBcDeFgHiJk"></youtube-video>',
        '<amp-youtube data-videoid="aBcDeFgHiJk" layout="responsive"></amp-youtube>',
        '<YouTube id="aBcDeFgHiJk" />',
        f'<oembed url="{V}"></oembed>',
        '<div class="plyr" data-plyr-provider="youtube" data-plyr-embed-id="aBcDeFgHiJk"></div>',
        f'<div data-html="&lt;iframe src=&quot;{PLAYER}&quot;&gt;&lt;/iframe&gt;"></div>',
        '<div data-settings="{&quot;youtube_url&quot;:&quot;https:\\/\\/youtu.be\\/aBcDeFgHiJk&quot;}"><div></div></div>',
        '<div class="youtube-wrap" data-attrs="{&quot;videoId&quot;:&quot;aBcDeFgHiJk&quot;,&quot;startTime&quot;:null}"></div>',
        f'<script type="text/plain" data-category="media"><iframe src="{PLAYER}"></iframe></script>',
        '<script type="text/template">PGlmcmFtZSBzcmM9Imh0dHBzOi8vd3d3LnlvdXR1YmUuY29tL2VtYmVkL2FCY0RlRmdIaUprIj48L2lmcmFtZT4=</script>',
        f'<video><source type="video/youtube" src="{V}"></video>',
        f'<iframe src="{PLAYER}" style="visibility:hidden" onload="this.style.visibility=\'visible\'"></iframe>',
        f'<figure class="wp-block-embed__wrapper">{V}</figure>',
    ],
)  # fmt: skip
def test_a_video_that_a_script_would_show_becomes_a_link(html: str) -> None:
    assert f'href="{V}"' in shown(html)


@pytest.mark.parametrize(
    ("html", "url", "words"),
    [
        ('<amp-twitter data-tweetid="12"><blockquote placeholder>A bird</blockquote></amp-twitter>', "https://x.com/i/status/12", "A bird"),
        ('<amp-instagram data-shortcode="aBc"></amp-instagram>', "https://www.instagram.com/p/aBc/", "instagram.com"),
        ('<fb:post href="https://www.facebook.com/a/posts/1"></fb:post>', "https://www.facebook.com/a/posts/1", "facebook.com"),
        ('<div class="fb-video" data-href="https://www.facebook.com/a/videos/1/"></div>', "https://www.facebook.com/a/videos/1/", "facebook.com"),
        ('<link-card href="/p">The other story</link-card>', "https://n.example/p", "The other story"),
        ('<div class="flourish-embed" data-src="visualisation/12"></div>', "https://public.flourish.studio/visualisation/12/", "flourish"),
        ('<p data-pym-src="https://a.example/child.html">&nbsp;</p>', "https://a.example/child.html", "a.example"),
        ('<blockquote class="tiktok-embed" cite="https://www.tiktok.com/@ann/video/1"><section></section></blockquote>', "https://www.tiktok.com/@ann/video/1", "tiktok.com"),
        ('<div class="tweet" data-attrs="{&quot;url&quot;:&quot;https://x.example/ann/1&quot;,&quot;full_text&quot;:&quot;A bird&quot;,&quot;username&quot;:&quot;ann&quot;}"></div>', "https://x.example/ann/1", "A bird</a> — ann"),
        ('<div class="native-video-embed" data-attrs="{&quot;mediaUploadId&quot;:&quot;1&quot;}"></div>', BASE, "n.example"),
        ('<iframe src="https://open.spotify.com/embed/track/1" data-attrs="{&quot;title&quot;:&quot;Low&quot;}"></iframe>', "https://open.spotify.com/track/1", "Low"),
        ('<script src="https://gist.github.com/ann/0a1b.js"></script>', "https://gist.github.com/ann/0a1b", "gist.github.com/ann/0a1b"),
        ('<script src="//datawrapper.dwcdn.net/aBc/embed.js"></script><noscript><img src="/full.png"></noscript>', "https://datawrapper.dwcdn.net/aBc/", "full.png"),
        ('<lite-youtube class="x" videoid="aBcDeFgHiJk"><p>The rest of <a href="/x">it</a>', V, "The rest of"),
    ],
)  # fmt: skip
def test_an_element_of_a_service_becomes_a_link_with_its_words(html: str, url: str, words: str) -> None:
    result = shown(html)
    assert f'href="{url}"' in result
    assert words in result


def test_a_chart_without_a_url_leaves_its_title() -> None:
    assert shown('<x-chart data-caption="October" data-data="[1]"></x-chart>') == "October"
    assert shown('<clipboard-copy aria-label="Copy" value="x"></clipboard-copy>w') == "w"


def test_a_gallery_of_which_only_the_data_is_there_shows_its_pictures() -> None:
    data = '{"gallery":{"images":[{"src":"https://i.example/1.jpg"},{"src":"https://i.example/2.jpg"},{"src":1}]}}'
    html = f"""<div class="image-gallery-embed" data-attrs='{data}'></div>"""
    assert shown(html) == '<div><img src="https://i.example/1.jpg"><img src="https://i.example/2.jpg"></div>'


@pytest.mark.parametrize(
    "html",
    [
        '<iframe src="https://www.googletagmanager.com/ns.html?id=G" height="0" width="0"></iframe>',
        '<iframe src="https://p.example/1" width="1" height="1"></iframe>',
        '<iframe src="https://p.example/1" style="width:0;height:0"></iframe>',
        '<iframe src="https://p.example/1" style="display: none"></iframe>',
        '<iframe src="https://p.example/1" hidden></iframe>',
        '<div style="display:none"><iframe src="https://p.example/1"></iframe></div>',
        '<iframe src="https://ads.n.example/1"></iframe>',
        '<iframe src="https://rcm-na.amazon-adsystem.com/e/cm?t=1"></iframe>',
        '<iframe src="https://www.facebook.com/plugins/like.php?href=x"></iframe>',
        '<noscript><iframe src="https://ad.doubleclick.net/x"></iframe></noscript>',
        '<amp-ad type="x"></amp-ad><amp-analytics type="x"></amp-analytics>',
        '<script src="https://platform.twitter.com/widgets.js"></script><script>x()</script>',
        "<template><p>w</p></template>",
        '<div class="subscribe-widget" data-attrs="{&quot;url&quot;:&quot;https://n.example/subscribe&quot;}"></div>',
    ],
)
def test_what_a_page_does_not_show_is_dropped(html: str) -> None:
    assert re.sub(r"</?(?:div|span)>", "", shown(html + "w")) == "w"


def test_a_chart_that_fits_its_width_to_the_page_is_shown() -> None:
    html = '<iframe src="https://c.example/1" style="width: 0; min-width: 100% !important; height: 0" title="Sales"></iframe>'
    assert shown(html) == '<a href="https://c.example/1">Sales</a>'


@pytest.mark.parametrize(
    ("html", "links"),
    [
        # beside, in the same paragraph, and written by another plugin
        (f'<iframe src="{PLAYER}"></iframe><p><a href="https://youtu.be/aBcDeFgHiJk">Watch it</a></p>', 1),
        (f'<p>Look at <a href="{V}">this</a>: <iframe src="{PLAYER}"></iframe></p>', 1),
        (f'<figure><div><iframe src="{PLAYER}"></iframe></div><figcaption><a href="{V}">Talk</a></figcaption></figure>', 1),
        (f'<iframe data-src="{PLAYER}"></iframe><noscript><iframe src="{PLAYER}"></iframe></noscript>', 1),
        (f'<div class="rll-youtube-player" data-src="{PLAYER}"></div><noscript><iframe src="{PLAYER}"></iframe></noscript>', 1),
        ('<iframe src="https://giphy.com/embed/aBc"></iframe><p><a href="https://giphy.com/gifs/cat-aBc">via GIPHY</a></p>', 1),
        ('<blockquote class="wp-embedded-content"><a href="https://b.example/p/">Title</a></blockquote>'
         '<iframe class="wp-embedded-content" style="visibility:hidden" src="https://b.example/p/embed/#?secret=x"></iframe>', 1),
        ('<iframe class="wp-embedded-content" style="visibility:hidden" src="https://b.example/p/embed/#?secret=x"></iframe>', 1),
        ('<audio src="a.mp3"></audio><p><a href="a.mp3">Download</a></p>', 1),
        # not in the prose before, and not far away
        (f'<p>Ann spoke about the tides at the harbour, in <a href="{V}">a talk</a> of an hour:</p><iframe src="{PLAYER}"></iframe>', 2),
        (f'<iframe src="{PLAYER}"></iframe><p>One</p><p>Two</p><iframe src="{PLAYER}"></iframe>', 2),
        # the link that stood there is itself dropped
        (f'<iframe src="{PLAYER}"></iframe><p hidden><a href="{V}">Watch it</a></p>', 1),
    ],
)  # fmt: skip
def test_a_link_is_not_written_where_it_stands_already(html: str, links: int) -> None:
    assert shown(html).count("<a ") == links


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<video data-src="/v.mp4"></video>', '<video src="https://n.example/v.mp4" preload="none"></video> <a href="https://n.example/v.mp4">v.mp4</a>'),
        ('<video poster="/p.jpg" title="Tides">Your browser does not play it.</video>', '<img src="https://n.example/p.jpg" alt="Tides">'),
        ('<video poster="/p.jpg" src="blob:https://n.example/1"><p>Words</p></video>', '<div><img src="https://n.example/p.jpg"><p>Words</p></div>'),
        ('<video>Words and <a href="/d">a link</a></video>', '<span>Words and <a href="https://n.example/d">a link</a></span>'),
        ("<audio>Your browser does not support audio.</audio>w", "w"),
        ('<video><source src="data:x"><track src="c.vtt">Words</video>', "<span>Words</span>"),
        ('<amp-video src="/v.mp4" poster="/p.jpg"><div fallback>No</div></amp-video>',
         '<video src="https://n.example/v.mp4" poster="https://n.example/p.jpg" preload="none"></video> <a href="https://n.example/v.mp4">v.mp4</a>'),
    ],
)  # fmt: skip
def test_a_player_without_a_file_leaves_its_picture_and_words(html: str, expected: str) -> None:
    assert shown(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<button class='tab-button'>Python</button>", "<span>Python</span>"),
        ('<a href="/x"><button type="submit">Download</button></a>', '<a href="https://n.example/x"><span>Download</span></a>'),
        ('<button class="zoom"><img src="/a.png"></button>', '<span><img src="https://n.example/a.png"></span>'),
        ("<button>\u276f</button><button title='Copy to clipboard'>Copy</button><button>Share</button>w", "w"),
        ('<form action="/s"><label>Mail</label><input type="email"><button>Subscribe</button><select><option>x</select></form>', "<div><span>Mail</span></div>"),
        ("<select><option>English<option>Deutsch</select>", "<span>English / Deutsch</span>"),
        ("<textarea readonly>pip install\nx</textarea>", "<pre>pip install\nx</pre>"),
        ('<input value="https://n.example/s/1" readonly><input type="button" value="Copy"><input type="hidden" value="x">', "<span>https://n.example/s/1</span>"),
        ('<progress value="70" max="100"></progress><meter value="0.6">six of ten</meter>', "<span>70/100</span>six of ten"),
    ],
)  # fmt: skip
def test_words_of_controls_stay_and_controls_of_forms_are_dropped(html: str, expected: str) -> None:
    assert shown(html) == expected


@pytest.mark.parametrize(
    "html",
    [f'<iframe src="{PLAYER}" title="The harbour"></iframe>', '<div class="tweet" data-url="https://x.com/ann/status/1"></div>'],
)  # fmt: skip
def test_a_body_that_holds_only_an_embed_is_not_empty(html: str) -> None:
    assert "<a " in clean_body(html).html


_LEAVES = st.sampled_from([
    f'<iframe src="{PLAYER}"></iframe>', f'<iframe src="{PLAYER}?start=9" title="A talk">No frames in this browser</iframe>',
    '<iframe src="//p.example/1"><a href="//b.example/1">Low</a></iframe>', '<iframe src="//p.example/1"><img src="/t.jpg">Tides</iframe>',
    '<audio src="/a.mp3?utm_source=rss"></audio>', '<audio src="/a.mp3"></audio>', '<audio><source src="/a.mp3"><source src="/a.ogg"></audio>', '<video src="/v.mp4" poster="/p.jpg"></video>',
    '<video poster="/p.jpg">Words</video>', '<embed src="/a.mp3">', '<object data="/a.svg"></object>', '<object data="/r.pdf">The report</object>',
    f'<noscript><iframe src="{PLAYER}"></iframe></noscript>', '<lite-youtube videoid="aBcDeFgHiJk"></lite-youtube>',
    f'<a href="{V}">Watch it</a>', '<a href="/a.mp3">a.mp3</a>', f'<a href="/x"><iframe src="{PLAYER}"></iframe></a>', '<a href="/x"><video src="/v.mp4"></video></a>',
    '<script src="https://gist.github.com/ann/0a1b.js"></script>', "<button>Python</button>", "<br>", "words ", "word", " ", '<img src="/i.png">',
])  # fmt: skip


def _wrapped(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    tags = st.sampled_from(["div", "figure", "p", "blockquote", "section", "span", "ul"])
    return st.builds(lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>", tags, st.lists(inner, max_size=4))


@given(st.lists(st.recursive(_LEAVES, _wrapped, max_leaves=8), max_size=6).map("".join))
def test_reading_the_output_again_adds_nothing(html: str) -> None:
    once = sanitize_html(html)
    twice = sanitize_html(once)
    assert (twice.count("<a "), twice.count("<img ")) == (once.count("<a "), once.count("<img "))
    assert sanitize_html(twice) == twice
    assert len(twice) <= len(once)
