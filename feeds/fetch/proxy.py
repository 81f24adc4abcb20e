"""Chooses the proxy of a request, and refuses private addresses that the proxy would be asked for."""

from __future__ import annotations

from requests.utils import get_environ_proxies, select_proxy

from feeds.config.field_types import PROXY_SCHEMES
from feeds.errors import ProxyFailed
from feeds.fetch.connection import blocked_error, literal_address
from feeds.fetch.guard import private_name_reason, refusal_reason
from feeds.model import Source
from feeds.model.urls import origin


def proxy_for(source: Source, url: str) -> str:
    """The proxy of the source, or, with `trust_env`, that of the environment; "" for none."""
    access = source.access
    proxy: str = access.proxy
    if access.trust_env and not proxy:
        proxy = select_proxy(url, get_environ_proxies(url, no_proxy=None)) or ""
    if not proxy:
        return ""
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    if proxy.partition("://")[0].lower() not in PROXY_SCHEMES:
        accepted = ", ".join(f"{scheme}://" for scheme in PROXY_SCHEMES)
        raise ProxyFailed(source.id, f"its proxy is of an unknown kind; use {accepted}")
    if not access.allow_private:
        # The proxy resolves names, and its own rules decide where they lead. Checked here are addresses that are
        # written out, and names that have a meaning only in the proxy's own network. Of socks5://, where we resolve
        # the names, `socks` checks the addresses.
        _, host, port = origin(url)
        literals = literal_address(host.rstrip("."), port or 0)
        reasons = [refusal_reason(entry[4][0]) for entry in literals] or [private_name_reason(host)]
        if reason := next(filter(None, reasons), None):
            raise blocked_error(source.id, host, reason)
    return proxy
