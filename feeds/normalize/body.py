"""Turns the content and the summary of an item into clean HTML and plain text, without credits and repeats."""

from __future__ import annotations

from dataclasses import dataclass, replace

from feeds.model import Body, Item, SafeHtml, Text
from feeds.normalize.app_links import app_links, append_links
from feeds.normalize.base_url import Bases
from feeds.normalize.credits.remove import remove_credits_and_promos
from feeds.normalize.html import rewritten_tree, sanitize
from feeds.normalize.lines import lines_of, prune, text_of
from feeds.normalize.media import has_media
from feeds.normalize.repeated_lead import (
    links_elsewhere,
    remove_repeats,
    repeats_beginning,
    text_comparison_key,
)
from feeds.normalize.text_tree import tree_from_text
from feeds.normalize.tree import Element


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


def normalize_body_and_summary(item: Item, title: Text, bases: Bases) -> BodyAndSummary:
    """Returns the item's body and summary. Without content, the summary is the body.

    If the content is only the beginning of the summary, the two change places: some feeds swap them. A body that
    only repeats the title counts as empty.
    """
    body = _without_title(_clean_body(item.content, title, bases), title, bases.page)
    summary = _without_title(_clean_body(item.summary, title, bases), title, bases.page)
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
    if links := app_links(item):
        body = _with_links(body, links)
    return BodyAndSummary(body, summary.html if summary.text else SafeHtml(""), credited)


def _with_links(body: CleanBody, uris: tuple[str, ...]) -> CleanBody:
    tree = tree_from_text("") if body.tree is None else body.tree
    labels = append_links(tree, uris)
    return replace(
        body, html=sanitize(tree), text=Text("\n".join(filter(None, (body.text, *labels)))), tree=tree
    )


def _clean_body(stated: Body | None, title: Text, bases: Bases) -> CleanBody:
    if stated is None or not stated.value.strip():
        return EMPTY_BODY
    if stated.type == "text":
        tree = tree_from_text(stated.value)
    else:
        tree = rewritten_tree(stated.value, bases.of(stated), bases.page)
    lines = lines_of(tree)
    was_cut, credited = remove_credits_and_promos(lines, title)
    if remove_repeats(lines, title, bases.page) or was_cut:
        prune(tree)
    html = sanitize(tree)
    text = text_of(lines)
    return CleanBody(html, text, credited, tree) if text or has_media(html) else EMPTY_BODY


def _without_title(body: CleanBody, title: Text, page: str) -> CleanBody:
    """`EMPTY_BODY` if the body only repeats the title and links to nothing but the page; else the body, unchanged."""
    if not body.text or len(body.text) > 2 * len(title) + 20 or has_media(body.html):
        return body
    if text_comparison_key(body.text) != text_comparison_key(title):
        return body
    has_own_link = body.tree is not None and links_elsewhere(body.tree.iter("a"), page)
    return body if has_own_link else EMPTY_BODY
