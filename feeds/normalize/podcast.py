"""Normalizes the podcast fields of an episode: plain text, absolute URLs."""

from __future__ import annotations

from dataclasses import replace

from feeds.model import Podcast
from feeds.normalize.language import normalize_tag
from feeds.normalize.media import media_type
from feeds.normalize.text import plain_text, strip_illegal_chars
from feeds.normalize.url import absolute_url


def normalize_podcast(stated: Podcast, base: str) -> Podcast:
    """The fields as plain text. URLs that cannot be made absolute are removed."""
    if not stated:
        return stated
    normalized = replace(
        stated,
        title=plain_text(stated.title),
        duration=plain_text(stated.duration),
        episode=plain_text(stated.episode),
        episode_name=plain_text(stated.episode_name),
        season=plain_text(stated.season),
        season_name=plain_text(stated.season_name),
        episode_type=plain_text(stated.episode_type),
        explicit=plain_text(stated.explicit),
        image=absolute_url(stated.image, base) or "",
        subtitle=plain_text(stated.subtitle),
        summary=plain_text(stated.summary),
        keywords=plain_text(stated.keywords),
        chapters=absolute_url(stated.chapters, base) or "",
        chapters_type=plain_text(stated.chapters_type),
    )
    return replace(
        normalized,
        marks=tuple(
            replace(
                mark,
                start=plain_text(mark.start),
                title=plain_text(mark.title),
                href=absolute_url(mark.href, base) or "",
                image=absolute_url(mark.image, base) or "",
            )
            for mark in stated.marks
        ),
        transcripts=tuple(
            replace(
                transcript,
                url=url,
                type=media_type(url, transcript.type),
                language=normalize_tag(transcript.language),
                rel=strip_illegal_chars(transcript.rel),
            )
            for transcript in stated.transcripts
            if (url := absolute_url(transcript.url, base)) is not None
        ),
        voices=tuple(
            replace(
                voice,
                name=name,
                role=plain_text(voice.role),
                group=plain_text(voice.group),
                image=absolute_url(voice.image, base) or "",
                href=absolute_url(voice.href, base) or "",
            )
            for voice in stated.voices
            if (name := plain_text(voice.name))
        ),
        soundbites=tuple(
            replace(soundbite, title=plain_text(soundbite.title)) for soundbite in stated.soundbites
        ),
        location=replace(
            stated.location,
            name=plain_text(stated.location.name),
            geo=plain_text(stated.location.geo),
            osm=plain_text(stated.location.osm),
        )
        if stated.location
        else None,
    )
