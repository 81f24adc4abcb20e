"""What `keep:` and `drop:` say of an article.

A mapping holds when everything in it holds, a list when anything in it does:

    keep: {any: [{title: /trade/i}, {source: agency}]}
    drop: [{title: sponsored}, {source: harbour, shorter_than: 200}]
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from feeds.model import Article, RuleContext
from feeds.rules.pattern import Pattern, Patterns, fold, listed, not_empty

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _duration(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    match = re.fullmatch(r"(\d{1,5})\s*([mhdw])", value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("write a number and a unit: 90m, 72h, 30d, 2w")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


Age = Annotated[timedelta, BeforeValidator(_duration, json_schema_input_type=str)]
Thing = Literal["enclosure", "audio", "video", "image", "text"]
Things = Annotated[
    tuple[Thing, ...],
    BeforeValidator(listed, json_schema_input_type=Thing | list[Thing]),
    AfterValidator(not_empty),
]
Conditions = Annotated[tuple["Condition", ...], AfterValidator(not_empty)]


class Condition(BaseModel):
    """What an article must be like: all keys of a mapping hold, or, of a list, at least one entry."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    any_: Conditions | None = Field(None, alias="any", description="At least one of these holds.")
    all_: Conditions | None = Field(None, alias="all", description="Every one of these holds.")
    not_: Condition | None = Field(None, alias="not", description="This does not hold.")
    title: Patterns | None = Field(None, description="Words or /regex/flags in the title.")
    text: Patterns | None = Field(None, description="Words or /regex/flags in the body, without markup.")
    author: Patterns | None = Field(None, description="Words or /regex/flags in the name of an author.")
    credit: Patterns | None = Field(None, description="Words or /regex/flags in an agency credited: AFP.")
    link: Patterns | None = Field(None, description="Words or /regex/flags in the article's address.")
    tag: Patterns | None = Field(
        None, description="A whole tag: one of the source's `tags`, or a category of the article."
    )
    source: Patterns | None = Field(None, description="The whole `id` of the source.")
    language: Patterns | None = Field(
        None, description="A language: `en` means en-GB too, `en-GB` means only that."
    )
    has: Things | None = Field(None, description="The article has this, or one of these.")
    shorter_than: int | None = Field(None, gt=0, description="The body has fewer characters than this.")
    longer_than: int | None = Field(None, gt=0, description="The body has more characters than this.")
    older_than: Age | None = Field(None, description="The article is older than 90m, 72h, 30d, 2w.")
    newer_than: Age | None = Field(None, description="The article is newer than 90m, 72h, 30d, 2w.")

    def holds(self, article: Article, context: RuleContext) -> bool:
        """Whether the article is like this. Nothing is asked of the other articles of its story."""
        return all(_CHECKS[key](value, article, context) for key, value in self._said())

    def because(self, article: Article, context: RuleContext) -> str:
        """What decided, of a condition that holds: where any of several would do, the first that did."""
        return " and ".join(
            next(one.because(article, context) for one in value if one.holds(article, context))
            if key == "any_"
            else _SAID.get(key, _plainly)(key, value)
            for key, value in self._said()
        )

    def sources(self) -> frozenset[str]:
        """The ids of sources that are named outright, so that a misspelt one can be told."""
        inner = (*(self.any_ or ()), *(self.all_ or ()), *((self.not_,) if self.not_ else ()))
        named = (pattern.written for pattern in self.source or () if pattern.regex is None)
        return frozenset(named).union(*(condition.sources() for condition in inner))

    def __str__(self) -> str:
        return " and ".join(_SAID.get(key, _plainly)(key, value) for key, value in self._said())

    def __repr_args__(self) -> Iterator[tuple[str, Any]]:
        # Only what was said: a key that a later version adds does not change the hash of a configuration.
        return self._said()

    def _said(self) -> Iterator[tuple[str, Any]]:
        for key in type(self).model_fields:
            if (value := getattr(self, key)) is not None:
                yield key, value

    @model_validator(mode="before")
    @classmethod
    def _a_list_means_any(cls, value: object) -> object:
        if isinstance(value, list | tuple):
            return {"any": value}
        if not isinstance(value, Mapping | Condition):
            raise ValueError("write what to look for as {title: trade}, or as a list of such")  # noqa: TRY004
        return value

    @model_validator(mode="after")
    def _says_something(self) -> Condition:
        if not any(self._said()):
            raise ValueError("says nothing; name what to look for, as in {title: trade}")
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        made = handler(schema)
        definition = handler.resolve_ref_schema(made)
        mapping = {**definition, "minProperties": 1}
        a_list = definition["properties"]["any"]["anyOf"][0]  # a bare list is what `any` takes
        definition.clear()
        definition["anyOf"] = [mapping, a_list]
        return made


# ------------------------------------------------------------------------------------ what is looked at

_Check = Callable[[Any, Article, RuleContext], bool]


def _texts(look: Callable[[Article], Iterable[str]]) -> _Check:
    def check(patterns: tuple[Pattern, ...], article: Article, _context: RuleContext) -> bool:
        return any(pattern.found_in(text) for text in look(article) for pattern in patterns)

    return check


def _tagged(patterns: tuple[Pattern, ...], article: Article, context: RuleContext) -> bool:
    source = context.sources.get(article.source)
    tags = [name for category in article.categories for name in (category.term, category.label) if name]
    return any(
        pattern.equals(tag) for tag in (*(source.tags if source else ()), *tags) for pattern in patterns
    )


def _speaks(patterns: tuple[Pattern, ...], article: Article, _context: RuleContext) -> bool:
    """RFC 4647 §3.3.1, basic filtering: the tag itself, or its beginning up to a hyphen."""
    language = fold(article.language)
    return any(
        pattern.equals(language) if pattern.regex else f"{language}-".startswith(f"{fold(pattern.written)}-")
        for pattern in patterns
    )


def _has(things: tuple[Thing, ...], article: Article, _context: RuleContext) -> bool:
    found = {
        "text": bool(article.text),
        "image": article.image is not None or any(media.medium == "image" for media in article.media),
        "enclosure": any(media.role == "enclosure" for media in article.media),
        "audio": any("audio" in (media.medium, media.type.partition("/")[0]) for media in article.media),
        "video": any("video" in (media.medium, media.type.partition("/")[0]) for media in article.media),
    }
    return any(found[thing] for thing in things)


_CHECKS: Mapping[str, _Check] = {
    "any_": lambda inner, article, context: any(one.holds(article, context) for one in inner),
    "all_": lambda inner, article, context: all(one.holds(article, context) for one in inner),
    "not_": lambda inner, article, context: not inner.holds(article, context),
    "title": _texts(lambda article: (article.title,)),
    "text": _texts(lambda article: (article.text,)),
    "author": _texts(lambda article: (person.name for person in article.authors)),
    "credit": _texts(lambda article: article.credits),
    "link": _texts(lambda article: (article.link,) if article.link else ()),
    "tag": _tagged,
    "source": lambda patterns, article, _: any(pattern.equals(article.source) for pattern in patterns),
    "language": _speaks,
    "has": _has,
    "shorter_than": lambda limit, article, _: len(article.text) < limit,
    "longer_than": lambda limit, article, _: len(article.text) > limit,
    "older_than": lambda age, article, context: context.now - article.date > age,
    "newer_than": lambda age, article, context: context.now - article.date < age,
}


# ----------------------------------------------------------------------------------------- in words


def _plainly(key: str, value: object) -> str:
    values = value if isinstance(value, tuple) else (value,)
    return f"{key} {' or '.join(str(one) for one in values)}"


def _hours(key: str, age: timedelta) -> str:
    return f"{key.replace('_', ' ')} {age.total_seconds() / 3600:g} hours"


def _bracketed(conditions: Iterable[Condition], between: str) -> str:
    inner = [str(condition) for condition in conditions]
    return inner[0] if len(inner) == 1 else f"({between.join(inner)})"


_SAID: Mapping[str, Callable[[str, Any], str]] = {
    "any_": lambda _, value: _bracketed(value, " or "),
    "all_": lambda _, value: _bracketed(value, " and "),
    "not_": lambda _, value: f"not ({value})",
    "shorter_than": lambda _, value: f"shorter than {value} characters",
    "longer_than": lambda _, value: f"longer than {value} characters",
    "older_than": _hours,
    "newer_than": _hours,
}
