"""Agency credits and invitations: the credit becomes data, the invitation goes, the article keeps its text.

Works on the lines of a body's tree, so that html and text lose the same words. Where it is not sure it keeps:

- A credit is an agency's name set apart: on a line of its own, in brackets or after a dash behind a full
  stop, in the dateline. "… told AFP." is a sentence.
- An invitation is a whole line at the end, or the last sentence of the last line. It must be one from its
  first word to its last (see `credit_patterns`), without a quotation mark, and not in a block quote.
- At most `MAX_LINES` lines go, and never the first.
- The dateline is `dateline`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from feeds.normalize.credits.agencies import LIST, names_in
from feeds.normalize.credits.dateline import cut_dateline
from feeds.normalize.credits.promo_lines import QUOTES, invites, label, names_networks, posted
from feeds.normalize.lines import Line
from feeds.normalize.rewrite import host
from feeds.normalize.text import fold

MAX_LINES = 8  # how many lines may go at the end
MAX_LINE = 300  # characters; a longer line is no credit and no invitation


_PICTURES = frozenset({"figure", "figcaption"})  # their credit is the photographer's
_LISTS = frozenset({"li", "dd", "dt", "td", "th"})
_OTHERS_WORDS = frozenset({"blockquote", "q", "pre", "code"})
_AGGREGATORS = re.compile(
    r"(?:news\.google\.com|flipboard\.com|play\.google\.com|apps\.apple\.com|itunes\.apple\.com|wa\.me"
    r"|(?:www\.)?whatsapp\.com|t\.me|telegram\.me|apple\.news)$"
)
_A_LETTER = re.compile(r"[^\W_]")
_SENTENCE_END = re.compile(r"[.!?…؟。！？।](?:\s+|(?<=[。！？।]))")
_END = r"(?<=[.!?…。！？।؟»”\"'’)」』])"

_SOURCE = (
    r"(?i:sources?|quellen?|fuentes?|font[ie]|fontes?|πηγ(?:ή|ές)|источники?|джерело|źródło|kaynak|източник|sumber|nguồn"
    r"|出典|来源|來源|स्रोत|ที่มา|المصدر|منبع|출처|text|texte|contributing|agencies|agency|via"
    r"|mit material (?:von|der)|mit|avec|with|con información de|com informações d[aeo]|con|com"
    r"|με πληροφορίες(?: από)?|από|по (?:материалам|информации|данным)"
    r"|(?:written |reporting )?by|von|par|por|di|da|door|från|av|af|با|از|عن|compiled from)"
)
_SOURCED = rf"(?:{_SOURCE}(?!\w)\s*[:：]?\s*(?i:the |der |la |l[’'])?)"
_RIGHTS = (
    r"(?i:all rights|tous droits|alle rechte|todos los derechos|tutti i diritti|todos os direitos|все права"
    r"|this material|click here|no part|reproduction|toute reproduction)"
)


@cache
def _whole() -> tuple[re.Pattern[str], ...]:
    quiet = rf"[^\w{QUOTES}]*"
    return (
        re.compile(rf"^(?P<mark>{quiet})(?P<source>{_SOURCED})?{LIST}{quiet}$"),
        re.compile(rf"^{quiet}(?i:the )?{LIST} contributed to this (?:report|story|article){quiet}$"),
        re.compile(
            rf"^{quiet}(?P<mark>©|(?i:\(c\)|copyright))\s*(?:©|\([cC]\))?\s*(?:\d{{4}}(?:\s*[-–]\s*\d{{4}})?)?[,\s]*"
            rf"(?i:by |the )*{LIST}(?:\s*(?:L\.P\.|GmbH|Inc|LLC|S\.A\.))?[.,]?(?:\s+{_RIGHTS}.*)?{quiet}$"
        ),
    )


@cache
def _tails() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Credits behind a sentence. Each has one of the marks in it."""
    listed = rf"(?:©\s*)?(?:\d{{4}}\s+)?{_SOURCED}?{LIST}"
    return (
        ("|¦", re.compile(rf"\s*[|¦]\s*{listed}[\s.]*$")),
        ("([", re.compile(rf"{_END}\s*[(\[]\s*{listed}\s*[)\]][\s.]*$")),
        ("(", re.compile(rf"\s*\(\s*{listed}\s*\)\s*[–—-]\s*$")),
        ("（【〔", re.compile(rf"\s*[（【〔]\s*{listed}\s*[）】〕][\s。]*$")),
        ("—–-/©", re.compile(rf"{_END}\s*(?:--|[—–-]|/{{1,2}}|©)\s*{listed}[\s/.]*$")),
        ('.…。»”"', re.compile(rf"(?<=[.…。»”\"])\s+(?P<bare>){LIST}\s*$")),
    )


def strip(lines: list[Line], title: str = "") -> tuple[bool, tuple[str, ...]]:
    """Cuts credits and invitations out of a body's lines; returns whether it did, and the agencies credited.

    Where it did, the tree is to be pruned. `title` is the item's own: evidence that a line below it is
    WordPress's "The post … appeared first on …".
    """
    lines = [line for line in lines if _has_words(line.text) and not line.within(_PICTURES)]
    if not lines:
        return False, ()
    found: dict[str, None] = {}
    rest = _strip_lines(lines, fold(title), found)
    changed = rest < len(lines)
    changed |= _strip_tail(lines[rest - 1], fold(title), found)
    changed |= _strip_byline(lines[:rest], found) or cut_dateline(lines[0], found)
    return changed, tuple(found)


def _strip_lines(lines: list[Line], title: str, found: dict[str, None]) -> int:
    """Clears whole lines from the end on; returns how many are left."""
    rest, sure = len(lines), False
    maybe: list[int] = []
    for index in range(len(lines) - 1, max(0, len(lines) - 1 - MAX_LINES), -1):
        line = lines[index]
        words = line.text
        if len(words) > MAX_LINE or line.within(_OTHERS_WORDS):
            break
        if names := _credited(words, line):
            if maybe and not sure:
                break
            found.update(dict.fromkeys(names))
        elif names_networks(words) and not line.links()[1]:
            maybe.append(index)  # "Facebook" alone is one only beside an invitation
            continue
        elif not _is_invitation(line, words, title):
            break
        rest, sure = index, sure or not names
    above = [index for index in maybe if index < rest]
    if sure and above and (len(above) > 1 or re.search(r"[|,/&·•]", lines[above[0]].text)):
        rest = above[-1]
    for line in lines[rest:]:
        line.clear()
    return rest


def _is_invitation(line: Line, words: str, title: str) -> bool:
    if all(map(invites, sentences(words))):
        return True
    links, only = line.links()
    if (about := label(words)) is not None:
        # "Recommended: two doses" may be news; "Recommended: <a>…</a>" is not
        first = words.partition(":")[0]
        return bool(links) or not about["title"] or " " in first or not first.isascii()
    if (other := posted(words)) is not None and (links or fold(other) == title):
        return True
    return only and (
        names_networks(words) or (len(words) <= 80 and all(_AGGREGATORS.match(host(link)) for link in links))
    )


def _credited(words: str, line: Line) -> tuple[str, ...]:
    """The agencies that a line credits, if it does nothing else."""
    for pattern in _whole():
        match = pattern.match(words)
        if match is None:
            continue
        groups = match.groupdict()
        apart = "source" not in groups or bool(groups["mark"].strip() or groups["source"])
        if not apart and (line.within(_LISTS) or words.endswith((".", "。"))):
            continue  # a list of agencies; a sentence of one word
        if names := names_in(match["list"], apart=apart):
            return names
    return ()


def _strip_tail(line: Line, title: str, found: dict[str, None]) -> bool:
    changed = False
    for _ in range(4):
        if line.within(_OTHERS_WORDS):
            break
        raw = line.raw
        start = _tail_credit(raw, found)
        if start is None:
            start = _tail_invitation(line, raw, title)
        if start is None or not _has_words(raw[:start]):
            break
        line.cut(start, len(raw))
        changed = True
    return changed


def _tail_credit(raw: str, found: dict[str, None]) -> int | None:
    offset = max(0, len(raw) - 160)
    tail = raw[offset:]
    for marks, pattern in _tails():
        match = pattern.search(tail) if any(mark in tail for mark in marks) else None
        if match is None or not _has_words(raw[: offset + match.start()]):
            continue
        if names := names_in(match["list"], apart="bare" not in match.groupdict()):
            found.update(dict.fromkeys(names))
            return offset + match.start()
    return None


def _tail_invitation(line: Line, raw: str, title: str) -> int | None:
    bounds = last_sentences(raw)
    links = line.links()[0]
    for start in bounds:
        about = posted(fold(raw[start:]))
        if about is not None and (links or fold(about) == title):
            return start
    if bounds and not _open_quote(raw[: bounds[-1]]) and invites(fold(raw[bounds[-1] :])):
        return bounds[-1]
    # "… the plan. <a>Read more</a>"
    if links and (start := raw.rstrip().rfind(words := "".join(links[-1].itertext()).strip())) > 0 and words:
        return start if start + len(words) == len(raw.rstrip()) and label(fold(words)) else None
    return None


def sentences(words: str) -> Iterator[str]:
    at = 0
    for end in _SENTENCE_END.finditer(words):
        yield words[at : end.start() + 1]
        at = end.end()
    if rest := words[at:].strip():
        yield rest


def last_sentences(raw: str) -> list[int]:
    """Where the last three sentences begin that begin behind another, of those near enough to the end."""
    near_end = len(raw[: max(0, len(raw) - MAX_LINE)].rstrip())
    bounds = [match.end() for match in _SENTENCE_END.finditer(raw.rstrip(), max(0, near_end - 1))][-3:]
    return [start for start in bounds if len(raw) - start <= MAX_LINE]


def _open_quote(words: str) -> bool:
    """Does a quotation stand open at the end of `words`?"""
    if words.count('"') % 2:
        return True
    if "„" in words:
        return words.count("„") > words.count("“") + words.count("”")
    return any(
        words.count(opening) > words.count(closing) for opening, closing in ("“”", "«»", "「」", "『』")
    )


def _strip_byline(lines: list[Line], found: dict[str, None]) -> bool:
    """ "By The Associated Press" above the text."""
    line, words = lines[0], lines[0].text
    match = _whole()[0].match(words) if len(lines) > 1 and len(words) < 60 else None
    if match is None or not match["source"] or not (names := names_in(match["list"], apart=True)):
        return False
    found.update(dict.fromkeys(names))
    line.clear()
    return True


def _has_words(words: str) -> bool:
    return _A_LETTER.search(words) is not None
