"""`Fetcher`: fetches documents of every scheme, each with the retriever and the pacing of its scheme."""

from __future__ import annotations

import socket
from pathlib import Path

from feeds.clock import Clock
from feeds.errors import Blocked
from feeds.fetch.fetch_budget import Lookup
from feeds.fetch.http import HttpClient
from feeds.fetch.pacing import HostPacer, host_of
from feeds.fetch.retrievers import FetchContext, find_retriever
from feeds.model import Fetched, Source, Validators
from feeds.model.schemes import find_scheme, url_schemes


class Fetcher:
    """Fetches for all sources, from any number of threads.

    `directory`: that of the configuration; sources may name files below it. `user_agent`: as sent,
    `name/version (+URL)`. `max_pooled_hosts`: how many hosts' connections are kept open. `ca_file`: a PEM file that
    replaces Mozilla's list of certificate authorities. `extra_ca`: one with authorities to trust besides. `lookup`:
    resolves names, with the signature of `socket.getaddrinfo`.
    """

    def __init__(
        self,
        directory: Path,
        clock: Clock,
        user_agent: str,
        max_pooled_hosts: int,
        *,
        ca_file: Path | None = None,
        extra_ca: Path | None = None,
        lookup: Lookup = socket.getaddrinfo,
        pacing: HostPacer | None = None,
    ) -> None:
        self.pacing = pacing or HostPacer(clock)
        self._http = HttpClient(
            clock,
            user_agent,
            max_pooled_hosts,
            self.pacing,
            ca_file=ca_file,
            extra_ca=extra_ca,
            lookup=lookup,
        )
        self._context = FetchContext(directory=directory, clock=clock, pacing=self.pacing, http=self._http)

    def fetch(self, source: Source, url: str, validators: Validators) -> Fetched:
        """Fetch `url` for `source`, with a conditional request if `url` (or where it redirects to) issued `validators`.

        A URL that is not of the web is fetched only if it is the source's own: no feed, page or list may lead to a
        file of this machine. Raises FetchError and nothing else.
        """
        scheme = find_scheme(url)
        if scheme is None:
            accepted = ", ".join(f"{name}://" for name in url_schemes())
            raise Blocked(source.id, f"its URL is of an unknown kind; use {accepted} or the path of a file")
        if not scheme.is_web and url != source.url:
            raise Blocked(
                source.id, f"a document of another source links to {scheme.noun}, which is not followed"
            )
        retrieve = find_retriever(scheme)
        if scheme.pacing == "per fetch":
            with self.pacing.turn(source.id, host_of(url)):
                return retrieve(self._context, source, url, validators)
        return retrieve(self._context, source, url, validators)

    def post(self, source: Source, url: str, form: bytes) -> None:
        """See `HttpClient.post`."""
        self._http.post(source, url, form)

    def probe(self, source: Source, url: str) -> None:
        """See `HttpClient.probe`."""
        self._http.probe(source, url)

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._http.close()
