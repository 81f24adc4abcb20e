"""A real server on the loopback over a real directory."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from werkzeug.routing import Rule
from werkzeug.wrappers import Response

from feeds.serve import Server, bind_server

ATOM = b'<?xml version="1.0"?>\n<feed xmlns="http://www.w3.org/2005/Atom">' + b"<entry/>" * 200 + b"</feed>\n"
WRITTEN_AT = 1_795_000_000  # 2026-11-18T11:06:40Z

Raw = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Site:
    url: str
    directory: Path
    server: Server

    def get(self, name: str, method: str = "GET", **headers: str) -> requests.Response:
        """One request, without the headers that `requests` adds."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        unset: dict[str, str | None] = {"Accept-Encoding": None, "User-Agent": None, "Accept": None}
        with requests.Session() as session:
            session.trust_env = False
            return session.request(method, self.url + name, headers={**unset, **sent}, timeout=10)

    def raw(self, request: bytes) -> bytes:
        """Send these bytes. Returns the response, until the server closes the connection."""
        address = urlsplit(self.url)
        with socket.create_connection((address.hostname or "", address.port or 0), timeout=10) as connection:
            answer = b""
            with suppress(OSError):  # the server may close before it has read a request that it refuses
                connection.sendall(request)
                connection.shutdown(socket.SHUT_WR)
                while data := connection.recv(65_536):
                    answer += data
            return answer


@contextmanager
def serving(directory: Path, **options: Any) -> Iterator[Site]:
    """Serve a directory while the block runs. `options`: of `bind_server`."""
    with bind_server(directory, "127.0.0.1", 0, **options) as server:
        thread = Thread(target=server.run)
        thread.start()
        try:
            yield Site(server.url, directory, server)
        finally:
            server.stop()
            thread.join(10)
    assert not thread.is_alive()


def put(directory: Path, name: str, body: bytes, written: int = WRITTEN_AT) -> Path:
    """Write a file as publishing does: a temporary file, renamed over the old one."""
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_bytes(body)
    os.utime(temporary, (written, written))
    return temporary.rename(path)


def _broken(_request: object) -> Response:
    raise RuntimeError("the secret of the house")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    directory = tmp_path_factory.mktemp("output")
    put(directory, "world.atom", ATOM)
    put(directory, "world.rss", b"<rss/>")
    put(directory, "world.json", b"{}")
    put(directory, "world.html", b"<!doctype html><title>World</title>")
    put(directory, "index.html", b"<!doctype html><title>All</title>")
    put(directory, "feeds.opml", b"<opml/>")
    put(directory, "archive/1.atom", b"<feed/>")
    routes = (
        Rule("/metrics", endpoint=lambda _request: Response("up 1\n", content_type="text/plain")),
        Rule("/broken", endpoint=_broken),
    )
    with serving(directory, hosts=["feeds.example"], routes=routes) as served:
        yield served
