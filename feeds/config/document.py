"""The configuration file as plain data, in which everything can be found by line and column.

Only what JSON can say is built: text, numbers, true and false, lists, mappings. No tag makes an object.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from feeds.config.yaml_positions import (
    Finding,
    Mapping,
    Node,
    Scalar,
    Sequence,
    YamlSyntaxError,
    compose,
    scalar_value,
)
from feeds.errors import ConfigError, Problem

Loc: TypeAlias = tuple[str | int, ...]
"""The path from the root to a value: keys and indexes. pydantic's `loc` is one."""

KEY = "[key]"  # pydantic appends it to a loc that means the key itself

MAX_BYTES = 2 << 20
"""Of a configuration file: some ten thousand sources. Longer lists belong in OPML."""

_MAX_VALUES = 200_000  # after every alias is followed: nine lines of anchors can stand for a billion
_MAX_DEPTH = 40


@dataclass(frozen=True, slots=True)
class Pair:
    """A key and its value; for an item of a list, the item twice."""

    key: Node
    value: Node


class Document:
    """`data` holds the file's values (keys without a value left out); `note` collects what is wrong with it."""

    def __init__(self, text: str, name: str) -> None:
        """Raises ConfigError when the text cannot be read at all; other problems are noted."""
        self.name = name
        self._findings: set[Finding] = set()
        self._silenced: set[Loc] = set()
        self._mappings: dict[int, dict[str, Pair]] = {}
        self._values_left = _MAX_VALUES
        try:
            self.root = compose(text)
        except YamlSyntaxError as error:
            raise self._error(error.finding) from None
        self.data: object = None if self.root is None else self._build(self.root, 0)

    # ---------------------------------------------------------------------------------------- positions

    def locate(self, loc: Loc) -> Pair | None:
        """The nodes at the end of `loc`; steps that the text lacks (a shorthand's) are passed over."""
        if self.root is None:
            return None
        pair = Pair(self.root, self.root)
        for step in loc:
            node = pair.value
            if isinstance(node, Mapping):
                pair = self._mapping(node).get(str(step), pair)
            elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
                pair = Pair(node.items[step], node.items[step])
        return pair

    def written(self, loc: Loc) -> str | None:
        """The scalar at `loc` as the file has it, before secrets are filled in."""
        pair = self.locate(loc)
        node = pair and (pair.key if loc[-1:] == (KEY,) else pair.value)
        return node.text if isinstance(node, Scalar) else None

    def line(self, loc: Loc) -> int:
        pair = self.locate(loc)
        return pair.value.line + 1 if pair else 1

    def note(self, loc: Loc, problem: str, hint: str = "", *, key: bool = False, scalar: str = "") -> None:
        """Record a problem at the value of `loc`, at its key, or at the first `scalar` below it."""
        if not key and any(loc[: len(silenced)] == silenced for silenced in self._silenced):
            return
        pair = self.locate(loc)
        if pair is None:
            self._findings.add(Finding(1, 1, problem, hint))
            return
        node = pair.key if key or loc[-1:] == (KEY,) else pair.value
        self._note(self._scalar(node, scalar) or node, problem, hint)

    def silence(self, loc: Loc) -> None:
        """Note nothing more about the value at `loc`, because it is not known."""
        self._silenced.add(loc)

    def raise_problems(self) -> None:
        if self._findings:
            raise self._error(*self._findings)

    # ------------------------------------------------------------------------------------------ values

    def _build(self, node: Node, depth: int) -> object:
        self._values_left -= 1
        if self._values_left < 0:
            problem = f"aliases that stand for more than {_MAX_VALUES:,} values"
            raise self._error(*self._findings, _finding(node, problem))
        if depth > _MAX_DEPTH:
            raise self._error(
                *self._findings, _finding(node, f"more than {_MAX_DEPTH} levels, or one inside itself")
            )
        if isinstance(node, Mapping):
            self._expect(node, "map")
            values = {key: self._build(pair.value, depth + 1) for key, pair in self._mapping(node).items()}
            return {key: value for key, value in values.items() if value is not None}
        if isinstance(node, Sequence):
            self._expect(node, "seq")
            return [self._build(item, depth + 1) for item in node.items]
        return self._scalar_value(node)

    def _scalar_value(self, node: Scalar) -> object:
        if node.tag == "str":
            return node.text
        if node.tag in {"null", "bool", "int", "float"}:
            try:
                return scalar_value(node)
            except ValueError:
                hint = "Remove the tag, or put the value in quotes."
                self._note(node, "not a value that its tag allows", hint)
        elif node.tag not in {"timestamp", "value", "merge"}:
            self._expect(node, "str")
        return node.text

    def _expect(self, node: Node, tag: str) -> None:
        if node.tag != tag:
            self._note(node, f"the tag {node.tag} means nothing here", "Remove it.")

    def _mapping(self, node: Mapping) -> dict[str, Pair]:
        """The mapping's own keys, then those merged with `<<`; read once for every node."""
        if (known := self._mappings.get(id(node))) is not None:
            return known
        pairs = self._mappings[id(node)] = {}  # cached before the merges, which may lead back to this node
        merged: list[Node] = []
        for key, value in node.pairs:
            if not isinstance(key, Scalar):
                self._note(key, "a key must be plain text")
            elif key.tag == "merge":
                merged.extend(value.items if isinstance(value, Sequence) else [value])
            elif (first := pairs.get(key.text)) is not None:
                line = first.key.line + 1
                self._note(key, f'the key "{key.text}" is here twice; first in line {line}')
            else:
                pairs[key.text] = Pair(key, value)
        for other in merged:
            if isinstance(other, Mapping):
                for name, pair in list(self._mapping(other).items()):
                    pairs.setdefault(name, pair)
            else:
                self._note(other, "`<<` merges mappings, and this is none")
        return pairs

    def _scalar(self, node: Node, text: str, depth: int = 0) -> Node | None:
        """The first scalar at or below `node` that says `text`."""
        if not text or depth > _MAX_DEPTH:
            return None
        if isinstance(node, Scalar):
            return node if node.text == text else None
        children = (
            [pair.value for pair in self._mapping(node).values()] if isinstance(node, Mapping) else node.items
        )
        return next((match for child in children if (match := self._scalar(child, text, depth + 1))), None)

    def _note(self, node: Node, problem: str, hint: str = "") -> None:
        self._findings.add(_finding(node, problem, hint))

    def _error(self, *findings: Finding) -> ConfigError:
        return ConfigError(
            tuple(
                Problem(
                    f"{self.name}:{finding.line}:{finding.column}",
                    _printable(finding.problem),
                    _printable(finding.hint),
                )
                for finding in sorted(findings)
            )
        )


def _finding(node: Node, problem: str, hint: str = "") -> Finding:
    return Finding(node.line + 1, node.column + 1, problem, hint)


def _printable(text: str) -> str:
    """In one line, without control sequences that a terminal would obey: a message quotes the file."""
    return "".join(
        char if char.isprintable() or char in "\u200c\u200d" else char.encode("unicode_escape").decode()
        for char in text
    )
