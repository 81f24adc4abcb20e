"""Normalizes the media of an item: absolute URLs, known types, no duplicates, no counters."""

from __future__ import annotations

import re
from dataclasses import replace

from feeds.model import Media, SafeHtml
from feeds.normalize.beacons import is_beacon, resembles_beacon
from feeds.normalize.language import normalize_tag
from feeds.normalize.text import plain_text
from feeds.normalize.url import absolute_url

UNKNOWN_TYPE = "application/octet-stream"
MAX_JSON_INTEGER = 2**53  # larger integers lose precision in JSON (RFC 8259 §6)

# Not from `mimetypes`, whose table differs between machines.
_TYPES_BY_EXTENSION: dict[str, str] = {
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
# The most frequent type of a medium, for media whose stated type and extension are both unknown
_TYPES_BY_MEDIUM = {"image": "image/jpeg", "audio": "audio/mpeg", "video": "video/mp4"}
_TYPE_ALIASES = {
    "image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "audio/mp3": "audio/mpeg", "audio/x-mp3": "audio/mpeg",
    "audio/x-m4a": "audio/mp4", "audio/m4a": "audio/mp4", "video/x-m4v": "video/mp4",
}  # fmt: skip
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")
_EXTENSION = re.compile(r"\.([a-z0-9]{2,7})$")


def media_type_for(url: str, stated: str = "", medium: str = "") -> str:
    """The stated media type, if it is valid; else the type for the URL's extension, else for the medium; never ""."""
    type_ = stated.partition(";")[0].strip().lower()
    type_ = _TYPE_ALIASES.get(type_, type_)
    if _TYPE.fullmatch(type_) and type_ != UNKNOWN_TYPE:
        return type_
    path = url.partition("#")[0].partition("?")[0].lower()
    extension = _EXTENSION.search(path.rpartition("/")[2])
    return _TYPES_BY_EXTENSION.get(extension[1] if extension else "", "") or _TYPES_BY_MEDIUM.get(
        medium, UNKNOWN_TYPE
    )


def normalize_media(attachments: tuple[Media, ...], base: str) -> tuple[Media, ...]:
    """The attachments of an item, one for each URL. A later one with the same URL fills the gaps of the first."""
    by_url: dict[str, Media] = {}
    for media in attachments:
        url = absolute_url(media.url, base=base)
        if url is None or _is_counter(media, url):
            continue
        normalized = replace(
            media,
            url=url,
            type=media_type_for(url, media.type, media.medium),
            length=media.length
            if media.length is not None and 0 <= media.length <= MAX_JSON_INTEGER
            else None,
            medium=media.medium.strip().lower(),
            title=plain_text(media.title),
            description=plain_text(media.description),
            width=_positive(media.width),
            height=_positive(media.height),
            duration=_positive(media.duration),
            bitrate=_positive(media.bitrate),
            language=normalize_tag(media.language),
            expression=media.expression.strip().lower(),
            thumbnail=absolute_url(media.thumbnail, base=base) or "",
        )
        by_url[url] = _merged(by_url[url], normalized) if url in by_url else normalized
    return tuple(by_url.values())


def _is_counter(media: Media, url: str) -> bool:
    if is_beacon(url) or (media.width == 1 and media.height == 1):
        return True
    return url.lower().partition("?")[0].endswith(".gif") and not media.width and resembles_beacon(url)


def _positive(number: int | None) -> int | None:
    return number if number is not None and 0 < number <= MAX_JSON_INTEGER else None


def _merged(first: Media, second: Media) -> Media:
    roles = {first.role, second.role}
    return replace(
        first,
        type=second.type if first.type == UNKNOWN_TYPE else first.type,
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
        rating="adult" if "adult" in (first.rating, second.rating) else first.rating or second.rating,
        role="enclosure" if "enclosure" in roles else "content" if "content" in roles else "thumbnail",
    )


def has_media(html: SafeHtml) -> bool:
    """Whether the HTML has a picture, video or audio element."""
    return any(tag in html for tag in ("<img", "<video", "<audio"))
