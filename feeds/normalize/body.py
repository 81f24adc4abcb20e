"""The body of an item: one of its texts, cleaned, printed once, without what agencies and outlets add."""

from __future__ import annotations

from dataclasses import dataclass

from feeds.model import Body, Item, SafeHtml, Text
from feeds.normalize.credits.credit import strip
from feeds.normalize.html import fragment, safe
from feeds.normalize.lines import lines_of, prune, text_of
from feeds.normalize.media import has_picture
from feeds.normalize.repeated_lead import letters, print_once, repeats_beginning
from feeds.normalize.tree import Element, from_text
from feeds.normalize.url import absolute


@dataclass(frozen=True, slots=True)
class Reading:
    """One text construct, read. `tree` is what `html` was written from."""

    html: SafeHtml = SafeHtml("")
    text: Text = Text("")
    credits: tuple[str, ...] = ()
    tree: Element | None = None


@dataclass(frozen=True, slots=True)
class Bodies:
    body: Reading
    summary: SafeHtml  # "" where it says nothing that is not near the beginning of the body
    credits: tuple[str, ...]


NOTHING = Reading()


def bodies(item: Item, title: Text, base: str) -> Bodies:
    """The content is the body, the summary is beside it; without content the summary is the body.

    Where the content is only the beginning of the summary (some feeds have them the wrong way round) they
    change places. A body that says the title and nothing else is none.
    """
    body = _without_title(_read(item.content, title, base), title)
    summary = _without_title(_read(item.summary, title, base), title)
    said = tuple(dict.fromkeys((*body.credits, *summary.credits)))
    if not body.html:
        body, summary = summary, NOTHING
    elif summary.text:
        if repeats_beginning(summary.text, body.text):
            summary = NOTHING
        elif 0 < len(body.text) < len(summary.text) and letters(summary.text).startswith(letters(body.text)):
            body, summary = summary, NOTHING
    return Bodies(body, summary.html if summary.text else SafeHtml(""), said)


def _read(stated: Body | None, title: Text, base: str) -> Reading:
    if stated is None or not stated.value.strip():
        return NOTHING
    base = absolute(stated.base, base) or base
    tree = from_text(stated.value) if stated.type == "text" else fragment(stated.value, base)
    lines = lines_of(tree)
    was_cut, credited = strip(lines, title)
    if print_once(lines, title) or was_cut:
        prune(tree)
    html = safe(tree)
    text = text_of(lines)
    return Reading(html, text, credited, tree) if text or has_picture(html) else NOTHING


def _without_title(reading: Reading, title: Text) -> Reading:
    if not reading.text or len(reading.text) > 2 * len(title) + 20 or has_picture(reading.html):
        return reading
    return NOTHING if letters(reading.text) == letters(title) else reading
