"""Removes the agency from a dateline: "PARIS (Reuters) - Rain" becomes "PARIS - Rain", credited to Reuters."""

from __future__ import annotations

import re
from functools import cache

from feeds.normalize.credits.agencies import HAN_NAME, NAME_LIST, agencies_in
from feeds.normalize.lines import Line

_MAX_DATELINE_CHARS = 120
_MARKS = re.compile("[(（\\[［【/电電—–-]")  # every dateline has one of them


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Patterns of datelines. If there is a place, group "cut" is to be removed; else the whole match."""
    return (
        re.compile(
            rf"^\s*+(?P<place>[^()（）\[\]［］【】|]{{0,60}}?)(?P<cut>\s*+[(（\[［【]\s*+{NAME_LIST}\s*+[)）\]］】])"
            r"(?P<dash>\s*+(?:\.\s*+)?[-–—−:=।]++\s*+|\s++|(?<=[）】］]))"
        ),
        re.compile(rf"^\s*(?P<place>[^/]{{2,60}}?[.,])(?P<cut>\s*/{NAME_LIST}/\.?(?:\s*[-–—])?)\s*"),
        re.compile(
            rf"^\s*(?P<place>[^—–/()]{{2,50}}?\d[^—–/()]{{0,20}})(?P<cut>\s+[—–-]+\s+{NAME_LIST})[.,:]\s+"
        ),
        re.compile(rf"^\s*[(（【\[]?(?P<list>{HAN_NAME})[^，。、\s)）】]{{0,18}}[电電][)）】\]]?\s*"),
        re.compile(rf"^\s*【[^】]{{0,12}}?(?P<list>{HAN_NAME})】\s*"),
        # The day stands before the agency: "【3月3日 AFP】", "［東京　3日　ロイター］"
        re.compile(rf"^\s*+[【［\[][^】］\[\]]{{0,12}}?[\d０-９]日\s+{NAME_LIST}[】］\]]\s*+[-–—]?\s*+"),
        re.compile(rf"^\s*[(\[]\s*[^()\[\]=]{{1,12}}=\s*{NAME_LIST}\s*[)\]]\s*"),
        re.compile(rf"^\s*{NAME_LIST}\s+[-–—]{{1,2}}\s+(?=[^a-zà-ÿα-ωа-я])"),
    )


def cut_dateline(line: Line) -> tuple[str, ...]:
    """Removes the agencies from the dateline at the beginning of `line`. Returns their names; () if there are none."""
    raw = line.raw
    beginning = raw[:_MAX_DATELINE_CHARS]
    for pattern in _patterns() if _MARKS.search(beginning) else ():
        match = pattern.match(beginning)
        if match is None:
            continue
        groups = match.groupdict()
        place = (groups.get("place") or "").strip()
        start, end = match.span("cut") if place else match.span()
        if place and not _is_place(place.rstrip(".,")):
            continue
        dash = groups.get("dash", "-")
        if not dash.strip() and not _needs_no_dash(place, dash, raw[end - len(dash) - 1]):
            continue  # "Journalists (AFP) report" is a sentence
        names = agencies_in(match["list"], set_apart=True)
        if names and any(map(str.isalnum, raw[end:])):
            line.cut(start, end)
            return names
    return ()


def _needs_no_dash(place: str, space: str, bracket: str) -> bool:
    """Whether brackets without a dash behind them belong to a dateline. "Journalists (AFP) report" is a sentence."""
    if not place:
        return bracket in "）】］"
    return bool(space) and place[0].lower() == place[0].upper()


_LOWERCASE_WORDS = frozenset(
    "de la le les del der den am an im sur of upon di do da du el al und y e on".split()  # noqa: SIM905
)
_NOT_A_PLACE = re.compile(
    r"agen[ctz]|агент|πρακτορ|وكالة|خبرگزاری|通信社|通讯社|एजेंसी|news|press\b|[!?;:\"“”«»]", re.I
)


def _is_place(words: str) -> bool:
    """Whether all words but particles and a month after a day are capitalized: "Frankfurt am Main", "Roma, 3 mar"."""
    tokens = words.replace(",", " ").split()
    if not tokens or len(tokens) > 7 or _NOT_A_PLACE.search(words) or tokens[0][0].islower():
        return False
    after_number = False
    for token in tokens:
        if token[0].islower() and token.rstrip(".") not in _LOWERCASE_WORDS and not after_number:
            return False
        after_number = token[0].isdigit()
    return True
