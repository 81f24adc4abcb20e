"""Podcasts: feedparser handlers for the itunes:, podcast: and psc: elements, and the Podcast made of them.

feedparser takes itunes:summary for content, reads itunes:explicit as yes or no only, and keeps only the last of
elements that occur several times.
"""

from __future__ import annotations

from typing import Any

from feeds.model import Category, Chapter, Podcast, PodcastLocation, PodcastPerson, Soundbite, Transcript
from feeds.parse.reference.raw_extras import Attributes, BaseHandlers, RawExtras
from feeds.parse.values import Fields, finite_number, text_field

PODCAST_NAMESPACES = dict.fromkeys(
    (
        "https://podcastindex.org/namespace/1.0",
        "https://podcastindex.org/namespace/1.0/",
        "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
    ),
    "podcast",
)
_COLLECTED_TEXT = "podcast text"  # a key that no element can have
ITUNES_SCHEME = "http://www.itunes.com/"  # the scheme that feedparser gives to itunes:keywords


class PodcastElements(BaseHandlers):
    def _start_itunes_summary(self: Any, attrs: Attributes) -> None:
        self.push_content("itunes_summary", attrs, "text/plain", 1)

    def _end_itunes_summary(self: Any) -> None:
        self.pop_content("itunes_summary")

    def _end_itunes_explicit(self: Any) -> None:
        self.pop("itunes_explicit")  # stored as it is written

    def _start_itunes_image(self: Any, attrs: Attributes) -> None:
        super()._start_itunes_image(self._resolve(self._resolve(attrs, "href"), "url"))  # type: ignore[misc]

    _start_itunes_link = _start_itunes_image

    def _start_podcast_transcript(self: Any, attrs: Attributes) -> None:
        self._extras().transcripts.append(self._resolve(attrs, "url"))

    def _start_podcast_chapters(self: Any, attrs: Attributes) -> None:
        self._extras().chapters = self._resolve(attrs, "url")

    def _start_podcast_season(self: Any, attrs: Attributes) -> None:
        extras = self._extras()
        extras.season = attrs if extras.season is None else extras.season
        self._collect_text(extras.season)

    def _start_podcast_episode(self: Any, attrs: Attributes) -> None:
        extras = self._extras()
        extras.episode = attrs if extras.episode is None else extras.episode
        self._collect_text(extras.episode)

    def _start_podcast_person(self: Any, attrs: Attributes) -> None:
        attrs = self._resolve(self._resolve(attrs, "href"), "img")
        self._extras().persons.append(self._collect_text(attrs))

    def _start_podcast_soundbite(self: Any, attrs: Attributes) -> None:
        self._extras().soundbites.append(self._collect_text(attrs))

    def _start_podcast_location(self: Any, attrs: Attributes) -> None:
        self._extras().location = self._collect_text(attrs)

    def _start_podcast_license(self: Any, attrs: Attributes) -> None:
        self._extras().license_urls.append(self._resolve(attrs, "url").get("url", ""))
        self._collect_text({})

    def _start_podcast_socialinteract(self: Any, attrs: Attributes) -> None:
        self._extras().discussion_urls.append(attrs.get("uri", ""))
        self._collect_text({})

    def _collect_text(self: Any, attrs: Attributes) -> Attributes:
        """Begin an element whose text is added to `attrs` as "text" when it ends. Returns `attrs`."""
        self.open_attributes = attrs
        self.push(_COLLECTED_TEXT, 1)
        return attrs

    def _finish_text(self: Any) -> None:
        text = self.pop(_COLLECTED_TEXT) or ""
        self.open_attributes.setdefault("text", text.strip())

    _end_podcast_season = _end_podcast_episode = _end_podcast_person = _finish_text
    _end_podcast_soundbite = _end_podcast_location = _end_podcast_license = _finish_text
    _end_podcast_socialinteract = _finish_text

    # podcast:alternateEnclosure: the same episode as another file, treated as a media:content

    def _start_podcast_alternateenclosure(self: Any, attrs: Attributes) -> None:
        self.open_alternate = media_attributes(attrs)

    def _start_podcast_source(self: Any, attrs: Attributes) -> None:
        url = self._resolve(attrs, "uri").get("uri", "")
        if url and self.open_alternate is not None:
            self._extras().media.append(self.open_alternate | {"url": url})
            self.open_alternate = None  # further podcast:source elements are other addresses of the same file

    open_alternate: Attributes | None = None


def media_attributes(attrs: Attributes) -> Attributes:
    """The attributes of a podcast:alternateEnclosure by the names, and in the units, of media:content's."""
    bits = finite_number(attrs.get("bitrate"))
    renamed = attrs | {"filesize": attrs.get("length", ""), "isdefault": attrs.get("default", "")}
    return renamed | {"bitrate": str(round(bits / 1000)) if bits else ""}  # kbit/s


def build_podcast(entry: Fields, extras: RawExtras, tags: tuple[Category, ...], summary: str) -> Podcast:
    """The podcast fields of an item. `summary`: the item's own, which itunes:summary need not repeat."""
    image = dict.get(entry, "image")
    season, episode = extras.season or {}, extras.episode or {}
    itunes_summary = text_field(entry, "itunes_summary")
    return Podcast(
        title=text_field(entry, "itunes_title"),
        duration=text_field(entry, "itunes_duration"),
        episode=_best_number(text_field(entry, "itunes_episode"), episode.get("text", "")),
        episode_name=episode.get("display", ""),
        season=_best_number(text_field(entry, "itunes_season"), season.get("text", "")),
        season_name=season.get("name", ""),
        episode_type=text_field(entry, "itunes_episodetype"),
        explicit=text_field(entry, "itunes_explicit"),
        image=text_field(image, "href") if isinstance(image, dict) else "",
        subtitle=text_field(entry, "subtitle"),
        summary=itunes_summary if itunes_summary != summary else "",
        keywords=", ".join(tag.term for tag in tags if tag.scheme == ITUNES_SCHEME),
        chapters=extras.chapters.get("url", ""),
        chapters_type=extras.chapters.get("type", ""),
        marks=_inline_chapters(entry),
        transcripts=tuple(
            Transcript(
                url=attrs["url"],
                type=attrs.get("type", ""),
                language=attrs.get("language", ""),
                rel=attrs.get("rel", ""),
            )
            for attrs in extras.transcripts
            if attrs.get("url")
        ),
        voices=tuple(
            PodcastPerson(
                name=attrs["text"],
                role=attrs.get("role", ""),
                group=attrs.get("group", ""),
                image=attrs.get("img", ""),
                href=attrs.get("href", ""),
            )
            for attrs in extras.persons
            if attrs.get("text")
        ),
        soundbites=tuple(_soundbites(extras)),
        location=_location(extras.location),
    )


def _best_number(*values: str) -> str:
    """The first value that is a number, else the first that is not empty."""
    return next((value for value in values if finite_number(value) is not None), "") or next(
        filter(None, values), ""
    )


def _inline_chapters(entry: Fields) -> tuple[Chapter, ...]:
    inline = dict.get(entry, "psc_chapters")
    if not isinstance(inline, dict):
        return ()
    return tuple(
        Chapter(
            start=attrs.get("start") or "",
            title=attrs.get("title") or "",
            href=attrs.get("href") or "",
            image=attrs.get("image") or "",
        )
        for attrs in map(dict, inline.get("chapters") or ())
        if attrs.get("start")
    )


def _soundbites(extras: RawExtras) -> list[Soundbite]:
    found = []
    for attrs in extras.soundbites:
        start, duration = finite_number(attrs.get("starttime")), finite_number(attrs.get("duration"))
        if start is not None and duration is not None and start >= 0 and duration > 0:
            found.append(Soundbite(start=start, duration=duration, title=attrs.get("text", "")))
    return found


def _location(attrs: Attributes) -> PodcastLocation | None:
    name = attrs.get("text", "")
    return PodcastLocation(name=name, geo=attrs.get("geo", ""), osm=attrs.get("osm", "")) if name else None
