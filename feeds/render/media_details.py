"""What the formats say of a medium beside its URL, type, length and title, so that they all say the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping

from feeds.model import Article, Media
from feeds.render.entry_text import UNKNOWN_TYPE, is_media_type, media


def known_type(medium: Media) -> str:
    """The media type for an element that does not require one; "" if it is not known."""
    return "" if medium.type == UNKNOWN_TYPE or not is_media_type(medium.type) else medium.type


def files(article: Article) -> tuple[Media, ...]:
    """The enclosures, then the other media, those of one group together: the order that they have in XML."""
    content = media(article, "content")
    in_groups = (medium for group in in_order(content, group_numbers(article)) for medium in group)
    return (*media(article, "enclosure"), *in_groups)


def in_order(contents: Iterable[Media], groups: Container[int]) -> list[list[Media]]:
    """The media in order, each in a list of its own, or with the others of its group in the place of the first."""
    result: list[list[Media]] = []
    by_group: dict[int, list[Media]] = {}
    for medium in contents:
        if medium.group in groups and medium.group in by_group:
            by_group[medium.group].append(medium)
        else:
            result.append([medium])
            by_group[medium.group] = result[-1]
    return result


def group_numbers(article: Article) -> Mapping[int, int]:
    """The groups of media with several members, numbered from 1. A group of one is none: the validator rejects it
    (MediaGroupWithoutAlternatives)."""
    groups = [medium.group for medium in media(article, "enclosure", "content") if medium.group]
    sizes = Counter(groups)
    several = dict.fromkeys(group for group in groups if sizes[group] > 1)
    return {group: number for number, group in enumerate(several, start=1)}


def has_details(medium: Media, groups: Container[int]) -> bool:
    """Whether an enclosure has values that the enclosure element has no attribute for. `groups`: `group_numbers`."""
    numbers = (medium.width, medium.height, medium.bitrate, medium.duration)
    texts = (medium.language, medium.expression, medium.description, medium.thumbnail, medium.rating)
    kind = "" if medium.type.startswith(f"{medium.medium}/") else medium.medium
    return any((*numbers, *texts, kind, medium.default, medium.group in groups))


def shown_kind(medium: Media, groups: Container[int]) -> str:
    """The kind of a medium: "audio"; "" for an enclosure of which only its media type says the kind."""
    return medium.medium if medium.role != "enclosure" or has_details(medium, groups) else ""
