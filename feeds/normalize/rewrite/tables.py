"""Rewrites tables that a parser would mend by moving or dropping parts of them."""

from __future__ import annotations

from feeds.normalize.tree import Element, unwrap

MAX_MISPLACED = 500  # texts and elements in the wrong place, in one body

_CELLS = frozenset({"td", "th"})
_ROWS = frozenset({"tr", *_CELLS})
_ALLOWED_IN = {
    "table": _ROWS | {"caption", "colgroup", "col", "thead", "tbody", "tfoot"},
    **dict.fromkeys(("thead", "tbody", "tfoot"), _ROWS),
    "tr": _CELLS,
}
_PARTS = (*_ALLOWED_IN, *_CELLS, "caption")
_COLUMNS = ("colgroup", "col")


def rename_orphan_cells(body: Element) -> None:
    """Turns rows and cells without a table into `div`s. A parser drops their tags, and with them what parts them.

    The tags of other parts without a table are removed, as a parser does.
    """
    for part in list(body.iter(*_PARTS, *_COLUMNS)):
        if part.tag != "table" and next(part.iterancestors("table"), None) is None:
            if part.tag in _ROWS:
                part.tag = "div"
            else:
                unwrap(part)


def unwrap_broken_tables(body: Element) -> None:
    """Turns the tables of a body with hundreds of misplaced texts into `div`s. Call this after the rewrite.

    A parser moves each of these texts before the table. nh3 0.3.8 takes 17 s for 1 MB of them (quadratic time).
    """
    misplaced = 0
    for part in body.iter(*_ALLOWED_IN):
        allowed = _ALLOWED_IN[part.tag]
        misplaced += _is_text(part.text)
        for child in part:
            misplaced += (child.tag not in allowed) + _is_text(child.tail)
    if misplaced > MAX_MISPLACED:
        for part in list(body.iter(*_PARTS)):
            part.tag = "div"


def _is_text(text: str | None) -> bool:
    return bool(text and not text.isspace())
