"""Reads markup that was escaped once too often, in a whole body or in parts of it: `&lt;a href="…"&gt;` is a link.

Escaped tags are also what an article about HTML shows. It shows them in elements for code, or says what they are.
"""

from __future__ import annotations

import re
from collections import Counter

from feeds.normalize.text import resolve_references

MIN_TAGS_IF_ABOUT_MARKUP = 4

_VOID = frozenset({"br", "img", "hr"})
_ESCAPED_TAG = re.compile(
    r"&lt;(/?)(a|abbr|b|blockquote|br|cite|code|div|em|figcaption|figure|h[1-6]|hr|i|iframe|img|li|ol|p|pre|s|small"
    r"|span|strong|sub|sup|table|tbody|td|th|thead|tr|u|ul)((?=[\s/&])(?:(?!&[lg]t;)[^<>]){0,2000})&gt;",
    re.I,
)
_TAG = re.compile(r"""<(/?)([A-Za-z][A-Za-z0-9]*+)?(?>[^<>"']++|"[^"<]*+"|'[^'<]*+'|["'])*+>""")
_CODE_TAGS = frozenset({"code", "pre", "kbd", "samp", "tt", "xmp", "textarea", "script", "style"})
_ABOUT_MARKUP = re.compile(
    r"\b(?:x?html5?|xml|css|markup|markdown|tags?|elements?|attributes?|balises?|etiquetas?|code)\b|\bтег|标签|標籤|タグ",
    re.I,
)


_NUMERIC_BRACKET = re.compile(r"&#(?:0*+6([02])|[xX]0*+3([cCeE]));")
# References that are escaped where no author would write about them: `It&amp;#8217;s`, `10&amp;nbsp;km`
_ESCAPED_REFERENCE = re.compile(
    r"&amp;(#(?:\d{2,6}|[xX][0-9a-fA-F]{2,5})|nbsp|hellip|[lr][sd]quo|[mn]dash|quot|apos|shy|laquo|raquo|bull|middot"
    r"|deg|euro|pound|copy|reg|trade|times);"
)


def unescape_markup(html: str) -> str:
    """The HTML with the tags that should not have been escaped. In a body without other tags, all is unescaped.

    In other bodies, character references that were escaped twice become what they stand for, without `&lt;`.
    """
    if "&#" in html:
        html = _NUMERIC_BRACKET.sub(_named_bracket, html)
    html = _unescape_tags(html)
    return _unescape_references(html) if _ESCAPED_REFERENCE.search(html) else html


def _named_bracket(reference: re.Match[str]) -> str:
    return "&lt;" if (reference[1] or reference[2]) in {"0", "c", "C"} else "&gt;"


def _unescape_tags(html: str) -> str:
    if "&lt;" not in html:
        return html
    segments = _texts_outside_code(html)
    has_tags = len(segments) > 1 or segments == []
    is_enclosed = not has_tags and html.lstrip().startswith("&lt;") and html.rstrip().endswith("&gt;")
    if not _is_markup("".join(html[start:end] for start, end in segments), is_enclosed=is_enclosed):
        return html
    if not has_tags:
        return resolve_references(html)
    pieces: list[str] = []
    at = 0
    for start, end in segments:
        pieces += (html[at:start], _ESCAPED_TAG.sub(_unescaped_tag, html[start:end]))
        at = end
    return "".join((*pieces, html[at:]))


def _unescape_references(html: str) -> str:
    """In texts outside of code, unless the body is about markup."""
    segments = _texts_outside_code(html)
    if any(_ABOUT_MARKUP.search(html, start, end) for start, end in segments):
        return html
    pieces: list[str] = []
    at = 0
    for start, end in segments:
        text = _ESCAPED_REFERENCE.sub(r"&\1;", html[start:end]).replace("&amp;amp;", "&amp;")
        pieces += (html[at:start], text)
        at = end
    return "".join((*pieces, html[at:]))


def _texts_outside_code(html: str) -> list[tuple[int, int]]:
    """(start, end) of the texts between tags, without those in elements for code, scripts or input."""
    segments: list[tuple[int, int]] = []
    depth = at = 0
    for tag in _TAG.finditer(html):
        if depth == 0:
            segments.append((at, tag.start()))
        if tag[2] and tag[2].lower() in _CODE_TAGS:
            depth = max(depth - 1, 0) if tag[1] else depth + 1
        at = tag.end()
    return [*segments, (at, len(html))] if depth == 0 else segments


def _is_markup(text: str, *, is_enclosed: bool) -> bool:
    """Whether the escaped tags in the text are more likely markup than what the text is about. `is_enclosed`: the text
    is a whole body in such tags."""
    open_tags: Counter[str] = Counter()
    count = 0
    for closing, name, _ in _ESCAPED_TAG.findall(text):
        tag = name.lower()
        if not closing and tag not in _VOID:
            open_tags[tag] += 1
        elif tag in _VOID or open_tags[tag]:
            count += 1
            open_tags[tag] -= tag not in _VOID
    return count >= (MIN_TAGS_IF_ABOUT_MARKUP if not is_enclosed and _ABOUT_MARKUP.search(text) else 1)


def _unescaped_tag(escaped: re.Match[str]) -> str:
    attributes = escaped[3].replace("&quot;", '"').replace("&#34;", '"').replace("&#39;", "'")
    return f"<{escaped[1]}{escaped[2]}{attributes}>"
