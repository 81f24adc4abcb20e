"""`feeds add` and the daemon: together they send one request, and both respect a host's cooldown."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from feeds.cli import ExitCode
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
        assert (code, err) == (ExitCode.OK, "")
        assert "The running daemon publishes them." in out
        process.expect("config.loaded", sources=2)
        while "Title 2" not in Path("output/all.atom").read_text(encoding="utf-8"):
            process.expect("publish", output="all")
    assert call("once")[0] == ExitCode.OK
    assert server.paths() == ["/a", "/b"]


# fetching checklist 14
def test_add_and_preview_respect_the_cooldown_of_a_host(call: Call, server: Loopback) -> None:
    CONFIG.write_text("sources: []\n", encoding="utf-8")
    server.page("/b", rss([item(2)]))
    server.answers("/a", Answer(status=429, headers=[("Retry-After", "3600")]))
    assert call("once")[0] == ExitCode.OK  # creates the state
    assert "429" in call("add", server.url("/a"), "--allow-private")[2]
    for command in ("add", "preview"):
        code, _, err = call(command, server.url("/b"), "--allow-private")
        assert code == ExitCode.FAILED
        assert "is in cooldown until" in err
    assert server.paths() == ["/a"]


def test_add_and_preview_report_a_missing_file_as_one(call: Call) -> None:
    CONFIG.write_text("sources: []\n", encoding="utf-8")
    code, out, err = call("add", "b.rss")
    assert (code, out) == (ExitCode.FAILED, "")
    assert err == (
        "feeds: not added: there is no file b.rss in the folder of sources.yaml. "
        "Write https:// before the name of a host.\n"
    )
    code, _, err = call("preview", "b.rss")
    assert code == ExitCode.FAILED
    assert "'b.rss' is not an output, a source, a URL or a file." in err


def test_add_says_why_a_url_is_refused_without_a_line_of_the_unsaved_text(call: Call) -> None:
    CONFIG.write_text("sources:\n  - {id: news, url: a.rss}\n", encoding="utf-8")
    Path("a.rss").write_bytes(rss([item(1)]))
    before = CONFIG.read_bytes()
    refused = (ExitCode.USAGE_ERROR, "", 'feeds: not added: "ftp://x" is not an http or https URL\n')
    assert call("add", "ftp://x") == refused
    refused = (
        ExitCode.USAGE_ERROR,
        "",
        "feeds: not added: a.rss is already in sources.yaml, as source news\n",
    )
    assert call("add", "a.rss") == refused
    code, _, err = call("add", "https://b.example/", "--id", "news")
    assert code == ExitCode.USAGE_ERROR
    assert err.startswith("feeds: not added: ")
    assert "sources.yaml:" not in err
    assert CONFIG.read_bytes() == before


def test_add_of_a_page_whose_feed_is_a_source_already_names_that_source(call: Call, server: Loopback) -> None:
    feed = server.page("/feed", rss([item(1)]))
    page = server.page(
        "/", b'<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head></html>'
    )
    CONFIG.write_text(f"sources: [{{id: news, url: '{feed}', allow_private: true}}]\n", encoding="utf-8")
    code, _, err = call("add", page, "--allow-private")
    assert (code, err) == (
        ExitCode.USAGE_ERROR,
        f"feeds: not added: {feed} is already in sources.yaml, as source news\n",
    )


def test_preview_says_why_a_url_is_refused_and_knows_other_spellings_of_a_source(call: Call) -> None:
    CONFIG.write_text("sources: [a.rss]\n", encoding="utf-8")
    Path("a.rss").write_bytes(rss([item(1)]))
    code, _, err = call("preview", "ftp://x")
    assert (code, err) == (ExitCode.USAGE_ERROR, 'feeds: "ftp://x" is not an http or https URL\n')
    code, out, _ = call("preview", "./a.rss")
    assert code == ExitCode.OK
    assert "Title 1" in out


def test_add_and_preview_do_not_name_the_id_of_a_source_that_does_not_exist(
    call: Call, server: Loopback
) -> None:
    CONFIG.write_text("sources: []\n", encoding="utf-8")
    url = server.page("/feed", status=404)
    host = urlsplit(url).netloc
    assert call("add", url, "--allow-private")[2].startswith(f"feeds: not added: {host} answered 404")
    assert call("preview", url, "--allow-private")[2].startswith(f"feeds: {host} answered 404")
