"""The address of a source as a person types it: a URL with or without https://, or a file."""

from __future__ import annotations

from feeds.config import Settings
from feeds.config.addresses import looks_like_host, url_comparison_key
from feeds.config.edit import escape_references
from feeds.errors import ConfigError
from feeds.model import Source


def typed_address(text: str, settings: Settings) -> str | None:
    """`blog.example` → `https://blog.example`. A URL, or the path of an existing file below the folder of the
    configuration, is returned as it is. None if the text is neither."""
    if "://" in text or (settings.directory / text).is_file():
        return text
    return f"https://{text}" if looks_like_host(text) else None


def source_at(address: str, settings: Settings) -> Source | None:
    """The source of the configuration that has this address, in whatever spelling."""
    key = url_comparison_key(escape_references(address))
    return next((source for source in settings.sources if url_comparison_key(source.url) == key), None)


def reasons(error: ConfigError) -> str:
    """Why a source cannot be in the configuration. Line numbers are left out: they are those of the configuration with
    the new source, which is not saved."""
    texts = (f"{problem.problem.removeprefix('url: ')} {problem.hint}".strip() for problem in error.problems)
    return "; ".join(texts)
