"""Normalizes the podcast fields of an episode: plain text, absolute URLs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from feeds.model import Chapter, Podcast, PodcastLocation, PodcastPerson, Transcript
from feeds.normalize.language import normalize_tag
from feeds.normalize.media import media_type_for
from feeds.normalize.text import plain_text, remove_unpublishable_chars
from feeds.normalize.url import absolute_url


def normalize_podcast(stated: Podcast, base: str) -> Podcast:
    """The fields as plain text. URLs that cannot be made absolute are removed, and so are people without a name."""
    if not stated:
        return stated
    return replace(
        stated,
        title=plain_text(stated.title),
        duration=plain_text(stated.duration),
        episode=plain_text(stated.episode),
        episode_name=plain_text(stated.episode_name),
        season=plain_text(stated.season),
        season_name=plain_text(stated.season_name),
        episode_type=plain_text(stated.episode_type),
        explicit=plain_text(stated.explicit),
        image=absolute_url(stated.image, base=base) or "",
        subtitle=plain_text(stated.subtitle),
        summary=plain_text(stated.summary),
        keywords=plain_text(stated.keywords),
        chapters=absolute_url(stated.chapters, base=base) or "",
        chapters_type=plain_text(stated.chapters_type),
        marks=tuple(_chapter(chapter, base) for chapter in stated.marks),
        transcripts=tuple(_transcripts(stated.transcripts, base)),
        voices=tuple(_people(stated.voices, base)),
        soundbites=tuple(
            replace(soundbite, title=plain_text(soundbite.title)) for soundbite in stated.soundbites
        ),
        location=_location(stated.location) if stated.location else None,
    )


def _chapter(chapter: Chapter, base: str) -> Chapter:
    return replace(
        chapter,
        start=plain_text(chapter.start),
        title=plain_text(chapter.title),
        href=absolute_url(chapter.href, base=base) or "",
        image=absolute_url(chapter.image, base=base) or "",
    )


def _transcripts(transcripts: Iterable[Transcript], base: str) -> Iterator[Transcript]:
    for transcript in transcripts:
        if (url := absolute_url(transcript.url, base=base)) is not None:
            yield replace(
                transcript,
                url=url,
                type=media_type_for(url, transcript.type),
                language=normalize_tag(transcript.language),
                rel=remove_unpublishable_chars(transcript.rel),
            )


def _people(people: Iterable[PodcastPerson], base: str) -> Iterator[PodcastPerson]:
    for person in people:
        if name := plain_text(person.name):
            yield replace(
                person,
                name=name,
                role=plain_text(person.role),
                group=plain_text(person.group),
                image=absolute_url(person.image, base=base) or "",
                href=absolute_url(person.href, base=base) or "",
            )


def _location(location: PodcastLocation) -> PodcastLocation:
    return replace(
        location,
        name=plain_text(location.name),
        geo=plain_text(location.geo),
        osm=plain_text(location.osm),
    )
