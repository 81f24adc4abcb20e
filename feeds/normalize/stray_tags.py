"""Finds the tags that are words: `k<n`, `<stdio.h>`, `<ann@example.org>`, `List<T>`, `<your-name>`.

Authors forget to escape them, and feed programs resolve `&lt;` once too often. A browser drops such tags in silence,
and with them what the author wrote. A tag is text if its name is not that of an element (of HTML; of SVG or MathML
within a drawing or a formula) and

- it is never closed, and has no attribute that a page needs (`src`, `class`, `data-id`), or
- its name cannot be that of an element, or
- it is within code, and its name has no hyphen (those of highlighters' own elements have one).

A tag of a known element is text

- between backticks,
- within code, if it belongs to the head of a page,
- without attributes, if the element is nothing without them (`<source>`), or is never closed and always is otherwise
  (`<label>`),
- in `a<b` or `i<p and q>2`: a name of one letter, behind a letter or digit, never closed.
"""

# ruff: noqa: SIM905 - lists of words are read as words

from __future__ import annotations

import re
from collections.abc import Iterable

from feeds.normalize.tag_names import FORMULA_TAGS, HTML_TAGS, SVG_TAGS
from feeds.normalize.tag_scanner import Tag

CODE_TAGS = frozenset({"pre", "code", "samp", "kbd", "tt", "listing"})

_ONE_LETTER = frozenset({"a", "b", "i", "p", "q", "s", "u"})
NEED_ATTRIBUTES = frozenset(("area base embed img input link meta param source track").split())
_NEED_END = frozenset(
    (
        "audio button canvas data datalist dialog fieldset iframe label legend map meter object output progress search "
        "select slot template textarea time title video"
    ).split()
)
_PAGE_TAGS = frozenset(
    {"html", "head", "body", "title", "meta", "link", "base", "style", "script", "template"}
)
_ELEMENT_NAME = re.compile(r"[a-z][a-z0-9_]*+(?:[:-][a-z0-9_.-]+)?", re.A)
# Prefixes of elements that Word and widgets leave in HTML, closed or not
_PREFIX = re.compile(r"(?:o|w|v|m|mml|st\d|u\d|svg|math|xhtml|html|fb|g|jats):")
_CONTEXTS = {**dict.fromkeys(CODE_TAGS, "code"), "svg": "svg", "math": "math"}
_ELEMENTS = HTML_TAGS | SVG_TAGS | FORMULA_TAGS
_PAIRED_TAGS = _ONE_LETTER | _NEED_END | _CONTEXTS.keys()
_ATTRIBUTE_OF_ELEMENT = re.compile(r"\s(?:src|srcset|href|url|class|id|style|width|data-[\w-]++)\s*+=", re.I)
_WORDS = re.compile(r"[\s\w$^*,;.+()\\{}\[\]|-]*+")
_BEFORE_COMPARISON = re.compile(r"[\w)\]}$]")


class StrayTags:
    """Decides for each tag of one source whether it is text. `tags`: all its tags, in order."""

    def __init__(self, html: str, tags: Iterable[Tag]) -> None:
        self._html = html
        self._paired: set[int] = set()  # where start and end tags begin that belong together
        self._depth = {"code": 0, "svg": 0, "math": 0}
        self._pair(tags)

    def _pair(self, tags: Iterable[Tag]) -> None:
        """Only those whose decision depends on it."""
        open_tags: dict[str, list[int]] = {}
        for tag in tags:
            name = tag.name
            if not name or (name in HTML_TAGS and name not in _PAIRED_TAGS):
                continue
            if tag.kind == "end":
                if starts := open_tags.get(name):
                    self._paired.update((starts.pop(), tag.start))
            elif not tag.is_self_closed:
                open_tags.setdefault(name, []).append(tag.start)

    def is_text(self, tag: Tag) -> bool:
        """Call this for every start and end tag, in order."""
        name = tag.name
        if self._is_between_backticks(tag):
            return True
        if name in _CONTEXTS and tag.start in self._paired:
            self._depth[_CONTEXTS[name]] += 1 if tag.kind == "start" else -1
            return False
        if name in HTML_TAGS:
            return self._is_known_text(tag)
        if (name in SVG_TAGS and self._depth["svg"]) or (name in FORMULA_TAGS and self._depth["math"]):
            return False
        return self._is_unknown_text(tag)

    def _is_between_backticks(self, tag: Tag) -> bool:
        if not tag.start or self._html[tag.start - 1] != "`":
            return False
        return self._html[tag.end : tag.end + 1] == "`" or tag.name not in _ELEMENTS

    def _is_known_text(self, tag: Tag) -> bool:
        name = tag.name
        if name in _PAGE_TAGS and self._depth["code"]:
            return not (name == "script" and "src" in tag.attributes)
        if tag.kind == "end":
            return False
        if name in _ONE_LETTER:
            return self._is_comparison(tag)
        if tag.attributes.strip(" /"):
            return False
        if name in NEED_ATTRIBUTES:
            return True
        return name in _NEED_END and tag.start not in self._paired and not tag.is_self_closed

    def _is_comparison(self, tag: Tag) -> bool:
        """Whether the "<" before a letter is an operator: `a<b`, `if i<p and q>2`."""
        if not tag.start or _BEFORE_COMPARISON.match(self._html[tag.start - 1]) is None:
            return False
        if tag.attributes.strip():
            return _WORDS.fullmatch(tag.attributes) is not None
        return tag.start not in self._paired and (tag.name != "p" or not tag.is_ended)

    def _is_unknown_text(self, tag: Tag) -> bool:
        name = tag.name
        if _ELEMENT_NAME.fullmatch(name) is None:
            return tag.kind == "start" or tag.start not in self._paired
        if self._depth["code"] and "-" not in name and name != "o:p":
            return True
        if _PREFIX.match(name):
            return not tag.is_ended
        if tag.start in self._paired:
            return False
        if tag.kind == "end":
            return "-" not in name
        return not tag.is_ended or _ATTRIBUTE_OF_ELEMENT.search(tag.attributes) is None
