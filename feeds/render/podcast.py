"""Podcasts: Apple's, the Podcast Index's and Podlove's elements; a value outside their rules is not repeated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from feeds.model import Edition, Entry, Podcast
from feeds.render import entry_text
from feeds.render.feedgen_extension import STRANGE, Element, put

LONGEST = 255  # characters of an itunes: text
LONGEST_SUMMARY = 4000  # characters of itunes:summary

_EXPLICIT = {
    **dict.fromkeys(("true", "yes", "explicit"), "true"),
    **dict.fromkeys(("false", "no", "clean"), "false"),
}
_NUMBER = re.compile(r"0*[1-9][0-9]*")
_DECIMAL = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_PLAY_TIME = re.compile(r"(?:[0-9]+:){0,2}[0-9]+(?:\.[0-9]+)?")

Said = tuple[str, str, dict[str, str]]  # an element: its name, its text, its attributes


def put_episode(parent: Element, podcast: Podcast) -> None:
    """What is said of the episode, into its entry."""
    for name, text, attributes in _said(podcast):
        put(parent, name, text, **attributes)
    marks = [one for one in podcast.marks if _PLAY_TIME.fullmatch(one.start)]
    if marks:
        chapters = put(parent, "psc:chapters", version="1.2")
        for one in marks:
            title = entry_text.line(one.title) or one.start
            put(chapters, "psc:chapter", start=one.start, title=title, href=one.href, image=one.image)


def vocabularies(entries: Iterable[Entry]) -> frozenset[str]:
    """The prefixes that the entries use."""
    used: set[str] = set()
    for entry in entries:
        podcast = entry.article.podcast
        if podcast:
            used.update(name.partition(":")[0] for name, _, _ in _said(podcast))
            if podcast.marks:
                used.add("psc")
    return frozenset(used)


def strange(entries: Iterable[Entry]) -> frozenset[str]:
    return vocabularies(entries) & STRANGE


def put_show(parent: Element, edition: Edition) -> None:
    """What Apple asks of a feed that speaks its language: a category, an owner, whether anything in it is
    explicit. The address is one that nobody reads: whom to write to is not ours to publish.
    """
    if "itunes" not in vocabularies(edition.entries):
        return
    explicit = {_EXPLICIT.get(one.article.podcast.explicit.lower(), "") for one in edition.entries}
    put(parent, "itunes:explicit", "true" if "true" in explicit else "false")
    put(parent, "itunes:category", text="News")
    owner = put(parent, "itunes:owner")
    put(owner, "itunes:name", entry_text.unmarked(entry_text.clip(edition.title, LONGEST)))
    host = urlsplit(edition.base_url).hostname or ""
    # a name of the local network alone is none to a validator (RFC 2606 keeps .invalid for such a place)
    put(owner, "itunes:email", f"noreply@{host if '.' in host else 'feeds.invalid'}")


def feed_language(edition: Edition) -> str:
    """The edition's language. One that holds podcasts has to name one: its entries', or that there are several
    ("mul", ISO 639-2).
    """
    stated = entry_text.language(edition.language)
    if stated or "itunes" not in vocabularies(edition.entries):
        return stated
    spoken = {entry_text.language(entry.article.language) for entry in edition.entries} - {""}
    return spoken.pop() if len(spoken) == 1 else "mul"


def _said(podcast: Podcast) -> Iterator[Said]:
    return (one for one in (*_itunes(podcast), *_index(podcast)) if one[1] or one[2])


def _itunes(podcast: Podcast) -> Iterator[Said]:
    yield "itunes:title", _text(podcast.title), {}
    for name, value in (("season", podcast.season), ("episode", podcast.episode)):
        yield f"itunes:{name}", value if _NUMBER.fullmatch(value) else "", {}
    kind = podcast.episode_type.lower()
    yield "itunes:episodeType", kind if kind in {"full", "trailer", "bonus"} else "", {}
    yield "itunes:duration", duration(podcast.duration), {}
    yield "itunes:explicit", _EXPLICIT.get(podcast.explicit.lower(), ""), {}
    yield "itunes:subtitle", _text(podcast.subtitle), {}
    yield "itunes:summary", _text(podcast.summary, LONGEST_SUMMARY), {}
    yield "itunes:keywords", _keywords(podcast.keywords), {}
    yield "itunes:image", "", {"href": podcast.image} if podcast.image else {}


def _index(podcast: Podcast) -> Iterator[Said]:
    name = entry_text.line(podcast.season_name)
    if name and podcast.season.isascii() and podcast.season.isdigit():
        yield "podcast:season", podcast.season, {"name": name}
    name, number = entry_text.line(podcast.episode_name), podcast.episode
    if _DECIMAL.fullmatch(number) and (name or not _NUMBER.fullmatch(number)):
        yield "podcast:episode", number, {"display": name}
    if podcast.chapters:
        kind = podcast.chapters_type or "application/json+chapters"
        yield "podcast:chapters", "", {"url": podcast.chapters, "type": kind}
    for one in podcast.transcripts:
        if one.url:
            told = {"url": one.url, "type": one.type or "text/plain"}
            yield (
                "podcast:transcript",
                "",
                {**told, "language": entry_text.language(one.language), "rel": one.rel},
            )
    for person in podcast.voices:
        seen = {"role": person.role, "group": person.group, "img": person.image, "href": person.href}
        yield "podcast:person", entry_text.unmarked(entry_text.line(person.name)), seen
    for bite in podcast.soundbites:
        span = {"startTime": _seconds(bite.start), "duration": _seconds(bite.duration)}
        yield "podcast:soundbite", entry_text.unmarked(entry_text.line(bite.title)), span
    if podcast.location:
        where = podcast.location
        yield (
            "podcast:location",
            entry_text.unmarked(entry_text.line(where.name)),
            {"geo": where.geo, "osm": where.osm},
        )


def duration(said: str) -> str:
    """H:MM:SS, M:SS or seconds, as Apple reads them; "" for what is none of them."""
    parts = said.strip().split(":")
    whole = [*parts[:-1], parts[-1].partition(".")[0]]
    if len(whole) > 3 or not all(part.isascii() and part.isdigit() and len(part) < 10 for part in whole):
        return ""
    if all(len(part) == 2 and int(part) < 60 for part in whole[1:]):
        return ":".join(whole)
    seconds = 0
    for part in whole:
        seconds = seconds * 60 + int(part)
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _text(said: str, limit: int = LONGEST) -> str:
    words = entry_text.line(said)
    # the marks of `unmarked` count as well
    return entry_text.clip(entry_text.unmarked(entry_text.clip(words, limit)), limit) if words else ""


def _keywords(said: str) -> str:
    """As many as there is room for. One of several words alone is taken for several without commas."""
    kept = ""
    for word in filter(None, (entry_text.unmarked(entry_text.line(one)) for one in said.split(","))):
        longer = f"{kept}, {word}" if kept else word
        if len(longer) > LONGEST:
            break
        kept = longer
    return "" if " " in kept and "," not in kept else kept


def _seconds(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
