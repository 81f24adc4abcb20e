"""Parse a YAML text into nodes with their positions in it.

libyaml scans the text. If libyaml refuses it, or may read it otherwise than YAML 1.2 says, ruamel.yaml scans it
instead, twenty times slower: it accepts the text, or its message says better what is wrong and where.

The nodes are composed here from the events of either scanner. libyaml's own composer overflows the stack on 100,000
brackets and refuses an anchor that is given twice; ruamel's takes as long as its scanner. A scalar without quotes means
what YAML 1.2 says (`off` and `1:30` are text), with the `<<` and the `_` in numbers of YAML 1.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

try:
    from yaml import YAMLError as LibyamlError
    from yaml.cyaml import CParser
except ImportError:  # PyYAML was built without libyaml
    CParser = None

_YAML_ORG = "tag:yaml.org,2002:"

Event = Any  # of PyYAML, which is untyped, or of ruamel.yaml: they have the same names and attributes


@dataclass(slots=True, eq=False)
class _Placed:
    """`line` and `column` count from 0; `start` and `end` are indexes of characters in the text."""

    tag: str  # without the prefix of yaml.org
    line: int
    column: int
    start: int
    end: int


@dataclass(slots=True, eq=False)
class ScalarNode(_Placed):
    text: str
    style: str  # ' or " or | or >; "" without quotes


@dataclass(slots=True, eq=False)
class SequenceNode(_Placed):
    flow: bool  # [a, b]
    items: list[Node]


@dataclass(slots=True, eq=False)
class MappingNode(_Placed):
    flow: bool  # {a: b}
    pairs: list[tuple[Node, Node]]


Node: TypeAlias = ScalarNode | SequenceNode | MappingNode


@dataclass(frozen=True, slots=True, order=True)
class LocatedProblem:
    """Something wrong at a line and column, counted from 1."""

    line: int
    column: int
    problem: str
    hint: str = ""


class YamlSyntaxError(Exception):
    """The text is not one YAML document."""

    def __init__(self, problem: LocatedProblem) -> None:
        super().__init__(problem.problem)
        self.problem = problem


# ------------------------------------------------------------------------------------------------ parsing

# libyaml reads some of these otherwise than YAML 1.2 says: line separators (line breaks in YAML 1.1); anchors, aliases
# and tags (YAML 1.2 allows more characters in their names); a comment directly after the | or > of a block scalar.
_NOT_FOR_LIBYAML = re.compile(r"[\u2028\u2029]|(?<![^\s,\[{:])[&*!]\S|[|>]#")


def compose(text: str) -> Node | None:
    """Return the root node, None for a text without one. Raise YamlSyntaxError."""
    try:
        if CParser and not _NOT_FOR_LIBYAML.search(text):
            try:
                return _Composer(iter(CParser(text).get_event, None)).document()
            except (LibyamlError, UnicodeEncodeError):
                pass
        return _compose_slowly(text)
    except RecursionError:
        raise YamlSyntaxError(LocatedProblem(1, 1, "lists or mappings nested too deep to read")) from None


def _compose_slowly(text: str) -> Node | None:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.reader import ReaderError

    try:
        return _Composer(YAML(typ="safe", pure=True).parse(text)).document()
    except MarkedYAMLError as error:
        problem = _syntax_problem(error)
    except ReaderError as error:
        before = text[: error.position]
        column = error.position - before.rfind("\n")
        problem = LocatedProblem(
            before.count("\n") + 1, column, "a control character, which YAML does not allow"
        )
    except (YAMLError, ValueError, AttributeError, TypeError, LookupError) as error:
        # ruamel's scanner lets a few of the last four through on mangled escapes and directives.
        problem = LocatedProblem(1, 1, f"not valid YAML: {error}")
    raise YamlSyntaxError(problem)


class _Composer:
    def __init__(self, events: Iterator[Event]) -> None:
        self._next_event = events.__next__
        self._anchors: dict[str, Node] = {}

    def document(self) -> Node | None:
        self._next_event()  # the stream's start
        if _name(self._next_event()) != "DocumentStartEvent":
            return None
        root = self._node(self._next_event())
        self._next_event()  # the document's end
        after = self._next_event()
        if _name(after) != "StreamEndEvent":
            hint = "One file is one document: remove the line `---`."
            raise _error_at(after, "a second document begins here", hint)
        return root

    def _node(self, event: Event) -> Node:
        name = _name(event)
        if name == "AliasEvent":
            if event.anchor not in self._anchors:
                problem = f"not valid YAML: found undefined alias {event.anchor!r}"
                raise _error_at(event, problem, "Text that begins with * needs quotes.")
            return self._anchors[event.anchor]
        tag = (event.tag or "").removeprefix(_YAML_ORG).removesuffix("!")
        mark, flow = event.start_mark, bool(getattr(event, "flow_style", False))
        place = mark.line, mark.column, mark.index, event.end_mark.index
        node: Node
        if name == "ScalarEvent":
            tag = tag or ("str" if event.style else _implicit_tag(event.value))
            node = ScalarNode(tag, *place, event.value, event.style or "")
        elif name == "MappingStartEvent":
            node = MappingNode(tag or "map", *place, flow, [])
        else:
            node = SequenceNode(tag or "seq", *place, flow, [])
        if event.anchor:
            self._anchors[event.anchor] = node  # before its contents, which may hold an alias of it
        if isinstance(node, ScalarNode):
            return node
        while not _name(event := self._next_event()).endswith("EndEvent"):
            if isinstance(node, MappingNode):
                node.pairs.append((self._node(event), self._node(self._next_event())))
            else:
                node.items.append(self._node(event))
        node.end = event.end_mark.index
        return node


def _name(event: Event) -> str:
    return type(event).__name__


# ------------------------------------------------------------------------------------------------ scalars

_BOOLEANS = {"true": True, "false": False}
_BASES = {"0b": 2, "0o": 8, "0x": 16}
_INT = re.compile(r"[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)")
_FLOAT = re.compile(
    r"[-+]?[0-9][0-9_]*(?:\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)"
    r"|[-+]?\.[0-9_]+(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), "null"),
    **dict.fromkeys(("true", "True", "TRUE", "false", "False", "FALSE"), "bool"),
    "<<": "merge",
}


def _implicit_tag(text: str) -> str:
    """The tag of a scalar without quotes and tag (YAML 1.2 §10.3.2)."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in "-+.0123456789":
        if _INT.fullmatch(text):
            return "int"
        if _FLOAT.fullmatch(text):
            return "float"
    return "str"


def scalar_value(scalar: ScalarNode) -> object:
    """The value of a scalar of the JSON types. Raises ValueError when its text is not what its tag says."""
    word, digits = scalar.text.lower(), scalar.text.replace("_", "")
    match scalar.tag:
        case "null":
            return None
        case "bool" if word in _BOOLEANS:
            return _BOOLEANS[word]
        case "int":
            return int(digits, _BASES.get(digits.lstrip("+-")[:2], 10))
        case "float":
            return float(re.sub(r"\.(?=inf|nan)", "", digits.lower()))
        case "str":
            return scalar.text
    raise ValueError(scalar.tag)


# ----------------------------------------------------------------------------------------------- messages

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
    ("cannot start any token", "", "Text that begins with a special character needs quotes."),
)


def _error_at(event: Event, problem: str, hint: str) -> YamlSyntaxError:
    return YamlSyntaxError(
        LocatedProblem(event.start_mark.line + 1, event.start_mark.column + 1, problem, hint)
    )


def _syntax_problem(error: Any) -> LocatedProblem:
    """The problem that a MarkedYAMLError of ruamel.yaml describes."""
    message = " ".join(part for part in (error.context, error.problem) if part)
    problem, hint = f"not valid YAML: {error.problem or error.context}", ""
    for sign, words, advice in _HINTS:
        if sign in message:
            problem, hint = words or problem, advice
            break
    mark = error.problem_mark or error.context_mark
    begin = error.context_mark
    if not hint and begin is not None and mark is not None and begin.line != mark.line:
        hint = f"What is not finished here begins in line {begin.line + 1}."
    return (
        LocatedProblem(mark.line + 1, mark.column + 1, problem, hint)
        if mark
        else LocatedProblem(1, 1, problem, hint)
    )
