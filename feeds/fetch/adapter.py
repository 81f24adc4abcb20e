"""requests' adapter over the connections of `connection`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, HTTPSConnectionPool, ProxyManager
from urllib3.util.ssl_ import create_urllib3_context

from feeds.fetch.connection import Connection, MeteredTlsSocket, TlsConnection


class _Pool(HTTPConnectionPool):
    ConnectionCls = Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = TlsConnection


_POOLS = {"http": _Pool, "https": _TlsPool}


class Adapter(HTTPAdapter):
    """requests' adapter with these connections, without cookies and retries, for any number of threads.

    `max_pooled_hosts`: how many hosts' connections are kept open, four each. If more hosts than that take turns, each
    request connects anew. `ca_file`: a PEM file that replaces Mozilla's list of certificate authorities.
    """

    def __init__(self, max_pooled_hosts: int, ca_file: Path | None = None) -> None:
        # One context for all: requests would load the authorities for each connection, 25 ms of CPU each.
        self._tls = create_urllib3_context()
        self._tls.load_verify_locations(ca_file or DEFAULT_CA_BUNDLE_PATH)
        self._tls.sslsocket_class = MeteredTlsSocket
        super().__init__(pool_connections=max_pooled_hosts, pool_maxsize=4, max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options, ssl_context=self._tls)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> ProxyManager:
        contexts = {"ssl_context": self._tls, "proxy_ssl_context": self._tls}
        manager: ProxyManager = super().proxy_manager_for(proxy, **options, **contexts)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def cert_verify(self, *args: Any, **options: Any) -> None:
        """Does nothing: the shared context verifies, whatever REQUESTS_CA_BUNDLE contains."""

    def build_response(self, request: requests.PreparedRequest, raw: BaseHTTPResponse) -> requests.Response:
        """Builds less than requests does: no cookie is read, so none can be sent."""
        response = requests.Response()
        response.status_code = raw.status
        response.raw = raw
        response.url = request.url or ""
        return response
