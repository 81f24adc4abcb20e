"""Which values of a source are secrets, whether `${…}` has filled them in or the file holds them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from feeds.config.document import ConfigDocument, KeyPath
from feeds.model import Source
from feeds.model.urls import userinfo
from feeds.secret_values import host_of, is_secret_name, parts_of, secret_parameters

_SECRET_KEYS = frozenset({"url", "page", "opml", "auth", "headers", "proxy", "user_agent"})
"""Keys of a source whose filled-in values are secrets. A title or a duration is none."""

_SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization"})


def with_secrets(source: Source, loc: KeyPath, document: ConfigDocument, password: str) -> Source:
    """The source with its secrets. `loc`: of its entry. `password`: of its login, "" if it has none."""
    filled_in = (
        *document.secrets_below(loc, _SECRET_KEYS),
        *document.secrets_below(("defaults",), _SECRET_KEYS),
    )
    proxy_login = userinfo(source.access.proxy) if source.access.proxy else None
    secrets = (
        *(part for value in filled_in for part in parts_of(value)),
        *secret_parameters(source.url),
        password,
        *_header_secrets(source),
        *(proxy_login or ())[1:],
    )
    return replace(source, secrets=tuple(dict.fromkeys(filter(None, secrets))))


def secrets_of_messages(
    sources: Iterable[Source], document: ConfigDocument, secret_url_sources: frozenset[str]
) -> frozenset[str]:
    """The secrets of all sources, those of the object store, and the hosts of URLs that are secrets as a whole, unless
    the file has the host elsewhere."""
    sources = tuple(sources)
    open_hosts = {host_of(source.url) for source in sources if source.id not in secret_url_sources}
    hosts = {host_of(secret) for source in sources for secret in source.secrets if "://" in secret}
    return frozenset(
        {
            *(secret for source in sources for secret in source.secrets),
            *document.secrets_below(("site", "s3"), ("key", "secret")),
            *(hosts - open_hosts - {""}),
        }
    )


def _header_secrets(source: Source) -> tuple[str, ...]:
    """The values of headers that hold a secret by their name; of "Bearer x" also x."""
    values = [
        value
        for name, value in source.access.headers
        if name.lower() in _SECRET_HEADERS or is_secret_name(name)
    ]
    return (*values, *(value.partition(" ")[2] for value in values))
