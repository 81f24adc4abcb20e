"""A YAML text as data, thirty times as fast as by its nodes, where nothing about it is doubtful.

libyaml scans; it follows YAML 1.1, ruamel 1.2. So only that is read here which means the same to both: lists and
mappings of scalars that stand in one line, of printable characters, without anchors, tags, escapes or blocks, and of
scalars without quotes those that are plainly text, a whole number, true or false. Whatever else is said, or wrong, is
for `nodes`, which is the measure of what is right here, and tells the user what is not.
"""

from __future__ import annotations

import re
from typing import Any

MAX_NODES = 200_000
"""Values after every alias is followed: nine lines of anchors can stand for a billion. Ours."""
MAX_DEPTH = 40

Event = Any  # PyYAML is untyped

# Line breaks of YAML 1.1, byte order marks, control characters; directives, and where a document begins or ends.
_STRANGE = re.compile(
    r"[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|^(?:%|---|\.\.\.)",
    re.MULTILINE,
)
_TEXT = re.compile(r"[A-Za-z/\xa0-\U0010ffff].*|[0-9]+[smhdw]")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,15}")
_WORDS = {"true": True, "false": False}
_OTHER_WORDS = frozenset({"null", *_WORDS})  # in capitals too


class _Doubtful(Exception):
    pass


def read(text: str) -> object:
    """The data; None where it is not for here to say."""
    if _STRANGE.search(text):
        return None
    try:
        from yaml import YAMLError
        from yaml.cyaml import CParser
    except ImportError:  # PyYAML without libyaml
        return None
    parser = CParser(text)
    try:
        return _Reader(parser, text).document()
    except (YAMLError, _Doubtful):
        return None
    finally:
        parser.dispose()


class _Reader:
    def __init__(self, parser: Any, text: str) -> None:
        from yaml import events

        self._next = parser.get_event
        self._text = text
        self._left = MAX_NODES
        self._scalar, self._list, self._map = (
            *(events.ScalarEvent, events.SequenceStartEvent),
            events.MappingStartEvent,
        )
        self._end = (events.SequenceEndEvent, events.MappingEndEvent)

    def document(self) -> object:
        self._next()  # the stream begins
        self._next()  # the document begins, or the stream ends
        found = self._value(self._next(), 0)
        self._next()
        self._next()  # a second document is an error of the parser's: nothing in the text could begin it
        return found

    def _value(self, event: Event, depth: int) -> object:
        self._left -= 1
        if self._left < 0 or depth > MAX_DEPTH or event is None:
            raise _Doubtful
        kind = type(event)
        if kind is self._scalar:
            return self._of(event)
        if event.anchor or (kind is not self._map and kind is not self._list) or event.tag:
            raise _Doubtful
        if kind is self._list:
            items = []
            while type(event := self._next()) not in self._end:
                items.append(self._value(event, depth + 1))
            return items
        pairs: dict[str, object] = {}
        while type(event := self._next()) not in self._end:
            key = self._of(event) if type(event) is self._scalar else None
            if not isinstance(key, str) or key in pairs:
                raise _Doubtful
            pairs[key] = self._value(self._next(), depth + 1)
        return pairs

    def _of(self, event: Event) -> object:
        begin, end, value = event.start_mark, event.end_mark, event.value
        if event.anchor or event.tag or begin.line != end.line:
            raise _Doubtful
        if not event.style:
            if value in _WORDS:
                return _WORDS[value]
            if _TEXT.fullmatch(value) and value.lower() not in _OTHER_WORDS:
                return value
            if _NUMBER.fullmatch(value):
                return int(value)
            raise _Doubtful
        if event.style == "'" or (event.style == '"' and "\\" not in self._text[begin.index : end.index]):
            return value
        raise _Doubtful
