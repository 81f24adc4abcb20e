"""Enclosures and pictures: addresses absolute, types never blank, each thing once, one lead image."""

from __future__ import annotations

import re
from dataclasses import replace

from feeds.model import Media, Podcast, SafeHtml, Url
from feeds.normalize.language import tidy
from feeds.normalize.rewrite import is_beacon
from feeds.normalize.text import plain
from feeds.normalize.tree import Element
from feeds.normalize.url import absolute

UNKNOWN = "application/octet-stream"
MIN_WIDTH = 200  # CSS pixels; narrower pictures are thumbnails, faces and badges
MAX_NUMBER = 2**53  # what JSON carries exactly (RFC 8259 §6)

# By ending. Our own and small, since the machine's own table (`mimetypes`) differs from one to the next.
_ENDINGS: dict[str, str] = {
    "mp3": "audio/mpeg", "m4a": "audio/mp4", "m4b": "audio/mp4", "aac": "audio/aac", "ogg": "audio/ogg",
    "oga": "audio/ogg", "opus": "audio/ogg", "flac": "audio/flac", "wav": "audio/wav", "wma": "audio/x-ms-wma",
    "mp4": "video/mp4", "m4v": "video/mp4", "mov": "video/quicktime", "webm": "video/webm", "ogv": "video/ogg",
    "mpg": "video/mpeg", "mpeg": "video/mpeg", "avi": "video/x-msvideo", "m3u8": "application/vnd.apple.mpegurl",
    "jpg": "image/jpeg", "jpeg": "image/jpeg", "jpe": "image/jpeg", "png": "image/png", "gif": "image/gif",
    "webp": "image/webp", "avif": "image/avif", "svg": "image/svg+xml", "bmp": "image/bmp", "tif": "image/tiff",
    "tiff": "image/tiff", "pdf": "application/pdf", "epub": "application/epub+zip", "zip": "application/zip",
    "torrent": "application/x-bittorrent", "json": "application/json", "srt": "application/x-subrip",
    "vtt": "text/vtt", "txt": "text/plain", "html": "text/html", "htm": "text/html",
}  # fmt: skip
# Where neither type nor ending says anything: what nearly all of a medium is
_MEDIUM = {"image": "image/jpeg", "audio": "audio/mpeg", "video": "video/mp4"}
_MEANT = {
    "image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "audio/mp3": "audio/mpeg", "audio/x-mp3": "audio/mpeg",
    "audio/x-m4a": "audio/mp4", "audio/m4a": "audio/mp4", "video/x-m4v": "video/mp4",
}  # fmt: skip
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")
_ENDING = re.compile(r"\.([a-z0-9]{2,7})$")
_NO_PICTURE = re.compile(
    r"gravatar\.com/|/emoji/|/smil(?:ies|eys)/|(?:^|[/_-])(?:logo|icon|avatar|badge|button)s?[_.-]", re.I
)


def type_of(url: str, stated: str = "", medium: str = "") -> str:
    """A media type: the one stated, if it is one; else by the URL's ending; else by the medium; never ""."""
    made = stated.partition(";")[0].strip().lower()
    made = _MEANT.get(made, made)
    if _TYPE.fullmatch(made) and made != UNKNOWN:
        return made
    path = url.partition("#")[0].partition("?")[0].lower()
    ending = _ENDING.search(path.rpartition("/")[2])
    return _ENDINGS.get(ending[1] if ending else "", "") or _MEDIUM.get(medium, UNKNOWN)


def media(found: tuple[Media, ...], base: str) -> tuple[Media, ...]:
    """What hangs on an item, each URL once; what a later mention adds to an earlier one is taken over."""
    kept: dict[str, Media] = {}
    for one in found:
        url = absolute(one.url, base)
        if url is None or is_beacon(url) or (one.width == 1 and one.height == 1):
            continue
        made = replace(
            one,
            url=url,
            type=type_of(url, one.type, one.medium),
            length=one.length if one.length is not None and 0 <= one.length <= MAX_NUMBER else None,
            medium=one.medium.strip().lower(),
            title=plain(one.title),
            description=plain(one.description),
            width=_positive(one.width),
            height=_positive(one.height),
            duration=_positive(one.duration),
            bitrate=_positive(one.bitrate),
            language=tidy(one.language),
            expression=one.expression.strip().lower(),
            thumbnail=absolute(one.thumbnail, base) or "",
        )
        kept[url] = _merged(kept[url], made) if url in kept else made
    return tuple(kept.values())


def _positive(number: int | None) -> int | None:
    return number if number is not None and 0 < number <= MAX_NUMBER else None


def _merged(first: Media, second: Media) -> Media:
    roles = {first.role, second.role}
    return replace(
        first,
        type=second.type if first.type == UNKNOWN else first.type,
        length=first.length or second.length,
        medium=first.medium or second.medium,
        title=first.title or second.title,
        description=first.description or second.description,
        width=first.width or second.width,
        height=first.height or second.height,
        duration=first.duration or second.duration,
        bitrate=first.bitrate or second.bitrate,
        language=first.language or second.language,
        expression=first.expression or second.expression,
        default=first.default or second.default,
        group=first.group or second.group,
        thumbnail=first.thumbnail or second.thumbnail,
        role="enclosure" if "enclosure" in roles else "content" if "content" in roles else "thumbnail",
    )


def lead_image(found: tuple[Media, ...], body: Element | None, podcast: Podcast) -> Url | None:
    """The picture to show beside the title: from the media, widest first; else the body's first big one; else
    whatever small one there is. `found` and `body` are normalized already.
    """
    pictures = [one for one in found if one.role == "thumbnail" or one.type.startswith("image/")]
    order = {"content": 0, "thumbnail": 1, "enclosure": 2}
    pictures.sort(key=lambda one: (order[one.role], -(one.width or 0)))
    big = [one.url for one in pictures if one.width is None or one.width >= MIN_WIDTH]
    inside = [big_one] if body is not None and (big_one := _first_big(body)) else []
    posters = [one.thumbnail for one in found if one.thumbnail]
    small = [one.url for one in pictures]
    cover = [podcast.image] if podcast.image else []
    return next((Url(url) for url in (*big, *inside, *posters, *small, *cover)), None)


def _first_big(body: Element) -> str:
    for image in body.iter("img"):
        source: str = image.get("src", "")
        if source and _wide_enough(image.get("width")) and not _NO_PICTURE.search(source):
            return source
    return ""


def _wide_enough(width: str | None) -> bool:
    digits = re.match(r"\s*(\d{1,5})\s*(?:px\s*)?$", width or "")
    return digits is None or int(digits[1]) >= MIN_WIDTH


def has_picture(html: SafeHtml) -> bool:
    """Is there something to look at or listen to, besides words?"""
    return any(tag in html for tag in ("<img", "<video", "<audio"))
