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
class Podcast:
    """What itunes: and podcast: say of an episode."""

    duration: str = ""
    episode: str = ""
    season: str = ""
    episode_type: str = ""
    explicit: str = ""
    image: str = ""
    subtitle: str = ""
    keywords: str = ""
    chapters: str = ""  # URL
    chapters_type: str = ""
    transcripts: tuple[Transcript, ...] = ()

    def __bool__(self) -> bool:
        return self != Podcast()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """GeoRSS point, WGS 84 degrees."""

    latitude: float
    longitude: float
    name: str = ""
