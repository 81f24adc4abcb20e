"""Removes agency credits and promotional lines ("Follow us on …") from a body, and returns the credited names.

Works on the lines of a body's tree, so that HTML and text lose the same words. In doubt, a line is kept:

- A credit is an agency's name that is set apart: on its own line, in brackets or after a dash at the end of a
  sentence, in the dateline (see `dateline`). "… told AFP." is a sentence.
- A promotional text is a whole line at the end, or the last sentence of the last line. It must match one of
  `promo_patterns` from its first word to its last, have no quotation mark, and not be in a block quote.
- At most `MAX_REMOVED_LINES` lines are removed at the end, and never the first line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from feeds.normalize.credits.agencies import agencies_in
from feeds.normalize.credits.credit_patterns import line_end_patterns, whole_line_patterns
from feeds.normalize.credits.dateline import cut_dateline
from feeds.normalize.credits.promo_lines import (
    is_button,
    is_promo,
    is_social_network_list,
    match_label,
    post_footer_title,
)
from feeds.normalize.lines import Line
from feeds.normalize.text import one_line
from feeds.normalize.tree import PICTURE_TAGS
from feeds.normalize.url import url_host

MAX_REMOVED_LINES = 8  # at the end of a body
MAX_UNKNOWN_LINES = 3  # below a credit
MAX_UNKNOWN_CHARS = 200  # of one of them; a longer line is text
MAX_LINE_CHARS = 300  # a longer line is neither a credit nor promotional

_LISTS = frozenset({"li", "dd", "dt", "td", "th"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_QUOTED_TEXT = frozenset({"blockquote", "q", "pre", "code"})
_AGGREGATOR_HOST = re.compile(
    r"(?:news\.google\.com|flipboard\.com|play\.google\.com|apps\.apple\.com|itunes\.apple\.com|wa\.me"
    r"|(?:www\.)?whatsapp\.com|t\.me|telegram\.me|apple\.news)$"
)
# The signs of reporters and editors below a credit: "abc/def", "abc/ def/"
_SIGNS = re.compile(r"[a-z]{2,4}(?:\s?//?\s?[a-z]{2,4}){1,3}/?")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_SENTENCE_END = re.compile(r"[.!?…؟。！？।](?:\s+|(?<=[。！？।]))")


def remove_credits_and_promos(lines: list[Line], title: str = "") -> tuple[bool, tuple[str, ...]]:
    """Returns whether anything was removed (then the tree must be pruned), and the credited names.

    `title` is the item's title. It confirms that a line is WordPress's "The post … appeared first on …".
    """
    # The credit of a picture is the photographer's.
    lines = [line for line in lines if _has_text(line.text) and not line.within(PICTURE_TAGS)]
    if not lines:
        return False, ()
    title = one_line(title)
    rest, names_below = _remove_last_lines(lines, title)
    was_cut, names_at_end = _cut_line_end(lines[rest - 1], title)
    if not names_below and not names_at_end:
        names_at_end = _remove_credit_above(lines[:rest])
        was_cut = was_cut or bool(names_at_end)
    names_above = _remove_byline(lines[:rest]) or cut_dateline(lines[0])
    changed = rest < len(lines) or was_cut or bool(names_above)
    return changed, tuple(dict.fromkeys((*names_below, *names_at_end, *names_above)))


def _remove_last_lines(lines: list[Line], title: str) -> tuple[int, list[str]]:
    """Clears whole lines, from the end backwards. Returns how many lines are left, and the credited names."""
    rest, found_promo = len(lines), False
    credited: list[str] = []
    social_network_lines: list[int] = []
    for index in range(len(lines) - 1, max(0, len(lines) - 1 - MAX_REMOVED_LINES), -1):
        line = lines[index]
        text = line.text
        if len(text) > MAX_LINE_CHARS or line.within(_QUOTED_TEXT):
            break
        if _SIGNS.fullmatch(text) and _has_credit(lines[index - 1]):
            names: tuple[str, ...] = ()
        elif names := _line_credits(text, line):
            if social_network_lines and not found_promo:
                break
            credited.extend(names)
        elif is_button(text) or (is_social_network_list(text) and not line.links()[1]):
            # "Facebook" or "Follow" alone is promotional only beside a promotional line
            social_network_lines.append(index)
            continue
        elif not _is_promo_line(line, text, title):
            break
        rest, found_promo = index, found_promo or not names
    above = [index for index in social_network_lines if index < rest]
    if found_promo and above and (len(above) > 1 or re.search(r"[|,/&·•]", lines[above[0]].text)):
        rest = above[-1]
    for line in lines[rest:]:
        line.clear()
    return rest, credited


def _has_credit(line: Line) -> bool:
    return bool(_line_credits(line.text, line) or _find_end_credit(line.raw)[1])


def _remove_credit_above(lines: list[Line]) -> list[str]:
    """Removes the credit above last lines that are neither credits nor promotional. Returns the credited names.

    Only a credit that cannot be part of a sentence: "| AFP", "(AFP)", "© AFP", "Source: AFP".
    """
    for index in range(len(lines) - 1, max(0, len(lines) - 1 - MAX_UNKNOWN_LINES), -1):
        below, line = lines[index], lines[index - 1]
        if len(below.text) > MAX_UNKNOWN_CHARS or line.within(_LISTS | _QUOTED_TEXT | _HEADINGS):
            break
        if (
            index > 1
            and len(line.text) <= MAX_LINE_CHARS
            and (names := _line_credits(line.text, line, sure=True))
        ):
            if _line_credits(lines[index - 2].text[: MAX_LINE_CHARS + 1], lines[index - 2], sure=True):
                break  # a list of agencies
            line.clear()
            return list(names)
        start, names = _find_end_credit(line.raw, sure=True)
        if start is not None:
            line.cut(start, len(line.raw))
            return list(names)
    return []


def _is_promo_line(line: Line, text: str, title: str) -> bool:
    if all(map(is_promo, sentences(text))):
        return True
    links, only_links = line.links()
    if (label := match_label(text)) is not None:
        # "Recommended: two doses" may be news; "Recommended: <a>…</a>" is not
        label_text = text.partition(":")[0]
        return bool(links) or not label["title"] or " " in label_text or not label_text.isascii()
    if (post_title := post_footer_title(text)) is not None and (links or one_line(post_title) == title):
        return True
    return only_links and (
        is_social_network_list(text)
        or (len(text) <= 80 and all(_AGGREGATOR_HOST.match(url_host(link.get("href", ""))) for link in links))
    )


def _line_credits(text: str, line: Line, *, sure: bool = False) -> tuple[str, ...]:
    """The names that a line credits, if the line is nothing but a credit; else none.

    `sure`: only if something besides its place marks it as a credit.
    """
    for pattern in whole_line_patterns():
        match = pattern.match(text)
        if match is None:
            continue
        groups = match.groupdict()
        set_apart = "source" not in groups or bool(groups["mark"].strip() or groups["source"])
        if not set_apart and (sure or line.within(_LISTS) or text.endswith((".", "。"))):
            continue  # an item of a list of agencies, or a sentence of one word
        if names := agencies_in(match["list"], set_apart=set_apart):
            return names
    return ()


def _cut_line_end(line: Line, title: str) -> tuple[bool, list[str]]:
    """Cuts up to four credits and promotional sentences off the end of a line.

    Returns whether it cut any, and the credited names.
    """
    changed = False
    credited: list[str] = []
    for _ in range(4):
        if line.within(_QUOTED_TEXT):
            break
        raw = line.raw
        start, names = _find_end_credit(raw)
        credited.extend(names)
        if start is None:
            start = _find_end_promo(line, raw, title)
        if start is None or not _has_text(raw[:start]):
            break
        line.cut(start, len(raw))
        changed = True
    return changed, credited


def _find_end_credit(raw: str, *, sure: bool = False) -> tuple[int | None, tuple[str, ...]]:
    """The offset at which a credit at the end of `raw` begins, and its names; (None, ()) if there is none.

    `sure`: only one that cannot be part of a sentence.
    """
    offset = max(0, len(raw) - 160)
    tail = raw[offset:]
    for marks, pattern in line_end_patterns():
        match = pattern.search(tail) if any(mark in tail for mark in marks) else None
        if match is None or not _has_text(raw[: offset + match.start()]):
            continue
        if sure and "weak" in match.groupdict():
            continue
        if names := agencies_in(match["list"], set_apart="bare" not in match.groupdict()):
            return offset + match.start(), names
    return None, ()


def _find_end_promo(line: Line, raw: str, title: str) -> int | None:
    """The offset at which a promotional text at the end of `raw` begins."""
    starts = last_sentences(raw)
    links = line.links()[0]
    for start in starts:
        post_title = post_footer_title(one_line(raw[start:]))
        if post_title is not None and (links or one_line(post_title) == title):
            return start
    if starts and not _ends_in_quotation(raw[: starts[-1]]) and is_promo(one_line(raw[starts[-1] :])):
        return starts[-1]
    # "… the plan. <a>Read more</a>"
    if links and (start := raw.rstrip().rfind(label := "".join(links[-1].itertext()).strip())) > 0 and label:
        return start if start + len(label) == len(raw.rstrip()) and match_label(one_line(label)) else None
    return None


def sentences(text: str) -> Iterator[str]:
    at = 0
    for end in _SENTENCE_END.finditer(text):
        yield text[at : end.start() + 1]
        at = end.end()
    if rest := text[at:].strip():
        yield rest


def last_sentences(raw: str) -> list[int]:
    """The offsets of the last three sentences, without the first of the line and those too far from the end."""
    near_end = len(raw[: max(0, len(raw) - MAX_LINE_CHARS)].rstrip())
    starts = [match.end() for match in _SENTENCE_END.finditer(raw.rstrip(), max(0, near_end - 1))][-3:]
    return [start for start in starts if len(raw) - start <= MAX_LINE_CHARS]


def _ends_in_quotation(text: str) -> bool:
    """Whether a quotation is still open at the end of `text`."""
    if text.count('"') % 2:
        return True
    if "„" in text:
        return text.count("„") > text.count("“") + text.count("”")
    return any(text.count(opening) > text.count(closing) for opening, closing in ("“”", "«»", "「」", "『』"))


def _remove_byline(lines: list[Line]) -> tuple[str, ...]:
    """Clears a first line such as "By The Associated Press". Returns its names; () if there is no such line."""
    line, text = lines[0], lines[0].text
    match = whole_line_patterns()[0].match(text) if len(lines) > 1 and len(text) < 60 else None
    if match is None or not match["source"] or not (names := agencies_in(match["list"], set_apart=True)):
        return ()
    line.clear()
    return names


def _has_text(text: str) -> bool:
    return _LETTER_OR_DIGIT.search(text) is not None
