"""Turns the URL of an embedded player into the URL of the page that shows the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote_plus

from feeds.model import Url
from feeds.normalize.rewrite.embed_table import ROWS_BY_HOST
from feeds.normalize.tracking import GOOGLE_HOST
from feeds.normalize.url import absolute_url, clean_url, url_host

_MAX_PARAMETERS = 60  # a map with its layers has some 20


class PlayerUrl(NamedTuple):
    """The parts of a player's URL. `host` has no `www.`; the values of `query` are decoded."""

    host: str
    path: str
    query: dict[str, str]
    fragment: str


_Rule = Callable[[PlayerUrl], str]  # returns "" if the rule does not apply


@lru_cache(maxsize=512)
def page_of(url: Url) -> Url | None:
    """The page that shows what the player at `url` plays; None if the player is not a known one.

    The page keeps where to start, the playlist, and the key of a private video.
    """
    player = _parts(url)
    for rule in _rules_for(player.host):
        if found := rule(player):
            page = absolute_url(found)
            return clean_url(page) if page else None
    for pattern, template in _PAGES_ON_ANY_HOST:
        if match := pattern.fullmatch(player.path):
            page = absolute_url(url.partition("://")[0] + "://" + url_authority(url) + match.expand(template))
            return Url(page + _kept(("start",), player.query)) if page else None
    if player.fragment.startswith("?secret=") and player.path.rstrip("/").endswith("/embed"):
        return Url(url.partition("#")[0].partition("?")[0].rstrip("/").removesuffix("embed"))
    return None


def url_authority(url: Url) -> str:
    """The host of an absolute URL, with its port."""
    return url.partition("://")[2].partition("/")[0]


# Software that runs on many hosts: PeerTube, Mastodon, Pixelfed, Misskey
_PAGES_ON_ANY_HOST: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"/videos/embed/([0-9A-Za-z]{22}|[0-9a-f-]{36})/?"), r"/videos/watch/\1"),
    (re.compile(r"/video-playlists/embed/([0-9A-Za-z]{22}|[0-9a-f-]{36})/?"), r"/w/p/\1"),
    (re.compile(r"(/@[\w.@-]+/\d+)/embed/?", re.A), r"\1"),
    (re.compile(r"(/users/[\w.-]+/statuses/\d+)/embed/?", re.A), r"\1"),
    (re.compile(r"(/p/[\w.-]+/\d+)/embed/?", re.A), r"\1"),
    (re.compile(r"/embed(/notes/\w+)/?", re.A), r"\1"),
)


def _parts(url: Url) -> PlayerUrl:
    rest, _, fragment = url.partition("#")
    stem, _, query = rest.partition("?")
    path = "/" + stem.partition("://")[2].partition("/")[2]
    if "&" in path:  # the old Flash players: /v/ID&hl=en&start=90
        path, _, more = path.partition("&")
        query = f"{query}&{more}"
    return PlayerUrl(url_host(url).removeprefix("www."), path, _parameters(query), fragment)


def _parameters(query: str) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for part in query.split("&")[:_MAX_PARAMETERS]:
        name, _, value = part.partition("=")
        # A URL that was escaped twice has `amp;` before the names.
        parameters.setdefault(unquote_plus(name).removeprefix("amp;"), unquote_plus(value))
    return parameters


def _kept(names: tuple[str, ...], query: dict[str, str]) -> str:
    parts = [f"{name}={quote(value, safe='')}" for name in names if (value := query.get(name))]
    return "?" + "&".join(parts) if parts else ""


def _rules_for(host: str) -> tuple[_Rule, ...]:
    if GOOGLE_HOST.fullmatch(host.removeprefix("maps.")):
        return (_google_map,)
    while host:
        if host in _RULES_BY_HOST:
            return _RULES_BY_HOST[host]
        host = host.partition(".")[2]
    return ()


_WILDCARD = re.compile(r"\*\*|\*|\.\.\.$")
_WILDCARDS = {"**": "(.+)", "*": "([^/]+)", "...": ".*"}
_PLACEHOLDER = re.compile(r"\{(=?)([\w-]+)\}")


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of `embed_table`."""

    pattern: re.Pattern[str]
    template: str
    kept: tuple[str, ...]
    base: str  # of the URLs in parameters

    def __call__(self, player: PlayerUrl) -> str:
        match = self.pattern.fullmatch(player.path)
        if match is None:
            return ""
        pieces, at = [], 0
        for placeholder in _PLACEHOLDER.finditer(self.template):
            value = self._value(placeholder[2], placeholder[1] != "", match, player)
            if not value:
                return ""
            pieces += [self.template[at : placeholder.start()], value]
            at = placeholder.end()
        return "".join(pieces) + self.template[at:] + _kept(self.kept, player.query)

    def _value(self, name: str, is_url: bool, match: re.Match[str], player: PlayerUrl) -> str:
        if is_url:
            url = absolute_url(player.query.get(name, ""), base=self.base)
            return (page_of(url) or url) if url else ""
        if name.isdecimal():
            return match[int(name)].rstrip("/")
        return player.host if name == "host" else quote(player.query.get(name, ""), safe=":")


def _row(row: str, domain: str) -> _Row:
    path, _, rest = row.strip().partition(" → ")
    template, _, names = rest.partition(" & ")
    at, pieces = 0, []
    for wildcard in _WILDCARD.finditer(path):
        pieces += [re.escape(path[at : wildcard.start()]), _WILDCARDS[wildcard[0]]]
        at = wildcard.end()
    pattern = re.compile("".join(pieces) + re.escape(path[at:]) + "/?")
    return _Row(pattern, template, tuple(names.split()), f"https://www.{domain}/")


_VIDEO_ID = re.compile(r"[\w-]{11}", re.A)
_LIST_ID = re.compile(r"[\w-]+", re.A)
_START = re.compile(r"(?=\d)(?:\d+h)?(?:\d+m)?(?:\d+s?)?", re.A)
_YOUTUBE_PLAYERS = frozenset({"embed", "v", "e", "shorts", "live", "vi"})


def _start(query: dict[str, str], fragment: str = "") -> str:
    """The time at which a player starts, as `90` or `1m30s`; "" if it starts at the beginning."""
    stated = query.get("start") or query.get("t") or query.get("time") or _parameters(fragment).get("t", "")
    return stated if _START.fullmatch(stated) and stated.strip("0hms") else ""


def _youtube(player: PlayerUrl) -> str:
    query = player.query
    kind, _, rest = player.path.strip("/").partition("/")
    video = rest.partition("/")[0] if kind in _YOUTUBE_PLAYERS else query.get("v", "")
    if player.host == "youtu.be":
        video = kind
    playlist = query.get("list", "")
    if video == "live_stream" and _LIST_ID.fullmatch(query.get("channel", "")):
        return f"https://www.youtube.com/channel/{query['channel']}"
    if query.get("listType") == "search":
        return f"https://www.youtube.com/results?search_query={quote(playlist)}" if playlist else ""
    if query.get("listType") == "user_uploads":
        return f"https://www.youtube.com/user/{quote(playlist, safe='')}" if playlist else ""
    playlist = playlist if _LIST_ID.fullmatch(playlist) else ""
    if _VIDEO_ID.fullmatch(video) and video not in {"videoseries", "live_stream"}:
        start = _start(query, player.fragment)
        return (
            f"https://www.youtube.com/watch?v={video}"
            + (playlist and f"&list={playlist}")
            + (start and f"&t={start}")
        )
    if playlist:
        return f"https://www.youtube.com/playlist?list={playlist}"
    videos = query.get("playlist", "")
    if kind == "embed" and videos:
        return f"https://www.youtube.com/watch_videos?video_ids={quote(videos, safe=',')}"
    return ""


_VIMEO = re.compile(r"/video/(\d+)/?", re.A)


def _vimeo(player: PlayerUrl) -> str:
    match = _VIMEO.match(player.path)
    if match is None:
        return ""
    key, start = player.query.get("h", ""), _start(player.query, player.fragment)
    page = f"https://vimeo.com/{match[1]}" + (f"/{key}" if key.isalnum() else "")
    return page + (start and f"#t={start}")


_SPOTIFY = re.compile(r"/(?:intl-[\w-]+/)?embed(?:-podcast|-legacy)?/(\w+/[\w/]+)", re.A)


def _spotify(player: PlayerUrl) -> str:
    match = _SPOTIFY.match(player.path)
    named = player.query.get("uri", "").removeprefix("spotify:").replace(":", "/")
    path = match[1].removesuffix("/video") if match else quote(named)
    return f"https://open.spotify.com/{path}" + _kept(("t",), player.query) if path else ""


def _soundcloud(player: PlayerUrl) -> str:
    """The page of the track. A URL of the API is none; the player itself is the nearest page then."""
    url = absolute_url(player.query.get("url", "")) if player.path.startswith("/player") else None
    return url if url and not url_host(url).startswith("api") else ""


def _twitch(player: PlayerUrl) -> str:
    query = player.query
    if video := query.get("video", "").removeprefix("v"):
        return f"https://www.twitch.tv/videos/{quote(video)}" + _kept(("t",), query)
    if collection := query.get("collection"):
        return f"https://www.twitch.tv/collections/{quote(collection)}"
    return f"https://www.twitch.tv/{quote(query['channel'])}" if query.get("channel") else ""


_MAP_PLACE = re.compile(r"!1s0x[0-9a-f]+:0x[0-9a-f]+!2s([^!]+)", re.I)
_MAP_POINT = re.compile(r"!2d(-?[\d.]+)!3d(-?[\d.]+)", re.A)
_MAP_SEARCH = "https://www.google.com/maps/search/?api=1&query="
_MAP_NAMES = ("q", "ll", "z", "cid", "saddr", "daddr", "mid")


def _google_map(player: PlayerUrl) -> str:
    """Google refuses to show its embedded maps outside a frame, so the link goes to a search for the place."""
    query, path = player.query, player.path
    if not path.startswith("/maps"):
        return ""
    if path.startswith("/maps/d/"):
        return "https://www.google.com/maps/d/viewer" + _kept(("mid",), query) if query.get("mid") else ""
    if query.get("output") == "embed":
        return "https://www.google.com/maps" + _kept(_MAP_NAMES, query)
    if not path.startswith("/maps/embed"):
        return ""
    if query.get("destination"):
        return "https://www.google.com/maps/dir/" + _kept(
            ("api", "origin", "destination"), {**query, "api": "1"}
        )
    coded = query.get("pb", "")
    point, place = _MAP_POINT.search(coded), _MAP_PLACE.search(coded)
    if place and point:
        return f"https://www.google.com/maps/search/{quote(place[1], safe='')}/@{point[2]},{point[1]},15z"
    if point:
        return f"{_MAP_SEARCH}{point[2]},{point[1]}"
    searched = query.get("q") or query.get("center")
    return _MAP_SEARCH + quote(searched) if searched else ""


_RULES_BY_HOST: dict[str, tuple[_Rule, ...]] = {
    **{
        host: tuple(_row(row, host) for row in rows.strip().splitlines())
        for host, rows in ROWS_BY_HOST.items()
    },
    **dict.fromkeys(("youtube.com", "youtube-nocookie.com", "youtu.be", "youtube.googleapis.com"), (_youtube,)),
    "player.vimeo.com": (_vimeo,),
    "open.spotify.com": (_spotify,),
    "embed.spotify.com": (_spotify,),
    "soundcloud.com": (_soundcloud,),
    "player.twitch.tv": (_twitch,),
    "embed.twitch.tv": (_twitch,),
}  # fmt: skip
