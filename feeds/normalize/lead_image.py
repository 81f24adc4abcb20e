"""Chooses the lead image of an article: the picture to show beside its title."""

from __future__ import annotations

import re

from feeds.model import Media, Podcast, Url
from feeds.normalize.beacons import resembles_beacon
from feeds.normalize.picture_url import IMAGE_FILE, picture_key, width_in_url
from feeds.normalize.rewrite.srcset import best_candidate, parse_srcset
from feeds.normalize.tree import Element
from feeds.normalize.url import absolute_url

MIN_WIDTH_PIXELS = 200  # CSS pixels; narrower pictures are thumbnails, faces and badges
MIN_HEIGHT_PIXELS = 80  # lower ones are banners and rules
_GOOD_WIDTH_PIXELS = 600  # a narrower image gives way to a wider candidate of its srcset

_NOT_A_PHOTO = re.compile(
    r"gravatar\.com/|/emoji/|/smil(?:ies|eys)/|//avatars\d*\.githubusercontent\.com/|//img\.shields\.io/"
    r"|//static\.addtoany\.com/|//(?:www\.)?paypalobjects\.com/|/display-ad/|//cdn\.buymeacoffee\.com/buttons/"
    r"|//github\.com/[\w-]+\.png"
    r"|(?:^|[?#])(?>[^?#]*?/(?:avatars?|icons?|badges?|buttons?)/)[^?#]*\.(?:png|gif|svg|ico)(?:$|[?#])"
    r"|[/_-](?:logo|icon|avatar|badge|button)s?(?:[_-][^/?#]{0,255})?\.(?:png|gif|svg|ico)(?:$|[?#])"
    r"|[/_-](?:logo|icon|avatar|badge|button)s?(?:[_-]?\d+(?:x\d+)?)?\.\w{3,4}(?:$|[?#])",  # not "icon-of-the-year"
    re.I,
)
_THUMBNAIL_NAME = re.compile(r"(?:[/_.-])thumb(?:nail)?s?(?:[/_.-]|$)", re.I)
_PIXELS = re.compile(r"\s*(\d{1,5})\s*(?:px\s*)?")
_ROLE_ORDER = {"content": 0, "thumbnail": 1, "enclosure": 2}


def lead_image(
    attachments: tuple[Media, ...], body: Element | None, podcast: Podcast, *, is_sensitive: bool = False
) -> Url | None:
    """The picture to show beside the title; None if there is none. `attachments` and `body` must be normalized.

    In this order: attached pictures (content before thumbnail before enclosure, wider first), the first large image of
    the body, thumbnails by their name and those of other attachments, the podcast's cover. Never a picture that is
    stated to be small, by its attributes or its URL: readers would enlarge it. None for media for adults, and if
    `is_sensitive`: then no picture may be shown unasked.

    If the body shows the attached picture too, in another size, that is the lead image: readers that show it above the
    body know it by its URL.
    """
    if is_sensitive or any(media.rating == "adult" for media in attachments):
        return None
    pictures = [
        media for media in attachments if media.role == "thumbnail" or media.type.startswith("image/")
    ]
    pictures.sort(key=lambda media: (_ROLE_ORDER[media.role], -(media.width or 0)))
    attached = [media.url for media in pictures if _is_large(media.url, media.width, media.height)]
    in_body = _large_images(body) if body is not None else []
    others = [media.thumbnail for media in attachments if _is_large(media.thumbnail, None, None)]
    named_thumbnails = [url for url in attached if _THUMBNAIL_NAME.search(url)]
    photos = [url for url in attached if url not in named_thumbnails]
    cover = [podcast.image] if podcast.image else []
    chosen = next(iter((*photos, *in_body[:1], *named_thumbnails, *others, *cover)), None)
    if chosen is None or chosen in in_body:
        return Url(chosen) if chosen else None
    key = picture_key(chosen)
    same = (url for url in in_body if picture_key(url) == key and _is_wide(url))
    return Url(next(same, chosen))


def _is_large(url: str, width: int | None, height: int | None) -> bool:
    """Whether nothing says that the picture is small, or none to look at."""
    width = width or width_in_url(url)
    if (width is not None and width < MIN_WIDTH_PIXELS) or (
        height is not None and height < MIN_HEIGHT_PIXELS
    ):
        return False
    return bool(url) and not _NOT_A_PHOTO.search(url) and not resembles_beacon(url)


def _is_wide(url: str) -> bool:
    width = width_in_url(url)
    return width is None or width >= _GOOD_WIDTH_PIXELS


def _large_images(body: Element) -> list[str]:
    """The images of a body that are large enough, in order. Of each, the widest candidate if its `src` is narrow."""
    images = []
    for image in body.iter("img"):
        src: str = image.get("src") or ""
        width, height = _pixels(image.get("width")), _pixels(image.get("height"))
        known_width = width or width_in_url(src)
        if (
            known_width is not None
            and known_width < _GOOD_WIDTH_PIXELS
            and (wider := _wider(image, known_width))
        ):
            src, width, height = wider, None, None
        if _is_large(src, width, height):
            images.append(src)
    return images


def _wider(image: Element, width: int) -> str:
    """The best candidate of the image if that is wider; else, for a thumbnail, the file that it links to; else ""."""
    best = best_candidate(parse_srcset(image.get("srcset") or "", ""))
    if best is not None and max(best.size[0], width_in_url(best.url) or 0) > width:
        return best.url
    link = next(image.iterancestors("a"), None)
    href = absolute_url(link.get("href") or "") if link is not None and width < MIN_WIDTH_PIXELS else None
    return href if href is not None and IMAGE_FILE.search(href) else ""


def _pixels(value: str | None) -> int | None:
    match = _PIXELS.fullmatch(value) if value else None
    return int(match[1]) if match else None
