"""The podcast elements of Apple, the Podcast Index and Podlove. Values that break their rules are left out.

The feed itself has none of them: no source states a category, an owner or an explicit flag for an output of several
sources. What an episode says of itself stands in its entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from feeds.model import Entry, Podcast
from feeds.model.headline import clip
from feeds.render import entry_text
from feeds.render.feedgen_extension import OPTIONAL_NAMESPACES, Element, put

MAX_TEXT_CHARS = 255  # of an itunes: text
MAX_SUMMARY_CHARS = 4000  # of itunes:summary
JSON_CHAPTERS = "application/json+chapters"  # podcast:chapters requires a type; this is the only one in use

_EXPLICIT = {
    **dict.fromkeys(("true", "yes", "explicit"), "true"),
    **dict.fromkeys(("false", "no", "clean"), "false"),
}
_NUMBER = re.compile(r"0*[1-9][0-9]*")
_DECIMAL = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_PLAY_TIME = re.compile(r"(?:[0-9]+:){0,2}[0-9]+(?:\.[0-9]+)?")

ElementData = tuple[str, str, dict[str, str]]  # name, text and attributes of an element


def put_episode(parent: Element, podcast: Podcast) -> None:
    """Append the elements of an episode to its entry."""
    for name, text, attributes in _elements(podcast):
        put(parent, name, text, **attributes)
    marks = [mark for mark in podcast.marks if _PLAY_TIME.fullmatch(mark.start)]
    if marks:
        chapters = put(parent, "psc:chapters", version="1.2")
        for mark in marks:
            title = entry_text.one_line(mark.title) or mark.start
            put(chapters, "psc:chapter", start=mark.start, title=title, href=mark.href, image=mark.image)


def optional_namespaces(entries: Iterable[Entry]) -> frozenset[str]:
    """The prefixes that the feed must declare because an entry uses them; see OPTIONAL_NAMESPACES."""
    used: set[str] = set()
    for entry in entries:
        podcast = entry.article.podcast
        if podcast:
            used.update(name.partition(":")[0] for name, _, _ in _elements(podcast))
            if podcast.marks:
                used.add("psc")
    return OPTIONAL_NAMESPACES & used


def usual_spellings(podcast: Podcast) -> dict[str, str]:
    """The fields that XML writes in one spelling, so that JSON Feed says the same; other texts are left as stated."""
    return {
        "explicit": _EXPLICIT.get(podcast.explicit.lower(), podcast.explicit),
        "duration": duration(podcast.duration) or podcast.duration,
        "chapters_type": podcast.chapters_type or (JSON_CHAPTERS if podcast.chapters else ""),
    }


def _elements(podcast: Podcast) -> Iterator[ElementData]:
    """The elements that have a text or an attribute."""
    elements = (*_itunes(podcast), *_podcast_index(podcast))
    return (element for element in elements if element[1] or element[2])


def _itunes(podcast: Podcast) -> Iterator[ElementData]:
    yield "itunes:title", _text(podcast.title), {}
    for name, value in (("season", podcast.season), ("episode", podcast.episode)):
        yield f"itunes:{name}", value if _NUMBER.fullmatch(value) else "", {}
    kind = podcast.episode_type.lower()
    yield "itunes:episodeType", kind if kind in {"full", "trailer", "bonus"} else "", {}
    yield "itunes:duration", duration(podcast.duration), {}
    yield "itunes:explicit", _EXPLICIT.get(podcast.explicit.lower(), ""), {}
    yield "itunes:subtitle", _text(podcast.subtitle), {}
    yield "itunes:summary", _text(podcast.summary, MAX_SUMMARY_CHARS), {}
    yield "itunes:keywords", _keywords(podcast.keywords), {}
    yield "itunes:image", "", {"href": podcast.image} if podcast.image else {}


def _podcast_index(podcast: Podcast) -> Iterator[ElementData]:
    name = entry_text.one_line(podcast.season_name)
    if name and podcast.season.isascii() and podcast.season.isdigit():
        yield "podcast:season", podcast.season, {"name": name}
    name, number = entry_text.one_line(podcast.episode_name), podcast.episode
    if _DECIMAL.fullmatch(number) and (name or not _NUMBER.fullmatch(number)):
        yield "podcast:episode", number, {"display": name}
    if podcast.chapters:
        kind = podcast.chapters_type or JSON_CHAPTERS
        yield "podcast:chapters", "", {"url": podcast.chapters, "type": kind}
    for transcript in podcast.transcripts:
        if transcript.url:
            attributes = {
                "url": transcript.url,
                "type": transcript.type or "text/plain",
                "language": entry_text.language_tag(transcript.language),
                "rel": transcript.rel,
            }
            yield "podcast:transcript", "", attributes
    for person in podcast.voices:
        attributes = {"role": person.role, "group": person.group, "img": person.image, "href": person.href}
        yield "podcast:person", entry_text.neutralize_tags(entry_text.one_line(person.name)), attributes
    for soundbite in podcast.soundbites:
        attributes = {"startTime": _seconds(soundbite.start), "duration": _seconds(soundbite.duration)}
        yield (
            "podcast:soundbite",
            entry_text.neutralize_tags(entry_text.one_line(soundbite.title)),
            attributes,
        )
    if podcast.location:
        location = podcast.location
        yield (
            "podcast:location",
            entry_text.neutralize_tags(entry_text.one_line(location.name)),
            {"geo": location.geo, "osm": location.osm},
        )


def duration(stated: str) -> str:
    """H:MM:SS, M:SS or seconds, as Apple reads them; "" for any other text."""
    parts = stated.strip().split(":")
    whole = [*parts[:-1], parts[-1].partition(".")[0]]
    if len(whole) > 3 or not all(part.isascii() and part.isdigit() and len(part) < 10 for part in whole):
        return ""
    if all(len(part) == 2 and int(part) < 60 for part in whole[1:]):
        return ":".join(whole)
    seconds = 0
    for part in whole:
        seconds = seconds * 60 + int(part)
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _text(stated: str, limit: int = MAX_TEXT_CHARS) -> str:
    words = entry_text.one_line(stated)
    # The characters that `neutralize_tags` inserts count as well.
    return clip(entry_text.neutralize_tags(clip(words, limit)), limit) if words else ""


def _keywords(stated: str) -> str:
    """As many keywords as fit. Left out if it is a single keyword of several words: readers would take it for a list
    without commas."""
    keywords = ""
    for part in stated.split(","):
        if keyword := entry_text.neutralize_tags(entry_text.one_line(part)):
            longer = f"{keywords}, {keyword}" if keywords else keyword
            if len(longer) > MAX_TEXT_CHARS:
                break
            keywords = longer
    return "" if " " in keywords and "," not in keywords else keywords


def _seconds(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
