"""A format that is registered is configured, published, served, listed and removed like the built-in ones.

This module is the module of the toy format.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from werkzeug.test import Client

from feeds.config import load
from feeds.errors import ConfigError
from feeds.model import Edition, PreviousEntry
from feeds.publish.sink import check_for, is_file_name
from feeds.render import formats
from feeds.render.rendered import CleanEdition, Rendered, clean_edition
from feeds.serve.app import create_app
from feeds.websub.publisher import hub_topics
from tests.loopback import Loopback
from tests.newsroom import Newsroom, item, rss

TOY = formats.OutputFormat(
    name="toy", title="Toy Feed", media_type="application/x-toy", module=__name__, recovery_rank=4
)
OUTPUTS = "outputs:\n  front: {{title: Front page, formats: [{formats}], hubs: ['https://hub.example/']}}\n"


def render(edition: Edition | CleanEdition, **_: Any) -> Rendered:
    clean = clean_edition(edition)
    edition = clean.edition
    entries = [
        (entry.id, entry.article.title, entry.published.isoformat(), entry.updated.isoformat())
        for entry in edition.entries
    ]
    return Rendered(json.dumps({"toy": edition.id, "entries": entries}).encode(), clean.skipped_entries)


def check(data: bytes) -> None:
    if "toy" not in json.loads(data):
        raise ValueError("not a toy")


def recover_entries(data: bytes, feed_id: str, _address: str) -> Iterator[PreviousEntry]:
    document = json.loads(data)
    if document["toy"] == feed_id:
        for entry_id, _, published, updated in document["entries"]:
            yield PreviousEntry(
                entry=entry_id,
                link="",
                published=datetime.fromisoformat(published),
                updated=datetime.fromisoformat(updated),
            )


@pytest.fixture
def toy() -> Iterator[formats.OutputFormat]:
    formats.register(TOY)
    yield TOY
    formats.unregister(TOY.name)


def configure(room: Newsroom, url: str, output_formats: str) -> None:
    source = f"sources: [{{id: s1, url: '{url}', allow_private: true}}]\n"
    room.configure(source, OUTPUTS.format(formats=output_formats))


@pytest.mark.usefixtures("toy")
def test_a_registered_format_is_published_served_listed_and_announced(
    room: Newsroom, server: Loopback
) -> None:
    configure(room, server.page("/a", rss([item(1)])), "toy, html")
    report = room.once()
    assert [result.error for result in report.published] == [""] * len(report.published)
    (entry,) = json.loads(room.file("front.toy").read_bytes())["entries"]
    assert entry[:2] == ["tag:news.example,2026:1", "Title 1"]

    response = Client(create_app(room.folder / "output")).get("/front.toy")
    assert (response.status_code, response.content_type) == (200, "application/x-toy")
    assert response.data == room.file("front.toy").read_bytes()

    link = '<a href="./front.toy" type="application/x-toy">Toy Feed</a>'
    assert link in room.file("front.html").read_text(encoding="utf-8")
    assert link in room.file("index.html").read_text(encoding="utf-8")
    assert 'xmlUrl="http://127.0.0.1:8000/front.toy"' in room.file("feeds.opml").read_text(encoding="utf-8")
    topics = [topic for _, topic in hub_topics(load(room.config, {}))]
    assert topics == ["http://127.0.0.1:8000/front.toy"]


def test_a_registered_page_is_published_and_not_listed_among_the_feeds(
    room: Newsroom, server: Loopback
) -> None:
    formats.register(replace(TOY, is_feed=False))
    try:
        configure(room, server.page("/a", rss([item(1)])), "toy, html")
        room.once()
        assert room.file("front.toy").exists()
        assert "front.toy" not in room.file("index.html").read_text(encoding="utf-8")
        assert "front.toy" not in room.file("feeds.opml").read_text(encoding="utf-8")
        assert not list(hub_topics(load(room.config, {})))
    finally:
        formats.unregister(TOY.name)


@pytest.mark.usefixtures("toy")
def test_the_file_is_removed_when_the_format_is_no_longer_configured(
    room: Newsroom, server: Loopback
) -> None:
    url = server.page("/a", rss([item(1)]))
    configure(room, url, "atom, toy")
    room.once()
    assert room.file("front.toy").exists()
    configure(room, url, "atom")
    room.once()
    assert not room.file("front.toy").exists()
    assert room.file("front.atom").exists()


@pytest.mark.usefixtures("toy")
def test_entries_are_recovered_from_the_files_of_a_registered_format(
    room: Newsroom, server: Loopback
) -> None:
    configure(room, server.page("/a", rss([item(1)])), "toy")
    room.once()
    before = json.loads(room.file("front.toy").read_bytes())["entries"]
    room.close()
    (room.folder / "feeds.db").unlink()
    server.page("/a", rss([item(1, hours=99)]))
    room.once(later=timedelta(hours=2))
    after = json.loads(room.file("front.toy").read_bytes())["entries"]
    assert [(entry[0], entry[2]) for entry in after] == [(entry[0], entry[2]) for entry in before]


def test_a_format_that_is_not_registered_is_unknown_everywhere(room: Newsroom) -> None:
    configure(room, "https://news.example/", "toy")
    with pytest.raises(ConfigError, match='"toy" is not one of: atom, rss, json, html'):
        load(room.config, {})
    assert not is_file_name("front.toy")
    with pytest.raises(KeyError):
        formats.get("toy")


@pytest.mark.usefixtures("toy")
def test_a_name_is_registered_once() -> None:
    with pytest.raises(ValueError, match="registered already"):
        formats.register(TOY)


@pytest.mark.parametrize("name", formats.names())
def test_the_module_of_a_format_defines_what_its_record_promises(name: str) -> None:
    output_format = formats.get(name)
    assert callable(output_format.load().render)
    assert output_format.load().check is check_for(f"world.{name}")
    if output_format.recovery_rank is not None:
        assert callable(output_format.load_recovery().recover_entries)


def test_the_registry_imports_no_renderer() -> None:
    code = "import sys, feeds.render.formats; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not {"feedgen", "lxml", "jinja2"}.intersection(loaded.split())
