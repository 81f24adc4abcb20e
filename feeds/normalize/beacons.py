"""Recognises pictures that count readers instead of showing something: tracking pixels, by their URL.

`is_beacon` is certain: the address belongs to a known counter. `resembles_beacon` is not: a file named `pixel.png` may
show a telephone. Use it only where nothing else (a text, a size) says that there is something to see.
"""

from __future__ import annotations

import re

# Matched against host and path.
_COUNTERS = re.compile(
    r"""^(?:
      # services that count the readers of feeds
        (?:feeds|feedproxy)\.(?:feedburner|google)\.com/~(?:r|ff|f)/ | (?:[\w-]+\.)*feedsportal\.com/
      | (?:[\w-]+\.)*feedblitz\.com/~/i/ | (?:tracking\.)?feedpress\.(?:me|it|com)/[\w/-]+\.gif
      | api\.follow\.it/track | pheedo\.com/ | (?:www\.)?pheedcontent\.com/
      # blog systems and newsletters
      | pixel\.wp\.com/ | stats\.wordpress\.com/b\.gif | stats\.wp\.com/ | feeds\.wordpress\.com/1\.0/
      | (?:[\w-]+\.)*medium\.com/_/stat | eotrx\.substackcdn\.com/ | flight\.beehiiv\.net/
      | (?:[\w-]+\.)*list-manage\.com/track/ | (?:[\w-]+\.)*mandrillapp\.com/track/ | track\.hubspot\.com/
      | (?:[\w-]+\.)+[\w-]+/wf/open\?upn= | (?:[\w-]+\.)*mailtrack\.io/
      # publishers
      | media\.npr\.org/include/images/tracking/ | counter\.theconversation\.(?:com|edu\.au)/
      | hits\.guardian\.co\.uk/ | pixel\.propublica\.org/ | (?:[\w-]+\.)*vgwort\.de/ | (?:[\w-]+\.)*ioam\.de/
      # statistics
      | (?:www\.|ssl\.)?google-analytics\.com/ | (?:[\w-]+\.)*scorecardresearch\.com/ | (?:[\w-]+\.)*quantserve\.com/
      | c\.statcounter\.com/ | (?:[\w-]+\.)*xiti\.com/ | mc\.yandex\.(?:ru|com)/ | counter\.yadro\.ru/
      | (?:[\w-]+\.)*imrworldwide\.com/ | ping\.chartbeat\.net/ | (?:[\w-]+\.)*goatcounter\.com/count
      | (?:queue|sa)\.simpleanalyticscdn\.com/ | (?:[\w-]+\.)*w3counter\.com/tracker | p\.typekit\.net/
      | [^?\#]*/(?:matomo|piwik)\.php | [^?\#]*/feed-statistics\.php | [^\#]*[?&]feed-stats-post-id=
      # advertisements
      | (?:[\w-]+\.)*doubleclick\.net/ | pagead2\.googlesyndication\.com/ | (?:www\.)?googleadservices\.com/
      | (?:www\.)?facebook\.com/tr\b | pixel\.facebook\.com/ | analytics\.twitter\.com/ | t\.co/i/adsct
      | bat\.bing\.com/ | px\.ads\.linkedin\.com/ | ct\.pinterest\.com/ | (?:[\w-]+\.)*adsafeprotected\.com/
      | [\w-]+\.(?:assoc-amazon|amazon-adsystem)\.com/e/ir\b | ad\.linksynergy\.com/fs-bin/show
      | [\w-]+\.(?:pxf|sjv|evyy)\.(?:io|net)/i/ | pixel\.(?:quantserve|mathtag|everesttech|rubiconproject|tapad)\.
    )""",
    re.X | re.I,
)
# File names that say "counter" by themselves
_COUNTER_FILE = re.compile(
    r"(?:[\w-]*[_-])?(?:(?:rss|feed|track(?:ing|er)?|count(?:er|ing)?|stats?|open|view|impression|web)[_-]?"
    r"(?:pixel|beacon)|(?:pixel|beacon)[_-]?(?:track(?:ing|er)?|count(?:er)?))\.(?:gif|png|php|aspx?|cgi)",
    re.I,
)
# File names of a picture without content, or of a counter; pictures to look at may have them too
_EMPTY_FILE = re.compile(
    r"(?:pixel|beacon|tracker|1x1|1px|spacer|blank|clear|transparent|trans|dot|count(?:er)?|hit|open|b|mf)\.gif"
    r"|(?:pixel|beacon|tracker|1x1|1px|spacer|blank|transparent)\.(?:png|php|aspx?|cgi)",
    re.I,
)
_COUNTER_FOLDER = re.compile(
    r"/(?:tracking|tracker|pixels?|beacons?|analytics|telemetry|collect|impressions?)/", re.I
)
_COUNTER_HOST = re.compile(
    r"(?:pixel|px|ping|metrics|stats?|beacon|track(?:er|ing)?|count(?:er)?|analytics|telemetry|hits?|collector)\d?\.",
    re.I,
)
_FEED_QUERY = re.compile(r"^[^/]*/\?(?:[^#]*&)?feed[\w-]*=", re.I)
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|webp|avif|svg|heic)$", re.I)


def is_beacon(url: str) -> bool:
    """Whether the URL is that of a known counter."""
    address = url.partition("://")[2]
    if _COUNTERS.match(address):
        return True
    return _COUNTER_FILE.fullmatch(_file_name(address)) is not None


def resembles_beacon(url: str) -> bool:
    """Whether the URL has the form of a counter's or of an invisible picture's."""
    address = url.partition("://")[2]
    if is_beacon(url) or _EMPTY_FILE.fullmatch(_file_name(address)) or _FEED_QUERY.match(address):
        return True
    path, query, _ = address.partition("#")[0].partition("?")
    if _PICTURE_FILE.search(path) or not (query or "." not in _file_name(address)):
        return False
    return _COUNTER_HOST.match(address) is not None or _COUNTER_FOLDER.search(path) is not None


def _file_name(address: str) -> str:
    return address.partition("#")[0].partition("?")[0].rpartition("/")[2]
