"""Turns the content and the summary of an item into clean HTML and plain text, without credits and repeats."""

from __future__ import annotations

from dataclasses import dataclass

from feeds.model import Body, Item, SafeHtml, Text
from feeds.normalize.credits.remove import remove_credits_and_promos
from feeds.normalize.html import rewritten_tree, sanitize
from feeds.normalize.lines import lines_of, prune, text_of
from feeds.normalize.media import has_media
from feeds.normalize.repeated_lead import remove_repeats, repeats_beginning, text_comparison_key
from feeds.normalize.tree import Element, tree_from_text
from feeds.normalize.url import absolute_url


@dataclass(frozen=True, slots=True)
class CleanBody:
    """A content or summary after cleaning. `html` is serialized from `tree`."""

    html: SafeHtml = SafeHtml("")
    text: Text = Text("")
    credits: tuple[str, ...] = ()
    tree: Element | None = None


@dataclass(frozen=True, slots=True)
class BodyAndSummary:
    """The texts of an item. `credits`: the names credited in either."""

    body: CleanBody
    summary: SafeHtml  # "" if the beginning of the body says the same
    credits: tuple[str, ...]


EMPTY_BODY = CleanBody()


def normalize_body_and_summary(item: Item, title: Text, base: str) -> BodyAndSummary:
    """Returns the item's body and summary. Without content, the summary is the body.

    If the content is only the beginning of the summary, the two change places: some feeds swap them. A body that
    only repeats the title counts as empty.
    """
    body = _without_title(_clean_body(item.content, title, base), title)
    summary = _without_title(_clean_body(item.summary, title, base), title)
    credited = tuple(dict.fromkeys((*body.credits, *summary.credits)))
    if not body.html:
        body, summary = summary, EMPTY_BODY
    elif summary.text:
        if repeats_beginning(summary.text, body.text):
            summary = EMPTY_BODY
        elif 0 < len(body.text) < len(summary.text) and text_comparison_key(summary.text).startswith(
            text_comparison_key(body.text)
        ):
            body, summary = summary, EMPTY_BODY
    return BodyAndSummary(body, summary.html if summary.text else SafeHtml(""), credited)


def _clean_body(stated: Body | None, title: Text, base: str) -> CleanBody:
    if stated is None or not stated.value.strip():
        return EMPTY_BODY
    base = absolute_url(stated.base, base=base) or base
    tree = tree_from_text(stated.value) if stated.type == "text" else rewritten_tree(stated.value, base)
    lines = lines_of(tree)
    was_cut, credited = remove_credits_and_promos(lines, title)
    if remove_repeats(lines, title) or was_cut:
        prune(tree)
    html = sanitize(tree)
    text = text_of(lines)
    return CleanBody(html, text, credited, tree) if text or has_media(html) else EMPTY_BODY


def _without_title(body: CleanBody, title: Text) -> CleanBody:
    """`EMPTY_BODY` if the body only repeats the title; else the body, unchanged."""
    if not body.text or len(body.text) > 2 * len(title) + 20 or has_media(body.html):
        return body
    return EMPTY_BODY if text_comparison_key(body.text) == text_comparison_key(title) else body
