"""Binding, additional routes, slow clients, shutdown, the file cache."""

from __future__ import annotations

import json
import socket
from io import StringIO
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest
import requests
import structlog
from werkzeug.routing import Rule
from werkzeug.test import Client
from werkzeug.wrappers import Response

from feeds import logs
from feeds.cli.serve import run_server
from feeds.errors import FeedsError
from feeds.serve import bind_server, create_app, server
from feeds.serve.files import FileCache
from tests.newsroom import Newsroom
from tests.serve.conftest import ATOM, Site, put


def connect(url: str) -> socket.socket:
    address = urlsplit(url)
    return socket.create_connection((address.hostname or "", address.port or 0), timeout=10)


def test_a_port_in_use_is_an_error(site: Site) -> None:
    port = urlsplit(site.url).port
    with pytest.raises(FeedsError, match=f"cannot listen on 127.0.0.1:{port}"):
        bind_server(site.directory, "127.0.0.1", port or 0)


@pytest.mark.parametrize(("host", "port"), [("192.0.2.1", 0), ("127.0.0.1", 99_999), ("a" * 70, 0)])
def test_an_invalid_address_is_an_error(tmp_path: Path, host: str, port: int) -> None:
    with pytest.raises(FeedsError, match="cannot listen"):
        bind_server(tmp_path, host, port)


def test_the_url_of_a_server_on_all_addresses_is_reachable(tmp_path: Path) -> None:
    with bind_server(tmp_path, "0.0.0.0", 0) as bound:
        assert bound.url.startswith("http://127.0.0.1:")
        connect(bound.url).close()


def test_additional_routes_are_served(site: Site) -> None:
    assert site.get("metrics").text == "up 1\n"
    assert site.get("metrics").headers["X-Content-Type-Options"] == "nosniff"


def test_without_hosts_any_host_name_is_answered(tmp_path: Path) -> None:
    put(tmp_path, "a.atom", ATOM)
    assert Client(create_app(tmp_path)).get("/a.atom", headers={"Host": "any.example"}).status_code == 200


def test_the_directory_may_be_created_later(tmp_path: Path) -> None:
    client = Client(create_app(tmp_path / "output"))
    assert client.get("/").status_code == 404
    put(tmp_path / "output", "index.html", b"<p>now</p>")
    assert client.get("/").data == b"<p>now</p>"


def test_stop_finishes_requests_in_progress_and_accepts_no_more(tmp_path: Path) -> None:
    entered, go_on = Event(), Event()

    def slow(_request: object) -> Response:
        entered.set()
        go_on.wait(10)
        return Response("done")

    with bind_server(tmp_path, "127.0.0.1", 0, routes=[Rule("/slow", endpoint=slow)]) as bound:
        thread = Thread(target=bound.run)
        thread.start()
        with connect(bound.url) as waiting:
            waiting.sendall(b"GET /slow HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            assert entered.wait(10)
            bound.stop()
            go_on.set()
            assert b"".join(iter(lambda: waiting.recv(4096), b"")).endswith(b"done")
        thread.join(10)
        assert not thread.is_alive()
        with pytest.raises(OSError):
            connect(bound.url)
        bound.stop()  # a second time has no effect


def test_stop_before_run_ends_run(tmp_path: Path) -> None:
    with bind_server(tmp_path, "127.0.0.1", 0) as bound:
        bound.stop()
        bound.run()


def test_nothing_is_printed(site: Site, capfd: pytest.CaptureFixture[str]) -> None:
    site.get("world.atom")
    site.get("missing")
    site.raw(b"nonsense\r\n\r\n")
    assert capfd.readouterr() == ("", "")


def test_a_failing_view_is_one_line_of_the_log(site: Site) -> None:
    log = StringIO()
    logs.configure("json", stream=log)
    try:
        assert site.get("broken").status_code == 500
    finally:
        structlog.reset_defaults()
    (line,) = log.getvalue().splitlines()
    event = json.loads(line)
    assert (event["event"], event["level"]) == ("request.failed", "error")
    assert event["error"] == "RuntimeError: the secret of the house"
    assert "_broken" in event["exception"]


def test_feeds_serve_writes_a_failure_to_standard_error(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    room.configure("sources: [{url: a.rss}]\n")
    answers: list[int] = []

    def run(bound: server.Server) -> None:
        thread = Thread(target=run_until_stopped, args=[bound])
        thread.start()
        with requests.Session() as session:
            session.trust_env = False
            answers.append(session.get(bound.url + "front.atom", timeout=10).status_code)
        bound.stop()
        thread.join(10)

    def broken(_files: FileCache, _name: str) -> None:
        raise OSError("the disk does not answer")

    run_until_stopped = server.Server.run
    monkeypatch.setattr(server.Server, "run", run)
    monkeypatch.setattr(FileCache, "get", broken)
    monkeypatch.setattr("signal.signal", lambda number, handler: None)
    try:
        run_server(room.config, {}, "127.0.0.1", 0, metrics=False)
    finally:
        structlog.reset_defaults()
    assert answers == [500]
    (line,) = capsys.readouterr().err.splitlines()
    assert "event=request.failed" in line
    assert "the disk does not answer" in line


def test_the_file_cache_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeds.serve.files.MAX_CACHE_BYTES", 2 * len(ATOM))
    files = FileCache(tmp_path)
    for n in range(5):
        put(tmp_path, f"{n}.atom", ATOM)
        assert files.get(f"{n}.atom")
    put(tmp_path, "big.atom", ATOM * 3)
    big = files.get("big.atom")
    assert big is not None
    assert big.body == ATOM * 3
    kept = [files.get(f"{n}.atom") for n in range(4, 5)]
    assert kept[0] is files.get("4.atom")  # cached: the same object
    assert files.get("big.atom") is not big  # too large for the cache
