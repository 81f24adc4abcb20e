"""What the URL of a picture says: its width in pixels, and which picture it is whatever the size and format.

Image services and content systems write the size into the path or the query. No URL of another size is made up.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

IMAGE_FILE = re.compile(r"\.(?:jpe?g|jpe|jfif|png|gif|webp|avif|svg|bmp|heic)(?=$|[?#&!:;/])", re.I)

_GOOGLE_PHOTO = re.compile(r"^[\w.-]+\.(?:blogspot|googleusercontent|ggpht)\.com/", re.I)
_GOOGLE_SIZE = re.compile(
    r"[/=](?:[\w-]*?-)??[sw](\d{2,4})(?:-[\w-]*)?(?:/|$)", re.I
)  # /s72-c/, =w400-h243-c
# Not the form of an aspect ratio (16x9, 4x3, 1x1) or of a density (a_2x.jpg)
_SIZE_SUFFIX = re.compile(
    r"[-_](?!16x10|\dx\D)(\d{1,4})x(?:\d{2,4})?(?:_crop\w*|@2x|-c)?(?=\.\w{3,4}$)", re.I
)
_PATH_WIDTHS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"/s?(?!16x10)(\d{2,4})x\d{2,4}(?:_c\d)?/",  # Tumblr: /s75x75_c1/
        r"\._(?:\w{2}_)?S[LX](\d{2,4})_",  # Amazon
        r"/size/w(\d{2,4})(?:h\d{2,4})?/",  # Ghost
        r"[/,]w_(\d{1,4})(?=[,/])",  # Cloudinary, Substack
        r"[/,]width=(\d{1,4})(?=[,/])",  # Cloudflare
        r"/(\d{2,4})px-[^/]+$",  # Wikimedia
        r"/resize:f(?:it|ill):(\d{2,4})\b",  # Medium
        r"^(?:miro|cdn-images-\d)\.medium\.com/(?:v2/|freeze/)?max/(\d{2,4})/",
        r"^ichef\.bbci\.co\.uk/(?:[a-z]+/)+(\d{2,4})/",
        r"/tumblr_\w+_(\d{2,4})(?:sq)?\.\w{3,4}$",
    )
)
_SIZES_IN_PATH = (_SIZE_SUFFIX, *_PATH_WIDTHS)
_KNOWN_WIDTHS = tuple(
    (re.compile(pattern, re.I), width)
    for pattern, width in (
        (r"^(?:i\d*\.ytimg|img\.youtube)\.com/vi(?:_webp)?/[^/]+/(?:default|[0-3])\.", 120),
        (r"^(?:i\d*\.ytimg|img\.youtube)\.com/vi(?:_webp)?/[^/]+/mq\w*\.", 320),
        (r"^(?:[\w-]+\.)*(?:staticflickr|static\.flickr)\.com/[^?]*_[stq]\.\w{3}$", 150),
        (r"^[a-z]\.thumbs\.redditmedia\.com/", 140),
        (r"(?:^cdn\.shopify\.com/|/cdn/shop/)[^?]*_(?:pico|icon|thumb|small)\.\w{3,4}$", 100),
    )
)
_QUERY_WIDTH = re.compile(
    r"[?&](?:(?:w|width|imwidth|maxwidth|max-w|wid|rw|resize|fit|size|sz)=|format=(?=\d+w))(\d{1,5})(?=\D|$)",
    re.I,
)

_TINY_NAME = re.compile(
    r"(?:^|[/_.-])(?:lqip|low-?res|low-?quality|blur(?:red|ry|hash)?|tiny|pixelated)(?:[/_.-]|$)"
    r"|[/?&,](?:e_)?blur[=:_]",
    re.I,
)
_QUALITY = re.compile(r"(?:[?&]q(?:uality)?=|[,/]q_)(\d{1,2})(?=\D|$)", re.I)
_TINY_WIDTH_PIXELS = 100  # of a blurred stand-in; those of the usual systems have 10 to 64
_LOW_QUALITY_PERCENT = 30

_NEXT_IMAGE = re.compile(r"^(?>.*?/_(?:next|vercel)/image/?\?)(?:[^#]*&)?url=([^&#]+)")
_INNER_URL = re.compile(r"(?:/|[?&](?:url|src|image|u)=)https?(?:%3A|:)(?:%2F|/)+", re.I)
_PHOTON = re.compile(r"^i\d\.wp\.com/")
_TRANSFORMATION = r"(?:(?:w|h|q|f|dpr|ar)_[\w.:]+|c_(?:fill|fit|limit|scale|pad)|fl_[\w:]+)"  # Cloudinary
_SIZE_SEGMENT = re.compile(
    r"/(?:\d{2,4}x\d{2,4}|(?:freeze/)?max/\d{2,4}|\d{2,4}px-[^/]+$|size/w\d{2,4}(?:h\d{2,4})?"
    rf"|v1/fi(?:ll|t)/w_[^/]+/[^/]+$|{_TRANSFORMATION}(?:,{_TRANSFORMATION})*+)(?=/|$)",
    re.I,
)
# Parameters of a file that stand for another picture, or another part of it
_PART_PARAMETER = re.compile(
    r"(?<=[?&])(?:rect|page|frame|name|path|key|id|\w*?(?:image|img|photo|file|file_?name)(?:_?id)?)=[^&]*",
    re.I,
)
_SIZE_PARAMETERS = re.compile(
    r"(?<=[?&])(?:w|h|width|height|imwidth|maxwidth|wid|hei|rw|resize|fit|size|sz|q|quality|auto|format|fm|dpr|ssl|crop"
    r"|strip|zoom|blur|webp|s)=[^&]*&?",
    re.I,
)
_EXTENSIONS = re.compile(r"(?:\.(?:jpe?g|png|gif|webp|avif|jfif|heic|tiff?|bmp|svg)){1,3}$", re.I)
_EDITION = re.compile(r"(?:-scaled|[-_]thumb(?:nail)?|[-_@][1-4]x)$", re.I)


def width_in_url(url: str) -> int | None:
    """The width in pixels that the URL states, the smallest if it states several; None if it states none."""
    address = _address(url)
    path = address.partition("?")[0]
    patterns = (_SIZE_SUFFIX, *_PATH_WIDTHS, _GOOGLE_SIZE) if _GOOGLE_PHOTO.match(path) else _SIZES_IN_PATH
    widths = [int(match[1]) for pattern in patterns if (match := pattern.search(path))]
    widths += [width for pattern, width in _KNOWN_WIDTHS if pattern.search(path)]
    if match := _QUERY_WIDTH.search(address):
        widths.append(int(match[1]))
    return min(filter(None, widths), default=None)


def is_low_quality(url: str) -> bool:
    """Whether the URL is that of a tiny or blurred stand-in for the picture, by its own words."""
    address = _address(url)
    if _TINY_NAME.search(address):
        return True
    width, quality = width_in_url(url), _QUALITY.search(address)
    return (width is not None and width <= _TINY_WIDTH_PIXELS) or (
        quality is not None and int(quality[1]) <= _LOW_QUALITY_PERCENT
    )


def picture_key(url: str) -> str:
    """Equal for the URLs of one picture in several sizes and formats, also behind an image service."""
    address = _address(url)
    if "/image" in address and (match := _NEXT_IMAGE.search(address)):
        inner = unquote(match[1])
        address = _address(inner) if "://" in inner else address.partition("/")[0] + inner
    elif "http" in address.lower() and (inner_urls := list(_INNER_URL.finditer(address))):
        address = unquote(address[inner_urls[-1].end() :])
    address = _PHOTON.sub("", address)
    path, mark, query = address.partition("?")
    if _GOOGLE_PHOTO.match(path):
        path = _GOOGLE_SIZE.sub("/", path)
    path = _SIZE_SUFFIX.sub("", _SIZE_SEGMENT.sub("", path))
    # The query of a file states a size, a version or a signature.
    if IMAGE_FILE.search(path):
        query = "&".join(_PART_PARAMETER.findall(mark + query)) if query else ""
    else:
        query = _SIZE_PARAMETERS.sub("", mark + query).strip("?&")
    path = _EDITION.sub("", _EXTENSIONS.sub("", path))
    host, slash, path = f"{path}?{query}".rstrip("?").partition("/")
    return host.lower().removeprefix("www.") + slash + path


def _address(url: str) -> str:
    return url.partition("://")[2].partition("#")[0]
