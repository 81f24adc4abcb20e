"""Finds capturing groups within atomic groups and possessive repeats, by the tree that `re` makes of a pattern."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any


def has_atomic_capture(pattern: re.Pattern[Any]) -> bool:
    parser: Any = re._parser  # type: ignore[attr-defined]  # private, and the only parser of patterns
    return any(_captures(parser.parse(pattern.pattern, pattern.flags), is_atomic=False))


def _captures(node: Any, *, is_atomic: bool) -> Iterator[bool]:
    """Whether each group captures within an atomic group."""
    if not isinstance(node, (tuple, list)) and type(node).__name__ != "SubPattern":
        return
    operation = str(node[0]) if isinstance(node, tuple) and len(node) == 2 else ""
    if operation == "SUBPATTERN" and node[1][0] is not None:
        yield is_atomic
    is_atomic = is_atomic or operation in {"ATOMIC_GROUP", "POSSESSIVE_REPEAT"}
    for part in node:
        yield from _captures(part, is_atomic=is_atomic)
