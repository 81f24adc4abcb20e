"""Connections through a SOCKS5 proxy (RFC 1928), by the library PySocks, as requests[socks] uses it.

`socks5h://`: the proxy looks up the name. `socks5://`: we look it up, and the guard checks the address.
"""

from __future__ import annotations

import ssl
from typing import Any

import socks
from requests.utils import get_auth_from_url
from urllib3 import PoolManager
from urllib3.contrib.socks import SOCKSProxyManager

from feeds.errors import FetchError, ProxyFailed, Unreachable
from feeds.fetch.adapter import Pool, TlsPool
from feeds.fetch.connection import (
    Connection,
    MeteredSocket,
    TlsConnection,
    allowed_addresses,
    connect_first,
    proxy_failed,
)
from feeds.fetch.fetch_budget import current_budget
from feeds.model.urls import safe_host

DEFAULT_PORT = 1080  # RFC 1928 §3

_HOST_FAILURES = {
    "0x03": "the network is unreachable",
    "0x04": "the host is unreachable",
    "0x05": "the connection was refused",
    "0x06": "the time to live has expired",
}
"""Replies of the proxy that concern the host behind it (RFC 1928 §6). All others concern the proxy."""


class _SocksSocket(MeteredSocket, socks.socksocket):  # type: ignore[misc]  # the library has no type annotations
    """The negotiation with the proxy counts against the active budget too."""


class SocksConnection(Connection):
    def __init__(self, _socks_options: dict[str, Any], *args: Any, **options: Any) -> None:
        self._options = _socks_options
        super().__init__(*args, **options)

    def _new_conn(self) -> Any:
        host, reason = self._dns_host, None
        if not self._options["rdns"]:
            (entry, reason), *_ = allowed_addresses(host, self.port, public_only=True)
            host = entry[4][0]
        proxy, proxy_port = self._options["proxy_host"], int(self._options["proxy_port"] or DEFAULT_PORT)
        try:  # the proxy is the user's own choice and is usually in the private network
            addresses = allowed_addresses(proxy, proxy_port, public_only=False)
        except FetchError as error:
            raise proxy_failed(error) from error
        try:
            sock, _ = connect_first(addresses, lambda entry, timeout: self._open(entry, timeout, host))
        except OSError as error:
            problem = f"no connection to {safe_host(proxy)}: {error.strerror or 'it does not answer'}"
            raise proxy_failed(FetchError(current_budget().source, problem)) from error
        self._refusal_reason, self._response_count = reason, 0
        return sock

    def _open(self, entry: Any, timeout: float, host: str) -> _SocksSocket:
        options = self._options
        sock = _SocksSocket(*entry[:3])
        try:
            sock.set_proxy(
                socks.SOCKS5, *entry[4][:2], options["rdns"], options["username"], options["password"]
            )
            sock.settimeout(timeout)
            sock.connect((host, self.port))
        except socks.ProxyConnectionError as error:
            sock.close()
            raise (error.socket_err or OSError()) from error
        except socks.ProxyError as error:
            sock.close()
            raise self._refusal(error) from error
        except BaseException:
            sock.close()
            raise
        return sock

    def _refusal(self, error: socks.ProxyError) -> FetchError:
        while isinstance(
            error.socket_err, socks.ProxyError
        ):  # it wraps its own errors, which are OSErrors too
            error = error.socket_err
        source, code = current_budget().source, str(error.msg).partition(":")[0]
        if isinstance(error, socks.SOCKS5Error) and code in _HOST_FAILURES:
            problem = f"no connection to {safe_host(self.host)} through the proxy: {_HOST_FAILURES[code]}"
            return Unreachable(source, problem)
        # Our own words for the most frequent case; the library's own are constants, and quote nothing.
        is_login = isinstance(error, socks.SOCKS5AuthError)
        reason = "it requires a user and a password, or does not accept these" if is_login else error.msg
        return ProxyFailed(source, f"the proxy refuses the connection: {reason}")


class SocksTlsConnection(SocksConnection, TlsConnection):
    pass


class _SocksPool(Pool):
    ConnectionCls = SocksConnection  # type: ignore[assignment]  # takes the options of the proxy too


class _SocksTlsPool(TlsPool):
    ConnectionCls = SocksTlsConnection  # type: ignore[assignment]


def socks_pools(proxy: str, hosts: int, size: int, tls: ssl.SSLContext) -> PoolManager:
    """The pools of connections through one proxy: of `hosts` hosts, `size` connections each."""
    user, password = get_auth_from_url(proxy)
    manager = SOCKSProxyManager(
        proxy, username=user, password=password, num_pools=hosts, maxsize=size, ssl_context=tls
    )
    manager.pool_classes_by_scheme = {"http": _SocksPool, "https": _SocksTlsPool}
    return manager
