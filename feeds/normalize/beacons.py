"""Recognises pictures that count readers instead of showing something: tracking pixels, by their URL.

`is_beacon` is certain: the address belongs to a known counter. `resembles_beacon` is not: a file named `pixel.png` may
show a telephone. Use it only where nothing else (a text, a size) says that there is something to see.
"""

from __future__ import annotations

import re
from functools import lru_cache

# (host, beginning of the path, both as regular expressions) of known counters.
_COUNTERS = (
    # services that count the readers of feeds
    (r"(?:feeds|feedproxy)\.(?:feedburner|google)\.com", r"/~(?:r|ff|f)/"),
    (r"(?:[\w-]+\.)*feedsportal\.com", "/"),
    (r"(?:[\w-]+\.)*feedblitz\.com", r"/~/i/"),
    (r"(?:tracking\.)?feedpress\.(?:me|it|com)", r"/[\w/-]+\.gif"),
    (r"api\.follow\.it", "/track"),
    (r"pheedo\.com|(?:www\.)?pheedcontent\.com", "/"),
    # blog systems and newsletters
    (r"pixel\.wp\.com|stats\.wp\.com", "/"),
    (r"stats\.wordpress\.com", r"/b\.gif"),
    (r"feeds\.wordpress\.com", r"/1\.0/"),
    (r"(?:[\w-]+\.)*medium\.com", "/_/stat"),
    (r"eotrx\.substackcdn\.com|flight\.beehiiv\.net|(?:[\w-]+\.)*mailtrack\.io", "/"),
    (r"(?:[\w-]+\.)*(?:list-manage|mandrillapp)\.com", "/track/"),
    (r"track\.hubspot\.com", "/"),
    # publishers
    (r"media\.npr\.org", "/include/images/tracking/"),
    (r"counter\.theconversation\.(?:com|edu\.au)|hits\.guardian\.co\.uk|pixel\.propublica\.org", "/"),
    (r"(?:[\w-]+\.)*(?:vgwort|ioam)\.de", "/"),
    # statistics
    (r"(?:www\.|ssl\.)?google-analytics\.com|(?:[\w-]+\.)*(?:scorecardresearch|quantserve|xiti)\.com", "/"),
    (r"c\.statcounter\.com|mc\.yandex\.(?:ru|com)|counter\.yadro\.ru|(?:[\w-]+\.)*imrworldwide\.com", "/"),
    (r"ping\.chartbeat\.net|(?:queue|sa)\.simpleanalyticscdn\.com|p\.typekit\.net", "/"),
    (r"(?:[\w-]+\.)*goatcounter\.com", "/count"),
    (r"(?:[\w-]+\.)*w3counter\.com", "/tracker"),
    # advertisements
    (r"(?:[\w-]+\.)*(?:doubleclick\.net|adsafeprotected\.com)|pagead2\.googlesyndication\.com", "/"),
    (r"(?:www\.)?googleadservices\.com|pixel\.facebook\.com|analytics\.twitter\.com|bat\.bing\.com", "/"),
    (r"px\.ads\.linkedin\.com|ct\.pinterest\.com", "/"),
    (r"pixel\.(?:quantserve|mathtag|everesttech|rubiconproject|tapad)\..*", "/"),
    (r"(?:www\.)?facebook\.com", r"/tr\b"),
    (r"t\.co", "/i/adsct"),
    (r"[\w-]+\.(?:assoc-amazon|amazon-adsystem)\.com", r"/e/ir\b"),
    (r"ad\.linksynergy\.com", "/fs-bin/show"),
    (r"[\w-]+\.(?:pxf|sjv|evyy)\.(?:io|net)", "/i/"),
)
_COUNTERS_BY_HOST = tuple((re.compile(host, re.I), re.compile(path, re.I)) for host, path in _COUNTERS)
# Programs for statistics that run on any host
_COUNTER_PATH = re.compile(
    r"/wf/open\?upn=|[^?#]*/(?:matomo|piwik|feed-statistics)\.php|[^#]*[?&]feed-stats-post-id=", re.I
)
# File names that say "counter" by themselves
_COUNTER_FILE = re.compile(
    r"(?:[\w-]*[_-])?(?:(?:rss|feed|track(?:ing|er)?|count(?:er|ing)?|stats?|open|view|impression|web)[_-]?"
    r"(?:pixel|beacon)|(?:pixel|beacon)[_-]?(?:track(?:ing|er)?|count(?:er)?))\.(?:gif|png|php|aspx?|cgi)",
    re.I,
)
# File names of a picture without content, or of a counter; pictures to look at may have them too
_EMPTY_FILE = re.compile(
    r"(?:pixel|beacon|tracker|1x1|1px|spacer|blank|clear|transparent|trans|dot)\.gif"
    r"|(?:pixel|beacon|tracker|1x1|1px|spacer|blank|transparent)\.(?:png|php|aspx?|cgi)",
    re.I,
)
# Words that count only with a query: they may also be the name of a picture to look at
_COUNTING_FILE = re.compile(r"(?:count(?:er)?|hit|open|b|mf)\.gif", re.I)
_COUNTER_FOLDER = re.compile(
    r"/(?:tracking|tracker|pixels?|beacons?|analytics|telemetry|collect|impressions?)/", re.I
)
_COUNTER_HOST = re.compile(
    r"(?:pixel|px|ping|metrics|stats?|beacon|track(?:er|ing)?|count(?:er)?|analytics|telemetry|hits?|collector)\d?\.",
    re.I,
)
_FEED_QUERY = re.compile(r"^[^/]*/\?(?:[^#]*&)?feed[\w-]*=", re.I)
_COUNTER_ENDINGS = (".gif", ".png", ".php", ".asp", ".aspx", ".cgi")
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|webp|avif|svg|heic)$", re.I)


def is_beacon(url: str) -> bool:
    """Whether the URL is that of a known counter."""
    host, slash, path = url.partition("://")[2].partition("/")
    path = slash + path
    if any(_COUNTERS_BY_HOST[at][1].match(path) for at in _counters_of(host)) or _COUNTER_PATH.match(path):
        return True
    name = _file_name(path).lower()
    has_word = "pixel" in name or "beacon" in name
    return has_word and name.endswith(_COUNTER_ENDINGS) and _COUNTER_FILE.fullmatch(name) is not None


@lru_cache(maxsize=512)  # the pictures of a body are on a few hosts
def _counters_of(host: str) -> tuple[int, ...]:
    """The indexes in `_COUNTERS_BY_HOST`."""
    return tuple(at for at, (pattern, _) in enumerate(_COUNTERS_BY_HOST) if pattern.fullmatch(host))


def resembles_beacon(url: str) -> bool:
    """Whether the URL has the form of a counter's or of an invisible picture's."""
    if is_beacon(url):
        return True
    address = url.partition("://")[2]
    name = _file_name(address)
    if _FEED_QUERY.match(address) or (
        name.lower().endswith(_COUNTER_ENDINGS) and _EMPTY_FILE.fullmatch(name)
    ):
        return True
    path, query, _ = address.partition("#")[0].partition("?")
    if query and _COUNTING_FILE.fullmatch(name):
        return True
    if not (query or "." not in name) or _PICTURE_FILE.search(path):
        return False
    return _COUNTER_HOST.match(address) is not None or _COUNTER_FOLDER.search(path) is not None


def _file_name(address: str) -> str:
    return address.partition("#")[0].partition("?")[0].rpartition("/")[2]
