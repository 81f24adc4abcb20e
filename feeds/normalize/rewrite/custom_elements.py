"""Rewrites elements that HTML does not know: AMP's, web components for players, tags of a site's own templates.

One that names a video, a post or a file becomes a link to it. The content of all others stays, without the element.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from feeds.model import Url
from feeds.normalize.media import media_type_for
from feeds.normalize.rewrite.context import Handler, RewriteContext
from feeds.normalize.rewrite.embed_pages import page_of
from feeds.normalize.rewrite.embeds import replace_embed, stated_urls
from feeds.normalize.rewrite.fallback import fallback_of, put_link_before_content
from feeds.normalize.rewrite.forms import acts_on_page
from feeds.normalize.rewrite.helper_links import first_line, text_for
from feeds.normalize.rewrite.hidden import is_hidden
from feeds.normalize.tag_names import FORMULA_TAGS, HTML_TAGS, SVG_TAGS
from feeds.normalize.tree import Element, mark_dropped, replace_by_text
from feeds.normalize.url import absolute_url

# Advertisements, counters, share buttons, and what needs a script to be of use
_DROPPED = re.compile(
    r"amp-(?:ad|embed|analytics|pixel|auto-ads|sticky-ad|consent|state|font|geo|call-tracking|install-serviceworker"
    r"|user-notification|social-share|addthis|share-tracking|next-page|web-push.*|script|story-auto-ads|recaptcha-input)"
    r"|fb:(?:like|share-button|send|follow|like-box|login-button|comments|comments-count)|g:\w+|(?:social-)?share-buttons?"
)
_RENAMED = {"amp-video": "video", "amp-audio": "audio"}
_ID = r"[\w.:=-]+"
# Word in the tag → attributes that hold an id, what an id looks like, the player's or the post's URL
_PLAYERS = tuple((word, names, re.compile(id_, re.A), template) for word, names, id_, template in (
    ("youtube", ("data-live-channelid",), r"[\w-]+", "https://www.youtube.com/embed/live_stream?channel={}"),
    ("youtube", ("videoid", "video-id", "data-videoid", "data-video-id", "youtube-id", "video", "id"), r"[\w-]{11}",
     "https://www.youtube.com/embed/{}"),
    ("youtube", ("playlistid", "playlist-id", "data-playlistid"), r"[\w-]+",
     "https://www.youtube.com/embed/videoseries?list={}"),
    ("vimeo", ("data-videoid", "videoid", "video-id", "id"), r"\d+", "https://player.vimeo.com/video/{}"),
    ("dailymotion", ("data-videoid", "videoid", "video-id", "id"), r"\w+", "https://www.dailymotion.com/embed/video/{}"),
    ("twitter", ("data-tweetid", "data-tweet-id", "tweetid", "tweet-id", "id"), r"\d+", "https://x.com/i/status/{}"),
    ("tweet", ("data-tweetid", "tweetid", "tweet-id", "id"), r"\d+", "https://x.com/i/status/{}"),
    ("instagram", ("data-shortcode", "shortcode", "id"), r"[\w-]+", "https://www.instagram.com/p/{}/"),
    ("tiktok", ("data-src", "videoid", "video-id", "id"), r"\d+", "https://www.tiktok.com/embed/v2/{}"),
    ("soundcloud", ("data-trackid",), r"\d+", "https://w.soundcloud.com/player/?url=https%3A//api.soundcloud.com/tracks/{}"),
    ("soundcloud", ("data-playlistid",), r"\d+",
     "https://w.soundcloud.com/player/?url=https%3A//api.soundcloud.com/playlists/{}"),
    ("bandcamp", ("album", "album-id", "data-album"), r"\d+", "https://bandcamp.com/EmbeddedPlayer/album={}"),
    ("bandcamp", ("track", "track-id", "data-track"), r"\d+", "https://bandcamp.com/EmbeddedPlayer/track={}"),
    ("brightcove", ("data-video-id", "video-id"), _ID,
     "https://players.brightcove.net/{account}/default_default/index.html?videoId={}"),
    ("video-js", ("data-video-id",), _ID,
     "https://players.brightcove.net/{account}/default_default/index.html?videoId={}"),
    ("jwplayer", ("data-media-id",), _ID, "https://cdn.jwplayer.com/previews/{}"),
    ("gist", ("data-gistid", "gist-id", "id"), r"[0-9a-f]+", "https://gist.github.com/{}"),
    ("imgur", ("data-imgur-id",), r"[\w/]+", "https://imgur.com/{}"),
    ("wistia", ("data-media-hashed-id", "media-id"), r"\w+", "https://fast.wistia.net/embed/iframe/{}"),
    ("mux-", ("playback-id",), r"\w+", "https://player.mux.com/{}"),
    ("codepen", ("data-slug-hash", "slug-hash"), r"\w+", "https://codepen.io/pen/{}"),
    ("megaphone", ("data-episode",), r"\w+", "https://playlist.megaphone.fm/?e={}"),
    ("spotify", ("uri", "data-uri"), r"spotify:[\w:]+", "https://embed.spotify.com/?uri={}"),
))  # fmt: skip
_URL_ATTRIBUTES = ("href", "url", "data-oembed-url", "data-link", "link", "video-src", "video-url")
_TITLES = ("title", "aria-label", "data-title", "data-caption", "playlabel", "alt", "label")
_NOTHING_TO_SEE = re.compile(r"[^?#]*\.(?:js|mjs|css|json)(?:[?#]|$)")

_KNOWN = HTML_TAGS | SVG_TAGS | FORMULA_TAGS


def is_custom(tag: str) -> bool:
    return tag not in _KNOWN and not tag.startswith("feeds-")


def rewrite_custom_players(body: Element, context: RewriteContext) -> None:
    """Rewrites the elements that only component libraries define, before one with a `poster` becomes a picture."""
    for element in [element for element in body.iter("*") if "-" in element.tag or ":" in element.tag]:
        if not is_hidden(element) and is_custom(element.tag):
            _rewrite_player(element, context)


def rewrite_custom(element: Element, context: RewriteContext) -> None:
    """Also shows the title of an element that has neither a URL nor content: a chart that a script draws."""
    _rewrite_player(element, context)
    if (
        element.attrib
        and is_custom(element.tag)
        and not (len(element) or element.text or "icon" in element.tag or acts_on_page(element))
        and (title := first_line(element.get(name) for name in _TITLES))
    ):
        replace_by_text(element, title)


def _rewrite_player(element: Element, context: RewriteContext) -> None:
    if not element.attrib:
        return
    if _DROPPED.fullmatch(element.tag):
        mark_dropped(element)
        return
    if element.tag in _RENAMED:  # by then a known element, which `walk` rewrites
        element.tag = _RENAMED[element.tag]
        return
    titles = tuple(element.get(name) for name in _TITLES)
    if (player := _player_url(element)) is not None:
        fallback = fallback_of(element, context)
        if fallback.leads and fallback.has_blocks:  # an element without an end tag, around what follows it
            page = page_of(player) or player
            put_link_before_content(element, page, text_for(page, *titles, is_page=True), context)
        else:
            replace_embed(element, player, context, *titles)
    elif (url := _stated_url(element, context)) is not None:
        is_icon = "icon" in element.tag
        # `implied_images` makes a picture of it
        is_picture = "-" in element.tag and media_type_for(url).startswith("image/")
        if not (is_icon or is_picture or _NOTHING_TO_SEE.match(url) or element.tag == "amp-list"):
            replace_embed(element, url, context, *titles)


def _player_url(element: Element) -> Url | None:
    """The URL of the video or post whose id an element for one service has."""
    for word, names, pattern, template in _PLAYERS:
        if word in element.tag and (
            id_ := next((value for name in names if (value := element.get(name))), "")
        ):
            if pattern.fullmatch(id_):
                account = quote(element.get("data-account") or element.get("account-id") or "", safe="")
                return absolute_url(template.format(quote(id_, safe=":=/"), account=account))
            if id_.startswith(("http://", "https://")):
                return absolute_url(id_)
    return None


def _stated_url(element: Element, context: RewriteContext) -> Url | None:
    if (url := next(stated_urls(element, context), None)) is not None:
        return url
    stated = (absolute_url(element.get(name) or "", base=context.base) for name in _URL_ATTRIBUTES)
    return next((url for url in stated if url is not None), None)


def _rewrite_template(element: Element, _context: RewriteContext) -> None:
    """Only the template that is the content of a component is shown; others are material for scripts."""
    if element.get("shadowrootmode") is None:
        mark_dropped(element)


HANDLERS: dict[str, Handler] = {"template": _rewrite_template}
