"""Datelines: the agency becomes data, the place stays: "PARIS (Reuters) - Rain" becomes "PARIS - Rain"."""

from __future__ import annotations

import re
from functools import cache

from feeds.normalize.credits.agencies import HAN_NAME, LIST, names_in
from feeds.normalize.lines import Line

_MAX_HEAD = 120  # characters; a dateline is shorter
_MARKS = re.compile("[(（\\[【/电電—–-]")  # each of them has one in it


@cache
def _heads() -> tuple[re.Pattern[str], ...]:
    """Datelines. What they cut is group "cut", or all that they match."""
    return (
        re.compile(
            rf"^\s*(?P<place>[^()（）\[\]【】|]{{0,60}}?)(?P<cut>\s*[(（\[【]\s*{LIST}\s*[)）\]】])"
            r"(?P<dash>\s*\.?\s*[-–—−:=]+\s*|\s+)"
        ),
        re.compile(rf"^\s*(?P<place>[^/]{{2,60}}?[.,])(?P<cut>\s*/{LIST}/\.?(?:\s*[-–—])?)\s*"),
        re.compile(rf"^\s*(?P<place>[^—–/()]{{2,50}}?\d[^—–/()]{{0,20}})(?P<cut>\s+[—–-]+\s+{LIST})[.,:]\s+"),
        re.compile(rf"^\s*[(（【\[]?(?P<list>{HAN_NAME})[^，。、\s)）】]{{0,18}}[电電][)）】\]]?\s*"),
        re.compile(rf"^\s*【[^】]{{0,12}}?(?P<list>{HAN_NAME})】\s*"),
        re.compile(rf"^\s*\(\s*[^()=]{{1,12}}=\s*{LIST}\s*\)\s*"),
        re.compile(rf"^\s*{LIST}\s+[-–—]{{1,2}}\s+(?=[^a-zà-ÿα-ωа-я])"),
    )


def cut_dateline(line: Line, found: dict[str, None]) -> bool:
    """Cuts the agency out of the dateline that `line` begins with, into `found`. False if there is none."""
    raw = line.raw
    head = raw[:_MAX_HEAD]
    for pattern in _heads() if _MARKS.search(head) else ():
        match = pattern.match(head)
        if match is None:
            continue
        groups = match.groupdict()
        place = (groups.get("place") or "").strip()
        start, end = match.span("cut") if place else match.span()
        if place and not _is_place(place.rstrip(".,")):
            continue
        if groups.get("dash", "-").isspace() and (not place or place[0].lower() != place[0].upper()):
            continue  # "Journalists (AFP) report"
        names = names_in(match["list"], apart=True)
        if names and any(map(str.isalnum, raw[end:])):
            found.update(dict.fromkeys(names))
            line.cut(start, end)
            return True
    return False


_SMALL = frozenset(
    "de la le les del der den am an im sur of upon di do da du el al und y e on".split()  # noqa: SIM905
)
_NO_PLACE = re.compile(
    r"agen[ctz]|агент|πρακτορ|وكالة|خبرگزاری|通信社|通讯社|एजेंसी|news|press\b|[!?;:\"“”«»]", re.I
)


def _is_place(words: str) -> bool:
    """Names, and small words between or after them: "PARIS", "Frankfurt am Main", "МОСКВА, 3 марта"."""
    tokens = words.replace(",", " ").split()
    if not tokens or len(tokens) > 7 or _NO_PLACE.search(words) or tokens[0][0].islower():
        return False
    after_number = False
    for token in tokens:
        if token[0].islower() and token.rstrip(".") not in _SMALL and not after_number:
            return False
        after_number = token[0].isdigit()
    return True
