"""The conditions of `keep`, `drop` and `when`: whether an article matches.

A mapping matches if all its keys match, a list if at least one of its entries matches:

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
from feeds.rules.pattern import Pattern, Patterns, as_list, fold, reject_empty
from feeds.rules.search import is_found, is_whole

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _duration(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    match = re.fullmatch(r"(\d{1,5})\s*([mhdw])", value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("write a number and a unit: 90m, 72h, 30d, 2w")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


Age = Annotated[timedelta, BeforeValidator(_duration, json_schema_input_type=str)]
Part = Literal["enclosure", "audio", "video", "image", "text"]
Parts = Annotated[
    tuple[Part, ...],
    BeforeValidator(as_list, json_schema_input_type=Part | list[Part]),
    AfterValidator(reject_empty),
]
Conditions = Annotated[tuple["Condition", ...], AfterValidator(reject_empty)]


class Condition(BaseModel):
    """What an article must match: all keys of a mapping, or at least one entry of a list."""

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
    has: Parts | None = Field(None, description="The article has this, or one of these.")
    shorter_than: int | None = Field(None, gt=0, description="The body has fewer characters than this.")
    longer_than: int | None = Field(None, gt=0, description="The body has more characters than this.")
    older_than: Age | None = Field(None, description="The article is older than 90m, 72h, 30d, 2w.")
    newer_than: Age | None = Field(None, description="The article is newer than 90m, 72h, 30d, 2w.")

    def matches(self, article: Article, context: RuleContext) -> bool:
        """Whether the article matches. The other articles of its story do not count."""
        return all(_CHECKS[key](value, article, context) for key, value in self._set_keys())

    def reason(self, article: Article, context: RuleContext) -> str:
        """The part of the condition that the article matches: of a list, the first entry that matches."""
        return " and ".join(
            next(inner.reason(article, context) for inner in value if inner.matches(article, context))
            if key == "any_"
            else _TEXTS.get(key, _plain_text)(key, value)
            for key, value in self._set_keys()
        )

    def named_source_ids(self) -> frozenset[str]:
        """The source ids that the condition names, without regular expressions, to report misspelt ones."""
        inner = (*(self.any_ or ()), *(self.all_ or ()), *((self.not_,) if self.not_ else ()))
        named = (pattern.written for pattern in self.source or () if pattern.regex is None)
        return frozenset(named).union(*(condition.named_source_ids() for condition in inner))

    def __str__(self) -> str:
        return " and ".join(_TEXTS.get(key, _plain_text)(key, value) for key, value in self._set_keys())

    def __repr_args__(self) -> Iterator[tuple[str, Any]]:
        # Only the keys that are set: a key added by a later version must not change the hash of a configuration.
        return self._set_keys()

    def _set_keys(self) -> Iterator[tuple[str, Any]]:
        for key in type(self).model_fields:
            if (value := getattr(self, key)) is not None:
                yield key, value

    @model_validator(mode="before")
    @classmethod
    def _list_means_any(cls, value: object) -> object:
        if isinstance(value, list | tuple):
            return {"any": value}
        if not isinstance(value, Mapping | Condition):
            raise ValueError("write what to look for as {title: trade}, or as a list of such")  # noqa: TRY004
        return value

    @model_validator(mode="after")
    def _is_not_empty(self) -> Condition:
        if not any(self._set_keys()):
            raise ValueError("says nothing; name what to look for, as in {title: trade}")
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        result = handler(schema)
        definition = handler.resolve_ref_schema(result)
        mapping = {**definition, "minProperties": 1}
        a_list = definition["properties"]["any"]["anyOf"][0]  # a bare list has the schema of `any`
        definition.clear()
        definition["anyOf"] = [mapping, a_list]
        return result


# ------------------------------------------------------------------------------------ the checks

_Check = Callable[[Any, Article, RuleContext], bool]


def _any_text(texts_of: Callable[[Article], Iterable[str]]) -> _Check:
    def check(patterns: tuple[Pattern, ...], article: Article, context: RuleContext) -> bool:
        return any(is_found(pattern, text, context) for text in texts_of(article) for pattern in patterns)

    return check


def _has_tag(patterns: tuple[Pattern, ...], article: Article, context: RuleContext) -> bool:
    source = context.sources.get(article.source)
    tags = [name for category in article.categories for name in (category.term, category.label) if name]
    return any(
        is_whole(pattern, tag, context)
        for tag in (*(source.tags if source else ()), *tags)
        for pattern in patterns
    )


def _has_language(patterns: tuple[Pattern, ...], article: Article, context: RuleContext) -> bool:
    """RFC 4647 §3.3.1, basic filtering: the tag itself, or its beginning up to a hyphen."""
    language = fold(article.language)
    return any(
        is_whole(pattern, language, context)
        if pattern.regex
        else f"{language}-".startswith(f"{fold(pattern.written)}-")
        for pattern in patterns
    )


def _has_part(parts: tuple[Part, ...], article: Article, _context: RuleContext) -> bool:
    found = {
        "text": bool(article.text),
        "image": article.image is not None or any(media.medium == "image" for media in article.media),
        "enclosure": any(media.role == "enclosure" for media in article.media),
        "audio": any("audio" in (media.medium, media.type.partition("/")[0]) for media in article.media),
        "video": any("video" in (media.medium, media.type.partition("/")[0]) for media in article.media),
    }
    return any(found[part] for part in parts)


_CHECKS: Mapping[str, _Check] = {
    "any_": lambda inner, article, context: any(condition.matches(article, context) for condition in inner),
    "all_": lambda inner, article, context: all(condition.matches(article, context) for condition in inner),
    "not_": lambda inner, article, context: not inner.matches(article, context),
    "title": _any_text(lambda article: (article.title,)),
    "text": _any_text(lambda article: (article.text,)),
    "author": _any_text(lambda article: (person.name for person in article.authors)),
    "credit": _any_text(lambda article: article.credits),
    "link": _any_text(lambda article: (article.link,) if article.link else ()),
    "tag": _has_tag,
    "source": lambda patterns, article, context: any(
        is_whole(pattern, article.source, context) for pattern in patterns
    ),
    "language": _has_language,
    "has": _has_part,
    "shorter_than": lambda limit, article, _: len(article.text) < limit,
    "longer_than": lambda limit, article, _: len(article.text) > limit,
    "older_than": lambda age, article, context: context.now - article.date > age,
    "newer_than": lambda age, article, context: context.now - article.date < age,
}


# ------------------------------------------------------------------------------- conditions in words


def _plain_text(key: str, value: object) -> str:
    values = value if isinstance(value, tuple) else (value,)
    return f"{key} {' or '.join(str(item) for item in values)}"


def _age_text(key: str, age: timedelta) -> str:
    return f"{key.replace('_', ' ')} {age.total_seconds() / 3600:g} hours"


def _bracketed(conditions: Iterable[Condition], between: str) -> str:
    inner = [str(condition) for condition in conditions]
    return inner[0] if len(inner) == 1 else f"({between.join(inner)})"


_TEXTS: Mapping[str, Callable[[str, Any], str]] = {
    "any_": lambda _, value: _bracketed(value, " or "),
    "all_": lambda _, value: _bracketed(value, " and "),
    "not_": lambda _, value: f"not ({value})",
    "shorter_than": lambda _, value: f"shorter than {value} characters",
    "longer_than": lambda _, value: f"longer than {value} characters",
    "older_than": _age_text,
    "newer_than": _age_text,
}
