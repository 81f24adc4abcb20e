"""Podcasts: itunes:, podcast: and psc: as they go by, and what they say of an episode.

feedparser takes itunes:summary for content, reads itunes:explicit as yes or no only, and keeps of elements
that stand several times the last.
"""

from __future__ import annotations

from typing import Any

from feeds.model import Category, Chapter, Locale, Podcast, Soundbite, Transcript, Voice
from feeds.parse.parts import Fields, number_of, text
from feeds.parse.reference.raw_extras import Attributes, Extra, Handlers

NAMESPACES = dict.fromkeys(
    (
        "https://podcastindex.org/namespace/1.0",
        "https://podcastindex.org/namespace/1.0/",
        "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
    ),
    "podcast",
)
_ITUNES = "http://www.itunes.com/"  # the scheme that feedparser gives to itunes:keywords


class PodcastElements(Handlers):
    def _start_itunes_summary(self: Any, attrs: Attributes) -> None:
        self.push_content("itunes_summary", attrs, "text/plain", 1)

    def _end_itunes_summary(self: Any) -> None:
        self.pop_content("itunes_summary")

    def _end_itunes_explicit(self: Any) -> None:
        self.pop("itunes_explicit")  # stored as it stands

    def _start_itunes_image(self: Any, attrs: Attributes) -> None:
        super()._start_itunes_image(self._absolute(self._absolute(attrs, "href"), "url"))  # type: ignore[misc]

    _start_itunes_link = _start_itunes_image

    def _start_podcast_transcript(self: Any, attrs: Attributes) -> None:
        self._extra().transcripts.append(self._absolute(attrs, "url"))

    def _start_podcast_chapters(self: Any, attrs: Attributes) -> None:
        self._extra().chapters = self._absolute(attrs, "url")

    def _start_podcast_season(self: Any, attrs: Attributes) -> None:
        self._begin(self._extra().numbers.setdefault("season", attrs))

    def _start_podcast_episode(self: Any, attrs: Attributes) -> None:
        self._begin(self._extra().numbers.setdefault("episode", attrs))

    def _start_podcast_person(self: Any, attrs: Attributes) -> None:
        attrs = self._absolute(self._absolute(attrs, "href"), "img")
        self._extra().voices.append(self._begin(attrs))

    def _start_podcast_soundbite(self: Any, attrs: Attributes) -> None:
        self._extra().soundbites.append(self._begin(attrs))

    def _start_podcast_location(self: Any, attrs: Attributes) -> None:
        self._extra().location = self._begin(attrs)

    def _start_podcast_license(self: Any, attrs: Attributes) -> None:
        self._extra().licenses.append(self._absolute(attrs, "url").get("url", ""))
        self._begin({})

    def _start_podcast_socialinteract(self: Any, attrs: Attributes) -> None:
        self._extra().talks.append(attrs.get("uri", ""))
        self._begin({})

    def _begin(self: Any, attrs: Attributes) -> Attributes:
        """An element whose text joins its attributes when it ends."""
        self.saying = attrs
        self.push("podcast_said", 1)
        return attrs

    def _end_said(self: Any) -> None:
        said = self.pop("podcast_said") or ""
        self.saying.setdefault("text", said.strip())

    _end_podcast_season = _end_podcast_episode = _end_podcast_person = _end_said
    _end_podcast_soundbite = _end_podcast_location = _end_podcast_license = _end_said
    _end_podcast_socialinteract = _end_said

    # the same episode as other files: as good as a media:content

    def _start_podcast_alternateenclosure(self: Any, attrs: Attributes) -> None:
        self.alternate = file_of(attrs)

    def _start_podcast_source(self: Any, attrs: Attributes) -> None:
        url = self._absolute(attrs, "uri").get("uri", "")
        if url and self.alternate is not None:
            self._extra().media.append(self.alternate | {"url": url})
            self.alternate = None  # further sources are the same file elsewhere

    alternate: Attributes | None = None


def file_of(attrs: Attributes) -> Attributes:
    """podcast:alternateEnclosure in the words of media:content."""
    bits = number_of(attrs.get("bitrate"))
    made = attrs | {"filesize": attrs.get("length", ""), "isdefault": attrs.get("default", "")}
    return made | {"bitrate": str(round(bits / 1000)) if bits else ""}


def podcast(entry: Fields, extra: Extra, tags: tuple[Category, ...], summary: str) -> Podcast:
    """What is said of the episode. `summary`: what the item has for one already."""
    image = dict.get(entry, "image")
    season, episode = extra.numbers.get("season", {}), extra.numbers.get("episode", {})
    told = text(entry, "itunes_summary")
    return Podcast(
        title=text(entry, "itunes_title"),
        duration=text(entry, "itunes_duration"),
        episode=_numbered(text(entry, "itunes_episode"), episode.get("text", "")),
        episode_name=episode.get("display", ""),
        season=_numbered(text(entry, "itunes_season"), season.get("text", "")),
        season_name=season.get("name", ""),
        episode_type=text(entry, "itunes_episodetype"),
        explicit=text(entry, "itunes_explicit"),
        image=text(image, "href") if isinstance(image, dict) else "",
        subtitle=text(entry, "subtitle"),
        summary=told if told != summary else "",
        keywords=", ".join(tag.term for tag in tags if tag.scheme == _ITUNES),
        chapters=extra.chapters.get("url", ""),
        chapters_type=extra.chapters.get("type", ""),
        marks=_marks(entry),
        transcripts=tuple(
            Transcript(
                url=one["url"],
                type=one.get("type", ""),
                language=one.get("language", ""),
                rel=one.get("rel", ""),
            )
            for one in extra.transcripts
            if one.get("url")
        ),
        voices=tuple(
            Voice(
                name=one["text"],
                role=one.get("role", ""),
                group=one.get("group", ""),
                image=one.get("img", ""),
                href=one.get("href", ""),
            )
            for one in extra.voices
            if one.get("text")
        ),
        soundbites=tuple(_soundbites(extra)),
        location=_location(extra.location),
    )


def _numbered(*said: str) -> str:
    """The first that is a number, else the first that is something."""
    return next((one for one in said if number_of(one) is not None), "") or next(filter(None, said), "")


def _marks(entry: Fields) -> tuple[Chapter, ...]:
    told = dict.get(entry, "psc_chapters")
    if not isinstance(told, dict):
        return ()
    return tuple(
        Chapter(
            start=one.get("start") or "",
            title=one.get("title") or "",
            href=one.get("href") or "",
            image=one.get("image") or "",
        )
        for one in map(dict, told.get("chapters") or ())
        if one.get("start")
    )


def _soundbites(extra: Extra) -> list[Soundbite]:
    found = []
    for one in extra.soundbites:
        start, duration = number_of(one.get("starttime")), number_of(one.get("duration"))
        if start is not None and duration is not None and start >= 0 and duration > 0:
            found.append(Soundbite(start=start, duration=duration, title=one.get("text", "")))
    return found


def _location(said: Attributes) -> Locale | None:
    name = said.get("text", "")
    return Locale(name=name, geo=said.get("geo", ""), osm=said.get("osm", "")) if name else None
