"""Rewrites scripts that write an embed in their place: a gist, a poll, a slide deck. All other scripts are dropped."""

from __future__ import annotations

import re
from urllib.parse import quote

from feeds.model import Url
from feeds.normalize.rewrite.context import Handler, RewriteContext
from feeds.normalize.rewrite.embed_pages import page_of
from feeds.normalize.rewrite.fallback import become_link
from feeds.normalize.rewrite.helper_links import text_for
from feeds.normalize.tree import Element, mark_dropped
from feeds.normalize.url import absolute_url

# URL of the script → page; matched against host and path
_SCRIPTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.A | re.I), page)
    for pattern, page in (
        (r"(gist\.github\.com/(?:[\w.-]+/)?[0-9a-f]+)\.(?:js|json|pibb)$", r"https://\1"),
        (r"(?:www\.)?(gitlab\.com/[\w./-]{0,200}?snippets/\d+)\.js$", r"https://\1"),
        (r"(?:www\.)?(asciinema\.org/a/\w+)\.js$", r"https://\1"),
        (r"(?:www\.)?buzzsprout\.com/(\d+/[\w-]+)\.js$", r"https://www.buzzsprout.com/\1"),
        (r"(?:www\.)?(jsfiddle\.net/(?:[\w-]+/)*?)embed/", r"https://\1"),
        (r"(datawrapper\.dwcdn\.net/\w+)/embed\.js$", r"https://\1/"),
        (r"cdn\.jwplayer\.com/players/([\w-]+)\.js$", r"https://cdn.jwplayer.com/players/\1.html"),
        (r"content\.jwplatform\.com/players/([\w-]+)\.js$", r"https://cdn.jwplayer.com/players/\1.html"),
        (
            r"fast\.wistia\.(?:com|net)/embed/medias/(\w+)\.jsonp?$",
            r"https://fast.wistia.net/embed/iframe/\1",
        ),
        (r"(?:secure\.|static\.)?polldaddy\.com/p/(\d+)\.js$", r"https://poll.fm/\1"),
        (
            r"(?:embed|ext)\.nicovideo\.jp/(?:thumb_)?watch/(\w+)(?:/script)?$",
            r"https://www.nicovideo.jp/watch/\1",
        ),
        (r"(player\.fireside\.fm/v\d/[\w+-]+)/embed\.js$", r"https://\1"),
        (r"(?:www\.)?pastebin\.com/embed_js/(\w+)$", r"https://pastebin.com/\1"),
        (r"(form\.jotform\.com/)jsform/(\d+)$", r"https://\1\2"),
        (r"(?:www\.)?(riddle\.com/embed/\w+)", r"https://\1"),
    )
)
_SERVICE_IDS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("speakerdeck.com/assets/embed.js", ("data-id",), "https://speakerdeck.com/player/{}"),
    ("infogram", ("data-id", "id"), "https://infogram.com/{}"),
    ("geo.dailymotion.com/player", ("data-video",), "https://www.dailymotion.com/video/{}"),
    ("geo.dailymotion.com/player", ("data-playlist",), "https://www.dailymotion.com/playlist/{}"),
    ("telegram.org/js/telegram-widget.js", ("data-telegram-post",), "https://t.me/{}"),
)
# Calls in inline scripts: a word that every such script has, the call, the page
_CALLS = tuple(
    (word, re.compile(pattern, re.A), page)
    for word, pattern, page in (
        (
            "trends.embed",
            r"\"exploreQuery\"\s*:\s*\"([^\"\\]{1,600})",
            r"https://trends.google.com/trends/explore?\1",
        ),
        ("YT.Player", r"videoId\s*:\s*[\"']([\w-]{11})[\"']", r"https://www.youtube.com/embed/\1"),
        ("twttr.widgets.createTweet", r"createTweet\(\s*[\"'](\d+)[\"']", r"https://x.com/i/status/\1"),
        (
            "VK.Widgets.Post",
            r"Widgets\.Post\(\s*[\"'][\w-]{1,80}[\"']\s*,\s*(-?\d+)\s*,\s*(\d+)",
            r"https://vk.com/wall\1_\2",
        ),
    )
)
_INFOGRAM_ID = re.compile(r"infogram_\d+_(.+)")
_PODIGEE = re.compile(r"https://[\w-]+\.podigee\.io/[\w-]+", re.A)


def _rewrite_script(element: Element, context: RewriteContext) -> None:
    url = _page_of_script(element, context)
    if url is None:
        mark_dropped(element)
        return
    page = page_of(url) or url
    titles = (element.get("title"), element.get("data-title"), element.get("aria-label"))
    become_link(element, page, text_for(page, *titles, is_page=True), context)


def _page_of_script(element: Element, context: RewriteContext) -> Url | None:
    source = absolute_url(element.get("src") or "", base=context.base)
    if source is None:
        inline = element.text or ""
        for word, call, page in _CALLS:
            if word in inline and (match := call.search(inline)):
                return absolute_url(match.expand(page))
        return None
    address = source.partition("#")[0].partition("?")[0].partition("://")[2]
    for pattern, page in _SCRIPTS:
        if match := pattern.match(address):
            return absolute_url(match.expand(page))
    for part, names, template in _SERVICE_IDS:
        if part in address and (id_ := next((value for name in names if (value := element.get(name))), "")):
            if match := _INFOGRAM_ID.match(id_):
                id_ = match[1]
            return absolute_url(template.format(quote(id_, safe="/")))
    if "emgithub" in address:
        return page_of(source)
    if match := _PODIGEE.match(element.get("data-configuration") or ""):
        return absolute_url(match[0])
    return None


HANDLERS: dict[str, Handler] = {"script": _rewrite_script}
