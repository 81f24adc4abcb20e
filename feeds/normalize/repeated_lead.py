"""What an outlet prints twice: the lead, the title above it, the whole body, the summary.

Repeats go; no word is lost.
"""

from __future__ import annotations

import re

from feeds.model import untypeset
from feeds.normalize.lines import Line

MIN_LETTERS = 30  # a shorter line may be repeated on purpose; scripts without spaces say as much in a third
_LOOKED_AT = 4  # lines in which the lead comes again: behind a caption, a byline, a date
_DENSE = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_NO_LETTERS = re.compile(r"[\W_]+")  # what `str.isalnum` is not true of
_NO_ASCII_LETTERS = {code: None for code in range(128) if not chr(code).isalnum()}
_PICTURES = frozenset({"figure", "figcaption"})
_HEADINGS = frozenset({"h1", "h2", "h3"})


def letters(text: str) -> str:
    """Letters and digits only, without case: what two printings of one sentence have in common."""
    plain = untypeset(text, "")
    if plain.isascii():  # most is, and then it goes ten times as fast
        return plain.lower().translate(_NO_ASCII_LETTERS)
    return _NO_LETTERS.sub("", text).casefold()


def print_once(lines: list[Line], title: str = "") -> bool:
    """Clears the repeats among a body's lines: the title as a heading, the body twice over, the lead again.

    True if it cleared any; the tree is to be pruned then.
    """
    lines = [line for line in lines if line.text and not line.within(_PICTURES)]
    if len(lines) < 2:
        return False
    gone = _second_half(lines) or _repeats(lines[: 2 * _LOOKED_AT], title)
    for line in gone:
        line.clear()
    return bool(gone)


def _repeats(lines: list[Line], title: str) -> list[Line]:
    keys = [letters(line.text) for line in lines[: _LOOKED_AT + 1]]
    gone: list[Line] = []
    if lines[0].block.tag in _HEADINGS and keys[0] and keys[0] == letters(title):
        gone.append(lines.pop(0))
        keys.pop(0)
    if len(lines) < 2 or not _is_long(keys[0]):
        return gone
    lead = keys[0]
    for at in range(1, len(keys)):
        if keys[at] == lead:
            return [*gone, lines[at]]
        if keys[at].startswith(lead):  # the lead is the paragraph, cut
            return [*gone, lines[0]]
        if _is_long(keys[at]) and lead.startswith(keys[at]):  # the lead is this paragraph, and those after it
            return [*gone, *_taken_apart(lead, lines[at:], keys[at:])]
    return gone


def _taken_apart(lead: str, lines: list[Line], keys: list[str]) -> list[Line]:
    gone = []
    for line, key in zip(lines, keys, strict=False):
        if not key or not lead.startswith(key):
            break
        gone.append(line)
        lead = lead.removeprefix(key)
    return gone if not lead else []


def _second_half(lines: list[Line]) -> list[Line]:
    half, odd = divmod(len(lines), 2)
    if odd or lines[0].text != lines[half].text:
        return []
    first = [line.text for line in lines[:half]]
    repeated = first == [line.text for line in lines[half:]]
    return lines[half:] if repeated and _is_long(letters("".join(first))) else []


def _is_long(key: str) -> bool:
    return len(key) >= MIN_LETTERS or (len(key) >= MIN_LETTERS // 3 and _DENSE.search(key) is not None)


def repeats_beginning(summary: str, body: str) -> bool:
    """Does `summary` say nothing that does not stand near the beginning of `body`?"""
    short = letters(summary)
    return short in letters(body[: 3 * len(summary) + 600])
