"""The parts of items and articles. The field names of `Podcast` and its parts appear in JSON Feed output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from feeds.model.text import Text, Url

Rating = Literal["", "adult", "nonadult"]  # media:rating with the scheme urn:simple (Media RSS 1.5.1)


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
    """An enclosure or media:content: a file of an entry that is played or shown."""

    url: str
    type: str = ""  # in an Item "" if the document does not state it; never "" in an Article
    length: int | None = None  # bytes
    medium: str = ""  # image, audio, video, document, executable (Media RSS 1.5.1)
    title: str = ""
    description: str = ""
    width: int | None = None
    height: int | None = None
    duration: int | None = None  # seconds
    bitrate: int | None = None  # kilobits per second
    language: str = ""
    expression: str = ""  # full, sample, nonstop
    default: bool = False  # the preferred one of its group
    group: int = 0  # number of its media:group in the item; 0: none
    thumbnail: str = ""
    rating: Rating = ""
    role: Literal["enclosure", "content", "thumbnail"] = "enclosure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Another page that has the story."""

    source: Text  # the title of the outlet
    title: Text  # of the page
    link: Url


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """podcast:transcript"""

    url: str
    type: str = ""
    language: str = ""
    rel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PodcastPerson:
    """podcast:person: a host, guest or contributor."""

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
class PodcastLocation:
    """podcast:location"""

    name: str
    geo: str = ""  # geo URI (RFC 5870)
    osm: str = ""  # OpenStreetMap object: R113314


@dataclass(frozen=True, slots=True, kw_only=True)
class Podcast:
    """The itunes:, podcast: and psc: elements of an episode."""

    title: str = ""
    duration: str = ""
    episode: str = ""
    episode_name: str = ""  # shown by apps instead of the number
    season: str = ""
    season_name: str = ""
    episode_type: str = ""
    explicit: str = ""
    image: str = ""
    subtitle: str = ""
    summary: str = ""  # itunes:summary, if the item has another summary too
    keywords: str = ""
    chapters: str = ""  # URL
    chapters_type: str = ""
    marks: tuple[Chapter, ...] = ()  # chapters listed in the feed itself
    transcripts: tuple[Transcript, ...] = ()
    voices: tuple[PodcastPerson, ...] = ()
    soundbites: tuple[Soundbite, ...] = ()
    location: PodcastLocation | None = None

    def __bool__(self) -> bool:
        return self != _NO_PODCAST


_NO_PODCAST = Podcast()


@dataclass(frozen=True, slots=True, kw_only=True)
class GeoPlace:
    """GeoRSS, in WGS 84 degrees. A line or polygon lists all its `points` as (latitude, longitude), this one first."""

    latitude: float
    longitude: float
    name: str = ""
    shape: Literal["point", "line", "polygon"] = "point"
    points: tuple[tuple[float, float], ...] = ()
