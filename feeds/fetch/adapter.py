"""requests' adapter over the connections of `connection`."""

from __future__ import annotations

import ssl
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, HTTPSConnectionPool, PoolManager

from feeds.fetch.connection import Connection, TlsConnection

POOL_SIZE = 4  # connections to one host that are kept open


class Pool(HTTPConnectionPool):
    ConnectionCls = Connection


class TlsPool(HTTPSConnectionPool):
    ConnectionCls = TlsConnection

    def _validate_conn(self, conn: Any) -> None:
        """Connects. urllib3 would also warn of `verify: false` at each connection; `feeds status` does it once."""
        if conn.is_closed:
            conn.connect()


_POOLS = {"http": Pool, "https": TlsPool}


class Adapter(HTTPAdapter):
    """requests' adapter with these connections, without cookies and retries, for any number of threads.

    `max_pooled_hosts`: how many hosts' connections are kept open, four each. If more hosts than that take turns, each
    request connects anew. `tls`: one context for all requests, because loading the authorities takes 25 ms of CPU.
    `proxy_tls`: that of a connection to an https:// proxy.
    """

    def __init__(self, max_pooled_hosts: int, tls: ssl.SSLContext, proxy_tls: ssl.SSLContext) -> None:
        self._max_pooled_hosts, self._tls, self._proxy_tls = max_pooled_hosts, tls, proxy_tls
        super().__init__(pool_connections=max_pooled_hosts, pool_maxsize=POOL_SIZE, max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options, ssl_context=self._tls)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> PoolManager:
        if proxy.lower().startswith("socks"):
            from feeds.fetch.socks import socks_pools  # seldom needed

            if proxy not in self.proxy_manager:
                self.proxy_manager[proxy] = socks_pools(proxy, self._max_pooled_hosts, POOL_SIZE, self._tls)
            pools: PoolManager = self.proxy_manager[proxy]
            return pools
        contexts = {"ssl_context": self._tls, "proxy_ssl_context": self._proxy_tls}
        manager: PoolManager = super().proxy_manager_for(proxy, **options, **contexts)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def open_connection(self, url: str, proxy: str) -> Any:
        """A new connection to the host of `url`; without TLS through a proxy, only to the proxy."""
        manager = self.proxy_manager_for(proxy) if proxy else self.poolmanager
        pool = manager.connection_from_url(url)
        connection: Any = pool._new_conn()
        if isinstance(pool, TlsPool) and pool.proxy is not None:
            pool._prepare_proxy(connection)
        else:
            connection.connect()
        return connection

    def cert_verify(self, *args: Any, **options: Any) -> None:
        """Does nothing: the context verifies, whatever REQUESTS_CA_BUNDLE contains."""

    def build_response(self, request: requests.PreparedRequest, raw: BaseHTTPResponse) -> requests.Response:
        """Builds less than requests does: `http` reads what else it needs."""
        response = requests.Response()
        response.status_code = raw.status
        response.raw = raw
        response.url = request.url or ""
        return response
