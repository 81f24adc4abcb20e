"""Translate pydantic's errors into messages that say what to write, with the nearest known key or value."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from feeds.config.document import KEY, ConfigDocument, KeyPath

# The names that other programs give to these keys.
_SYNONYMS = {
    "interval": "every",
    "refresh": "every",
    "schedule": "every",
    "feed": "url",
    "link": "url",
    "href": "url",
    "xmlurl": "url",
    "name": "title",
    "label": "title",
    "category": "tags",
    "categories": "tags",
    "folder": "tags",
    "include": "keep",
    "filter": "keep",
    "exclude": "drop",
    "max_items": "limit",
    "username": "user",
    "token": "bearer",
    "selector": "extract",
    "feeds": "sources",
}
_SECRET_KEYS = {"auth", "headers", "proxy", "token", "key", "secret"}
"""Keys whose values, and all values below them, are never quoted in a message."""


def nearest_hint(word: str, known: Iterable[str]) -> str:
    """The hint for an unknown word: the nearest known one, else all known ones when they are few."""
    known = sorted(set(known))
    folded = {name.casefold(): name for name in reversed(known)}
    matches = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    if matches:
        return f"Did you mean {folded[matches[0]]}?"
    return f"Known here: {', '.join(known)}." if 0 < len(known) <= 32 else ""


def quoted_value(text: str) -> str:
    """A value in quotes, in one line, shortened, without the login and query of a URL, which may be secret."""
    if re.fullmatch(r"-?\d{1,20}", text):
        return text
    if "://" in text:
        text = re.sub(r"//[^/?#]*@", "//…@", text)
        text = re.sub(r"\?.*", "?…", text, flags=re.DOTALL)
    return json.dumps(text if len(text) <= 80 else f"{text[:79]}…", ensure_ascii=False)


def note_error(error: ErrorDetails, document: ConfigDocument, root: type[BaseModel]) -> None:
    """Note one of pydantic's errors at its position in the document."""
    loc: KeyPath = error["loc"]
    context = error.get("ctx", {})
    if error["type"] == "extra_forbidden":
        key = str(loc[-1])
        document.note(loc, f"unknown key {quoted_value(key)}", _key_hint(key, loc, root), key=True)
        return
    if error["type"] == "missing":
        parent = _key_name(loc[:-1])
        document.note(loc[:-1], f"{parent}: {loc[-1]} is missing" if parent else f"{loc[-1]} is missing")
        return
    problem, hint = _value_problem(error["type"], context, loc, document, root)
    if not problem:
        problem = error["msg"]
    name = _key_name(loc)
    prefix = "" if not name or problem.startswith(f"{name}:") else f"{name}: "
    document.note(loc, f"{prefix}{problem}", hint)


def _value_problem(
    kind: str, context: dict[str, Any], loc: KeyPath, document: ConfigDocument, root: type[BaseModel]
) -> tuple[str, str]:
    """The problem with a value, and a hint."""
    written = document.written(loc)
    secret = loc[-1:] != (KEY,) and not _SECRET_KEYS.isdisjoint(loc)
    value = "" if written is None or secret else f"{quoted_value(written)} "
    match kind:
        case "feeds":
            is_whole_entry = written is None or (loc[-1:] and isinstance(loc[-1], int) and len(loc) == 2)
            return (context["problem"] if is_whole_entry else value + context["problem"]), context["hint"]
        case "value_error":
            return str(context["error"]), ""
        case "literal_error":
            known = re.findall(r"'([^']*)'", str(context["expected"])) or [str(context["expected"]).lower()]
            return f"{value}is not one of: {', '.join(known)}", _nearest_only(written or "", known)
        case "string_type":
            if written is None:
                return "must be text", ""
            return "must be text", "Put it in quotes." if secret else f'Put it in quotes: "{written}".'
        case "string_unicode":
            return f"{value}holds half of a surrogate pair, which is no character".lstrip(), ""
        case "int_type" | "int_parsing" | "int_from_float" | "int_parsing_size":
            return f"{value}is not a whole number".lstrip(), ""
        case "bool_type" | "bool_parsing":
            return f"{value}is neither true nor false", "Write true or false, without quotes."
        case "list_type" | "tuple_type":
            return "must be a list", f"Write it as in: {_key_name(loc)}: [{written}]" if value else ""
        case "dict_type" | "model_type" | "model_attributes_type":
            if loc[:1] == ("sources",) and len(loc) == 2:
                return "a source is a URL, or a mapping with url and other keys", ""
            keys = ", ".join(_keys(root, loc))
            return "must be a mapping of keys to values", f"Known here: {keys}." if keys else ""
        case "greater_than_equal":
            return f"{value}is less than {context['ge']}", ""
        case "less_than_equal":
            return f"{value}is more than {context['le']}", ""
        case "greater_than":
            return f"{value}is not more than {context['gt']}", ""
        case "too_short" | "string_too_short":
            return "is empty", ""
    return "", ""


def _nearest_only(word: str, known: Iterable[str]) -> str:
    hint = nearest_hint(word, known)
    return hint if hint.startswith("Did") else ""


def _key_hint(key: str, loc: KeyPath, root: type[BaseModel]) -> str:
    known = _keys(root, loc[:-1])
    synonym = _SYNONYMS.get(key.lower())
    if synonym in known:
        return f"Did you mean {synonym}?"
    hint = nearest_hint(key, known)
    if loc[0] == "defaults" and key in _keys(root, ("sources", 0)):
        return "Write it in each source that it is meant for."
    if not hint.startswith("Did") and len(loc) == 1:
        for section, field in root.model_fields.items():
            if section != "defaults" and key in _fields(field.annotation):
                return f"{key} belongs under {section}."
    return hint


def _key_name(loc: KeyPath) -> str:
    """The key that a value belongs to; "" for a whole source or output."""
    if loc[-1:] == (KEY,) or (len(loc) == 2 and loc[0] in {"sources", "outputs"}):
        return ""
    return next((str(step) for step in reversed(loc) if isinstance(step, str) and step != KEY), "")


# -------------------------------------------------------------------------------- the models along a loc


def _keys(root: type[BaseModel], loc: KeyPath) -> tuple[str, ...]:
    here: Any = root
    for step in loc:
        here = _step(_unwrapped(here), step)
    return tuple(_fields(here))


def _fields(annotation: Any) -> dict[str, Any]:
    kind = _unwrapped(annotation)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {field.alias or name: field.annotation for name, field in kind.model_fields.items()}
    return {}


def _step(kind: Any, step: str | int) -> Any:
    if fields := _fields(kind):
        return fields.get(str(step))
    arguments = get_args(kind)
    return arguments[-1 if get_origin(kind) is dict else 0] if arguments else None


def _unwrapped(annotation: Any) -> Any:
    """The type below Annotated and Optional."""
    while get_origin(annotation) in (Annotated, Union, UnionType):
        annotation = next(member for member in get_args(annotation) if member is not type(None))
    return annotation
