"""Going through the elements of one document in lxml's tree.

Each element has an action (see `core`, `metadata`, `mediarss`, `podcasting`), or its text is stored, or it is known
to have no effect; any other raises `Unsupported`. Element names are feedparser's (see `names`).
"""

# ruff: noqa: SIM905 - lists of words are read as words

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from feedparser.util import FeedParserDict

from feeds.parse.fast.names import HANDLED_ELEMENTS, ElementNames, Unsupported, attributes
from feeds.parse.fast.text import bare_text, fix_mojibake, resolve_like_feedparser, text_construct
from feeds.parse.reference.handlers import MAX_ATTRIBUTES
from feeds.parse.reference.raw_extras import RawExtras
from feeds.parse.values import Element

# Where one of these has attributes, feedparser keeps those and not the text: it is then Unsupported.
STORED_AS_TEXT = frozenset(
    (
        "comments slash_comments thr_total wfw_commentrss icon logo ttl dc_source "
        "itunes_title itunes_duration itunes_episode itunes_season itunes_episodetype itunes_explicit "
        "geo_lat geo_long georss_featurename feedburner_origlink sy_updateperiod sy_updatefrequency sy_updatebase"
    ).split()
)
_URL_ELEMENTS = frozenset({"comments", "icon", "logo", "wfw_commentrss"})
# feedparser has handlers for these, and we use nothing that they store.
UNUSED = frozenset(
    (
        "webmaster dc_publisher cloud expirationdate info feedburner_browserfriendly itunes_block "
        "media_restriction"
    ).split()
)
# feedparser stores other values under these keys: an unknown element of such a name would overwrite them.
_RESERVED_KEYS = frozenset(
    "links authors contributors href skiphours skipdays where image entries feed tags source content".split()
) | frozenset(FeedParserDict.keymap)


@dataclass(slots=True)
class Target:
    """The feed, or one item of it, whose fields the actions fill."""

    fields: dict[str, Any]  # as feedparser names them
    extras: RawExtras | None  # None: the target is the feed
    language: str | None
    has_title: bool = False  # a title that is not empty was stored; later ones are ignored
    has_content: bool = False
    open_media: dict[str, str] | None = None  # the media:content that we are in
    group_captions: dict[str, str] | None = None  # those of the media:group that we are in
    open_alternate: dict[str, str] | None = None  # the podcast:alternateEnclosure whose source is to come

    def store(self, name: str, detail: dict[str, Any]) -> None:
        """Store a text construct under the two keys that feedparser uses."""
        self.fields[name] = detail["value"]
        self.fields[f"{name}_detail"] = detail


class Walker:
    """Goes through one document. Its methods raise Unsupported."""

    def __init__(self, names: ElementNames, actions: Mapping[str, Action], *, atom: bool, base: str) -> None:
        self.names = names
        self._actions = actions
        self.skip_hours: list[str] = []
        self.skip_days: list[str] = []
        self.atom = atom
        self.base = base

    def handle(self, element: Element, name: str, target: Target) -> None:
        action = self._actions.get(name)
        if action is not None:
            action(self, element, target)
        elif name in STORED_AS_TEXT:
            self._store_text(element, name, target)
        else:
            self.ignore(element, name)

    def _store_text(self, element: Element, name: str, target: Target) -> None:
        if element.attrib:
            raise Unsupported(f"attributes of <{name}>")
        text = bare_text(element)
        if text and name in _URL_ELEMENTS:
            text = resolve_like_feedparser(text, base=self.base)
        target.fields[name] = fix_mojibake(text)

    def ignore(self, element: Element, name: str) -> None:
        """Check that the element and all in it have no effect in feedparser."""
        handled = name in HANDLED_ELEMENTS and name not in UNUSED
        stored = name in STORED_AS_TEXT or name in _RESERVED_KEYS or name.endswith(("_parsed", "_detail"))
        if handled or stored:
            raise Unsupported(f"<{name}> here")
        if len(element.attrib) > MAX_ATTRIBUTES:
            raise Unsupported("too many attributes")
        if name in UNUSED:
            bare_text(element)
        for child in element:
            self.ignore(child, self.names.of(child))

    def text_construct(self, element: Element, default_type: str, target: Target) -> dict[str, Any]:
        return text_construct(element, default_type, atom=self.atom, language=target.language, base=self.base)

    def resolved_attributes(self, element: Element, *names: str) -> dict[str, str]:
        """The attributes, with absolute URLs in those of these names, by default in `url`."""
        attrs = attributes(element)
        for name in names or ("url",):
            if attrs.get(name):
                attrs[name] = resolve_like_feedparser(attrs[name].strip(), base=self.base)
        return attrs


Action = Callable[[Walker, Element, Target], None]


def require_no_text(element: Element) -> None:
    """Raise Unsupported unless the element holds nothing but elements and space."""
    if (element.text or "").strip() or any((child.tail or "").strip() for child in element):
        raise Unsupported("text between elements")
