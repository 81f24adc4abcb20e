"""What feedparser drops or mixes up in an item, as the document states it: attributes and text, not interpreted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Attributes = dict[str, str]


@dataclass(slots=True)
class RawExtras:
    """The raw values of one item. The handlers fill it while the item is parsed."""

    complete: bool = False  # its end tag was parsed
    guid_is_permalink: bool = False
    language: str = ""  # xml:lang in force

    # Media RSS
    media: list[Attributes] = field(default_factory=list)
    thumbnails: list[Attributes] = field(default_factory=list)
    captions: Attributes = field(default_factory=dict)  # those for all of the item's media
    group_captions: list[Attributes] = field(default_factory=list)  # one for each media:group
    credits: list[str] = field(default_factory=list)
    player_urls: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)

    # podcast:
    transcripts: list[Attributes] = field(default_factory=list)
    chapters: Attributes = field(default_factory=dict)
    season: Attributes | None = None  # those of the first podcast:season
    episode: Attributes | None = None  # those of the first podcast:episode
    persons: list[Attributes] = field(default_factory=list)
    soundbites: list[Attributes] = field(default_factory=list)
    location: Attributes = field(default_factory=dict)

    license_urls: list[str] = field(default_factory=list)  # media:license and podcast:license
    discussion_urls: list[str] = field(default_factory=list)  # podcast:socialInteract


class BaseHandlers:
    """A mixin for feedparser's parser classes: what the handlers of every vocabulary share."""

    entry_extras: list[RawExtras]  # one for each entry so far

    def _extras(self: Any) -> RawExtras:
        """The extras of the current item; outside of items, a throw-away."""
        return (
            self.entry_extras[-1] if self.inentry and not self.insource and self.entry_extras else RawExtras()
        )

    def _resolve(self: Any, attrs: Attributes, name: str) -> Attributes:
        """The attributes, with an absolute URL in that of this name."""
        return attrs | {name: self.resolve_uri(attrs[name].strip())} if attrs.get(name) else attrs
