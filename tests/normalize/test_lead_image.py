"""The lead image: large, of the article, for everybody, and the one that the body shows."""

from __future__ import annotations

import pytest

from feeds.model import Body, Media, Podcast, Url
from feeds.normalize.html import rewritten_tree
from feeds.normalize.lead_image import lead_image
from tests.normalize.articles import article_of

BASE = "https://n.example/feed.xml"
COVER = Podcast(image="https://n.example/cover.jpg")


def picture(name: str, role: str = "content", width: int | None = None) -> Media:
    return Media(url=f"https://n.example/{name}", type="image/jpeg", role=role, width=width)  # type: ignore[arg-type]


def choose(*attachments: Media, html: str = "", podcast: Podcast = COVER) -> Url | None:
    return lead_image(attachments, rewritten_tree(html, BASE), podcast)


@pytest.mark.parametrize(
    ("attachments", "html", "expected"),
    [
        ((picture("small.jpg", width=300), picture("wide.jpg", width=900)), "", "wide.jpg"),
        ((picture("thumb.jpg", "thumbnail"), picture("content.jpg")), "<img src='/body.jpg'>", "content.jpg"),
        ((picture("enclosed.jpg", "enclosure"),), "<img src='/body.jpg'>", "enclosed.jpg"),
        ((), "<img src='/face.jpg' width='64'><img src='/logo.png'><img src='/body.jpg'>", "body.jpg"),
        ((), "<img src='/banner.jpg' width='728' height='60'><img src='/body.jpg' width='640'>", "body.jpg"),
        ((), "<img src='/a.jpg' class='emoji' alt=':x:'><img src='/spacer.gif' alt='x'>", "cover.jpg"),
        ((picture("thumbs/a.jpg"),), "<img src='/body.jpg'>", "body.jpg"),
        ((picture("thumbs/a.jpg"),), "", "thumbs/a.jpg"),
        ((), "", "cover.jpg"),
    ],
)
def test_lead_image(attachments: tuple[Media, ...], html: str, expected: str) -> None:
    assert choose(*attachments, html=html) == f"https://n.example/{expected}"


@pytest.mark.parametrize(
    "small",
    [
        picture("a.jpg", width=100),
        picture("a-150x150.jpg"),
        picture("cache/100x80/a.jpg"),
        picture("a.jpg?w=75"),
        picture("IMG_1.jpg?format=100w"),
        picture("images/I/51abc._SL160_.jpg"),
        picture("cdn/shop/files/a_small.jpg?v=1"),
        picture("abc/def-01/s75x75_c1/9.jpg"),
        Media(url="https://1.bp.blogspot.com/-a/b/c/s72-c/d.jpg", type="image/jpeg", role="thumbnail"),
        Media(url="https://i1.ytimg.com/vi/abc/default.jpg", type="image/jpeg", role="thumbnail"),
        Media(url="https://0.gravatar.com/avatar/abc?s=96", type="image/jpeg", role="content"),
        Media(url="https://v.example/a.mp4", type="video/mp4", thumbnail="https://v.example/a-120x90.jpg"),
    ],
)
def test_a_thumbnail_is_never_the_lead_image(small: Media) -> None:
    assert choose(small, podcast=Podcast()) is None
    assert choose(small, html="<img src='/body.jpg'>") == "https://n.example/body.jpg"


@pytest.mark.parametrize(
    "name",
    [
        "icon-of-the-year.jpg",
        "the-badge-of-honour.jpg",
        "google-pixel-9.jpg",
        "16x9/a.jpg",
        "spacer-bars.jpg",
    ],
)
def test_a_photo_is_not_taken_for_an_icon_or_a_counter_because_of_a_word_in_its_name(name: str) -> None:
    assert choose(html=f"<img src='/{name}'>") == f"https://n.example/{name}"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<img src='/a-200x133.jpg' srcset='/a-768x512.jpg 768w, /a.jpg 2400w'>", "a-768x512.jpg"),
        ("<img src='/a-300x200.jpg' srcset='/a-150x100.jpg 150w, /a-300x200.jpg 300w'>", "a-300x200.jpg"),
        ("<a href='/a.jpg'><img src='/a-150x150.jpg'></a>", "a.jpg"),
        ("<a href='/gallery'><img src='/a-150x150.jpg'></a>", "cover.jpg"),
        ("<img src='/a.jpg' srcset='/b.jpg 1200w'>", "a.jpg"),
    ],
)
def test_a_narrow_image_gives_way_to_a_wider_one_that_the_body_states(html: str, expected: str) -> None:
    assert choose(html=html) == f"https://n.example/{expected}"


@pytest.mark.parametrize(
    ("attached", "shown", "expected"),
    [
        ("a.jpg", "/a-1024x768.jpg", "a-1024x768.jpg"),
        ("a.jpg?w=1200", "/a.jpg?w=640", "a.jpg?w=640"),
        ("a.jpg", "https://i0.wp.com/n.example/a.jpg?resize=1000%2C750", None),
        ("a.jpg", "/a-300x200.jpg", "a.jpg"),
        ("a.jpg", "/b.jpg", "a.jpg"),
    ],
)
def test_the_lead_image_is_the_size_that_the_body_shows_unless_that_is_narrow(
    attached: str, shown: str, expected: str | None
) -> None:
    chosen = choose(picture(attached), html=f"<p>w</p><img src='{shown}'>")
    assert chosen == (f"https://n.example/{expected}" if expected else shown)


def test_nothing_of_an_article_for_adults_is_the_lead_image() -> None:
    shown = Media(url="/a.jpg", type="image/jpeg", role="content")
    rated = Media(url="/b.jpg", type="image/jpeg", role="content", rating="adult")
    assert article_of(media=(shown,)).image == "https://n.example/a.jpg"
    assert article_of(media=(shown, rated)).image is None
    assert article_of(media=(shown,), rating="adult").image is None


def test_a_picture_behind_a_content_warning_is_not_the_lead_image() -> None:
    post = '<p><strong>Content warning:</strong> spiders</p><hr><p>Look<img src="/a.jpg"></p>'
    shown = Media(url="/b.jpg", type="image/jpeg", role="content", rating="nonadult")
    assert article_of(title=None, content=Body(value=post), media=(shown,)).image is None
    assert article_of(content=Body(value=post)).image == "https://n.example/a.jpg"


def test_no_lead_image_without_a_picture() -> None:
    sound = Media(url="https://n.example/a.mp3", type="audio/mpeg")
    assert lead_image((sound,), None, Podcast()) is None
