"""Removes what an outlet prints twice in a body: the lead, the title, the whole text. Each text stays once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from feeds.model import replace_typography
from feeds.normalize.canonical import canonical_form
from feeds.normalize.lines import Line
from feeds.normalize.tree import PICTURE_TAGS, Element

# A shorter line may be repeated on purpose. In scripts without spaces, a third of it says as much.
MIN_REPEAT_LETTERS = 30
# A line without a full stop counts as prose from this length on. Refrains of songs and poems are shorter.
MIN_PROSE_LETTERS = 80
_MAX_LEAD_DISTANCE = 4  # lines between the lead and its repeat: a caption, a byline, a date
_MAX_LINES_BEFORE_LEAD = 3  # "Updated: …", "By Staff", the name of a place
_MAX_STAMP_LETTERS = 60  # in one of those lines
_DENSE_SCRIPTS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]"
)
_NO_LETTERS = re.compile(r"[\W_]+")  # the characters for which `str.isalnum` is false
_NO_ASCII_LETTERS = {code: None for code in range(128) if not chr(code).isalnum()}
_SENTENCE_END = re.compile(r"[.!?…。！？।۔؟][\"'”’»›)\]]*$")
_HEADINGS = frozenset({"h1", "h2", "h3"})


def text_comparison_key(text: str) -> str:
    """The letters and digits of a text without case: equal for two printings of the same sentence."""
    plain = replace_typography(text, "")
    if plain.isascii():  # most texts; ten times as fast
        return plain.lower().translate(_NO_ASCII_LETTERS)
    return _NO_LETTERS.sub("", text).casefold()


def remove_repeats(lines: list[Line], title: str, page: str) -> bool:
    """Clears repeated lines: the title as a heading, a second copy of the whole body, a second copy of the lead.

    `page`: the URL of the article's page. A heading that links to another page is kept. Returns whether it cleared
    any; then the tree must be pruned.
    """
    lines = [line for line in lines if line.text and not line.within(PICTURE_TAGS)]
    if len(lines) < 2:
        return False
    repeats = _repeated_half(lines) or _repeated_title_and_lead(lines[: 2 * _MAX_LEAD_DISTANCE], title, page)
    for line in repeats:
        line.clear()
    return bool(repeats)


def links_elsewhere(links: Iterable[Element], page: str) -> bool:
    """Whether one of the `a` elements leads to another page than the article's."""
    urls = {url for link in links if (url := link.get("href"))}
    return bool(urls) and any(canonical_form(url) != canonical_form(page) or not page for url in urls)


def _repeated_title_and_lead(lines: list[Line], title: str, page: str) -> list[Line]:
    keys = [
        text_comparison_key(line.text) for line in lines[: _MAX_LINES_BEFORE_LEAD + _MAX_LEAD_DISTANCE + 1]
    ]
    repeats: list[Line] = []
    is_title = lines[0].block.tag in _HEADINGS and keys[0] and keys[0] == text_comparison_key(title)
    if is_title and not links_elsewhere(lines[0].links()[0], page):
        repeats.append(lines.pop(0))
        keys.pop(0)
    for start in _lead_candidates(lines, keys):
        # Behind a stamp, only the next paragraph counts: a label may stand above each of several equal texts.
        distance = 1 if start else _MAX_LEAD_DISTANCE
        if repeat := _repeat_of_lead(
            lines[start:], keys[start : start + distance + 1], behind_stamp=start > 0
        ):
            return [*repeats, *repeat]
    return repeats


def _lead_candidates(lines: list[Line], keys: list[str]) -> Iterator[int]:
    """The indexes at which the lead may be: the first line, or one behind "Updated: …" or "By Staff"."""
    for index, line in enumerate(lines[: _MAX_LINES_BEFORE_LEAD + 1]):
        if _is_prose(line):
            yield index
        has_digit = any(map(str.isdigit, line.text))
        if len(keys[index]) > _MAX_STAMP_LETTERS or (_SENTENCE_END.search(line.text[-8:]) and not has_digit):
            break


def _repeat_of_lead(lines: list[Line], keys: list[str], *, behind_stamp: bool) -> list[Line]:
    """The lines that repeat the first one, or the first line if another begins with it; else none."""
    lead = keys[0]
    for at in range(1, len(keys)):
        if behind_stamp and lines[at].block is lines[0].block:
            continue  # a poem below its title
        if keys[at] == lead:
            next_lines = lines[at + 1 : at + 3]
            is_refrain = any(text_comparison_key(line.text) == lead for line in next_lines)
            return [] if is_refrain else [lines[at]]
        if keys[at].startswith(lead):  # the lead is the beginning of this paragraph
            return [lines[0]]
        if _is_long(keys[at]) and lead.startswith(keys[at]):
            # the lead is this paragraph and the following ones
            return _parts_of_lead(lead, lines[at:], keys[at:])
    return []


def _parts_of_lead(lead: str, lines: list[Line], keys: list[str]) -> list[Line]:
    """The first lines, if they make up the whole lead together; else none."""
    parts = []
    for line, key in zip(lines, keys, strict=False):
        if not key or not lead.startswith(key):
            break
        parts.append(line)
        lead = lead.removeprefix(key)
    return parts if not lead else []


def _repeated_half(lines: list[Line]) -> list[Line]:
    """The second half of the lines, if it repeats the first; else none."""
    half, odd = divmod(len(lines), 2)
    if odd or lines[0].text != lines[half].text:
        return []
    first = [line.text for line in lines[:half]]
    repeated = first == [line.text for line in lines[half:]]
    return lines[half:] if repeated and any(map(_is_prose, lines[:half])) else []


def _is_prose(line: Line) -> bool:
    key = text_comparison_key(line.text)
    is_sentence = _SENTENCE_END.search(line.text[-8:]) is not None
    return _is_long(key) and (is_sentence or len(key) >= MIN_PROSE_LETTERS)


def _is_long(key: str) -> bool:
    return len(key) >= MIN_REPEAT_LETTERS or (
        len(key) >= MIN_REPEAT_LETTERS // 3 and _DENSE_SCRIPTS.search(key) is not None
    )


def repeats_beginning(summary: str, body: str) -> bool:
    """Whether the whole `summary` also appears near the beginning of `body`."""
    return text_comparison_key(summary) in text_comparison_key(body[: 3 * len(summary) + 600])
