"""Pages of other sites may read public outputs, and nothing else. Browsers get an icon."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.routing import Rule
from werkzeug.test import Client
from werkzeug.wrappers import Response

from feeds.serve import create_app
from tests.serve.conftest import ATOM, put

PRIVATE = "private/0123456789abcdef/world.atom"
PREFLIGHT = {
    "Origin": "https://reader.example",
    "Access-Control-Request-Method": "GET",
    "Access-Control-Request-Headers": "if-none-match",
}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    for name in ("world.atom", PRIVATE, "health.atom", "health.html", "index.html", "notes.txt"):
        put(tmp_path, name, ATOM)
    routes = [
        Rule(path, endpoint=lambda _: Response("up"), methods=["GET"]) for path in ("/metrics", "/healthz")
    ]
    yield Client(create_app(tmp_path, routes=routes))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["/world.atom", "/"])
def test_public_outputs_may_be_read_by_other_sites(client: Client, path: str, method: str) -> None:
    answer = client.open(path, method=method)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.headers["Access-Control-Allow-Origin"]) == (304, "*")
    ranged = client.get(path, headers={"Range": "bytes=0-4"})
    assert (ranged.status_code, ranged.headers["Access-Control-Allow-Origin"]) == (206, "*")


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST"])
@pytest.mark.parametrize(
    "path",
    [
        *("/" + PRIVATE, "//" + PRIVATE, "/%70rivate/0123456789abcdef/world.atom"),
        *("/health.atom", "/health.html", "/metrics", "/healthz", "/missing.atom", "/notes.txt"),
    ],
)
def test_nothing_else_may_be_read_by_other_sites(client: Client, path: str, method: str) -> None:
    answer = client.open(path, method=method, headers=PREFLIGHT)
    assert [name for name, _ in answer.headers if name.lower().startswith("access-control")] == []
    assert (answer.status_code == 405) == (method in {"OPTIONS", "POST"})


def test_a_preflight_request_is_answered(client: Client) -> None:
    answer = client.open("/world.atom", method="OPTIONS", headers=PREFLIGHT)
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert "If-None-Match" in answer.headers["Access-Control-Allow-Headers"]
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_cross_origin_reading_can_be_turned_off(tmp_path: Path) -> None:
    put(tmp_path, "world.atom", ATOM)
    client = Client(create_app(tmp_path, cross_origin=False))
    assert "Access-Control-Allow-Origin" not in client.get("/world.atom").headers
    assert client.open("/world.atom", method="OPTIONS", headers=PREFLIGHT).status_code == 405


def test_there_is_an_icon_until_the_user_adds_one(client: Client, tmp_path: Path) -> None:
    built_in = client.get("/favicon.ico")
    assert (built_in.status_code, built_in.headers["Content-Type"]) == (200, "image/x-icon")
    assert built_in.data.startswith(b"\x00\x00\x01\x00")
    put(tmp_path, "favicon.ico", b"own")
    assert client.get("/favicon.ico").data == b"own"
