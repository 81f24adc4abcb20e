"""Finds the page of an embed of which an element states only the id: `<div class="infogram-embed" data-id="1a2b">`.

The script of the service, which feeds do not run, would show the embed.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from feeds.model import Url
from feeds.normalize.tree import Element
from feeds.normalize.url import absolute_url

# Attribute, a word in the class ("" for any), what the value looks like, the page. `{data-user}` in a page is the
# value of another attribute. A page without a value for each of its names does not count.
_ROWS = tuple(
    (attribute, word, re.compile(value, re.A), page)
    for attribute, word, value, page in (
        ("data-postid", "tenor-gif-embed", r"(\d+)", "https://tenor.com/view/{1}"),
        (
            "data-bluesky-uri",
            "",
            r"at://(did:[\w:.-]+)/app\.bsky\.feed\.post/(\w+)",
            "https://bsky.app/profile/{1}/post/{2}",
        ),
        ("data-slug-hash", "codepen", r"(\w+)", "https://codepen.io/{data-user}/pen/{1}"),
        ("data-slug-hash", "codepen", r"(\w+)", "https://codepen.io/pen/{1}"),
        ("data-id", "imgur-embed-pub", r"((?:a/)?\w+)", "https://imgur.com/{1}"),
        ("data-id", "infogram-embed", r"([\w-]+)", "https://infogram.com/{1}"),
        ("data-configid", "issuuembed", r"(\d+/\d+)", "https://e.issuu.com/embed.html#{1}"),
        ("data-tf-widget", "", r"(\w+)", "https://form.typeform.com/to/{1}"),
        ("data-embed-id", "strava", r"(\d+)", "https://www.strava.com/{data-embed-type}/{1}"),
        (
            "data-video-id",
            "",
            r"([\w.:-]+)",
            "https://players.brightcove.net/{data-account}/default_default/index.html?videoId={1}",
        ),
        ("class", "wistia_async_", r".*\bwistia_async_(\w+).*", "https://fast.wistia.net/embed/iframe/{1}"),
    )
)
_NAME = re.compile(r"\{([\w-]+)\}")
_STRAVA_FOLDERS = {"activity": "activities", "route": "routes", "segment": "segments"}

ATTRIBUTES = frozenset(attribute for attribute, *_ in _ROWS if attribute != "class")


def page_by_id(element: Element) -> Url | None:
    """The page of the embed; None if the element has no id of a known service."""
    classes = element.get("class") or ""
    for attribute, word, pattern, page in _ROWS:
        value = element.get(attribute)
        if value and word in classes and (match := pattern.fullmatch(value)):
            url = _NAME.sub(lambda name, match=match: _value(name[1], match, element), page)  # type: ignore[misc]
            if "//" not in url.partition("://")[2]:
                return absolute_url(url)
    return None


def _value(name: str, match: re.Match[str], element: Element) -> str:
    if name.isdecimal():
        return quote(match[int(name)], safe=":/")
    value = element.get(name) or ""
    return quote(_STRAVA_FOLDERS.get(value, value), safe="")
