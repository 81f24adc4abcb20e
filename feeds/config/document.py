"""A configuration's text as plain data, in which everything can still be found by line and column.

Most texts are plain, and nothing is wrong with them: their nodes are never asked for, and not made.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from feeds.config import plain

if TYPE_CHECKING:
    from ruamel.yaml.nodes import Node

    from feeds.config.nodes import Nodes, Pair

Loc: TypeAlias = tuple[str | int, ...]
"""The way from the root to a value: keys and indexes. pydantic's `loc` is one."""

KEY = "[key]"  # what pydantic appends to a loc when it means the key itself

MAX_BYTES = 2 << 20
"""Of a configuration file: some ten thousand sources. Longer lists are OPML's business. Ours."""


class Document:
    """`data` is what the file says (keys without a value left out), `note` collects what is wrong with it."""

    def __init__(self, text: str, name: str) -> None:
        """Raises ConfigError when no data can be had from the text; what else is wrong is noted."""
        self._text, self._name = text, name
        data = plain.read(text)
        self._plain = data is not None
        self.data: object = data if self._plain else self._nodes.data

    @cached_property
    def _nodes(self) -> Nodes:
        from feeds.config.nodes import Nodes

        return Nodes(self._text, self._name)

    @property
    def root(self) -> Node | None:
        return self._nodes.root

    def locate(self, loc: Loc) -> Pair | None:
        """The nodes at the end of `loc`; steps that the text lacks (a shorthand's) are passed over."""
        return self._nodes.locate(loc)

    def written(self, loc: Loc) -> str | None:
        """The scalar at `loc` as the file has it, before secrets are filled in."""
        if self._plain and loc[-1:] != (KEY,):
            here = self.data
            for step in loc:
                if isinstance(here, dict):
                    here = here.get(str(step), here)
                elif isinstance(here, list) and isinstance(step, int) and step < len(here):
                    here = here[step]
            if isinstance(here, str):  # as it is written; a number may be written in several ways
                return here
            if isinstance(here, dict | list):
                return None
        return self._nodes.written(loc)

    def line(self, loc: Loc) -> int:
        return self._nodes.line(loc)

    def note(self, loc: Loc, problem: str, hint: str = "", *, key: bool = False, scalar: str = "") -> None:
        """Remember a problem at the value of `loc`, at its key, or at the first `scalar` below it."""
        self._nodes.note(loc, problem, hint, key=key, scalar=scalar)

    def silence(self, loc: Loc) -> None:
        """The value at `loc` is not known: nothing more can be said of it."""
        self._nodes.silence(loc)

    def raise_problems(self) -> None:
        if "_nodes" in vars(self):  # or nothing was noted
            self._nodes.raise_problems()
