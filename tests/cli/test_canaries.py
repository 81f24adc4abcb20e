"""Secrets planted in a configuration, searched for in everything that each command prints and publishes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from feeds.cli.commands import feeds as command_group
from tests.loopback import Answer, Loopback
from tests.newsroom import item, rss

ENVIRONMENT = {
    "WHOLE_KEY": "canary-whole-7Xk2",
    "WORD": "canarybird",
    "PASSWORD": "canary-pass/+=7Xk2",
    "BEARER": "canary-bearer-7Xk2",
    "HEADER": "canary-header-7Xk2",
    "QUERY": "canary query&7Xk2",
}
PLAIN = "canary-plain-7Xk2"  # written into the file, under a name that says that it is a secret
FILE_PART = "canary-file-7Xk2"


def spellings(secret: str) -> set[bytes]:
    xml = secret.replace("&", "&amp;")
    return {
        text.encode()
        for text in (secret, quote(secret, safe=""), quote(secret), xml, json.dumps(secret)[1:-1])
    }


CANARIES = {b"7xk2"} | {
    spelling.lower() for secret in (*ENVIRONMENT.values(), PLAIN, FILE_PART) for spelling in spellings(secret)
}
"""All in lower case. Most of the secrets end alike, so that also a part of one is found."""

CONFIG = """
site: {{title: Test, base_url: 'http://127.0.0.1:8000/', output: output, state: feeds.db}}
limits: {{host_interval: 0s}}
sources:
  - {{id: whole, url: '${{env:WHOLE}}', allow_private: true}}
  - {{id: word, url: '{server}${{env:WORD}}/feed', allow_private: true}}
  - {{id: query, url: '{server}query?q=${{env:QUERY_ENCODED}}', allow_private: true}}
  - {{id: plain, url: '{server}plain?api_key=canary-plain-7Xk2', allow_private: true}}
  - {{id: local, url: 'lists/${{file:secret-name}}.xml'}}
  - {{id: missing, url: 'lists/${{file:secret-name}}-missing.xml'}}
  - id: broken
    url: '{server}broken/${{env:WORD}}?token=${{env:WHOLE_KEY}}'
    allow_private: true
    headers: {{X-Own: '${{env:HEADER}}'}}
  - {{id: refused, url: '{server}refused/', allow_private: true, auth: {{bearer: '${{env:BEARER}}'}}}}
  - {{id: proxied, url: 'http://news.example/', proxy: 'http://me:${{env:PASSWORD_ENCODED}}@127.0.0.1:9'}}
  - {{id: basic, url: '{server}basic', allow_private: true, auth: {{basic: {{user: me,
      password: '${{env:PASSWORD}}'}}}}}}
outputs:
  front: {{formats: [atom, rss, json, html]}}
"""


def echoing(own_url: str, secret: str) -> bytes:
    """A feed that repeats its own URL and the secret in it wherever a feed can."""
    escaped = own_url.replace("&", "&amp;")
    mark = quote(secret, safe="")
    link = f"https://news.example/{{n}}?section=1&amp;token={mark}&amp;page=2"
    body = (
        (
            f'<p>See <a href="{link}">more</a> and <img src="https://news.example/{mark}/p.png" alt="{secret}">'
            f"{escaped}</p>"
        )
        .replace("&", "&amp;")
        .replace("<", "&lt;")
    )
    entries = "".join(
        item(n, guid=f"https://news.example/{n}?token={mark}", link=link.format(n=n)).replace(
            "</item>",
            f'<enclosure url="https://news.example/{n}.mp3?token={mark}" length="1" type="audio/mpeg"/>'
            f'<content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/">{body}</content:encoded></item>',
        )
        for n in (1, 2)
    )
    self_link = f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="self" href="{escaped}"/>'
    feed = rss([entries], title=f"News for {secret.replace('&', '&amp;')}").decode()
    return feed.replace(
        "<link>https://news.example/</link>", f"<link>{escaped}</link>{self_link}", 1
    ).encode()


class Instance:
    """A folder with the configuration above, in which commands run."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        self.folder = folder
        self._environ = {**os.environ, **environ}

    def run(self, *arguments: str) -> bytes:
        """What the command prints, in lower case."""
        finished = subprocess.run(
            [sys.executable, "-m", "feeds", *arguments],
            cwd=self.folder,
            env=self._environ,
            capture_output=True,
            timeout=120,
            check=False,
        )
        return (finished.stdout + finished.stderr).lower()

    def published(self) -> dict[str, bytes]:
        output = self.folder / "output"
        return {path.name: path.read_bytes().lower() for path in output.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    folder = tmp_path_factory.mktemp("canaries")
    with Loopback() as server:
        key, word, query = (ENVIRONMENT[name] for name in ("WHOLE_KEY", "WORD", "QUERY"))
        whole = server.url(f"/whole/{key}?token={key}")
        server.page(f"/whole/{key}?token={key}", echoing(whole, key))
        server.page(f"/{word}/feed", echoing(server.url(f"/{word}/feed"), word))
        encoded = quote(query, safe="")
        server.page(f"/query?q={encoded}", echoing(server.url(f"/query?q={encoded}"), query))
        server.page(f"/plain?api_key={PLAIN}", echoing(server.url(f"/plain?api_key={PLAIN}"), PLAIN))
        server.answers(f"/broken/{word}?token={key}", Answer(b"no feed"))
        server.answers("/refused/", Answer(status=401))
        server.page("/basic", echoing(server.url("/basic"), ENVIRONMENT["PASSWORD"]))
        (folder / "secret-name").write_text(f"{FILE_PART}\n")
        (folder / "lists").mkdir()
        (folder / "lists" / f"{FILE_PART}.xml").write_bytes(echoing("https://news.example/", FILE_PART))
        (folder / "sources.yaml").write_text(CONFIG.format(server=server.url("/")))
        environ = ENVIRONMENT | {
            "WHOLE": whole,
            "QUERY_ENCODED": encoded,
            "PASSWORD_ENCODED": quote(ENVIRONMENT["PASSWORD"], safe=""),
        }
        yield Instance(folder, environ)


def found_in(data: bytes) -> list[bytes]:
    return sorted(canary for canary in CANARIES if canary in data)


COMMANDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "init": (("init", "--config", "other.yaml"),),
    "add": (("add", "http://127.0.0.1:9/?token=canary-plain-7Xk2", "--allow-private"),),
    "import": (("import", "output/sources.opml"),),
    "check": (("check",), ("check", "--fix")),
    "schema": (("schema",),),
    "once": (("once", "--all"), ("once", "--all", "--json")),
    "status": (
        ("status",),
        ("status", "--failing"),
        *(("status", name) for name in ("whole", "word", "missing", "broken")),
    ),
    "retry": (("retry", "whole"), ("retry", "canarybir")),
    "explain": (("explain", "https://news.example/1?section=1&token=canary-whole-7Xk2&page=2"),),
    "merges": (("merges",), ("merges", "--json")),
    "split": (("split", "nothing"),),
    "merge": (("merge", "nothing", "nothing-else"),),
    "preview": (
        ("preview", "front"),
        *(("preview", name) for name in ("whole", "word", "local", "missing", "proxied")),
    ),
    "export": (("export",),),
}
DAEMONS = {"run", "serve"}


def test_every_command_is_searched() -> None:
    assert set(command_group.commands) == set(COMMANDS) | DAEMONS


def test_no_published_file_holds_a_secret(instance: Instance) -> None:
    printed = instance.run("once", "--all")
    assert b"summary of this cycle" in printed
    files = instance.published()
    assert {"front.atom", "front.rss", "front.json", "front.html", "health.atom", "sources.opml"} <= set(
        files
    )
    assert b"https://news.example/1?section=1&page=2" in files["front.json"]  # only the parameter is gone
    assert b"missing" in files["health.atom"]
    assert {name: canaries for name, data in files.items() if (canaries := found_in(data))} == {}


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "import"])
def test_no_command_prints_a_secret(instance: Instance, name: str) -> None:
    if not (instance.folder / "feeds.db").exists():
        instance.run("once", "--all")
    for arguments in COMMANDS[name]:
        typed = " ".join(arguments).lower().encode()
        printed = instance.run(*arguments)
        assert b"traceback" not in printed
        assert [canary for canary in found_in(printed) if canary not in typed] == [], arguments
