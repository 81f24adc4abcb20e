"""The patterns of rules: plain words, or a regular expression.

Plain words match whole words only and ignore case, in every script: `port` does not match "report", चाय does not match
चायवाला. In scripts without spaces between words, they match anywhere.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

T = TypeVar("T")

MAX_SEARCHED_CHARS = 20_000
"""Only the beginning of a text is searched: several times the length of a usual article."""

MAX_SEARCH_SECONDS = 0.1
"""CPU time of one search. Ordinary expressions take a hundredth of it. `feeds.rules.search` bounds the sum."""

MAX_EXPRESSION_CHARS = 10_000
"""Enough for a list of a thousand words. Compiling as many characters takes a third of a second at most; megabytes took
a minute."""

MAX_NESTED_REPEATS = 4
"""Groups within groups that are all repeated: ((a{2}){2}){2} has three. The library `regex` copies a group that has to
occur, so 18 of them took 2 GB of memory."""

Regex = Any  # a compiled expression; the library `regex` has no type annotations

_REGEX = re.compile(r"/(?P<body>.+)/(?P<flags>[A-Za-z]*)", re.DOTALL)
_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}
_RE_FLAGS = re.IGNORECASE | re.MULTILINE | re.DOTALL | re.VERBOSE
_QUANTIFIER = re.compile(r"(?P<open>[*+]|\{\d*,\})(?P<mode>[?+]?)")

_GROUP_REPEAT = re.compile(r"[*+?]|\{\d*,?\d*\}")
# A brace that `re` takes as it is, and `regex` perhaps for a fuzzy match: {e<=3}. The group: what is left alone.
_LITERAL_BRACE = re.compile(r"(\\N\{[^}]*\}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{\d*,?\d*\})|\{", re.DOTALL)

# Scripts written without spaces between words, by the first word of their characters' Unicode names. Wider than
# `feeds.dedupe.words.UNSPACED_SCRIPTS`: with Tibetan and half-width forms.
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "HALFWIDTH", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN")
_JOINERS = "_\u200c\u200d"  # ZERO WIDTH (NON-)JOINER occur inside words of Persian, Hindi …


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern. `written` is what the user wrote; equality and repr depend on it alone."""

    written: str

    @classmethod
    def parse(cls, value: object) -> Pattern:
        """Make a pattern of a string or number of the configuration. Raises ValueError with a message for the user."""
        if isinstance(value, Pattern):
            return value
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise ValueError("write words, or a regular expression between slashes: /trade/i")  # noqa: TRY004
        pattern = cls(str(value))
        if not fold(pattern.written):
            raise ValueError("the pattern is empty; write words, or leave the key out")
        pattern.regex  # noqa: B018  reports a bad expression now, not at the first article
        return pattern

    @property
    def regex(self) -> Regex | None:
        """The compiled regular expression, or None for plain words."""
        return _compile(self.written) if self.written.startswith("/") else None

    def found_in(self, text: str) -> bool:
        """Whether the first `MAX_SEARCHED_CHARS` of the text contain a match. Raises TimeoutError."""
        text = text[:MAX_SEARCHED_CHARS]
        if regex := self.regex:
            return regex.search(text, timeout=MAX_SEARCH_SECONDS) is not None
        return _has_words(fold(text), fold(self.written))

    def matches_whole(self, text: str) -> bool:
        """Whether the whole text is these words (a tag, a source's id). A regular expression may match any part.
        Raises TimeoutError."""
        if self.regex:
            return self.found_in(text)
        return fold(text) == fold(self.written)

    def replace_in(self, text: str, by: str) -> str:
        """The text with every match replaced. For an expression, `by` may refer to its groups: `\\1`. Raises
        TimeoutError."""
        if regex := self.regex:
            return str(regex.sub(by, text, timeout=MAX_SEARCH_SECONDS))

        def replacement(match: re.Match[str]) -> str:
            return by if _is_whole_word(text, match[0], match.start()) else match[0]

        return re.sub(re.escape(self.written), replacement, text, flags=re.IGNORECASE)

    def check_replacement(self, by: str) -> None:
        """Raises ValueError if `by` refers to a group that the expression lacks."""
        if regex := self.regex:
            try:
                re.compile(regex.pattern, regex.flags & _RE_FLAGS).sub(by, "")
            except (re.error, IndexError) as error:
                raise ValueError(f"{by} cannot be put in place of {self}: {error}") from error

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


def as_list(value: object) -> object:
    """Wrap a single value in a list."""
    return value if isinstance(value, list | tuple) else [value]


def reject_empty(values: tuple[T, ...]) -> tuple[T, ...]:
    # `min_length` counts only valid entries, so it would report an invalid entry twice.
    if not values:
        raise ValueError("this list is empty; leave the key out")
    return values


Patterns = Annotated[
    tuple[Pattern, ...],
    BeforeValidator(as_list, json_schema_input_type=Pattern | list[Pattern]),
    AfterValidator(reject_empty),
]
"""One pattern, or a list of patterns of which at least one must match."""


def fold(text: str) -> str:
    """Text in the form in which words are compared: NFKC, case-folded, white space collapsed, accents kept."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _has_words(text: str, words: str) -> bool:
    start = text.find(words)
    while start >= 0:
        if _is_whole_word(text, words, start):
            return True
        start = text.find(words, start + 1)
    return False


def _is_whole_word(text: str, words: str, start: int) -> bool:
    end = start + len(words)
    return _is_boundary(text[max(start - 1, 0) : start], words[0]) and _is_boundary(
        words[-1], text[end : end + 1]
    )


def _is_boundary(left: str, right: str) -> bool:
    """Whether a word may end between two neighbouring characters; "" is the start or end of the text."""
    return not (_in_word(left) and _in_word(right)) or _is_unspaced(left) or _is_unspaced(right)


def _in_word(char: str) -> bool:
    # Unlike `\w` and `\b` of `re`, for which a vowel sign (category M) ends a word.
    return bool(char) and (char.isalnum() or char in _JOINERS or unicodedata.category(char)[0] == "M")


def _is_unspaced(char: str) -> bool:
    return bool(char) and unicodedata.name(char, "").startswith(_UNSPACED)


@lru_cache(maxsize=1024)
def _compile(written: str) -> Regex:
    """The expression, compiled by the library `regex`: it understands what `re` does, and a search can be limited in
    time. `re` compiles it too, so that only the documented syntax is accepted. Raises ValueError for the user."""
    import regex  # most configurations have no expression

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
    body = match["body"]
    if len(body) > MAX_EXPRESSION_CHARS:
        raise ValueError(
            f"{written[:50]}…: has {len(body):,} characters; at most {MAX_EXPRESSION_CHARS:,} are allowed. "
            "Write several expressions: a list of patterns matches if one of them does"
        )
    if _nested_repeats(body) > MAX_NESTED_REPEATS:
        raise ValueError(
            f"{written}: has more than {MAX_NESTED_REPEATS} repeated groups within each other, which takes too much "
            "memory; write the expression differently"
        )
    if _may_backtrack_catastrophically(body):
        raise ValueError(
            f"{written}: a repeat within a repeat can take for ever on a text that almost matches; "
            "make the inner repeat possessive (a++) or write the expression differently"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", FutureWarning
            )  # of what a later Python may understand otherwise: [[a]
            re.compile(body, flags)
        same_syntax = _LITERAL_BRACE.sub(lambda found: found[1] or r"\{", body)
        return regex.compile(same_syntax, int(flags) | regex.VERSION0)
    except (re.error, regex.error, OverflowError, RecursionError, MemoryError) as error:
        raise ValueError(f"{written} is not a regular expression: {error}") from error


def _without_characters(body: str) -> str:
    """The expression with "x" in place of each escaped character and each set."""
    body = re.sub(r"\\.", "x", body, flags=re.DOTALL)
    return re.sub(r"\[\^?\]?[^\]]*\]", "x", body)


def _nested_repeats(body: str) -> int:
    """How many repeated groups contain each other, at most."""
    body = _without_characters(body)
    inside = [0]  # per open group: the most nested repeats that it contains
    for at, char in enumerate(body):
        if char == "(":
            inside.append(0)
        elif char == ")" and len(inside) > 1:
            repeats = inside.pop() + bool(_GROUP_REPEAT.match(body, at + 1))
            inside[-1] = max(inside[-1], repeats)
    return inside[0]


def _may_backtrack_catastrophically(body: str) -> bool:
    """Whether a repeated group contains another unbounded repeat: `(a+)+` takes 2ⁿ steps on n letters."""
    body = _without_characters(body)
    inside: list[bool] = [False]  # per open group: does it contain an unbounded repeat that can backtrack?
    atomic: list[bool] = [False]  # per open group: is it atomic, (?>…)?
    at = 0
    while at < len(body):
        char = body[at]
        if char == "(":
            inside.append(False)
            atomic.append(body.startswith("(?>", at))
        elif char == ")" and len(inside) > 1:
            repeats, is_atomic = inside.pop(), atomic.pop()
            repeats = repeats and not is_atomic
            repeat = _QUANTIFIER.match(body, at + 1)
            if repeats and repeat and repeat["mode"] != "+":
                return True
            inside[-1] = inside[-1] or repeats
        elif (repeat := _QUANTIFIER.match(body, at)) is not None:
            inside[-1] = inside[-1] or repeat["mode"] != "+"
            at = repeat.end() - 1
        at += 1
    return False
