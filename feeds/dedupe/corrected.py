"""Which copy of a story corrects another: one that says so, or a later one with the same text and other facts."""

# ruff: noqa: E501 - a table of words

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from feeds.dedupe.number_words import NUMBER_WORDS
from feeds.dedupe.text_length import text_length
from feeds.model import Article

_CORRECTED = (
    r"corrected|correction|correcting|corrects?|corrig(?:endum|é|ée|ido|ida|eert|erad|eret)|refile[ds]?|erratum|errata(?: corrige)?"
    r"|berichtig(?:t|ung)|korrigiert(?:e fassung)?|korrektur|richtigstellung|rectificatif|rectification|mise au point"
    r"|corrección|corregid[oa]|rectificación|fe de erratas|rettifica|correzione|correção|rectificação|retificação"
    r"|correctie|rectificatie|gecorrigeerd|rättelse|rättad|rettelse|rettet|korrigering|korrigeret|oikaisu|korjaus|korjattu"
    r"|sprostowanie|korekta|oprava|opraveno|opravené|helyesbítés|javított|rectificare|corectură|erată|ispravka|ispravak|popravak"
    r"|исправлен\w*|исправление|поправка|уточнение|уточнено|виправлен\w*|виправлення|коригиран\w*|корекция"
    r"|διόρθωση|διορθωμέν\w+|düzeltme|düzeltildi|تصحيح|تصويب|اصلاحیه|תיקון|सुधार|भूल सुधार|แก้ไข|đính chính|ralat|koreksi"
    r"|訂正|更正|정정|바로잡습니다"
)
# For example "CORRECTED-Harbour …", "Correction: …", "(Corrects the number)", "Berichtigung (3. März): …"
_AT_START = re.compile(
    rf"[^\w(\[（【]*+(?:(?:{_CORRECTED})(?!\w)\s*+(?:[(（][^()（）]{{0,40}}[)）]\s*+)?(?:[:：\]】|]|[-–—])"
    rf"|[(\[（【]\s*+(?:{_CORRECTED})(?!\w))",
    re.I,
)
_AT_END = re.compile(rf"[(\[（【-]\s*+(?:{_CORRECTED})\s*+(?:[)\]）】]\s*+)?$", re.I)
_SENTENCE = re.compile(
    r"(?:an (?:earlier|previous) version of this (?:story|article|report|item)|this (?:story|version|article|report)(?: has been)? correct(?:s|ed))\b",
    re.I,
)
_MARKED_LINES = 2  # at the beginning and at the end of a text
_MARKED_CHARS = 300  # of a line

_MIN_SHARE_OF_LEAD = 0.5  # of its text; a shorter correction is a notice about the other copy
_MIN_WORDS = 25  # of texts that are compared word by word
_MAX_CHANGED = 0.06  # of the words: a name and its repeats, a few numbers
_WORD = re.compile(r"\w++(?:[.,]\d++)*+")
_NUMBER_WORDS = frozenset(word for word, _ in NUMBER_WORDS)


def is_marked_as_correction(article: Article) -> bool:
    """Whether the title, or one of the first or last two lines, says that the article corrects an earlier one."""
    if _AT_START.match(article.title) or _AT_END.search(article.title[-40:]):
        return True
    head = article.text[: _MARKED_LINES * _MARKED_CHARS].split("\n")[:_MARKED_LINES]
    tail = article.text[-_MARKED_LINES * _MARKED_CHARS :].split("\n")[-_MARKED_LINES:]
    return any(_AT_START.match(line) or _SENTENCE.match(line.lstrip("*(“ ")) for line in (*head, *tail))


def correcting_copy(copies: Sequence[Article]) -> Article | None:
    """The copy that corrects the first of `copies`, which are in order of preference; None if there is none."""
    lead = copies[0]
    if is_marked_as_correction(lead):
        return None
    enough = _MIN_SHARE_OF_LEAD * text_length(lead)
    for copy in copies[1:]:
        if is_marked_as_correction(copy) and text_length(copy) >= enough:
            return copy
    return _latest_version(copies)


def _latest_version(copies: Sequence[Article]) -> Article | None:
    """The first copy of the latest version of the first copy's text; None if that is the first copy itself.

    A version is a text with other facts. It is as old as its oldest copy.
    """
    lead = copies[0]
    near = [copy for copy in copies if abs(len(copy.text) - len(lead.text)) <= _MAX_CHANGED * len(lead.text)]
    if len(near) < 2:
        return None
    lead_words = _WORD.findall(lead.text)
    first_dates: dict[tuple[str, ...], datetime] = {}
    first_copies: dict[tuple[str, ...], Article] = {}
    for copy in near:
        words = _WORD.findall(copy.text)
        if words == lead_words or _differ_in_facts(lead_words, words):
            version = tuple(words)
            first_copies.setdefault(version, copy)
            first_dates[version] = min(first_dates.get(version, copy.date), copy.date)
    latest = first_copies[max(first_copies, key=lambda version: first_dates[version])]
    return None if latest is lead else latest


def _differ_in_facts(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether the texts have the same words but for a few, and each has a number or name that the other lacks."""
    if len(one) < _MIN_WORDS or len(other) < _MIN_WORDS:
        return False
    only_one, only_other = Counter(one) - Counter(other), Counter(other) - Counter(one)
    if max(only_one.total(), only_other.total()) > _MAX_CHANGED * len(one):
        return False
    return any(map(_is_fact, only_one)) and any(map(_is_fact, only_other))


def _is_fact(word: str) -> bool:
    return word[0].isupper() or any(map(str.isdigit, word)) or word.casefold() in _NUMBER_WORDS
