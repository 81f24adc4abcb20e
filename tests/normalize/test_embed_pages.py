"""The URL of an embedded player becomes the URL of the page that shows the same."""

from __future__ import annotations

import pytest

from feeds.model import Url
from feeds.normalize.rewrite.embed_pages import page_of
from feeds.normalize.url import absolute_url


@pytest.mark.parametrize(
    ("player", "page"),
    [
        # YouTube: lists and channels are no videos, and the place to start stays
        ("https://www.youtube.com/embed/aBcDeFgHiJk?rel=0&si=x", "https://www.youtube.com/watch?v=aBcDeFgHiJk"),
        ("https://www.youtube-nocookie.com/embed/aBcDeFgHiJk?start=90", "https://www.youtube.com/watch?v=aBcDeFgHiJk&t=90"),
        ("https://www.youtube.com/embed/aBcDeFgHiJk?list=PLx&amp;start=42", "https://www.youtube.com/watch?v=aBcDeFgHiJk&list=PLx&t=42"),
        ("https://www.youtube.com/embed/aBcDeFgHiJk?start=0", "https://www.youtube.com/watch?v=aBcDeFgHiJk"),
        ("https://youtu.be/aBcDeFgHiJk?t=1m30s", "https://www.youtube.com/watch?v=aBcDeFgHiJk&t=1m30s"),
        ("https://www.youtube.com/v/aBcDeFgHiJk&hl=en&start=9", "https://www.youtube.com/watch?v=aBcDeFgHiJk&t=9"),
        ("https://m.youtube.com/shorts/aBcDeFgHiJk", "https://www.youtube.com/watch?v=aBcDeFgHiJk"),
        ("https://www.youtube.com/embed/videoseries?list=PLabc", "https://www.youtube.com/playlist?list=PLabc"),
        ("https://www.youtube.com/embed?listType=playlist&list=PLabc", "https://www.youtube.com/playlist?list=PLabc"),
        ("https://www.youtube.com/embed/live_stream?channel=UCabc", "https://www.youtube.com/channel/UCabc"),
        ("https://www.youtube.com/embed?listType=search&list=two+words", "https://www.youtube.com/results?search_query=two%20words"),
        ("https://www.youtube.com/embed/?playlist=aBcDeFgHiJk,bBcDeFgHiJk", "https://www.youtube.com/watch_videos?video_ids=aBcDeFgHiJk,bBcDeFgHiJk"),
        # Vimeo: without the key, a private video is not shown
        ("https://player.vimeo.com/video/12345?h=abcdef0123&dnt=1", "https://vimeo.com/12345/abcdef0123"),
        ("https://player.vimeo.com/video/12345#t=90s", "https://vimeo.com/12345#t=90s"),
        ("https://vimeo.com/event/12/embed/x", "https://vimeo.com/event/12"),
        ("https://geo.dailymotion.com/player/x1.html?video=x8abc&start=5", "https://www.dailymotion.com/video/x8abc?start=5"),
        ("https://open.spotify.com/embed/episode/4abc?utm_source=generator&t=12", "https://open.spotify.com/episode/4abc?t=12"),
        ("https://open.spotify.com/embed-podcast/show/4abc", "https://open.spotify.com/show/4abc"),
        ("https://embed.spotify.com/?uri=spotify%3Atrack%3A12", "https://open.spotify.com/track/12"),
        ("https://embed.podcasts.apple.com/us/podcast/x/id1?i=2&theme=dark", "https://podcasts.apple.com/us/podcast/x/id1?i=2"),
        ("https://player.twitch.tv/?video=v12&parent=n.example&t=1h2m", "https://www.twitch.tv/videos/12?t=1h2m"),
        ("https://player.twitch.tv/?channel=abc&parent=n.example", "https://www.twitch.tv/abc"),
        ("https://archive.org/embed/tape-2019?start=30", "https://archive.org/details/tape-2019?start=30"),
        ("https://embed.ted.com/talks/lang/fr/a_talk", "https://www.ted.com/talks/lang/fr/a_talk"),
        ("https://omny.fm/shows/a-show/an-episode/embed?style=cover", "https://omny.fm/shows/a-show/an-episode"),
        ("https://w.soundcloud.com/player/?url=https%3A//soundcloud.com/a/b&color=red", "https://soundcloud.com/a/b"),
        ("https://player-widget.mixcloud.com/widget/iframe/?feed=%2Fa%2Fb%2F", "https://www.mixcloud.com/a/b/"),
        ("https://www.facebook.com/v2.3/plugins/post.php?href=https%3A%2F%2Fwww.facebook.com%2Fa%2Fposts%2F1", "https://www.facebook.com/a/posts/1"),
        ("https://cdn.embedly.com/widgets/media.html?src=x&url=https%3A%2F%2Fyoutu.be%2FaBcDeFgHiJk", "https://www.youtube.com/watch?v=aBcDeFgHiJk"),
        ("https://docs.google.com/presentation/d/e/2PACX-1v/embed?loop=false", "https://docs.google.com/presentation/d/e/2PACX-1v/pub"),
        ("https://www.google.de/maps/embed?pb=!1m18!2d2.29!3d48.85!1s0x47e6:0x8ddc!2sA%20tower!5e0", "https://www.google.com/maps/search/A%20tower/@48.85,2.29,15z"),
        ("https://www.google.com/maps/embed/v1/place?key=secret&q=A+tower", "https://www.google.com/maps/search/?api=1&query=A%20tower"),
        ("https://maps.google.com/maps?q=A+tower&output=embed&iwloc=near", "https://www.google.com/maps?q=A%20tower"),
        ("https://codepen.io/ann/embed/preview/aBc?height=300", "https://codepen.io/ann/pen/aBc"),
        ("https://jsfiddle.net/ann/aBc/embedded/result/", "https://jsfiddle.net/ann/aBc/"),
        ("https://giphy.com/embed/aBc", "https://giphy.com/gifs/aBc"),
        # software that runs on any host
        ("https://tube.example/videos/embed/9c9de5e8-0a1e-484a-b099-e80766180a6d?start=5s", "https://tube.example/videos/watch/9c9de5e8-0a1e-484a-b099-e80766180a6d?start=5s"),
        ("https://social.example:8443/@ann/110000000000000001/embed", "https://social.example:8443/@ann/110000000000000001"),
        ("https://blog.example/post/embed/#?secret=aBc", "https://blog.example/post/"),
    ],
)  # fmt: skip
def test_page_of_a_player(player: str, page: str) -> None:
    url = absolute_url(player)
    assert url is not None
    assert page_of(url) == page


@pytest.mark.parametrize(
    "url",
    [
        "https://bandcamp.com/EmbeddedPlayer/album=1/size=large/",
        "https://w.soundcloud.com/player/?url=https%3A//api.soundcloud.com/tracks/1",  # the API shows nothing
        "https://www.youtube.com/embed/videoseries",
        "https://www.youtube.com/@channel",
        "https://n.example/embed/",
        "https://www.google.com/maps/embed?pb=!1m18",
        "https://www.facebook.com/plugins/video.php?href=javascript:x",
    ],
)
def test_a_url_that_is_no_known_player_has_no_page(url: str) -> None:
    assert page_of(Url(url)) is None
