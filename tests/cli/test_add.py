"""`feeds add` and the daemon: together they send one request, and both respect a host's cooldown."""

from __future__ import annotations

from pathlib import Path

from feeds.cli import FAILED, OK
from tests.cli.conftest import Call
from tests.engine.test_daemon import daemon
from tests.loopback import Answer, Loopback
from tests.newsroom import item, rss

CONFIG = Path("sources.yaml")


# fetching checklist 8
def test_beside_a_daemon_add_sends_the_only_request_and_the_daemon_publishes(
    call: Call, server: Loopback, tmp_path: Path
) -> None:
    first, second = server.page("/a", rss([item(1)])), server.page("/b", rss([item(2)]))
    CONFIG.write_text(
        f"sources:\n  - {{id: a, url: '{first}', allow_private: true}}\noutputs: {{all: {{formats: [atom]}}}}\n",
        encoding="utf-8",
    )
    with daemon(tmp_path / CONFIG) as process:
        process.expect("publish", output="all")
        code, out, err = call("add", second, "--allow-private")
        assert (code, err) == (OK, "")
        assert "The running daemon publishes them." in out
        process.expect("config.loaded", sources=2)
        while "Title 2" not in Path("output/all.atom").read_text(encoding="utf-8"):
            process.expect("publish", output="all")
    assert call("once")[0] == OK
    assert server.paths() == ["/a", "/b"]


# fetching checklist 14
def test_add_and_preview_respect_the_cooldown_of_a_host(call: Call, server: Loopback) -> None:
    CONFIG.write_text("sources: []\n", encoding="utf-8")
    server.page("/b", rss([item(2)]))
    server.answers("/a", Answer(status=429, headers=[("Retry-After", "3600")]))
    assert call("once")[0] == OK  # creates the state
    assert "429" in call("add", server.url("/a"), "--allow-private")[2]
    for command in ("add", "preview"):
        code, _, err = call(command, server.url("/b"), "--allow-private")
        assert code == FAILED
        assert "is in cooldown until" in err
    assert server.paths() == ["/a"]
