"""Every picture of a body is shown once, from a URL that a reader can load without scripts, or as its text."""

# ruff: noqa: E501 - tables of cases

from __future__ import annotations

import re

import pytest

from feeds.normalize.html import rewritten_tree, sanitize
from feeds.normalize.picture_url import picture_key, width_in_url
from feeds.normalize.rewrite.srcset import best_candidate, parse_srcset
from tests.normalize.clean_body import sanitize_html

N = "https://n.example"
GIF = "data:image/gif;base64,R0lGODlhAQABAAAAACw="


def sources(html: str) -> list[str]:
    """The URLs of the images after sanitizing, without the host. Asserts that a second time changes nothing."""
    once = sanitize_html(html)
    assert sanitize_html(once) == once
    return [url.removeprefix(N) for url in re.findall(r'<img[^>]* src="([^"]*)"', once)]


@pytest.mark.parametrize(
    "image",
    [
        f'<img src="{GIF}" data-src="/a.jpg">',
        '<img data-lazy-src="/a.jpg">',
        '<img src="about:blank" data-original="/a.jpg">',
        '<img src="/images/lazyload.gif#center" data-src="/a.jpg" class="lazy">',
        f'<img src="{GIF}" data-actualsrc="/a.jpg">',
        '<img data-cfsrc="/a.jpg" style="display:none;visibility:hidden">',
        '<img src="/blank.gif" data-echo="/a.jpg">',
        f'<img src="{GIF}" style="opacity:0" data-ll-src="/a.jpg">',
        '<img data-image="/a.jpg" data-image-dimensions="2500x1667" data-load="false">',
        '<img class="lazyload" data-full-url="/a.jpg">',
        '<img data-runner-src="/a.jpg" src="/grey.png">',
        '<img data-orig-file="/a.jpg" src="">',
        '<img data-hi-res-src="/a.jpg" src="/placeholder.svg">',
        '<img data-pin-media="/a.jpg">',
        '<img data-attrs=\'{"src": "https://n.example/a.jpg", "alt": null}\'>',
        '<img data-my-own-loader="/a.jpg" src="/spinner.gif">',
        '<img src="/lowres-20x.jpg" data-src="/a.jpg">',
        '<img src="/a.jpg?w=20&amp;blur=10" data-src="/a.jpg">',
        '<img src="/stand-in.jpg" data-src="/a.jpg" class="blur-up">',
        '<img src="/x.jpg" data-lazyload="true" data-original="/a.jpg">',
        '<img src="/a.jpg" data-src="/a-300x200.jpg">'.replace("/a.jpg", "/a-1024x683.jpg"),
        '<amp-img src="/a.jpg" width="800" height="600" layout="responsive"><noscript><img src="/a.jpg"></noscript></amp-img>',
        '<a-img width="16" height="9" src="/a.jpg"></a-img><noscript>&lt;img src="/a.jpg"&gt;</noscript>',
        '<v-lazy-image src="/a.jpg" src-placeholder="/a-tiny.jpg"></v-lazy-image>',
        '<image src="/a.jpg">',
        '<div class="progressive" data-bg="/a.jpg" style="background-image:url(/a.jpg)"></div>',
        '<a href="/x" style=\'background: #fff url("/a.jpg") no-repeat\'></a>',
        f'<img data-opt-src="/a.jpg" src="{GIF}">',
        '<img data-opt-src="/a.jpg" src="/q:eco/a.jpg">',
        f'<img nitro-lazy-src="/a.jpg" src="{GIF}">',
        f'<img bv-data-src="/a.jpg" src="{GIF}">',
        '<div data-bgset="/b.jpg 400w, /a.jpg 800w [--small] | /c.jpg 300w"></div>',
        '<amp-anim src="/a.jpg"><amp-img placeholder src="/b.jpg"></amp-img></amp-anim>',
        '<figure data-src="/a.jpg"><figcaption>w</figcaption></figure>',
        '<div class="wp-block-cover" style="background-image:url(/a.jpg)"><p>w</p></div>',
    ],
)
def test_a_lazy_image_gets_its_real_url(image: str) -> None:
    assert sources(f"<p>v</p>{image}") in (["/a.jpg"], ["/a-1024x683.jpg"])


@pytest.mark.parametrize(
    "image",
    [
        '<img src="/a.jpg" data-large-file="/b.jpg" data-orig-file="/c.jpg" data-url="/d.jpg" data-pin-media="/e.jpg">',
        '<img src="/a.jpg" data-src="/a.jpg">',
        f'<img src="/a.jpg" data-src="{GIF}">',
        '<img src="/a.jpg" srcset="/b.jpg 1200w">',
        '<img src="/a.jpg" data-src="/b_{width}x.jpg">',
        '<img src="/a.jpg" data-src="/blank.gif">',
        '<img src="/a.jpg" data-src="/loading.svg">',
        '<img src="/a.jpg" srcset="undefined 1x, null 2x">',
        r"<img src=\"https://n.example/a.jpg\">",
        '<picture><source data-src="/a.jpg"><img alt="A"></picture>',
        r'<img src="\\n.example\a.jpg">',
    ],
)
def test_a_real_url_stays(image: str) -> None:
    assert sources(image) == ["/a.jpg"]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (f'<img src="{GIF}" alt="a" data-src="/a.jpg"><noscript><img src="/a.jpg" alt="a"></noscript>', ["/a.jpg"]),
        (f'<noscript><img src="/a.jpg"></noscript><img src="{GIF}" data-src="/a.jpg">', ["/a.jpg"]),
        (f'<img src="{GIF}" alt="a"><noscript><img src="/a.jpg"></noscript>', ["/a.jpg"]),
        ('<figure><div><img src="/max/60/a.png?q=20"><canvas></canvas><noscript><img src="/a.png"></noscript></div></figure>', ["/a.png"]),
        (f'<span><img src="{GIF}" alt="a"><noscript><img srcset="/_next/image?url=%2Fa.jpg&amp;w=640 1x" src="/_next/image?url=%2Fa.jpg&amp;w=1920"></noscript></span>',
         ["/_next/image?url=%2Fa.jpg&amp;w=1920"]),
        ('<a href="/x"><img data-original="/a.jpg" src="grey.gif"></a><noscript><a href="/x"><img src="/a.jpg"></a></noscript>', ["/a.jpg"]),
        ('<p><img data-src="/a.jpg"></p><p>w</p><noscript><img src="/a-1024x768.jpg"></noscript>', ["/a.jpg"]),
        ('<noscript><img src="/a.jpg"><img src="/b.jpg"></noscript>', ["/a.jpg", "/b.jpg"]),
        ('<div><picture><source data-srcset="/a.webp 800w"><img data-src="/a.jpg"></picture><noscript><picture><source srcset="/a.webp"><img src="/a.jpg"></picture></noscript></div>',
         ["/a.jpg"]),
        ('<img src="/a.jpg"><noscript><img src="https://t.example/p?1" width="1" height="1"></noscript>', ["/a.jpg"]),
    ],
)  # fmt: skip
def test_an_image_and_its_copy_for_browsers_without_scripts_are_one(html: str, expected: list[str]) -> None:
    assert sources(html) == expected


def test_the_image_takes_over_what_only_its_copy_says() -> None:
    html = (
        '<img data-src="/a.jpg"><noscript><img src="/a.jpg" alt="A gate" width="800" height="600"></noscript>'
    )
    assert sanitize_html(html) == f'<img src="{N}/a.jpg" alt="A gate" width="800" height="600">'


@pytest.mark.parametrize(
    ("srcset", "expected"),
    [
        ("/s.jpg 300w, /m.jpg 1200w, /l.jpg 2400w", "/m.jpg"),
        ("/l.jpg 2400w, /x.jpg 4000w", "/l.jpg"),
        ("/a.jpg, /b.jpg 2x, /c.jpg 3x", "/b.jpg"),
        ("/w_424,c_limit/a.jpg 424w, /w_848,c_limit/a.jpg 848w", "/w_848,c_limit/a.jpg"),
        (f"{GIF} 1x, /a.jpg 2x", "/a.jpg"),
        ("/pic of day.jpg 400w, /pic of night.jpg 800w", "/pic%20of%20night.jpg"),
        ("https://n.example/a.jpg,https://n.example/b.jpg 2x", "/b.jpg"),
        ("https://n.example/w_9,h_9/a,b.jpg 400w,https://n.example/c.jpg 300w", "/w_9,h_9/a,b.jpg"),
        ("javascript:x 1w", None),
    ],
)
def test_the_best_candidate_is_the_largest_of_a_sensible_size(srcset: str, expected: str | None) -> None:
    best = best_candidate(parse_srcset(srcset, N))
    assert best is None if expected is None else best is not None and best.url == N + expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<img srcset="/s.jpg 300w, /l.jpg 1600w" sizes="100vw">', "/l.jpg"),
        (f'<img src="{GIF}" data-srcset="/s.jpg 360w, /l.jpg 1536w" data-sizes="auto">', "/l.jpg"),
        ('<img src="/a.jpg?w=20" srcset="/a.jpg?w=400 400w, /a.jpg?w=800 800w">', "/a.jpg?w=800"),
        ('<img data-src="/a_{width}x.jpg" data-widths="[180, 1080, 2048]">', "/a_1080x.jpg"),
        ('<picture><source srcset="/a.avif"><source srcset="/s.jpg 480w, /l.jpg 1200w"></picture>', "/l.jpg"),
        (f'<picture><source srcset="/s.jpg 1x, /l.jpg 2x"><img src="{GIF}"></picture>', "/l.jpg"),
        ('<picture><source srcset="/l.jpg"><img src="/a.jpg?w=20"></picture>', "/l.jpg"),
        ('<picture><source srcset="/l.jpg"><img src="/placeholder.png"></picture>', "/l.jpg"),
        ('<picture><source srcset="/l.webp"><img src="l.jpg"></picture>', "/news/l.jpg"),
        (
            '<img src="/fill/w_147,h_98,q_80,blur_2/a.jpg" srcset="/fill/w_980,h_653/a.jpg 1x">',
            "/fill/w_980,h_653/a.jpg",
        ),
    ],
)
def test_an_image_without_a_real_src_gets_the_best_candidate(html: str, expected: str) -> None:
    assert sources(html) == [expected]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (f'<p>See <img src="{GIF}" alt="the map">here</p>', "<p>See the map here</p>"),
        ('<p>A<img alt="gate">B</p>', "<p>A gate B</p>"),
        ('<img src="blob:https://n.example/1" alt="a chart">', "a chart"),
        ('<img src="file:///C:/a.jpg" title="a plan">', "a plan"),
        ('<img src="{photo}" alt="a photo">', "a photo"),
        ('<img src="%7B%7Bphoto%7D%7D" alt="a photo">', "a photo"),
        ('<img src="undefined" alt="a photo">', "a photo"),
        ('<img src="[object Object]" alt="a photo">', "a photo"),
        ('<img src="/a.jpg?w=9&amp;amp;s=1">', f'<img src="{N}/a.jpg?w=9&amp;s=1">'),
        ('<img alt="&lt;script&gt;x&lt;/script&gt;">', "&lt;script&gt;x&lt;/script&gt;"),
        (f'<figure><img src="{GIF}" alt="A"><figcaption>c</figcaption></figure>', "<figure>A<figcaption>c</figcaption></figure>"),
        (f'<img aria-hidden="true" src="{GIF}" alt="a blur">w', "w"),
        (f'<img src="{GIF}">w', "w"),
        ('<img src="data:,">w', "w"),
        (f'w <img src="data:image/png;base64,{"A" * 5000}"> w', "w [Image] w"),
    ],
)  # fmt: skip
def test_a_picture_that_cannot_be_shown_becomes_its_text(html: str, expected: str) -> None:
    assert sanitize_html(html) == expected


@pytest.mark.parametrize(
    ("stated", "kept"),
    [
        ('width="640" height="480"', ' width="640" height="480"'),
        ('width="640px" height="480.5"', ' width="640" height="480"'),
        ('width="640" height="auto"', ' width="640"'),
        ('width="100%" height=""', ""),
        ('alt="A" title="B"', ' alt="A" title="B"'),
    ],
)
def test_texts_and_valid_sizes_are_kept(stated: str, kept: str) -> None:
    assert sanitize_html(f'<img src="{N}/a.jpg" {stated}>') == f'<img src="{N}/a.jpg"{kept}>'


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<img class="desktop" src="/a-1200x600.jpg"><img class="mobile" src="/a-400x200.jpg">', ["/a-1200x600.jpg"]),
        ('<img src="/a-400x200.jpg"><span><img src="/a.jpg"></span>', ["/a.jpg"]),
        ('<picture><source srcset="/a.webp"></picture><img src="/a.jpg">', ["/a.webp"]),
        ('<p><img src="/a-300x200.jpg" class="wp-post-image"></p><p>w</p><figure><img src="/a-1024x683.jpg"></figure>', ["/a-1024x683.jpg"]),
        ('<img src="/a.jpg" class="wp-post-image"><p>w</p><img src="/a.jpg">', ["/a.jpg"]),
        ('<img src="/a.jpg"><p>w</p><img src="/a-1024x683.jpg">', ["/a-1024x683.jpg"]),
        ('<figure><img src="https://cdn-images-1.medium.com/freeze/max/60/1*a.jpeg?q=20"><canvas></canvas><img data-src="https://cdn-images-1.medium.com/max/800/1*a.jpeg"></figure>',
         ["https://cdn-images-1.medium.com/max/800/1*a.jpeg"]),
        # Not copies, or on purpose:
        ('<img src="/a.jpg?rect=0,0,9,9&amp;w=600"><img src="/a.jpg?rect=9,9,9,9&amp;w=700">', ["/a.jpg?rect=0,0,9,9&amp;w=600", "/a.jpg?rect=9,9,9,9&amp;w=700"]),
        ('<img src="/a.jpg"><p>w</p><img src="/a-340x340.jpg">', ["/a.jpg", "/a-340x340.jpg"]),
        ('<img src="/a.jpg"><p>w</p><img src="/a.jpg">', ["/a.jpg", "/a.jpg"]),
        ('<p>w</p><img src="/a-300x200.jpg"><p>w</p><img src="/a.jpg">', ["/a-300x200.jpg", "/a.jpg"]),
        ('<figure><img src="/a-300x200.jpg"><figcaption>c</figcaption></figure><img src="/a.jpg">', ["/a-300x200.jpg", "/a.jpg"]),
        ('<img src="/a.jpg?id=1&amp;w=300"><img src="/a.jpg?id=2&amp;w=400">', ["/a.jpg?id=1&amp;w=300", "/a.jpg?id=2&amp;w=400"]),
        ('<img src="/star.png"><img src="/star.png">', ["/star.png", "/star.png"]),
        ('<img src="/a.jpg"><img src="/a.webp">', ["/a.jpg", "/a.webp"]),
        ('<a href="/a.jpg"><img src="/a-150x150.jpg"></a><a href="/b.jpg"><img src="/b-150x150.jpg"></a>', ["/a-150x150.jpg", "/b-150x150.jpg"]),
    ],
)  # fmt: skip
def test_a_picture_that_is_there_in_two_sizes_is_shown_once(html: str, expected: list[str]) -> None:
    assert sources(html) == expected


@pytest.mark.parametrize(
    "html",
    [
        '<div style="background-image:url(/texture.png)"><p>w</p></div>',
        f"<span style=\"background-image:url('{GIF}')\"></span>",
        '<div style="background:url(/a.jpg)"><img src="/b.jpg"></div>',
        '<x-player src="/a.mp4" poster="/a.jpg"></x-player>',
    ],
)
def test_a_background_behind_content_is_no_picture(html: str) -> None:
    assert "/texture.png" not in sources(html)
    assert "/a.jpg" not in sources(html)


def test_a_picture_in_the_body_itself_leads_to_the_page_unless_it_is_in_a_link() -> None:
    plot = f'<img src="data:image/png;base64,{"A" * 5000}">'
    page = f"{N}/a"
    body = sanitize(rewritten_tree(f'<p>{plot}</p><a href="/b">{plot}</a>', N, page))
    link = '<a href="{}" rel="noopener noreferrer">[Image]</a>'
    assert body == f"<p>{link.format(page)}</p>{link.format(N + '/b')}"


def test_what_follows_an_image_element_without_end_tag_stays() -> None:
    html = '<amp-img src="/a.jpg" width="1" height="1" layout="responsive"><p>words</p>'
    assert sanitize_html(html) == f'<img src="{N}/a.jpg"><p>words</p>'


@pytest.mark.parametrize(
    ("url", "width"),
    [
        ("a-150x150.jpg", 150),
        ("a_100x.jpg", 100),
        ("100x80/a.jpg", 100),
        ("a-1024x683.jpg?w=300", 300),
        ("image/fetch/w_1456,c_limit/https%3A%2F%2Fx%2Fa.png", 1456),
        ("a.jpg?resize=925%2C925&ssl=1", 925),
        ("thumb/a/a1/A.jpg/120px-A.jpg", 120),
        ("a-16x9.jpg", None),
        ("1x1/a.jpg", None),
        ("abc/def-01/s75x75_c1/9.jpg", 75),
        ("content/images/size/w600/2024/05/a.jpg", 600),
        ("galaxy-s24/a.jpg", None),
        ("a_1x.jpg", None),
        ("a-2x.png", None),
        ("a.jpg?v=20240501", None),
    ],
)
def test_the_width_that_a_url_states(url: str, width: int | None) -> None:
    assert width_in_url(f"{N}/{url}") == width


@pytest.mark.parametrize(
    "same",
    [
        "https://www.n.example/i/a-1024x768.jpg",
        "https://n.example/i/a-scaled.jpg?w=640",
        "https://n.example/i/a.jpg.webp",
        "https://i0.wp.com/n.example/i/a.jpg?fit=480%2C441&ssl=1",
        "https://n.example/_next/image?url=%2Fi%2Fa.jpg&w=640&q=75",
        "https://n.example/size/w1000/i/a.jpg",
        "https://n.example/i/a_2x.jpg",
        "https://n.example/i/w_600,h_400,c_fill,q_auto,f_auto/a.jpg",
        "https://n.example/i/a.jpg/v1/fill/w_147,h_98,al_c,blur_2,enc_auto/a.jpg",
        "https://substackcdn.com/image/fetch/$s_!x!,w_1456,c_limit/https%3A%2F%2Fn.example%2Fi%2Fa.jpg",
    ],
)
def test_the_key_of_a_picture_is_the_same_in_every_size(same: str) -> None:
    assert picture_key(same) == picture_key("https://n.example/i/a.jpg")
    assert picture_key(same) != picture_key("https://n.example/i/b.jpg")
