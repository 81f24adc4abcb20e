"""Going through a document, element by element, with what each of them means (`words`, `media`).

An element has an action, is kept as it stands, or is one of those that mean nothing to us; anything else is
`Odd`. Names are feedparser's (`names`).
"""

# ruff: noqa: SIM905 - lists of words are read as words

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from feedparser.util import FeedParserDict

from feeds.parse.fast.names import HANDLED, Names, Odd, attributes
from feeds.parse.fast.text import address, bare, construct, mended
from feeds.parse.reference.handlers import ATTRIBUTES
from feeds.parse.reference.raw_extras import Extra

# Kept as they stand, where they have no attributes (feedparser then keeps those, and not the text).
STORED = frozenset(
    (
        "comments slash_comments thr_total wfw_commentrss icon logo ttl "
        "itunes_title itunes_duration itunes_episode itunes_season itunes_episodetype itunes_explicit "
        "geo_lat geo_long georss_featurename feedburner_origlink sy_updateperiod sy_updatefrequency sy_updatebase"
    ).split()
)
_RELATIVE = frozenset({"comments", "icon", "logo", "wfw_commentrss"})
# Those that feedparser has handlers for, which come to nothing that we want.
IDLE = frozenset(
    (
        "webmaster dc_publisher generator cloud expirationdate info feedburner_browserfriendly itunes_block "
        "media_rating media_restriction"
    ).split()
)
# Under these names feedparser keeps other things, so that an element that is called so would replace them.
_TAKEN = frozenset(
    "links authors contributors href skiphours skipdays where image entries feed tags source content".split()
) | frozenset(FeedParserDict.keymap)


@dataclass(slots=True)
class Place:
    """Where we are: the feed, or an item of it."""

    fields: dict[str, Any]
    extra: Extra | None  # None: the feed
    language: str | None
    titled: bool = False  # the first title that says something is it
    has_content: bool = False
    medium: dict[str, str] | None = None  # the media:content that is open
    group: dict[str, str] | None = None  # the captions of the media:group that is open
    alternate: dict[str, str] | None = None  # the podcast:alternateEnclosure whose source is to come

    def keep(self, name: str, detail: dict[str, Any]) -> None:
        """A text construct, under the two names that feedparser gives it."""
        self.fields[name] = detail["value"]
        self.fields[f"{name}_detail"] = detail


class Walk:
    """Goes through one document. Its methods raise Odd."""

    def __init__(self, names: Names, actions: Mapping[str, Action], *, atom: bool, base: str) -> None:
        self.names = names
        self._actions = actions
        self.hours: list[str] = []
        self.days: list[str] = []
        self.atom = atom
        self.base = base

    def take(self, element: Any, name: str, place: Place) -> None:
        action = self._actions.get(name)
        if action is not None:
            action(self, element, place)
        elif name in STORED:
            self._stored(element, name, place)
        else:
            self.ignored(element, name)

    def _stored(self, element: Any, name: str, place: Place) -> None:
        if element.attrib:
            raise Odd(f"attributes of {name}")
        text = bare(element)
        if text and name in _RELATIVE:
            text = address(self.base, text)
        place.fields[name] = mended(text)

    def ignored(self, element: Any, name: str) -> None:
        known = name in HANDLED and name not in IDLE
        if known or name in STORED or name in _TAKEN or name.endswith(("_parsed", "_detail")):
            raise Odd(f"<{name}> here")
        if len(element.attrib) > ATTRIBUTES:
            raise Odd("very many attributes")
        if name in IDLE:
            bare(element)
        for child in element:
            self.ignored(child, self.names.of(child))

    def construct(self, element: Any, usual: str, place: Place) -> dict[str, Any]:
        return construct(element, usual, atom=self.atom, language=place.language, base=self.base)

    def absolute(self, element: Any, *names: str) -> dict[str, str]:
        """The attributes, with whole addresses in those of these names, or else in `url`."""
        attrs = attributes(element)
        for name in names or ("url",):
            if attrs.get(name):
                attrs[name] = address(self.base, attrs[name].strip())
        return attrs


Action = Callable[[Walk, Any, Place], None]


def only_space(element: Any) -> None:
    if (element.text or "").strip() or any((child.tail or "").strip() for child in element):
        raise Odd("text between elements")
