"""feedparser's parser classes, extended to read what feedparser drops and to correct what it changes.

feedparser calls the methods `_start_x` and `_end_x` for each element x. `api.StrictFeedParser` and
`api.LooseFeedParser` carry its own; ours override them, or add to them:

- A guid or Atom id is kept as written. feedparser resolves "123" to a URL, which changes when the feed moves.
- Media RSS and podcasts: see `mediarss` and `podcasting`.
- Each author keeps their own address. feedparser gives the second author the first one's, and cuts "a@b.example".
- The type of a link without one is "". feedparser makes it "text/html".
- Every skip hour is kept, not only the last.
- A text of an unknown type is read as text or HTML. feedparser takes it for Base64.
- A handler that raises loses its element, not the document. The numbers of items and tags are limited.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any
from xml.sax.saxutils import unescape

from feedparser import api

from feeds.parse.content_types import is_file, text_type
from feeds.parse.limits import MAX_LIST_LENGTH, MAX_READ_ITEMS
from feeds.parse.reference import podcasting
from feeds.parse.reference.independent_entries import IndependenceCheck
from feeds.parse.reference.mediarss import MediaElements
from feeds.parse.reference.podcasting import PodcastElements
from feeds.parse.reference.raw_extras import RawExtras

MAX_DEPTH = 2_000  # nested elements; each unclosed <br> of an ill-formed document is one level
MAX_ATTRIBUTES = 1_000  # of one element; the time of `xml.sax` is quadratic in them
TYPE_AS_WRITTEN = "type as written"  # a key that no attribute can have

_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
_NAMESPACES = {
    "http://purl.org/syndication/thread/1.0": "thr",  # RFC 4685
    "http://purl.oclc.org/net/rss_2.0/enc#": "enc",  # RSS 1.0's enclosures
    "http://webfeeds.org/rss/1.0": "webfeeds",  # Feedly's, for pictures
}
VOID_END_TAGS = frozenset(
    f"</{name}>"
    for name in "area base br col embed hr img input link meta source track wbr".split()  # noqa: SIM905
)
_EMAIL = re.compile(  # the part after "@" has a dot within
    r"""(?<![^\s()<>,;:"@])[^\s()<>,;:"@]++@(?=[^\s()<>,;:"@]+?\.[^\s()<>,;:"@])[^\s()<>,;:"@]++"""
)


class LimitExceeded(Exception):
    """The document is over a limit and cannot be read at all. The message names the limit."""


class ItemLimit(Exception):
    """`MAX_READ_ITEMS` items were read; the rest of the document is not."""


def name_and_email(written: str) -> dict[str, str]:
    """An RSS author as {"name", "email"}: "name@host (Name)", "Name <name@host>", a name or an address."""
    match = _EMAIL.search(written) if "@" in written and len(written) < 400 else None
    if not match:
        return {"name": written}
    name = (written[: match.start()].removesuffix("mailto:") + written[match.end() :]).replace("()", "")
    return {"name": name.strip(" <>(),"), "email": match[0]}


def _unescaped(text: str) -> str:
    return unescape(text, {"&quot;": '"', "&apos;": "'"})


class _Handlers(MediaElements, PodcastElements):
    """A mixin for both of feedparser's parser classes."""

    namespaces = api.StrictFeedParser.namespaces | podcasting.PODCAST_NAMESPACES | _NAMESPACES
    _matchnamespaces: dict[str, str] = {}  # noqa: RUF012  (feedparser fills it from `namespaces`)
    can_be_relative_uri = api.StrictFeedParser.can_be_relative_uri - {"id"}

    def __init__(self, *args: Any) -> None:
        self.entry_extras: list[RawExtras] = []
        self.skip_hours: list[str] = []
        self.skip_days: list[str] = []
        self.notes: list[str] = []
        self.root_ended = False  # the end tag of the root, or of the channel, was parsed
        super().__init__(*args)

    # every element

    def unknown_starttag(self: Any, tag: str, attrs: list[tuple[str, str]]) -> None:
        try:
            super().unknown_starttag(tag, attrs)  # type: ignore[misc]
        except ItemLimit:
            self.notes.append(f"the items after the first {MAX_READ_ITEMS}")
            raise
        except Exception as error:  # feedparser's handlers may raise anything on bad values
            self._note_error(tag, error)

    def handle_data(self: Any, text: str, escape: int = 1) -> None:
        # XHTML's <br/> arrives as "<br>" and "</br>"; an HTML parser reads the latter as another <br>.
        if escape or text not in VOID_END_TAGS:
            super().handle_data(text, escape)  # type: ignore[misc]

    def unknown_endtag(self: Any, tag: str) -> None:
        try:
            super().unknown_endtag(tag)  # type: ignore[misc]
        except Exception as error:
            self._note_error(tag, error)
        # feedparser does not restore an empty base, and would keep the xml:base of the element that ends.
        self.baseuri = self.basestack[-1] if self.basestack else ""
        self.root_ended = self.root_ended or tag.rpartition(":")[2] in _ROOTS

    def _note_error(self: Any, tag: str, error: Exception) -> None:
        if len(self.notes) < MAX_LIST_LENGTH:
            self.notes.append(f"item {len(self.entries)}: <{tag[:40]}> ({type(error).__name__})")

    # text constructs

    def push_content(self: Any, tag: str, attrs: dict[str, str], default_type: str, keep: int) -> None:
        if "type" in attrs:
            attrs = attrs | {"type": text_type(attrs["type"])}
        super().push_content(tag, attrs, default_type, keep)  # type: ignore[misc]

    def _is_base64(self: Any, attrs: dict[str, str], params: dict[str, str]) -> int:
        # feedparser decodes every type that it does not know: "four *b*" becomes two characters.
        return int(attrs.get("mode") == "base64" or is_file(params["type"]))

    # items

    def _start_item(self: Any, attrs: dict[str, str]) -> None:
        if len(self.entries) >= MAX_READ_ITEMS:
            raise ItemLimit
        self.open_media = self.group_captions = self.open_alternate = None
        super()._start_item(attrs)  # type: ignore[misc]
        self.entry_extras.append(RawExtras(language=self.lang or ""))

    def _end_item(self: Any) -> None:
        if self.entry_extras:
            self.entry_extras[-1].complete = True
        super()._end_item()  # type: ignore[misc]

    _start_entry, _end_entry = _start_item, _end_item

    def _start_guid(self: Any, attrs: dict[str, str]) -> None:
        self._extras().guid_is_permalink = attrs.get("ispermalink", "true").strip().lower() != "false"
        super()._start_guid(attrs)  # type: ignore[misc]

    def _add_tag(self: Any, term: str, scheme: str, label: str) -> None:
        # feedparser compares each tag with all before it.
        if len(dict.get(self._get_context(), "tags", ())) < MAX_LIST_LENGTH:
            super()._add_tag(term, scheme, label)  # type: ignore[misc]

    def _start_link(self: Any, attrs: dict[str, str]) -> None:
        attrs[TYPE_AS_WRITTEN] = attrs.get("type", "")
        super()._start_link(attrs)  # type: ignore[misc]

    def _start_content(self: Any, attrs: dict[str, str]) -> None:
        super()._start_content(self._resolve(attrs, "src"))  # type: ignore[misc]

    def _start_enclosure(self: Any, attrs: dict[str, str]) -> None:
        super()._start_enclosure(self._resolve(attrs, "url"))  # type: ignore[misc]

    def _start_enc_enclosure(self: Any, attrs: dict[str, str]) -> None:
        local = {name.rpartition(":")[2]: value for name, value in attrs.items()}
        self._start_enclosure(local | {"url": local.get("resource") or local.get("url", "")})

    def _start_source(self: Any, attrs: dict[str, str]) -> None:
        super()._start_source(self._resolve(attrs, "url"))  # type: ignore[misc]
        if language := attrs.get("xml:lang"):
            self.sourcedata["language"] = language

    def _save_where(self: Any, geometry: dict[str, Any]) -> None:
        # feedparser expects the element that begins a place in the same context, and raises KeyError otherwise.
        self._get_context().setdefault("where", {}).update(geometry)

    # people

    def _save_author(self: Any, key: str, value: str, prefix: str = "author") -> None:
        if prefix == "author":
            self._get_context().setdefault("authors", [{}])[-1][key] = value

    def _sync_author_detail(self, key: str = "author") -> None:
        pass  # done in `_end_author`

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


class StrictParser(_Handlers, IndependenceCheck, api.StrictFeedParser):  # type: ignore[misc]
    nesting = 0

    def startElementNS(self, name: Any, qname: Any, attrs: Any) -> None:  # noqa: N802
        self.nesting += 1
        if self.nesting > MAX_DEPTH:
            raise LimitExceeded(f"elements are nested more than {MAX_DEPTH} deep")
        if len(attrs) > MAX_ATTRIBUTES:
            raise LimitExceeded(f"an element has more than {MAX_ATTRIBUTES} attributes")
        super().startElementNS(name, qname, attrs)

    def endElementNS(self, *args: Any) -> None:  # noqa: N802
        self.nesting -= 1
        super().endElementNS(*args)


class LooseParser(_Handlers, api.LooseFeedParser):  # type: ignore[misc]
    def unknown_starttag(self, tag: str, attrs: list[tuple[str, str]]) -> None:
        if tag in ("item", "entry"):  # the previous item may have left elements open: they end with it
            self.svgOK = self.incontent = self.insource = self.inimage = self.intextinput = 0
            self.inauthor = self.incontributor = self.inpublisher = 0
            self.contentparams.clear()
        super().unknown_starttag(tag, attrs)

    def decode_entities(self, element: str, data: str) -> str:
        # feedparser resolves references in text constructs only, so that the guid of an ill-formed document differs.
        data = super().decode_entities(element, data)
        return data if self.contentparams else _unescaped(data)

    def _save_author(self, key: str, value: str, prefix: str = "author") -> None:
        super()._save_author(key, _unescaped(value) if value and key == "name" else value, prefix)

    def _save_contributor(self, key: str, value: str) -> None:
        super()._save_contributor(key, _unescaped(value) if value and key == "name" else value)

    def handle_charref(self, ref: str) -> None:
        with suppress(ValueError, OverflowError):  # not a character, or a lone surrogate
            super().handle_charref(ref)
