"""The configuration file as plain data, in which everything can be found by line and column.

Only JSON's types are built: text, numbers, true and false, lists, mappings. A YAML tag cannot create an object of
another class.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import TypeAlias

from feeds.config.yaml_positions import (
    LocatedProblem,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    YamlSyntaxError,
    compose,
    scalar_value,
)
from feeds.errors import ConfigError, Problem

KeyPath: TypeAlias = tuple[str | int, ...]
"""The path from the root to a value: keys and indexes, as pydantic's `loc`."""

KEY = "[key]"  # pydantic appends it to a loc that means the key itself

MAX_FILE_BYTES = 2 << 20
"""Limit of a configuration file: some ten thousand sources. Longer lists belong in OPML."""

_MAX_VALUES = 200_000  # after every alias is followed: nine lines of anchors can stand for a billion
_MAX_DEPTH = 40


@dataclass(frozen=True, slots=True)
class Pair:
    """A key and its value. An item of a list has no key: both are the item."""

    key: Node
    value: Node


class ConfigDocument:
    """The file as plain data. `data` holds its values, without the keys that have none; `note` records a problem."""

    def __init__(self, text: str, name: str) -> None:
        """Raises ConfigError when the text cannot be read at all; other problems are noted."""
        self.name = name
        self._problems: set[LocatedProblem] = set()
        self._silenced: set[KeyPath] = set()
        self._mappings: dict[int, dict[str, Pair]] = {}
        self._values_left = _MAX_VALUES
        self._secrets: dict[KeyPath, tuple[str, ...]] = {}
        try:
            self.root = compose(text)
        except YamlSyntaxError as error:
            raise self._error(error.problem) from None
        self.data: object = None if self.root is None else self._build(self.root, 0)

    # ---------------------------------------------------------------------------------------- positions

    def locate(self, loc: KeyPath) -> Pair | None:
        """The nodes at the end of `loc`. A step that the text lacks, such as the key of a shorthand, is skipped."""
        if self.root is None:
            return None
        pair = Pair(self.root, self.root)
        for step in loc:
            node = pair.value
            if isinstance(node, MappingNode):
                pair = self._mapping(node).get(str(step), pair)
            elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.items):
                pair = Pair(node.items[step], node.items[step])
        return pair

    def written(self, loc: KeyPath) -> str | None:
        """The scalar at `loc` as the file has it, before secrets are filled in."""
        pair = self.locate(loc)
        node = pair and (pair.key if loc[-1:] == (KEY,) else pair.value)
        return node.text if isinstance(node, ScalarNode) else None

    def line(self, loc: KeyPath) -> int:
        pair = self.locate(loc)
        return pair.value.line + 1 if pair else 1

    def note(
        self, loc: KeyPath, problem: str, hint: str = "", *, key: bool = False, scalar: str = ""
    ) -> None:
        """Record a problem at the value of `loc`, at its key, or at the first `scalar` below it."""
        if not key and any(loc[: len(silenced)] == silenced for silenced in self._silenced):
            return
        pair = self.locate(loc)
        if pair is None:
            self._problems.add(LocatedProblem(1, 1, problem, hint))
            return
        node = pair.key if key or loc[-1:] == (KEY,) else pair.value
        self._note(self._scalar(node, scalar) or node, problem, hint)

    def silence(self, loc: KeyPath) -> None:
        """Ignore further problems of the value at `loc`: its secret is not known, so it cannot be checked."""
        self._silenced.add(loc)

    def note_secret(self, loc: KeyPath, secret: str) -> None:
        """Record that the secret was filled in at `loc`."""
        self._secrets[loc] = (*self._secrets.get(loc, ()), secret)

    def secrets_below(self, loc: KeyPath, keys: Container[str | int]) -> tuple[str, ...]:
        """The secrets filled in at `loc`, or at or below one of its `keys`."""
        return tuple(
            secret
            for path, secrets in self._secrets.items()
            if path[: len(loc)] == loc and all(step in keys for step in path[len(loc) : len(loc) + 1])
            for secret in secrets
        )

    def raise_problems(self) -> None:
        if self._problems:
            raise self._error(*self._problems)

    # ------------------------------------------------------------------------------------------ values

    def _build(self, node: Node, depth: int) -> object:
        self._values_left -= 1
        if self._values_left < 0:
            problem = f"aliases that stand for more than {_MAX_VALUES:,} values"
            raise self._error(*self._problems, _located(node, problem))
        if depth > _MAX_DEPTH:
            raise self._error(
                *self._problems, _located(node, f"more than {_MAX_DEPTH} levels, or one inside itself")
            )
        if isinstance(node, MappingNode):
            self._expect(node, "map")
            values = {key: self._build(pair.value, depth + 1) for key, pair in self._mapping(node).items()}
            return {key: value for key, value in values.items() if value is not None}
        if isinstance(node, SequenceNode):
            self._expect(node, "seq")
            return [self._build(item, depth + 1) for item in node.items]
        return self._scalar_value(node)

    def _scalar_value(self, node: ScalarNode) -> object:
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

    def _mapping(self, node: MappingNode) -> dict[str, Pair]:
        """The mapping's own keys, then those merged with `<<`. Computed once for each node."""
        if (known := self._mappings.get(id(node))) is not None:
            return known
        pairs = self._mappings[id(node)] = {}  # cached before the merges, which may lead back to this node
        merged: list[Node] = []
        for key, value in node.pairs:
            if not isinstance(key, ScalarNode):
                self._note(key, "a key must be plain text")
            elif key.tag == "merge":
                merged.extend(value.items if isinstance(value, SequenceNode) else [value])
            elif (first := pairs.get(key.text)) is not None:
                line = first.key.line + 1
                self._note(key, f'the key "{key.text}" is here twice; first in line {line}')
            else:
                pairs[key.text] = Pair(key, value)
        for other in merged:
            if isinstance(other, MappingNode):
                for name, pair in list(self._mapping(other).items()):
                    pairs.setdefault(name, pair)
            else:
                self._note(other, "`<<` merges mappings, and this is none")
        return pairs

    def _scalar(self, node: Node, text: str, depth: int = 0) -> Node | None:
        """The first scalar at or below `node` whose text is `text`."""
        if not text or depth > _MAX_DEPTH:
            return None
        if isinstance(node, ScalarNode):
            return node if node.text == text else None
        children = (
            [pair.value for pair in self._mapping(node).values()]
            if isinstance(node, MappingNode)
            else node.items
        )
        return next((match for child in children if (match := self._scalar(child, text, depth + 1))), None)

    def _note(self, node: Node, problem: str, hint: str = "") -> None:
        self._problems.add(_located(node, problem, hint))

    def _error(self, *problems: LocatedProblem) -> ConfigError:
        return ConfigError(
            tuple(
                Problem(
                    f"{self.name}:{located.line}:{located.column}",
                    _printable(located.problem),
                    _printable(located.hint),
                )
                for located in sorted(problems)
            )
        )


def _located(node: Node, problem: str, hint: str = "") -> LocatedProblem:
    return LocatedProblem(node.line + 1, node.column + 1, problem, hint)


def _printable(text: str) -> str:
    """Escape line breaks and control sequences: a message quotes the file, and a terminal would obey them."""
    return "".join(
        char if char.isprintable() or char in "\u200c\u200d" else char.encode("unicode_escape").decode()
        for char in text
    )
