"""Limits how deep the elements of an HTML source are nested: deeper ones lose their tags and keep their content."""

# ruff: noqa: SIM905 - lists of words are read as words

from __future__ import annotations

from collections import Counter

from feeds.normalize.tag_scanner import scan_tags

MAX_LEVELS = 60

# libxml2 closes these by itself, so they do not nest; their parents count for them.
_CLOSED_BY_PARSER = frozenset(
    "a iframe p li dt dd option tr td th thead tbody tfoot colgroup col br hr img input source wbr area embed track"
    " meta link base param html head body".split()
)
_LEVELS = {"table": 4, "ul": 2, "ol": 2, "dl": 2, "menu": 2, "dir": 2}


def limit_nesting(html: str) -> str:
    pieces: list[str] = []
    at = level = 0
    open_tags: list[tuple[str, int]] = []  # name, levels; 0 for those that lost their tags
    open_names: Counter[str] = Counter()
    for tag in scan_tags(html, plain=True):
        name = tag.name
        if not name or name in _CLOSED_BY_PARSER:
            continue
        is_removed = False
        if tag.kind == "start" and not tag.is_self_closed:
            levels = _LEVELS.get(name, 1)
            is_removed = level + levels > MAX_LEVELS
            if is_removed:
                levels = 0
            level += levels
            open_tags.append((name, levels))
            open_names[name] += 1
        elif tag.kind == "end" and open_names[name]:
            while True:
                closed, levels = open_tags.pop()
                open_names[closed] -= 1
                level -= levels
                if closed == name:
                    break
            is_removed = levels == 0
        if is_removed:
            pieces.append(html[at : tag.start])
            at = tag.end
    pieces.append(html[at:])
    return "".join(pieces)
