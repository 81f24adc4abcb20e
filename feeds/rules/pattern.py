"""What a rule looks for in a text: plain words, or a regular expression.

Words are found whole and whatever their case, in every script: `port` is not in "report", चाय not in चायवाला.
Scripts that put no spaces between words have no whole words to speak of; there a term is found wherever it
stands.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

T = TypeVar("T")

SEARCHED = 20_000
"""Characters of a text that are searched, several times a usual article; ours. `re` can be given no time
limit, so what it works on is limited: with `_explodes`, a careless expression costs a moment, not a day."""

_REGEX = re.compile(r"/(?P<body>.+)/(?P<flags>[A-Za-z]*)", re.DOTALL)
_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}
_QUANTIFIER = re.compile(r"(?P<open>[*+]|\{\d*,\})(?P<mode>[?+]?)")

# Scripts written without spaces between words, by the first word of their characters' Unicode names.
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "HALFWIDTH", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN")
_JOINERS = "_\u200c\u200d"  # ZERO WIDTH (NON-)JOINER stand inside words of Persian, Hindi …


@dataclass(frozen=True, slots=True)
class Pattern:
    """One thing to look for. `written` is what the user wrote and all that counts for equality and repr."""

    written: str

    @classmethod
    def parse(cls, value: object) -> Pattern:
        """A string or number of the configuration → a pattern. Raises ValueError in words for the user."""
        if isinstance(value, Pattern):
            return value
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise ValueError("write words, or a regular expression between slashes: /trade/i")  # noqa: TRY004
        pattern = cls(str(value))
        if not fold(pattern.written):
            raise ValueError("there is nothing here to look for")
        pattern.regex  # noqa: B018  a bad expression is told when it is read, not at the first article
        return pattern

    @property
    def regex(self) -> re.Pattern[str] | None:
        """The expression, compiled, or None where plain words are meant."""
        return _compile(self.written) if self.written.startswith("/") else None

    def found_in(self, text: str) -> bool:
        """Whether the first `SEARCHED` characters of the text contain this."""
        text = text[:SEARCHED]
        if regex := self.regex:
            return regex.search(text) is not None
        return _has_words(fold(text), fold(self.written))

    def equals(self, text: str) -> bool:
        """Whether the text is this and nothing else; for names: a tag, a source's id."""
        if regex := self.regex:
            return regex.search(text[:SEARCHED]) is not None
        return fold(text) == fold(self.written)

    def replaced(self, text: str, by: str) -> str:
        """The text with every find replaced; for an expression, `by` may name its groups: `\\1`."""
        if regex := self.regex:
            return regex.sub(by, text)

        def put(found: re.Match[str]) -> str:
            return by if _stands_alone(text, found[0], found.start()) else found[0]

        return re.sub(re.escape(self.written), put, text, flags=re.IGNORECASE)

    def __str__(self) -> str:
        return self.written if self.regex else f"“{self.written}”"

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(cls.parse)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": ["string", "integer"], "examples": ["trade talks", "/trade|tariff/i"]}


def listed(value: object) -> object:
    """A single value stands for a list of one."""
    return value if isinstance(value, list | tuple) else [value]


def not_empty(values: tuple[T, ...]) -> tuple[T, ...]:
    # `min_length` would count only the entries that are valid, and so report a mistake twice.
    if not values:
        raise ValueError("this list is empty; leave the key out")
    return values


Patterns = Annotated[
    tuple[Pattern, ...],
    BeforeValidator(listed, json_schema_input_type=Pattern | list[Pattern]),
    AfterValidator(not_empty),
]
"""One pattern or a list of them, of which any will do."""


def fold(text: str) -> str:
    """Text as words are compared: compatibility forms, case and white space levelled, accents kept."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _has_words(text: str, words: str) -> bool:
    start = text.find(words)
    while start >= 0:
        if _stands_alone(text, words, start):
            return True
        start = text.find(words, start + 1)
    return False


def _stands_alone(text: str, words: str, start: int) -> bool:
    end = start + len(words)
    return _edge(text[max(start - 1, 0) : start], words[0]) and _edge(words[-1], text[end : end + 1])


def _edge(left: str, right: str) -> bool:
    """Whether a word may end between two neighbouring characters; "" is the end of the text."""
    return not (_in_word(left) and _in_word(right)) or _unspaced(left) or _unspaced(right)


def _in_word(char: str) -> bool:
    # For `\w` and `\b` of `re` a vowel sign (category M) ends a word.
    return bool(char) and (char.isalnum() or char in _JOINERS or unicodedata.category(char)[0] == "M")


def _unspaced(char: str) -> bool:
    return bool(char) and unicodedata.name(char, "").startswith(_UNSPACED)


@lru_cache(maxsize=1024)
def _compile(written: str) -> re.Pattern[str]:
    match = _REGEX.fullmatch(written)
    if match is None:
        raise ValueError(
            f"{written} begins like a regular expression but has no second slash: write /trade/i, "
            "or leave the first slash out to look for the words"
        )
    flags = re.NOFLAG
    for letter in match["flags"]:
        if letter not in _FLAGS:
            raise ValueError(f"{written}: there is no flag {letter!r}; the flags are {', '.join(_FLAGS)}")
        flags |= _FLAGS[letter]
    if _explodes(match["body"]):
        raise ValueError(
            f"{written}: a repeat within a repeat can take for ever on a text that almost matches; "
            "write the inner one as possessive (a++) or say it otherwise"
        )
    try:
        return re.compile(match["body"], flags)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"{written} is not a regular expression: {error}") from error


def _explodes(body: str) -> bool:
    """Whether an endlessly repeated group holds an endless repeat: `(a+)+` takes 2ⁿ steps on n letters."""
    body = re.sub(r"\\.", "x", body, flags=re.DOTALL)
    body = re.sub(r"\[\^?\]?[^\]]*\]", "x", body)
    inside: list[bool] = [False]  # for every open group: does it hold an endless repeat that can give back?
    atomic: list[bool] = [False]
    at = 0
    while at < len(body):
        char = body[at]
        if char == "(":
            inside.append(False)
            atomic.append(body.startswith("(?>", at))
        elif char == ")" and len(inside) > 1:
            held, sealed = inside.pop(), atomic.pop()
            held = held and not sealed
            repeat = _QUANTIFIER.match(body, at + 1)
            if held and repeat and repeat["mode"] != "+":
                return True
            inside[-1] = inside[-1] or held
        elif (repeat := _QUANTIFIER.match(body, at)) is not None:
            inside[-1] = inside[-1] or repeat["mode"] != "+"
            at = repeat.end() - 1
        at += 1
    return False
