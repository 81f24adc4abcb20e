"""HTML that may be published, and the plain words in it. The one sanitizer is nh3, and it comes last."""

# ruff: noqa: SIM905 - lists of words are read as words

from __future__ import annotations

import nh3
from lxml import etree

from feeds.model import SafeHtml, Text
from feeds.normalize.lines import lines_of, text_of
from feeds.normalize.rewrite import rewrite, srcset
from feeds.normalize.text import xml_chars
from feeds.normalize.tree import Element, read

TAGS = frozenset(
    (
        "a abbr address article aside audio b bdi blockquote br caption cite code col colgroup data dd "
        "del details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup hr i img ins "
        "kbd li mark nav ol p picture pre q rp rt ruby s samp section small source span strong sub summary "
        "sup table tbody td tfoot th thead time tr u ul var video wbr"
    ).split()
)
_WITHOUT_TEXT = {
    "script",
    "style",
    "template",
    "svg",
    "math",
    "noscript",
    "iframe",
    "object",
    "select",
    "textarea",
}

_SHARED = {"dir", "lang"}
# On formatting elements no attribute at all: see `rewrite.FORMATTING`.
_ATTRIBUTES: dict[str, set[str]] = {
    **{
        tag: set(_SHARED)
        for tag in [
            "p",
            "div",
            "span",
            "blockquote",
            "ul",
            "ol",
            "li",
            "dl",
            "dd",
            "dt",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "table",
            "bdi",
        ]
    },
    "a": {"href", "hreflang", "title", *_SHARED},
    "abbr": {"title"},
    "audio": {"src", "preload", "loop"},
    "blockquote": {"cite", *_SHARED},
    "col": {"span"},
    "colgroup": {"span"},
    "data": {"value"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "dfn": {"title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ins": {"cite", "datetime"},
    "li": {"value", *_SHARED},
    "ol": {"start", "reversed", "type", *_SHARED},
    "q": {"cite", *_SHARED},
    "source": {"src", "type", "media"},
    "td": {"colspan", "rowspan", "headers"},
    "th": {"colspan", "rowspan", "headers", "scope", "abbr"},
    "time": {"datetime"},
    "video": {"src", "poster", "preload", "loop", "muted", "width", "height"},
}


def _cleaner(attributes: dict[str, set[str]], *, with_sets: bool) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(TAGS),
        clean_content_tags=_WITHOUT_TEXT,
        attributes=attributes,
        attribute_filter=_without_bad_sets if with_sets else None,
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
        link_rel="noopener noreferrer",
        strip_comments=True,
    )


def _without_bad_sets(_tag: str, name: str, value: str) -> str | None:
    """nh3 does not take srcset for an address."""
    return (srcset(value, "") or None) if name == "srcset" else value


_CLEANER = _cleaner(_ATTRIBUTES, with_sets=False)
# The filter is a call for every attribute, so it is there only where a srcset is.
_SET_CLEANER = _cleaner(
    {
        **_ATTRIBUTES,
        "img": _ATTRIBUTES["img"] | {"srcset", "sizes"},
        "source": _ATTRIBUTES["source"] | {"srcset", "sizes"},
    },
    with_sets=True,
)


def sanitize(html: str, base: str) -> SafeHtml:
    """What may be published of `html`, with every address absolute (against `base`). Never raises.

    Scripts, styles, forms, frames, pixels, classes and ids go; known players become links to their pages.
    Bodies over the limits of `tree` come back as plain paragraphs.
    """
    return safe(fragment(html, base))


def to_text(html: str) -> Text:
    """The plain words of `html`, paragraphs parted by "\\n". Never raises."""
    return text_of(lines_of(fragment(html, "")))


def fragment(html: str, base: str) -> Element:
    """The tree of `html`, rewritten; what `safe` makes of it may be published."""
    body = read(html)
    rewrite(body, base)
    # What is no element of ours goes before the sanitizer reads it, or a list that stood in one stands in a <p>.
    if strange := {element.tag for element in body.iter("*")}.difference(TAGS, ("body",)):
        etree.strip_tags(body, *strange)
    return body


def safe(body: Element) -> SafeHtml:
    body.attrib.clear()
    written: str = etree.tostring(body, encoding="unicode", method="html", with_tail=False)
    cleaner = _SET_CLEANER if "srcset" in written else _CLEANER
    # `&#1;` is a character only now.
    return SafeHtml(xml_chars(cleaner.clean(written)).strip())
