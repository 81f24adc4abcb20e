"""Take the secrets of a source out of what is published of it.

A feed may repeat the URL it was fetched from: in its own address, in the links and pictures of its items. A parameter
whose value is a secret is removed from a URL. A URL that holds a secret elsewhere, in its host or path, is left out. In
texts a secret is masked, unless it is so short that it may be a word.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable
from dataclasses import replace
from html import escape, unescape
from typing import Any, TypeVar, cast
from urllib.parse import unquote, unquote_plus, urlsplit

from feeds.model import Article
from feeds.render.clean_for_publication import URL_FIELDS, model_fields
from feeds.secret_values import MIN_CHARS, finder, is_secret_name

T = TypeVar("T")

MIN_TEXT_CHARS = 8
"""A shorter secret is not masked in texts and inside the words of a URL: it may be an ordinary word."""

_KEPT_FIELDS = {Article: frozenset({"id", "source"})}
"""Names in this program, which no document chooses."""

_ID_FIELDS = frozenset({"guid", "id"})
_URL_FIELDS = URL_FIELDS | {"self_url"}

_URL = re.compile(r"https?://[^\s\"'<>]+", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\s[\w:-]+=\"([^\"]*)\"")
_NO_PICTURE = re.compile(r"<img(?![^<>]*\ssrc(?:set)?=)[^<>]*>")
_HTML_FIELDS = frozenset({"html", "summary"})


class SecretFilter:
    """Removes these secrets, those of one source."""

    def __init__(self, secrets: Collection[str]) -> None:
        self._any = finder(secrets)
        self._long = finder(secret for secret in secrets if len(secret) >= MIN_TEXT_CHARS)
        self._components = {secret.casefold() for secret in secrets if len(secret) >= MIN_CHARS}

    def occurs_in(self, text: str) -> bool:
        """Whether a text or URL holds one of the secrets."""
        if self._any is None or not self._any.search(text):
            return False
        return self.clean_url(text) != text if "://" in text else self.clean_text(text) != text

    def clean(self, value: T) -> T:
        """A copy of a value of the model without the secrets; the value itself if it holds none."""
        return value if self._any is None else cast(T, self._clean(value, ""))

    def _clean(self, value: Any, name: str) -> Any:
        if isinstance(value, str):
            if not value or self._any is None or not self._any.search(value):
                return value
            if name in _URL_FIELDS:
                return self.clean_url(value)
            if name in _ID_FIELDS:
                return "" if self.occurs_in(value) else value
            return self.clean_html(value) if name in _HTML_FIELDS else self.clean_text(value)
        if isinstance(value, tuple):
            cleaned = tuple([self._clean(part, "") for part in value])
            return value if all(a is b for a, b in zip(cleaned, value, strict=True)) else cleaned
        changes = {}
        kept = _KEPT_FIELDS.get(type(value), frozenset())
        for field, _ in model_fields(cast(Hashable, type(value))):
            old = getattr(value, field)
            if old and field not in kept and (new := self._clean(old, field)) is not old:
                changes[field] = new
        return replace(value, **changes) if changes else value

    def clean_url(self, url: str) -> str:
        """The URL without the parameters that hold a secret; "" if one is left."""
        if self._any is None or not self._any.search(url):
            return url
        address, query_mark, rest = url.partition("?")
        query, fragment_mark, fragment = rest.partition("#") if query_mark else ("", "", "")
        if not query_mark:
            address, fragment_mark, fragment = url.partition("#")
        kept = [part for part in query.split("&") if part and not self._is_secret(_value(part))]
        if fragment_mark and not any(map(self._is_secret, (fragment, _value(fragment)))):
            address_end = f"#{fragment}"
        else:
            address_end = ""
        cleaned = f"{address}{'?' if kept else ''}{'&'.join(kept)}{address_end}"
        return "" if self._is_in_address(address) or self._is_long_in(cleaned) else cleaned

    def clean_text(self, text: str) -> str:
        """The text with the secrets masked, and the URLs in it cleaned."""
        text = _URL.sub(lambda match: self.clean_url(match[0]) or "…", text)
        return self._long.sub("…", text) if self._long else text

    def clean_html(self, html: str) -> str:
        """Sanitized HTML without the attributes that hold a secret; URLs are cleaned first."""
        return self.clean_text(_NO_PICTURE.sub("", _ATTRIBUTE.sub(self._clean_attribute, html)))

    def _clean_attribute(self, match: re.Match[str]) -> str:
        value = unescape(match[1])
        if self._any is None or not self._any.search(value):
            return match[0]
        urls = [self.clean_url(url) for url in _URL.findall(value)]  # of a srcset, several
        cleaned = _URL.sub(lambda url: self.clean_url(url[0]), value)
        if not all(urls) or self._is_long_in(cleaned):
            return ""
        name = match[0].partition("=")[0]
        return f'{name}="{escape(cleaned)}"'

    def _is_secret(self, value: str) -> bool:
        return value.casefold() in self._components or self._is_long_in(value)

    def _is_in_address(self, address: str) -> bool:
        """Whether the host or a folder is a secret."""
        try:
            host = urlsplit(address).hostname or ""
        except ValueError:
            return True
        segments = unquote(address.partition("://")[2]).split("/")[1:]
        return any(part.casefold() in self._components for part in (host, *segments) if part)

    def _is_long_in(self, text: str) -> bool:
        return self._long is not None and self._long.search(text) is not None


def without_secret_parameters(url: str) -> str:
    """The URL without the parameters that look like secrets."""
    address, mark, query = url.partition("?")
    query, fragment_mark, fragment = query.partition("#")
    kept = "&".join(part for part in query.split("&") if not is_secret_name(part.partition("=")[0]))
    return f"{address}{mark if kept else ''}{kept}{fragment_mark}{fragment}"


def _value(parameter: str) -> str:
    return unquote_plus(parameter.partition("=")[2] or parameter)
