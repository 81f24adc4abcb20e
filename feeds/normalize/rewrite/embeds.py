"""Rewrites embedded documents and players of other sites: each becomes a link to the page that shows the same."""

from __future__ import annotations

import re

from feeds.normalize.rewrite.context import Handler, RewriteContext
from feeds.normalize.tree import Element, mark_dropped
from feeds.normalize.url import absolute_url

# URL of an embedded player → URL of the page that shows the same
_EMBEDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"https?://(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]{11})"), "https://www.youtube.com/watch?v={}"),
    (re.compile(r"https?://player\.vimeo\.com/video/(\d+)"), "https://vimeo.com/{}"),
    (re.compile(r"https?://(?:www\.)?dailymotion\.com/embed/video/(\w+)"), "https://www.dailymotion.com/video/{}"),
    (re.compile(r"https?://open\.spotify\.com/embed(?:-podcast)?/(\w+/\w+)"), "https://open.spotify.com/{}"),
)  # fmt: skip


def _rewrite_frame(element: Element, context: RewriteContext) -> None:
    url = absolute_url(element.get("src") or element.get("data-src") or "", base=context.base) or ""
    page = next(
        (template.format(match[1]) for pattern, template in _EMBEDS if (match := pattern.match(url))), ""
    )
    title = element.get("title", "").strip()
    if not page:
        mark_dropped(element)
        return
    element.tag = "a"
    element.attrib.clear()
    element.set("href", page)
    element.text = title or page.partition("://")[2].removeprefix("www.")


HANDLERS: dict[str, Handler] = {"iframe": _rewrite_frame}
