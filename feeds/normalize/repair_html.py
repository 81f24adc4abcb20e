"""Repairs the source of HTML before it is parsed, and takes out what is never shown.

- A "<" that is no tag becomes `&lt;` (`stray_tags`).
- An end that is missing costs no text: a comment, a quote or a `script` without end is closed where it begins, unless
  the body was cut off in it.
- Comments, styles, long scripts, the shapes of drawings, and long attributes that hold data go. Some bodies have
  megabytes of them.
- `<a href="…"/>text</a>` is a link with a text, and `<mml:math>` is a formula.
"""

from __future__ import annotations

import re
from itertools import islice

from feeds.normalize.stray_tags import NEED_ATTRIBUTES, StrayTags
from feeds.normalize.tag_names import HTML_TAGS, RAW_TEXT_TAGS, SVG_SHAPES, any_of
from feeds.normalize.tag_scanner import Tag, scan_tags

LONG_HTML_CHARS = 100_000  # above this, every tag is looked at
QUICK_HTML_CHARS = 16_000  # below this, attributes without number cost nothing
MAX_SCRIPT_CHARS = 2_000  # of a script's content that handlers may read
MAX_TAG_CHARS = 4_000  # a longer tag holds data
MAX_ATTRIBUTES = 100
CUT_DATA_URI = "data:,cut"  # in place of a long one; "data:," is a stand-in of lazy loaders

_ORDINARY_TAGS = HTML_TAGS - RAW_TEXT_TAGS
# A "<" that may need a repair. Every match begins with "<", which makes the search fast.
_UNUSUAL = re.compile(
    rf"""<(?:
        (?!/?(?:{any_of(_ORDINARY_TAGS)})[\s/>]|!--|[^A-Za-z/!?])
      | (?<=`<)/?[A-Za-z]
      | (?<=[\w)\]}}$]<)[abiqsu]>
      | [abipqsu]\s[^=<>"']*+>
      | a\s[^<>]*+(?<=/)>
      | (?:{any_of(NEED_ATTRIBUTES)})\s*+/?>
    )""",
    re.X | re.I,
)
# One start tag up to its ">". Group 1 matches only if the tag has some 100 attributes or more. Groups are atomic and
# matches do not overlap, so the time is linear in the length of the body. An alternative that can be retried inside
# a repetition takes exponential time on an <img> with ten attributes.
_TAG_PART = r"(?>[\s/]++|=\s*+(?>\"[^\"]*+\"|'[^']*+'|[^\s<>]++|)|[^\s/<>=]++|<)"
_START_TAG = re.compile(rf"<[A-Za-z][^\s/<>]*+({_TAG_PART}{{{2 * MAX_ATTRIBUTES}}})?{_TAG_PART}*+")
_FOREIGN_PREFIX = re.compile(r"(</?)(?:mml|m|math|svg):(?=[a-z])", re.I)
_LINK_END = re.compile(r"<(/?)a(?=[\s>/])", re.I)
_QUOTE = re.compile(r"""(=\s*+)("[^"]*+"|'[^']*+'|["'])""")  # with its value, if it ends
_ATTRIBUTE = re.compile(r"""[^\s"'<>/=]++(?:\s*+=\s*+(?>"[^"]*+"|'[^']*+'|[^\s"'<>]*+))?""")
_DATA_URI = re.compile(r"data:[^\"'\s<>]{200,}+")
_DATA_ATTRIBUTE = re.compile(
    r"""\s(?:data-[\w-]+|style|on\w+|d|points|values)\s*+=\s*+(?>"[^"]{4000,}+"|'[^']{4000,}+')""", re.I
)
# A body was cut off within a script, unless these follow: no script has so much of a page.
_REST_OF_PAGE = re.compile(r"</(?:p|div|li|h[1-6]|blockquote|code|pre|table|a|strong|em)\s*>", re.I)


def repair_html(html: str) -> str:
    if ":math" in html or "<svg:" in html:
        html = _FOREIGN_PREFIX.sub(r"\1", html)
    return _Repair(html).result() if _needs_repair(html) else html


def _needs_repair(html: str) -> bool:
    """Whether there may be something to do; a fast test that most bodies do not pass."""
    return (
        len(html) > LONG_HTML_CHARS
        or _UNUSUAL.search(html) is not None
        or html.rfind("<") > html.rfind(">")
        or html.count('"') % 2 == 1
        or html.count("<!--") != html.count("-->")
        or (len(html) > QUICK_HTML_CHARS and any(tag.lastindex for tag in _START_TAG.finditer(html)))
    )


class _Repair:
    def __init__(self, html: str) -> None:
        self._html = html
        self._tags = list(scan_tags(html))
        self._stray = StrayTags(html, self._tags)
        self._pieces: list[str] = []
        self._at = 0  # up to here, the source is repaired
        self._svg_depth = 0
        self._cdata_end = -1
        self._last_of_page: int | None = None

    def result(self) -> str:
        for tag in self._tags:
            self._end_cdata(tag.start)
            if tag.start >= self._at:
                self._repair(tag)
        self._end_cdata(len(self._html))
        self._pieces.append(self._html[self._at :])
        return "".join(self._pieces)

    def _replace(self, start: int, end: int, text: str) -> None:
        self._pieces += [self._html[self._at : start], text]
        self._at = end

    def _repair(self, tag: Tag) -> None:
        if tag.kind == "comment":
            end = tag.end if tag.is_ended or self._is_rest_of_page(tag.end) else len(self._html)
            self._replace(tag.start, end, "")
        elif tag.kind == "declaration" and tag.is_ended:
            self._replace(tag.start, tag.end, "")
        elif tag.kind == "cdata":
            self._replace(tag.start, tag.end, "")
            if self._cdata_end < tag.end:
                self._cdata_end = self._html.find("]]>", tag.end)
                if self._cdata_end < 0:
                    self._cdata_end = len(self._html)
        elif not tag.name or self._stray.is_text(tag):
            self._replace(tag.start, tag.start + 1, "&lt;")
        elif tag.end == len(self._html) and not tag.is_ended:
            self._replace(tag.start, tag.end, "")  # the body was cut off in it
        elif tag.kind == "start" and tag.name in RAW_TEXT_TAGS and tag.is_ended and not tag.is_self_closed:
            self._repair_raw_text(tag)
        elif tag.name == "svg":
            self._svg_depth = max(0, self._svg_depth + (1 if tag.kind == "start" else -1))
        elif self._svg_depth and tag.name in SVG_SHAPES and "data-c" not in tag.attributes:
            self._replace(tag.start, tag.end, "")
        else:
            self._repair_attributes(tag)

    def _end_cdata(self, before: int) -> None:
        if self._at <= self._cdata_end < min(before, len(self._html)):
            self._replace(self._cdata_end, self._cdata_end + 3, "")

    def _is_rest_of_page(self, at: int) -> bool:
        if self._last_of_page is None:
            self._last_of_page = max(
                (match.start() for match in _REST_OF_PAGE.finditer(self._html)), default=-1
            )
        return at <= self._last_of_page

    def _repair_raw_text(self, tag: Tag) -> None:
        name, end = tag.name, tag.content_end
        self._repair_attributes(tag)
        if end >= 0 and name == "style":
            self._replace(tag.end, end, "")
        elif end >= 0:
            is_long = name == "script" and end - tag.end > MAX_SCRIPT_CHARS
            if is_long and "math/" not in tag.attributes:
                self._replace(tag.end, end, "")
        elif name in {"script", "style"} and not self._is_rest_of_page(tag.end):
            self._replace(tag.end, len(self._html), f"</{name}>")
        elif tag.attributes.strip():
            self._replace(tag.end, tag.end, f"</{name}>")
        else:
            self._replace(tag.start, tag.start + 1, "&lt;")

    def _repair_attributes(self, tag: Tag) -> None:
        attributes = tag.attributes
        if tag.has_open_quote:
            attributes = _QUOTE.sub(lambda match: match[1] if len(match[2]) == 1 else match[0], attributes)
        if len(attributes) > MAX_TAG_CHARS:
            attributes = _DATA_ATTRIBUTE.sub("", _DATA_URI.sub(CUT_DATA_URI, attributes))
        if len(attributes) > 4 * MAX_ATTRIBUTES:
            stated = list(islice(_ATTRIBUTE.finditer(attributes), MAX_ATTRIBUTES + 1))
            if len(stated) > MAX_ATTRIBUTES:
                attributes = attributes[: stated[-1].start()]
        if tag.name == "a" and tag.is_self_closed and self._has_link_text(tag):
            attributes = attributes[:-1]
        if attributes is not tag.attributes:
            start = tag.start + 1 + len(tag.name)
            self._replace(start, start + len(tag.attributes), attributes)
        if not tag.is_ended and tag.name in HTML_TAGS:
            self._replace(tag.end, tag.end, ">")

    def _has_link_text(self, tag: Tag) -> bool:
        following = _LINK_END.search(self._html, tag.end)
        return following is not None and following[1] == "/" and "href" in tag.attributes
