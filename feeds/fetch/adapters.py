"""The adapters of a process: one for each way in which its sources use TLS."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

from feeds.errors import Blocked
from feeds.fetch.adapter import Adapter
from feeds.fetch.tls import TlsSettings, UnusableCertificate, build_context, settings_for
from feeds.model import Source, Tls


class Adapters:
    """For any number of threads. Sources with other certificates share no connection.

    `ca_file`: replaces Mozilla's list of certificate authorities. `extra_ca`: is trusted besides, by all sources.
    """

    def __init__(
        self, max_pooled_hosts: int, ca_file: Path | None = None, extra_ca: Path | None = None
    ) -> None:
        self._max_pooled_hosts = max_pooled_hosts
        self._bundle = ca_file
        self._extra_ca = (str(extra_ca),) if extra_ca else ()
        self._lock = threading.Lock()
        self._adapters: dict[TlsSettings, tuple[object, Adapter]] = {}  # with the stamps of their files

    def get(self, source: Source, url: str, proxy: str, *, own_host: bool) -> Adapter:
        """The adapter of a request. `own_host`: it goes to the source's own host. Raises Blocked."""
        settings = TlsSettings("", Tls())
        if url.startswith("https:") or proxy.startswith("https:"):
            settings = settings_for(source.access, own_host=own_host, bundle=self._bundle)
            settings = replace(settings, tls=replace(settings.tls, ca=(*self._extra_ca, *settings.tls.ca)))
        has_files = settings.bundle or settings.tls != Tls()
        stamps = settings.stamps() if has_files else ()
        with self._lock:
            known, adapter = self._adapters.get(settings, (None, None))
            if adapter is None or known != stamps:
                try:
                    renewed = self._build(settings)
                except UnusableCertificate as error:
                    if adapter is None:
                        raise Blocked(source.id, f"tls: {error}") from error
                    return adapter  # a file that is being renewed may be missing for a moment
                self._adapters[settings] = stamps, renewed
                return renewed
        return adapter

    def _build(self, settings: TlsSettings) -> Adapter:
        # The proxy gets no client certificate and is verified.
        for_proxy = replace(settings, tls=Tls(ca=settings.tls.ca))
        context = build_context(settings)
        proxy_context = context if for_proxy == settings else build_context(for_proxy)
        return Adapter(self._max_pooled_hosts, context, proxy_context)

    def close(self) -> None:
        """Close the connections that are kept open."""
        with self._lock:
            for _, adapter in self._adapters.values():
                adapter.close()
