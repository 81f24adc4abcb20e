"""What the elements of podcasts mean: podcast: and psc:."""

from __future__ import annotations

from typing import Any

from feeds.parse.fast.names import Odd, attributes
from feeds.parse.fast.text import bare, said
from feeds.parse.fast.walk import Action, Place, Walk
from feeds.parse.reference.podcasting import file_of
from feeds.parse.reference.raw_extras import Attributes, Extra


def transcript(walk: Walk, element: Any, place: Place) -> None:
    attrs = walk.absolute(element)
    bare(element)
    _extra(place).transcripts.append(attrs)


def chapters(walk: Walk, element: Any, place: Place) -> None:
    attrs = walk.absolute(element)
    bare(element)
    _extra(place).chapters = attrs


def season(walk: Walk, element: Any, place: Place) -> None:
    _told(element, _extra(place).numbers.setdefault("season", attributes(element)))


def episode(walk: Walk, element: Any, place: Place) -> None:
    _told(element, _extra(place).numbers.setdefault("episode", attributes(element)))


def person(walk: Walk, element: Any, place: Place) -> None:
    _extra(place).voices.append(_told(element, walk.absolute(element, "href", "img")))


def soundbite(walk: Walk, element: Any, place: Place) -> None:
    _extra(place).soundbites.append(_told(element, attributes(element)))


def location(walk: Walk, element: Any, place: Place) -> None:
    _extra(place).location = _told(element, attributes(element))


def license_(walk: Walk, element: Any, place: Place) -> None:
    bare(element)
    _extra(place).licenses.append(walk.absolute(element).get("url", ""))


def talk(walk: Walk, element: Any, place: Place) -> None:
    bare(element)
    _extra(place).talks.append(attributes(element).get("uri", ""))


def alternate(walk: Walk, element: Any, place: Place) -> None:
    place.alternate = file_of(attributes(element))
    if (element.text or "").strip():
        raise Odd("words in a file")
    for child in element:
        name = walk.names.of(child)
        if name == "podcast_source":
            source(walk, child, place)
        else:
            walk.ignored(child, name)
        if (child.tail or "").strip():
            raise Odd("words in a file")


def source(walk: Walk, element: Any, place: Place) -> None:
    bare(element)
    url = walk.absolute(element, "uri").get("uri", "")
    if url and place.alternate is not None:
        _extra(place).media.append(place.alternate | {"url": url})
        place.alternate = None


def told_chapters(walk: Walk, element: Any, place: Place) -> None:
    told = []
    for child in element:
        if walk.names.of(child) != "psc_chapter" or child.get("start") is None:
            raise Odd("more in chapters")
        bare(child)
        told.append(attributes(child))
    place.fields.setdefault("psc_chapters", attributes(element) | {"chapters": told})


def _told(element: Any, attrs: Attributes) -> Attributes:
    """Its text joins its attributes."""
    attrs.setdefault("text", said(element).strip())
    return attrs


def _extra(place: Place) -> Extra:
    """What a feed says of all its episodes goes nowhere."""
    return Extra() if place.extra is None else place.extra


PODCASTING: dict[str, Action] = {
    "podcast_transcript": transcript,
    "podcast_chapters": chapters,
    "podcast_season": season,
    "podcast_episode": episode,
    "podcast_person": person,
    "podcast_soundbite": soundbite,
    "podcast_location": location,
    "podcast_license": license_,
    "podcast_socialinteract": talk,
    "podcast_alternateenclosure": alternate,
    "podcast_source": source,
    "psc_chapters": told_chapters,
}
