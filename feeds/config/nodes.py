"""A YAML text by its nodes: everything can be found by line and column, and be complained of.

Only what JSON could say is built (text, numbers, true and false, lists, mappings): no tag makes an object.
ruamel composes the nodes and we build from them: its own constructors stop at the first duplicate key.
"""

from __future__ import annotations

from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from feeds.config.document import KEY, Loc
from feeds.config.plain import MAX_DEPTH, MAX_NODES
from feeds.errors import ConfigError, Problem

_YAML_ORG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    line: int
    column: int
    problem: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """A key and its value; of an item of a list, it twice."""

    key: Node
    value: Node


class Nodes:
    """`data` is what the file says (keys without a value left out), `note` collects what is wrong with it."""

    def __init__(self, text: str, name: str) -> None:
        """Raises ConfigError when no data can be had from the text; what else is wrong is noted."""
        self.name = name
        self._findings: set[Finding] = set()
        self._silent: set[Loc] = set()
        self._mappings: dict[int, dict[str, Pair]] = {}
        self._left = MAX_NODES
        self._yaml = YAML(typ="safe", pure=True)
        self.root = self._compose(text)
        self.data: object = None if self.root is None else self._build(self.root, 0)

    # ------------------------------------------------------------------------------------------- places

    def locate(self, loc: Loc) -> Pair | None:
        """The nodes at the end of `loc`; steps that the text lacks (a shorthand's) are passed over."""
        if self.root is None:
            return None
        here = Pair(self.root, self.root)
        for step in loc:
            node = here.value
            if isinstance(node, MappingNode):
                here = self._mapping(node).get(str(step), here)
            elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
                here = Pair(node.value[step], node.value[step])
        return here

    def written(self, loc: Loc) -> str | None:
        """The scalar at `loc` as the file has it, before secrets are filled in."""
        pair = self.locate(loc)
        node = pair and (pair.key if loc[-1:] == (KEY,) else pair.value)
        return str(node.value) if isinstance(node, ScalarNode) else None

    def line(self, loc: Loc) -> int:
        pair = self.locate(loc)
        return pair.value.start_mark.line + 1 if pair else 1

    def note(self, loc: Loc, problem: str, hint: str = "", *, key: bool = False, scalar: str = "") -> None:
        """Remember a problem at the value of `loc`, at its key, or at the first `scalar` below it."""
        if not key and any(loc[: len(quiet)] == quiet for quiet in self._silent):
            return
        pair = self.locate(loc)
        if pair is None:
            self._findings.add(Finding(1, 1, problem, hint))
            return
        node = pair.key if key or loc[-1:] == (KEY,) else pair.value
        self._note(self._scalar(node, scalar) or node, problem, hint)

    def silence(self, loc: Loc) -> None:
        """The value at `loc` is not known: nothing more can be said of it."""
        self._silent.add(loc)

    def raise_problems(self) -> None:
        if self._findings:
            raise self._error(*sorted(self._findings))

    # ---------------------------------------------------------------------------------------- reading

    def _compose(self, text: str) -> Node | None:
        try:
            return self._yaml.compose(text)  # type: ignore[no-any-return]
        except MarkedYAMLError as error:
            raise self._error(_syntax(error)) from None
        except ReaderError as error:
            before = text[: error.position]
            column = error.position - before.rfind("\n")
            finding = Finding(
                before.count("\n") + 1, column, "a control character, which YAML does not allow"
            )
            raise self._error(finding) from None
        except YAMLError as error:
            raise self._error(Finding(1, 1, f"not valid YAML: {error}")) from None
        except RecursionError:
            raise self._error(Finding(1, 1, "lists or mappings nested too deep to read")) from None
        except (ValueError, AttributeError, TypeError, LookupError) as error:
            # ruamel's scanner lets a few of these through on mangled escapes and directives.
            raise self._error(Finding(1, 1, f"not valid YAML: {error}")) from None

    def _build(self, node: Node, depth: int) -> object:
        self._left -= 1
        if self._left < 0:
            problem = f"aliases that stand for more than {MAX_NODES:,} values"
            raise self._error(*self._findings, _finding(node, problem))
        if depth > MAX_DEPTH:
            raise self._error(
                *self._findings, _finding(node, f"more than {MAX_DEPTH} levels, or one inside itself")
            )
        if isinstance(node, MappingNode):
            self._expect(node, "map")
            built = {key: self._build(pair.value, depth + 1) for key, pair in self._mapping(node).items()}
            return {key: value for key, value in built.items() if value is not None}
        if isinstance(node, SequenceNode):
            self._expect(node, "seq")
            return [self._build(item, depth + 1) for item in node.value]
        return self._scalar_value(node)

    def _scalar_value(self, node: Node) -> object:
        construct = self._yaml.constructor
        try:
            match str(node.tag).removeprefix(_YAML_ORG):
                case "null":
                    return None
                case "bool":
                    return construct.construct_yaml_bool(node)
                case "int":
                    return construct.construct_yaml_int(node)
                case "float":
                    return construct.construct_yaml_float(node)
                case "str" | "timestamp" | "value" | "merge":
                    pass
                case _:
                    self._expect(node, "str")
        except (ValueError, LookupError, YAMLError):
            self._note(node, "not a value that its tag allows", "Remove the tag, or put the value in quotes.")
        return node.value

    def _expect(self, node: Node, tag: str) -> None:
        if node.tag != _YAML_ORG + tag:
            name = str(node.tag).removeprefix(_YAML_ORG)
            self._note(node, f"the tag {name} means nothing here", "Remove it.")

    def _mapping(self, node: MappingNode) -> dict[str, Pair]:
        """The mapping's own keys, then those merged with `<<`, read once for every node."""
        if (known := self._mappings.get(id(node))) is not None:
            return known
        pairs = self._mappings[id(node)] = {}  # set before the merges: one may lead back to here
        merged: list[Node] = []
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self._note(key, "a key must be plain text")
            elif key.tag == _YAML_ORG + "merge":
                merged.extend(value.value if isinstance(value, SequenceNode) else [value])
            elif (first := pairs.get(key.value)) is not None:
                self._note(
                    key, f'the key "{key.value}" is here twice; first in line {first.key.start_mark.line + 1}'
                )
            else:
                pairs[key.value] = Pair(key, value)
        for other in merged:
            if isinstance(other, MappingNode):
                for name, pair in list(self._mapping(other).items()):
                    pairs.setdefault(name, pair)
            else:
                self._note(other, "`<<` merges mappings, and this is none")
        return pairs

    def _scalar(self, node: Node, text: str, depth: int = 0) -> Node | None:
        if isinstance(node, ScalarNode):
            return node if text and node.value == text else None
        if depth > MAX_DEPTH or not text:
            return None
        children = (
            [pair.value for pair in self._mapping(node).values()]
            if isinstance(node, MappingNode)
            else node.value
        )
        return next((found for child in children if (found := self._scalar(child, text, depth + 1))), None)

    def _note(self, node: Node, problem: str, hint: str = "") -> None:
        self._findings.add(_finding(node, problem, hint))

    def _error(self, *findings: Finding) -> ConfigError:
        return ConfigError(
            tuple(
                Problem(f"{self.name}:{one.line}:{one.column}", _printable(one.problem), _printable(one.hint))
                for one in sorted(findings)
            )
        )


def _finding(node: Node, problem: str, hint: str = "") -> Finding:
    return Finding(node.start_mark.line + 1, node.start_mark.column + 1, problem, hint)


def _printable(text: str) -> str:
    """In one line, without what a terminal would obey: a message quotes the file."""
    return "".join(
        char if char.isprintable() or char in "\u200c\u200d" else char.encode("unicode_escape").decode()
        for char in text
    )


_HINTS = (
    ("'\\t'", "a tab; YAML is indented with spaces", "Replace the tab with spaces."),
    (
        "mapping values are not allowed",
        "not valid YAML: a second colon in one line",
        'Text with ": " in it needs quotes.',
    ),
    (
        "could not find expected ':'",
        "not valid YAML: a key without a colon",
        "Write `key: value`, or check the indent.",
    ),
    ("single document", "a second document begins here", "One file is one document: remove the line `---`."),
    ("undefined alias", "", "Text that begins with * needs quotes."),
    ("cannot start any token", "", "Text that begins with a special character needs quotes."),
)


def _syntax(error: MarkedYAMLError) -> Finding:
    told = " ".join(part for part in (error.context, error.problem) if part)
    problem, hint = f"not valid YAML: {error.problem or error.context}", ""
    for sign, words, advice in _HINTS:
        if sign in told:
            problem, hint = words or problem, advice
            break
    mark = error.problem_mark or error.context_mark
    begun = error.context_mark
    if not hint and begun is not None and mark is not None and begun.line != mark.line:
        hint = f"What is not finished here begins in line {begun.line + 1}."
    return Finding(mark.line + 1, mark.column + 1, problem, hint) if mark else Finding(1, 1, problem, hint)
