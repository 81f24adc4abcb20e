"""Enclosures and podcast fields."""

from __future__ import annotations

import pytest

from feeds.model import Media, Podcast, Transcript
from feeds.normalize.media import media_type_for, normalize_media
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


def test_a_rating_for_adults_wins_over_another_of_the_same_file() -> None:
    (merged,) = normalize_media(
        (Media(url="/a.jpg", rating="nonadult"), Media(url="/a.jpg", role="content", rating="adult")), BASE
    )
    assert merged.rating == "adult"


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
