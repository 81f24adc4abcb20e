"""What feedparser would lose of an item, in the document's own words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Attributes = dict[str, str]


@dataclass(slots=True)
class Extra:
    """Filled by the handlers while the elements of one item go by."""

    whole: bool = False  # its end tag was seen
    permalink: bool = False
    language: str = ""  # xml:lang in force

    # Media RSS
    media: list[Attributes] = field(default_factory=list)
    thumbnails: list[Attributes] = field(default_factory=list)
    captions: Attributes = field(default_factory=dict)  # media:title … of all of the item's media
    groups: list[Attributes] = field(default_factory=list)  # the captions of each media:group
    credits: list[str] = field(default_factory=list)
    players: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)

    # podcast:
    transcripts: list[Attributes] = field(default_factory=list)
    chapters: Attributes = field(default_factory=dict)
    numbers: dict[str, Attributes] = field(default_factory=dict)  # season, episode
    voices: list[Attributes] = field(default_factory=list)
    soundbites: list[Attributes] = field(default_factory=list)
    location: Attributes = field(default_factory=dict)

    licenses: list[str] = field(default_factory=list)  # of media: and podcast:
    talks: list[str] = field(default_factory=list)  # where it is talked about: podcast:socialInteract


class Handlers:
    """What the handlers of every vocabulary lean on. Goes before feedparser's own class."""

    extras: list[Extra]

    def _extra(self: Any) -> Extra:
        """Of the item that is open; one that goes nowhere outside of items."""
        return self.extras[-1] if self.inentry and not self.insource and self.extras else Extra()

    def _absolute(self: Any, attrs: Attributes, name: str) -> Attributes:
        return attrs | {name: self.resolve_uri(attrs[name].strip())} if attrs.get(name) else attrs
