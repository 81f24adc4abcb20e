"""What a page does not show: hidden elements, frames of no size, frames that count readers or show advertisements."""

from __future__ import annotations

import re

from feeds.model import Url
from feeds.normalize.beacons import is_beacon
from feeds.normalize.tree import Element

# Classes of the share and related-posts boxes that plugins add below an article
WIDGET_CLASSES = frozenset(
    {
        "feedflare",
        "sharedaddy",
        "jp-relatedposts",
        "addtoany_share_save_container",
        "addtoany_share_save",
        "a2a_kit",
        "mc4wp-form",
    }
)

_HIDDEN_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
_NO_SIZE = frozenset({"0", "1", "0px", "1px"})
_NO_SIZE_STYLE = re.compile(r"(?:^|[;\s])(width|height)\s*:\s*[01](?:px)?\s*(?=[;!]|$)", re.I)
_UNWANTED_FRAME = re.compile(
    r"""(?:www\.)?(?:
        (?:ads?|adserver|adservice|googleads|pagead2)\.[^/]+/
      | googletagmanager\.com/ | [^/]*\.(?:doubleclick\.net|amazon-adsystem\.com|adnxs\.com|adsrvr\.org)/
      | (?:[^/]*\.)?(?:googlesyndication|taboola|outbrain|mgid|revcontent|criteo)\.(?:com|net)/
      | google\.com/recaptcha/ | challenges\.cloudflare\.com/
      | (?:apis|plusone)\.google\.com/ | platform\.linkedin\.com/
      | facebook\.com/(?:v[\d.]+/)?plugins/(?:like|likebox|share_button|follow|send|subscribe|login_button)\b
      | platform\.twitter\.com/widgets/(?:tweet_button|follow_button|hub|widget_iframe)
      | widgets\.wp\.com/ | static\.addtoany\.com/ | s7\.addthis\.com/
    )""",
    re.X | re.I,
)


def is_hidden(element: Element) -> bool:
    """Whether the element's own attributes hide it, or it is a share box."""
    style = element.get("style")
    if style is not None and _HIDDEN_STYLE.search(style) and not _is_shown_by_script(element):
        return True
    classes = element.get("class")
    if classes is not None and not WIDGET_CLASSES.isdisjoint(classes.split()):
        return True
    return element.get("hidden") is not None


def _is_shown_by_script(element: Element) -> bool:
    """Whether it is a frame or a player that its page shows as soon as it is loaded: WordPress's embedded posts, and
    the players of its shortcodes.
    """
    if element.tag in {"audio", "video"}:
        return "display" not in (element.get("style") or "").lower()
    return element.tag == "iframe" and (
        "wp-embedded-content" in (element.get("class") or "") or "visib" in (element.get("onload") or "")
    )


def has_no_size(frame: Element) -> bool:
    """Whether width and height are stated as at most one pixel."""
    if {frame.get("width", ""), frame.get("height", "")} <= _NO_SIZE:
        return True
    style = frame.get("style") or ""
    # A chart that fits its width to the page states `width: 0; min-width: 100%`.
    return "min-width" not in style and len(set(map(str.lower, _NO_SIZE_STYLE.findall(style)))) == 2


def is_unwanted_frame(url: Url) -> bool:
    """Whether the URL of a frame is that of an advertisement, a counter, a share button or a human check."""
    return _UNWANTED_FRAME.match(url.partition("://")[2]) is not None or is_beacon(url)
