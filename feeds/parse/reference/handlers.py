"""feedparser, taught what it forgets.

Its handlers (`_start_x`, `_end_x`) are where elements get their meaning; `api.StrictFeedParser` and
`api.LooseFeedParser` are the classes that carry them. Ours add what it drops or folds into other elements,
and put right what changes an item's identity or text:

- a guid or Atom id is kept as written; feedparser makes "123" a URL of wherever the feed lies today
- Media RSS and podcasts: see `mediarss` and `podcasting`
- each author keeps his own address; feedparser gives a second one the first one's, and cuts "a@b.example"
- a type that was not written is not written; feedparser gives every link "text/html"
- every skip hour is kept, not only the last
- an element that cannot be read costs itself, not the document; the number of items and tags is bounded
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

from feedparser import api

from feeds.parse.limits import ITEMS, MANY
from feeds.parse.reference import podcasting
from feeds.parse.reference.independent_entries import Separable
from feeds.parse.reference.mediarss import MediaElements
from feeds.parse.reference.podcasting import PodcastElements
from feeds.parse.reference.raw_extras import Extra

DEPTH = 2_000  # elements; every unclosed <br> of an ill-formed document counts as one
ATTRIBUTES = 1_000  # of one element; `xml.sax` looks each up among all
AS_WRITTEN = "type as written"  # no attribute can be called so

_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
_NAMESPACES = {
    "http://purl.org/syndication/thread/1.0": "thr",  # RFC 4685
    "http://purl.oclc.org/net/rss_2.0/enc#": "enc",  # RSS 1.0's enclosures
}
VOID_ENDS = frozenset(
    f"</{name}>"
    for name in "area base br col embed hr img input link meta source track wbr".split()  # noqa: SIM905
)
_EMAIL = re.compile(r"""[^\s()<>,;:"@]+@[^\s()<>,;:"@]+\.[^\s()<>,;:"@]+""")


class TooMuch(Exception):
    """Over a limit whose crossing makes the rest unreadable; the message says which."""


class Enough(Exception):
    """`ITEMS` items were read."""


def name_and_email(written: str) -> dict[str, str]:
    """RSS's authors: "name@host (Name)", "Name <name@host>", a name, an address."""
    found = _EMAIL.search(written) if "@" in written and len(written) < 400 else None
    if not found:
        return {"name": written}
    name = (written[: found.start()].removesuffix("mailto:") + written[found.end() :]).replace("()", "")
    return {"name": name.strip(" <>(),"), "email": found[0]}


class _Handlers(MediaElements, PodcastElements):
    """Goes before feedparser's own class. Its methods run while the elements go by."""

    namespaces = api.StrictFeedParser.namespaces | podcasting.NAMESPACES | _NAMESPACES
    _matchnamespaces: dict[str, str] = {}  # noqa: RUF012  (feedparser fills it from `namespaces`)
    can_be_relative_uri = api.StrictFeedParser.can_be_relative_uri - {"id"}

    def __init__(self, *args: Any) -> None:
        self.extras: list[Extra] = []
        self.skip_hours: list[str] = []
        self.skip_days: list[str] = []
        self.notes: list[str] = []
        self.closed = False  # the end tag of the whole was seen
        super().__init__(*args)

    # every element

    def unknown_starttag(self: Any, tag: str, attrs: list[tuple[str, str]]) -> None:
        try:
            super().unknown_starttag(tag, attrs)  # type: ignore[misc]
        except Enough:
            self.notes.append(f"the items after the first {ITEMS}")
            raise
        except Exception as error:  # feedparser's handlers raise what comes
            self._note(tag, error)

    def handle_data(self: Any, text: str, escape: int = 1) -> None:
        # XHTML's <br/> arrives as "<br>", "</br>", and the latter is one more <br> to an HTML parser.
        if escape or text not in VOID_ENDS:
            super().handle_data(text, escape)  # type: ignore[misc]

    def unknown_endtag(self: Any, tag: str) -> None:
        try:
            super().unknown_endtag(tag)  # type: ignore[misc]
        except Exception as error:
            self._note(tag, error)
        self.closed = self.closed or tag.rpartition(":")[2] in _ROOTS

    def _note(self: Any, tag: str, error: Exception) -> None:
        if len(self.notes) < MANY:
            self.notes.append(f"item {len(self.entries)}: <{tag[:40]}> ({type(error).__name__})")

    # items

    def _start_item(self: Any, attrs: dict[str, str]) -> None:
        if len(self.entries) >= ITEMS:
            raise Enough
        self.medium = self.group = self.alternate = None
        super()._start_item(attrs)  # type: ignore[misc]
        self.extras.append(Extra(language=self.lang or ""))

    def _end_item(self: Any) -> None:
        if self.extras:
            self.extras[-1].whole = True
        super()._end_item()  # type: ignore[misc]

    _start_entry, _end_entry = _start_item, _end_item

    def _start_guid(self: Any, attrs: dict[str, str]) -> None:
        self._extra().permalink = attrs.get("ispermalink", "true").strip().lower() != "false"
        super()._start_guid(attrs)  # type: ignore[misc]

    def _add_tag(self: Any, term: str, scheme: str, label: str) -> None:
        if len(dict.get(self._get_context(), "tags", ())) < MANY:  # feedparser compares each with all before
            super()._add_tag(term, scheme, label)  # type: ignore[misc]

    def _start_link(self: Any, attrs: dict[str, str]) -> None:
        attrs[AS_WRITTEN] = attrs.get("type", "")
        super()._start_link(attrs)  # type: ignore[misc]

    def _start_content(self: Any, attrs: dict[str, str]) -> None:
        super()._start_content(self._absolute(attrs, "src"))  # type: ignore[misc]

    def _start_enclosure(self: Any, attrs: dict[str, str]) -> None:
        super()._start_enclosure(self._absolute(attrs, "url"))  # type: ignore[misc]

    def _start_enc_enclosure(self: Any, attrs: dict[str, str]) -> None:
        of = {name.rpartition(":")[2]: value for name, value in attrs.items()}
        self._start_enclosure(of | {"url": of.get("resource") or of.get("url", "")})

    def _start_source(self: Any, attrs: dict[str, str]) -> None:
        super()._start_source(self._absolute(attrs, "url"))  # type: ignore[misc]

    # people

    def _save_author(self: Any, key: str, value: str, prefix: str = "author") -> None:
        if prefix == "author":
            self._get_context().setdefault("authors", [{}])[-1][key] = value

    def _sync_author_detail(self, key: str = "author") -> None:
        pass  # `_end_author` does it

    def _end_author(self: Any) -> None:
        written = self.pop("author")
        self.inauthor = 0
        authors = dict.get(self._get_context(), "authors")
        if written and authors and not authors[-1]:
            authors[-1].update(name_and_email(written))

    _end_managingeditor = _end_author

    # the feed

    def _end_hour(self: Any) -> None:
        hour = self.pop("hour") or ""
        if not self.inentry:
            self.skip_hours.append(hour)

    def _end_day(self: Any) -> None:
        day = self.pop("day") or ""
        if not self.inentry:
            self.skip_days.append(day)


class Strict(_Handlers, Separable, api.StrictFeedParser):  # type: ignore[misc]
    nesting = 0

    def startElementNS(self, name: Any, qname: Any, attrs: Any) -> None:  # noqa: N802
        self.nesting += 1
        if self.nesting > DEPTH:
            raise TooMuch(f"elements are nested more than {DEPTH} deep")
        if len(attrs) > ATTRIBUTES:
            raise TooMuch(f"an element has more than {ATTRIBUTES} attributes")
        super().startElementNS(name, qname, attrs)

    def endElementNS(self, *args: Any) -> None:  # noqa: N802
        self.nesting -= 1
        super().endElementNS(*args)


class Loose(_Handlers, api.LooseFeedParser):  # type: ignore[misc]
    def unknown_starttag(self, tag: str, attrs: list[tuple[str, str]]) -> None:
        if tag in ("item", "entry"):  # what the item before did not close ends with it
            self.svgOK = self.incontent = self.insource = self.inimage = self.intextinput = 0
            self.inauthor = self.incontributor = self.inpublisher = 0
            self.contentparams.clear()
        super().unknown_starttag(tag, attrs)

    def handle_charref(self, ref: str) -> None:
        with suppress(ValueError, OverflowError):  # no such character, or a lone surrogate
            super().handle_charref(ref)
