"""The types of the file's values. The message of each error follows the quoted value: `"soon" is not a duration`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from difflib import get_close_matches
from typing import Annotated, Any, TypeVar
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
)
from pydantic_core import PydanticCustomError, PydanticKnownError

from feeds.config import addresses, units
from feeds.parse.selector import split_selector

T = TypeVar("T")

RESERVED_OUTPUT_NAMES = frozenset({"index", "feeds", "health"})
"""Kept free for the files of the site itself: index.html, feeds.opml, health.atom, health.html."""

PROXY_SCHEMES = ("http", "https", "socks5", "socks5h")
"""`socks5`: we look up the name of the host. `socks5h`: the proxy does, which may know names that nobody else does."""

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")  # XML 1.0 §2.2, and line breaks


class Section(BaseModel):
    """A mapping of the file."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


def field_error(problem: str, hint: str = "") -> PydanticCustomError:
    """A validation error with our message. `feeds.config.messages` puts the key and the written value before it."""
    return PydanticCustomError("feeds", "{problem}", {"problem": problem, "hint": hint})


def _converter(convert: Callable[[str], T], hint: str) -> Callable[[Any], T]:
    """A validator that converts text with a function that raises ValueError."""

    def validate(value: Any) -> T:
        if not isinstance(value, str):
            raise field_error("is not text" if isinstance(value, bool | list | dict) else "has no unit", hint)
        try:
            return convert(value)
        except ValueError as error:
            raise field_error(str(error), hint) from None

    return validate


_DURATION_HINT = "Write a number and a unit: 90s, 60m, 24h, 3d, 2w."
_SIZE_HINT = "Write a number and a unit: 500kB, 20MB, 512KiB."

Duration = Annotated[
    timedelta,
    PlainValidator(
        _converter(units.duration, _DURATION_HINT),
        json_schema_input_type=Annotated[
            str, Field(pattern=units.DURATION_PATTERN, examples=["60m", "24h", "3d"])
        ],
    ),
    PlainSerializer(units.duration_text, return_type=str),  # for defaults in the JSON Schema
]
DurationOrZero = Annotated[
    timedelta,
    PlainValidator(
        _converter(units.duration_or_zero, "Write a number and a unit: 1s, 2s, 1m; or 0s for none."),
        json_schema_input_type=Annotated[
            str, Field(pattern=units.DURATION_PATTERN, examples=["1s", "2s", "0s"])
        ],
    ),
    PlainSerializer(units.duration_text, return_type=str),
]
Size = Annotated[
    int,
    PlainValidator(
        _converter(units.size, _SIZE_HINT),
        json_schema_input_type=Annotated[str, Field(pattern=units.SIZE_PATTERN, examples=["20MB", "512KiB"])],
    ),
    PlainSerializer(units.size_text, return_type=str),
]


def _auto_or_duration(value: Any) -> timedelta | None:
    if value == "auto":
        return None
    return _converter(units.duration, f"{_DURATION_HINT[:-1]}; or auto.")(value)


AutoOrDuration = Annotated[
    timedelta | None,
    PlainValidator(
        _auto_or_duration,
        json_schema_input_type=Annotated[
            str, Field(pattern=f"^auto$|{units.DURATION_PATTERN}", examples=["auto", "60m", "6h"])
        ],
    ),
]


def _line(text: str) -> str:
    text = text.strip()
    if _UNPRINTABLE.search(text):
        raise field_error("holds a line break or a control character", "Write it in one line.")
    return text


def _not_empty(text: str) -> str:
    if not text:
        raise field_error("is empty")
    return text


Line = Annotated[str, AfterValidator(_line)]
NonEmptyLine = Annotated[Line, AfterValidator(_not_empty)]


def _header_value(text: str) -> str:
    # RFC 9110 §5.5; a line break would start another header.
    if not text.isascii() or _UNPRINTABLE.search(text):
        raise field_error("cannot be sent in a header: only printable ASCII characters can")
    return text.strip()


def _header_name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", text):  # RFC 9110 §5.6.2
        raise field_error("is not the name of a header")
    if text.lower() in {"host", "content-length", "transfer-encoding", "connection"}:
        raise field_error("is a header that the connection itself decides")
    return text


HeaderName = Annotated[str, AfterValidator(_header_name)]
HeaderValue = Annotated[str, AfterValidator(_header_value)]


def _id(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", text):
        raise field_error("is not an id", "Use letters, digits, dots, dashes and underscores, 64 at most.")
    return text


def _output_name(text: str) -> str:
    slug = re.sub(r"[^a-z0-9_]+", "-", text.lower()).strip("-_")[:64]
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", text):
        hint = "Use a-z, 0-9, - and _, 64 at most; the files are named after it."
        raise field_error("cannot name an output", f"Did you mean {slug}? {hint}" if slug else hint)
    if text in RESERVED_OUTPUT_NAMES:
        raise field_error(
            "cannot name an output: the site's own files have that name", f"Did you mean {text}-all?"
        )
    return text


SourceId = Annotated[str, AfterValidator(_id)]
OutputName = Annotated[str, AfterValidator(_output_name)]


def _language(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", text):  # the part of RFC 5646 that is in use
        raise field_error("is not a language tag", "Write it as in: en, de-AT, pt-BR.")
    return text


Language = Annotated[str, AfterValidator(_language)]


def _time_zone(text: str) -> str:
    if text not in available_timezones():
        nearest = get_close_matches(text, available_timezones(), n=1)
        raise field_error(
            "is no time zone", f"Did you mean {nearest[0]}?" if nearest else "Write it as in: Europe/Vienna."
        )
    return text


TimeZone = Annotated[str, AfterValidator(_time_zone)]


_BASE_URL_HINT = "Write the address that readers will use: https://feeds.example.org/"
_ENDPOINT_HINT = "Write the address of the object store: https://s3.example.net/"
_WEBSUB_HINT = "Write true, or the address at which hubs reach /websub/: https://feeds.example.org/websub/"


def _url_prefix(text: str, hint: str) -> str:
    """An http(s) URL to which paths are appended; it ends with "/"."""
    url = _converter(addresses.check_web_url, hint)(text)
    if "?" in url or "#" in url or "@" in url:
        raise field_error("has a ?, # or @, after which no path can be appended", hint)
    return url if url.endswith("/") else f"{url}/"


def _base_url(text: str) -> str:
    return _url_prefix(text, _BASE_URL_HINT)


def _endpoint(text: str) -> str:
    return _url_prefix(text, _ENDPOINT_HINT)


def _websub(value: Any) -> bool | str:
    # One validator for both types, because pydantic reports an error for each member of a union.
    if isinstance(value, bool):
        return value
    if not isinstance(value, str):
        raise field_error("is neither true, false nor a URL", _WEBSUB_HINT)
    return _url_prefix(value, _WEBSUB_HINT)


def _proxy(text: str) -> str:
    hint = "Write it as in: http://proxy.example:3128, or socks5h://127.0.0.1:9050"
    return _converter(lambda url: addresses.check_web_url(url, PROXY_SCHEMES), hint)(text)


def _hub(text: str) -> str:
    hint = "Write the address of a WebSub hub: https://hub.example/"
    url = _converter(addresses.check_web_url, hint)(text)
    if "#" in url or "@" in url:
        raise field_error("has a # or @: a hub's address is public, so it holds no login or fragment", hint)
    return url


def _token(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,128}", text):
        hint = "`openssl rand -hex 16` makes one; it becomes part of the address."
        raise field_error("cannot keep an output private: 16 to 128 letters, digits, - and _ can", hint)
    return text


BaseUrl = Annotated[str, AfterValidator(_base_url)]
Endpoint = Annotated[str, AfterValidator(_endpoint)]
Websub = Annotated[bool | str, PlainValidator(_websub, json_schema_input_type=bool | str)]
Proxy = Annotated[str, AfterValidator(_proxy)]
Hub = Annotated[str, AfterValidator(_hub), Field(examples=["https://hub.example/"])]
Token = Annotated[str, AfterValidator(_token)]


def _shorter_than(value: Any) -> int:
    if not isinstance(value, str):
        raise PydanticKnownError("string_type")
    match = re.fullmatch(r"\s*shorter_than\s+([1-9]\d{0,6})\s*", value)
    if match is None:
        raise field_error("is not a condition for the full text", "Write: shorter_than 800")
    return int(match[1])


FullTextCondition = Annotated[
    int,
    PlainValidator(
        _shorter_than, json_schema_input_type=Annotated[str, Field(examples=["shorter_than 800"])]
    ),
]
"""`shorter_than N`, as the number N of characters."""


def _selector(text: str) -> str:
    from cssselect import SelectorError, parse  # imported late: most files have no page

    css, _ = split_selector(text)
    try:
        if css:  # "@href" alone is an attribute of the item itself
            parse(css)
    except (SelectorError, RecursionError) as error:
        raise field_error(
            f"is not a CSS selector: {error}", "Write it as in: h2 > a, or time@datetime."
        ) from None
    return _not_empty(text.strip())


CssSelector = Annotated[str, AfterValidator(_selector)]


def shorthand(key: str, kind: Any) -> BeforeValidator:
    """Accept a plain string in place of a mapping with only `key`."""
    return BeforeValidator(
        lambda value: {key: value} if isinstance(value, str) else value, json_schema_input_type=kind
    )
