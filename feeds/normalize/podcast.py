"""What is said of an episode: words plain, addresses absolute or gone."""

from __future__ import annotations

from dataclasses import replace

from feeds.model import Podcast
from feeds.normalize.language import tidy
from feeds.normalize.media import type_of
from feeds.normalize.text import plain, xml_chars
from feeds.normalize.url import absolute


def podcast(stated: Podcast, base: str) -> Podcast:
    """The episode's fields as stated, its addresses absolute or gone."""
    if not stated:
        return stated
    made = replace(
        stated,
        title=plain(stated.title),
        duration=plain(stated.duration),
        episode=plain(stated.episode),
        episode_name=plain(stated.episode_name),
        season=plain(stated.season),
        season_name=plain(stated.season_name),
        episode_type=plain(stated.episode_type),
        explicit=plain(stated.explicit),
        image=absolute(stated.image, base) or "",
        subtitle=plain(stated.subtitle),
        summary=plain(stated.summary),
        keywords=plain(stated.keywords),
        chapters=absolute(stated.chapters, base) or "",
        chapters_type=plain(stated.chapters_type),
    )
    return replace(
        made,
        marks=tuple(
            replace(
                one,
                start=plain(one.start),
                title=plain(one.title),
                href=absolute(one.href, base) or "",
                image=absolute(one.image, base) or "",
            )
            for one in stated.marks
        ),
        transcripts=tuple(
            replace(
                one, url=url, type=type_of(url, one.type), language=tidy(one.language), rel=xml_chars(one.rel)
            )
            for one in stated.transcripts
            if (url := absolute(one.url, base)) is not None
        ),
        voices=tuple(
            replace(
                one,
                name=name,
                role=plain(one.role),
                group=plain(one.group),
                image=absolute(one.image, base) or "",
                href=absolute(one.href, base) or "",
            )
            for one in stated.voices
            if (name := plain(one.name))
        ),
        soundbites=tuple(replace(one, title=plain(one.title)) for one in stated.soundbites),
        location=replace(
            stated.location,
            name=plain(stated.location.name),
            geo=plain(stated.location.geo),
            osm=plain(stated.location.osm),
        )
        if stated.location
        else None,
    )
