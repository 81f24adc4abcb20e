"""Finds the code between the fences of Markdown (```` ``` ````) in bodies that some programs publish as they are.

Fences of `~~~` are left out: in prose, such a line parts scenes.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_FENCE = re.compile(r"^[ \t]{0,3}(`{3,}+)[^\n`<]*+$", re.M)
_PRE = re.compile(r"<(/?)pre\b", re.I)


class Part(NamedTuple):
    text: str
    is_code: bool


def split_fences(html: str) -> list[Part]:
    """The body in parts; one part if it has no fences. A fence within `pre` is part of a text about Markdown."""
    if "```" not in html:
        return [Part(html, False)]
    parts: list[Part] = []
    at = depth = counted = 0
    opening: re.Match[str] | None = None
    for fence in _FENCE.finditer(html):
        for tag in _PRE.finditer(html, counted, fence.start()):
            depth = max(0, depth + (-1 if tag[1] else 1))
        counted = fence.start()
        if depth:
            opening = None
        elif opening is None:
            opening = fence
        elif fence[1].startswith(opening[1]):
            parts += [Part(html[at : opening.start()], False)]
            parts += [Part(html[opening.end() : fence.start()].strip("\r\n"), True)]
            at, opening = fence.end(), None
    return [*parts, Part(html[at:], False)]


def fences_to_html(parts: list[Part]) -> str:
    return "".join(
        "<pre><code>" + part.text.replace("<", "&lt;") + "</code></pre>" if part.is_code else part.text
        for part in parts
    )
