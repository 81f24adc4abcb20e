"""Enclosures, pictures and podcast fields."""

from __future__ import annotations

import pytest

from feeds.model import Media, Podcast, Transcript
from feeds.normalize.html import rewritten_tree
from feeds.normalize.media import lead_image, media_type_for, normalize_media
from feeds.normalize.podcast import normalize_podcast

BASE = "https://n.example/feed.xml"


@pytest.mark.parametrize(
    ("url", "stated", "medium", "expected"),
    [
        ("https://n.example/a.mp3", "", "", "audio/mpeg"),
        ("https://n.example/a.MP3?x=1.png", "", "", "audio/mpeg"),
        ("https://n.example/a.mp3", "audio/x-own; codecs=1", "", "audio/x-own"),
        ("https://n.example/a.mp3", "audio/mp3", "", "audio/mpeg"),
        ("https://n.example/a.mp3", "mp3", "", "audio/mpeg"),
        ("https://n.example/a.jpg", "image/jpg", "", "image/jpeg"),
        ("https://n.example/a.jpg", "application/octet-stream", "", "image/jpeg"),
        ("https://n.example/a", "", "image", "image/jpeg"),
        ("https://n.example/a", "", "", "application/octet-stream"),
        ("https://n.example/a.b/c", "", "", "application/octet-stream"),
        ("https://n.example/a", "<script>", "", "application/octet-stream"),
    ],
)
def test_media_type(url: str, stated: str, medium: str, expected: str) -> None:
    assert media_type_for(url, stated, medium) == expected


def test_media_have_absolute_urls_and_are_merged_by_url() -> None:
    normalized = normalize_media(
        (
            Media(url="/a.mp3", length=-5, title="<b>One</b> &amp; two"),
            Media(url="javascript:alert(1)"),
            Media(url="/b.jpg", role="content", width=0, thumbnail="javascript:x"),
            Media(url="https://n.example/a.mp3", role="content", length=99, duration=7, thumbnail="/t.jpg"),
            Media(url="/dot.gif", width=1, height=1),
            Media(url="https://pixel.wp.com/b.gif"),
        ),
        BASE,
    )
    assert normalized == (
        Media(
            url="https://n.example/a.mp3",
            type="audio/mpeg",
            length=99,
            title="One & two",
            duration=7,
            thumbnail="https://n.example/t.jpg",
        ),
        Media(url="https://n.example/b.jpg", type="image/jpeg", role="content"),
    )


def picture(name: str, role: str = "content", width: int | None = None) -> Media:
    return Media(url=f"https://n.example/{name}.jpg", type="image/jpeg", role=role, width=width)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("attachments", "html", "expected"),
    [
        ((picture("small", width=300), picture("wide", width=900)), "", "wide"),
        ((picture("thumb", "thumbnail", 100),), "<img src='/body.jpg'>", "body"),
        ((picture("thumb", "thumbnail", 100),), "", "thumb"),
        ((picture("thumb", "thumbnail"), picture("content")), "<img src='/body.jpg'>", "content"),
        ((picture("enclosed", "enclosure"),), "<img src='/body.jpg'>", "enclosed"),
        (
            (),
            "<img src='/face.jpg' width='64'><img src='/logo.jpg'><img src='/body.jpg' width='640'>",
            "body",
        ),
        ((), "", "cover"),
    ],
)
def test_lead_image(attachments: tuple[Media, ...], html: str, expected: str) -> None:
    cover = Podcast(image="https://n.example/cover.jpg")
    assert lead_image(attachments, rewritten_tree(html, BASE), cover) == f"https://n.example/{expected}.jpg"


def test_no_lead_image_without_a_picture() -> None:
    sound = Media(url="https://n.example/a.mp3", type="audio/mpeg")
    assert lead_image((sound,), None, Podcast()) is None


def test_podcast_fields_become_plain_text_and_bad_urls_are_removed() -> None:
    normalized = normalize_podcast(
        Podcast(
            duration=" 12:30 ",
            image="/c.jpg",
            chapters="javascript:x",
            subtitle="<i>Two</i>",
            transcripts=(Transcript(url="/t.vtt"), Transcript(url="data:x")),
        ),
        BASE,
    )
    assert normalized == Podcast(
        duration="12:30",
        image="https://n.example/c.jpg",
        subtitle="Two",
        transcripts=(Transcript(url="https://n.example/t.vtt", type="text/vtt"),),
    )
    assert normalize_podcast(Podcast(), BASE) == Podcast()
