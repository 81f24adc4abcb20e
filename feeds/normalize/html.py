"""Makes HTML safe to publish: html --rewritten_tree--> tree --sanitize--> SafeHtml. nh3 always runs last."""

# ruff: noqa: SIM905 - lists of words are read as words

from __future__ import annotations

from collections import Counter

import nh3
from lxml import etree

from feeds.model import SafeHtml
from feeds.normalize.app_links import APP_SCHEMES
from feeds.normalize.escaped_markup import unescape_markup
from feeds.normalize.long_texts import part_long_texts
from feeds.normalize.rewrite.code import remove_first_line_ends, unwrap_blocks_in_listings
from feeds.normalize.rewrite.context import RewriteContext
from feeds.normalize.rewrite.srcset import normalize_srcset
from feeds.normalize.rewrite.tables import unwrap_broken_tables
from feeds.normalize.rewrite.walk import rewrite
from feeds.normalize.text import remove_unpublishable_chars
from feeds.normalize.text_tree import tree_from_text
from feeds.normalize.tree import Element, parse_fragment, parse_sanitized

MAX_READINGS = 3  # of one body, in which the last reading revealed escaped markup
BODY_TAGS = 2  # that `_serialized` writes and nh3 removes
MAX_CLEANINGS = 4  # of one body, until another parser does not move its elements any more

TAGS = frozenset(
    (
        "a abbr address article aside audio b bdi blockquote br caption cite code col colgroup data dd "
        "del details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup hr i img ins "
        "kbd li mark nav ol p picture pre q rp rt ruby s samp section small source span strong sub summary "
        "sup table tbody td tfoot th thead time tr u ul var video wbr"
    ).split()
)
_REMOVED_WITH_CONTENT = {
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

_COMMON_ATTRIBUTES = {"dir", "lang"}
# Formatting elements have no attributes: see `rewrite.walk.FORMATTING_TAGS`.
_ATTRIBUTES: dict[str, set[str]] = {
    "*": {
        "id",
        "lang",
        "title",
    },  # ids: only those that links of the body point to: see `rewrite.links.keep_targets`
    **{
        tag: set(_COMMON_ATTRIBUTES)
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
    "a": {"href", "hreflang", "title", *_COMMON_ATTRIBUTES},
    "abbr": {"title"},
    "audio": {"src", "preload", "loop"},
    "blockquote": {"cite", *_COMMON_ATTRIBUTES},
    "col": {"span"},
    "colgroup": {"span"},
    "data": {"value"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "dfn": {"title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ins": {"cite", "datetime"},
    "li": {"value", *_COMMON_ATTRIBUTES},
    "ol": {"start", "reversed", "type", *_COMMON_ATTRIBUTES},
    "q": {"cite", *_COMMON_ATTRIBUTES},
    "source": {"src", "type", "media"},
    "td": {"colspan", "rowspan", "headers"},
    "th": {"colspan", "rowspan", "headers", "scope", "abbr"},
    "time": {"datetime"},
    "video": {"src", "poster", "preload", "loop", "muted", "width", "height"},
}


def _cleaner(attributes: dict[str, set[str]], *, with_srcset: bool) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(TAGS),
        clean_content_tags=_REMOVED_WITH_CONTENT,
        attributes=attributes,
        attribute_filter=_filter_srcset if with_srcset else None,
        url_schemes={"http", "https", "mailto", *APP_SCHEMES},
        url_relative="deny",
        link_rel="noopener noreferrer",
        strip_comments=True,
    )


def _filter_srcset(_tag: str, name: str, value: str) -> str | None:
    """Checks the URLs of a srcset, which nh3 does not."""
    return (normalize_srcset(value, "") or None) if name == "srcset" else value


_CLEANER = _cleaner(_ATTRIBUTES, with_srcset=False)
# The filter costs a call for every attribute, so it is used only for HTML with a srcset.
_SRCSET_CLEANER = _cleaner(
    {
        **_ATTRIBUTES,
        "img": _ATTRIBUTES["img"] | {"srcset", "sizes"},
        "source": _ATTRIBUTES["source"] | {"srcset", "sizes"},
    },
    with_srcset=True,
)


def rewritten_tree(html: str, base: str, page: str = "") -> Element:
    """The tree of `html` with URLs made absolute against `base`. It must pass `sanitize` before it is published.

    `page`: the URL of the article's page. Never raises. HTML over the limits of `tree` becomes plain paragraphs.
    """
    for _ in range(MAX_READINGS):
        body, is_moved = _rewritten(html, base, page)
        revealed = _escaped_markup(body, html, is_moved=is_moved)
        if revealed is None:
            break
        html = revealed
    return body


def _rewritten(html: str, base: str, page: str) -> tuple[Element, bool]:
    """The tree, and whether the rewrite added or renamed elements."""
    body = parse_fragment(html)
    stated = _count_tags(body)
    rewrite(body, RewriteContext(base, page), html)
    unwrap_blocks_in_listings(body)
    # Tags that are not allowed are removed before nh3 parses the HTML. Otherwise a list inside one ends up in a <p>.
    written = _count_tags(body)
    if unknown := written.keys() - TAGS - {"body"}:
        etree.strip_tags(body, *unknown)
    is_moved = bool(unknown) or any(count > stated[tag] for tag, count in written.items())
    if next(iter(body), None) is None and body.text:
        # The next program, too, reads a body without tags as plain text.
        return tree_from_text(body.text), is_moved
    unwrap_broken_tables(body)
    if is_moved:  # a parser may close other elements before them than it did for the stated ones
        body = parse_sanitized(_serialized(body))
    remove_first_line_ends(body)
    return body, is_moved


def _count_tags(body: Element) -> Counter[str]:
    return Counter([element.tag for element in body.iter("*")])


def _escaped_markup(body: Element, source: str, *, is_moved: bool) -> str | None:
    """The HTML that the next program would read in the text of `body`, or None if that is no other.

    The repair of `source` leaves tags as text, and these may look like markup that was escaped once too often.
    """
    text: str = etree.tostring(body, encoding="unicode", method="text", with_tail=False)
    may_differ = text.count("<") > source.count("&lt;") or (
        ("<" in text or "&" in text) and (is_moved or "&amp;amp;" in source)
    )
    if not may_differ:
        return None
    html = _serialized(body).removeprefix("<body>").removesuffix("</body>")
    read = unescape_markup(html)
    return None if read == html else read


def sanitize(body: Element) -> SafeHtml:
    """The content of `body` as HTML that is safe to publish: without scripts, styles, forms, frames, classes and ids.

    `body` comes from `rewritten_tree`, which removes tracking pixels and replaces known players by links.
    """
    body.attrib.clear()
    written = _serialized(body)
    if part_long_texts(body, written):
        return SafeHtml(_cleaned(_serialized(body)))
    html = _cleaned(written)
    # The parsers of lxml and of nh3 put misplaced elements elsewhere. An instance that reads this one uses both.
    if "<table" in html or html.count("<") != written.count("<") - BODY_TAGS:
        for _ in range(MAX_CLEANINGS - 1):
            cleaned = _cleaned(_serialized(parse_sanitized(html)))
            if cleaned == html:
                break
            html = cleaned
    return SafeHtml(html)


def _cleaned(written: str) -> str:
    cleaner = _SRCSET_CLEANER if "srcset" in written else _CLEANER
    # nh3 resolves references such as `&#1;` and `&#13;`, so characters are removed after it.
    html = remove_unpublishable_chars(cleaner.clean(written)).strip()
    return html.replace("\r\n", "\n").replace("\r", "\n") if "\r" in html else html


def _serialized(body: Element) -> str:
    for item in body.iter("li", "dd", "dt"):
        if item.text is None and not len(item):
            item.text = ""  # without it, lxml writes no end tag, and what follows becomes content of the item
    written: str = etree.tostring(body, encoding="unicode", method="html", with_tail=False)
    return written
