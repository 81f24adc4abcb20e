"""Recognises pictures that stand for a character (emoji, smileys) and returns the text that they stand for."""

from __future__ import annotations

import re

from feeds.normalize.text import one_line
from feeds.normalize.tree import Element

MAX_EMOJI_CHARS = 40  # a shortcode such as ":woman_in_motorized_wheelchair:" has 32
_SMALL_PIXELS = 40  # the smileys of forums have up to 32
_LARGE_PIXELS = 160  # emoji are stated with up to 72

# A class of the picture: wp-smiley, emoji, emojione, custom-emoji, twemoji, smiley, bbcode-smiley, mfm-emoji
_CLASS = re.compile(
    r"(?:^|[\s_-])(?:emoji(?:one)?s?|twemoji|gemoji|smil(?:e?y|ies|eys|ie)|emoticons?)(?:[\s_-]|$)", re.I
)
# Folders and scripts that hold nothing but emoji
_EMOJI_SOURCE = re.compile(
    r"//s\.w\.org/images/core/emoji/|/wpcom-smileys/|/twemoji[/@]|/images/emoji/|/icons/emoji/|/emoji(?:one|s)?/|/emoji\.php/"
    r"|/custom_emojis/|/smil(?:ies|eys?)/|/emoticons?/|/notoemoji/|/emoji-assets/|//mail\.google\.com/mail/e/",
    re.I,
)
# twemoji's names of files are the code points: 1f469-200d-1f4bb.svg
_CODE_POINTS = re.compile(
    r"/(?:emoji_?u?)?([0-9a-f]{2,5}(?:[-_][0-9a-f]{2,5}){0,9})\.(?:png|svg|gif|webp)(?:$|[?#])", re.I
)
_SYMBOLS = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299"
    "\U0001f000-\U0001faff"
)
_SIGN = re.compile(
    rf"(?:[{_SYMBOLS}][\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*+|[#*0-9]\ufe0f?\u20e3){{1,8}}+"
    r"|:[\w+.-]{1,38}:"  # a shortcode
    r"|(?=\S*[:;=8xX<>^])[DPpOoXxSsCcB38_:;=<>^()\[\]{}|/\\*'~.,$@&#!?+-]{2,6}"  # :-)
)
_TINY_STYLE = re.compile(r"(?:^|;)\s*(?:max-)?height\s*:\s*(?:[01](?:\.\d+)?|2)(?:em|rem|ex)\b", re.I)
_SIZE = re.compile(r"\s*+(\d{1,4})(?:\.\d++)?\s*+(?:px\s*+)?")


def emoji_text(image: Element) -> str:
    """The text that the picture stands for; "" if it is not an emoji, or nobody says which.

    A class of emoji is enough if the `alt` (else the `title`) is short. In a folder of that name there may also be
    pictures about emoji, so there the picture has to be small, or the text a sign, or the file a code point.
    """
    source = image.get("src") or ""
    width = _stated_pixels(image)
    if width is not None and width > _LARGE_PIXELS:
        return ""
    is_classed = _CLASS.search(image.get("class") or "") is not None or image.get("data-emoji") is not None
    in_folder = _is_in_emoji_folder(source)
    is_small = (width is not None and width <= _SMALL_PIXELS) or _TINY_STYLE.search(image.get("style") or "")
    if not (is_classed or in_folder or is_small):
        return ""
    text = one_line(image.get("alt") or "") or one_line(image.get("title") or "")
    if len(text) > MAX_EMOJI_CHARS:
        return ""
    is_sign = _SIGN.fullmatch(text) is not None
    code_points = _CODE_POINTS.search(source) if in_folder or is_classed else None
    if is_classed or (in_folder and (is_sign or code_points or is_small)):
        return text or one_line(image.get("data-emoji") or "") or _characters(code_points)
    return text if is_sign and is_small else ""


def _is_in_emoji_folder(source: str) -> bool:
    low = source.lower()
    may_match = (
        "emoji" in low or "smil" in low or "emoticon" in low or "/mail/e/" in low
    )  # nearly no URL has one
    return may_match and _EMOJI_SOURCE.search(source) is not None


def _stated_pixels(image: Element) -> int | None:
    """The larger of the width and the height that the attributes state; None if they state neither."""
    values = [value for name in ("width", "height") if (value := image.get(name))]
    stated = [match for value in values if (match := _SIZE.fullmatch(value))]
    return max((int(match[1]) for match in stated), default=None)


def _characters(code_points: re.Match[str] | None) -> str:
    if code_points is None:
        return ""
    numbers = [int(number, 16) for number in re.split("[-_]", code_points[1])]
    characters = "".join(map(chr, numbers))
    return characters if _SIGN.fullmatch(characters) else ""
