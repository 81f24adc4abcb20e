"""The parts that items and articles are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    name: str = ""
    email: str = ""
    uri: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    term: str
    scheme: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    href: str
    rel: str = "alternate"
    type: str = ""
    title: str = ""
    hreflang: str = ""
    length: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """An enclosure, or a media:content: anything that hangs on an entry and is played or shown."""

    url: str
    type: str = ""  # "" in an Item where the document does not say; never "" in an Article
    length: int | None = None  # bytes
    medium: str = ""  # image, audio, video, document, executable (Media RSS 1.5.1)
    title: str = ""
    description: str = ""
    width: int | None = None
    height: int | None = None
    duration: int | None = None  # seconds
    bitrate: int | None = None  # kilobits a second
    language: str = ""
    expression: str = ""  # full, sample, nonstop
    default: bool = False  # of its group, the one to take
    group: int = 0  # which media:group of the item; 0: none
    thumbnail: str = ""
    role: Literal["enclosure", "content", "thumbnail"] = "enclosure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """podcast:transcript"""

    url: str
    type: str = ""
    language: str = ""
    rel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """podcast:person: who is heard, or had a hand in it."""

    name: str
    role: str = ""
    group: str = ""
    image: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Soundbite:
    """podcast:soundbite"""

    start: float  # seconds
    duration: float  # seconds
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """psc:chapter"""

    start: str  # normal play time (RFC 2326 §3.6): 12.5, 1:02:03
    title: str = ""
    href: str = ""
    image: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Locale:
    """podcast:location"""

    name: str
    geo: str = ""  # geo URI (RFC 5870)
    osm: str = ""  # OpenStreetMap object: R113314


@dataclass(frozen=True, slots=True, kw_only=True)
class Podcast:
    """What itunes:, podcast: and psc: say of an episode."""

    title: str = ""
    duration: str = ""
    episode: str = ""
    episode_name: str = ""  # how apps call it in place of its number
    season: str = ""
    season_name: str = ""
    episode_type: str = ""
    explicit: str = ""
    image: str = ""
    subtitle: str = ""
    summary: str = ""  # itunes:summary, where it is not the item's only one
    keywords: str = ""
    chapters: str = ""  # URL
    chapters_type: str = ""
    marks: tuple[Chapter, ...] = ()  # chapters told in the feed itself
    transcripts: tuple[Transcript, ...] = ()
    voices: tuple[Voice, ...] = ()
    soundbites: tuple[Soundbite, ...] = ()
    location: Locale | None = None

    def __bool__(self) -> bool:
        return self != _NO_PODCAST


_NO_PODCAST = Podcast()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """GeoRSS, WGS 84 degrees. A line or a polygon has more `points`, latitude first, beginning with this one."""

    latitude: float
    longitude: float
    name: str = ""
    shape: Literal["point", "line", "polygon"] = "point"
    points: tuple[tuple[float, float], ...] = ()
