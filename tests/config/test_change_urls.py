"""Changing the URL of a source in the file, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from feeds.config import load
from feeds.config.change_urls import plan_url_changes
from tests.config.files import EVERYTHING

NEW = "https://new.example/feed"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "sources:   # all\n  - https://old.example/   # the first\n"
            "  # - https://dead.example/\n\n# out\noutputs: {}\n",
            "sources:   # all\n  - id: old.example\n    url: https://new.example/feed   # the first\n"
            "  # - https://dead.example/\n\n# out\noutputs: {}\n",
            id="bare",
        ),
        pytest.param(
            "sources: [https://old.example/, https://b.example/] # two\n",
            "sources: [{id: old.example, url: https://new.example/feed}, https://b.example/] # two\n",
            id="bare, flow",
        ),
        pytest.param(
            "sources:\n- title: Old   # why not\n  url: https://old.example/ # here\n  tags: [x]\n",
            "sources:\n- title: Old   # why not\n  id: old.example\n"
            "  url: https://new.example/feed # here\n  tags: [x]\n",
            id="mapping",
        ),
        pytest.param(
            "sources:\n- {tags: [x], url: 'https://old.example/'}\n",
            "sources:\n- {tags: [x], id: old.example, url: https://new.example/feed}\n",
            id="mapping, flow",
        ),
        pytest.param(
            'sources:\n  - url: "https://old.example/"\n    id: old.example\n',
            "sources:\n  - url: https://new.example/feed\n    id: old.example\n",
            id="with an id",
        ),
        pytest.param(
            "sources:\r\n  - https://old.example/\r\n",
            "sources:\r\n  - id: old.example\r\n    url: https://new.example/feed\r\n",
            id="lines of Windows",
        ),
        pytest.param(
            "sources:\n  - opml: https://old.example/",
            "sources:\n  - id: old.example\n    opml: https://new.example/feed",
            id="list",
        ),
        pytest.param(
            "defaults: &d {min: 2h}\nsources:\n  - <<: *d\n    url: https://old.example/\n",
            "defaults: &d {min: 2h}\nsources:\n  - <<: *d\n    id: old.example\n    url: https://new.example/feed\n",
            id="merged options",
        ),
    ],
)
def test_a_url_is_changed_and_nothing_else_changes(tmp_path: Path, before: str, after: str) -> None:
    path = tmp_path / "sources.yaml"
    path.write_bytes(before.encode())
    planned = plan_url_changes(path, {"old.example": NEW, "nobody": "https://x.example/"})
    assert path.read_bytes().decode() == before  # planning writes nothing
    assert [(change.source, change.old, change.new, change.obstacle) for change in planned.changes] == [
        ("old.example", "https://old.example/", NEW, "")
    ]
    planned.write()
    assert path.read_bytes().decode() == after
    first = load(path, {}).sources[0]
    assert (first.id, first.url) == ("old.example", NEW)


@pytest.mark.parametrize("new", ["https://old.example/feed", "http://www.old.example/feed"])
def test_no_id_is_written_where_the_new_url_gives_the_same_one(tmp_path: Path, new: str) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text("sources:\n  - http://old.example/feed # x\n")
    plan_url_changes(path, {"old.example-feed": new}).write()
    assert path.read_text() == f"sources:\n  - {new} # x\n"
    assert load(path, {}).sources[0].id == "old.example-feed"


@pytest.mark.parametrize(
    ("source", "new", "obstacle"),
    [
        ("{id: s, url: 'https://old.example/${env:T}'}", NEW, "holds a secret"),
        ("{id: s, url: 'https://user:pass@old.example/'}", NEW, "holds a secret"),
        ("{id: s, url: 'https://old.example/', auth: {bearer: x}}", NEW, "would go to another host"),
        ("{id: s, url: 'https://old.example/', headers: {X-Key: x}}", NEW, "would go to another host"),
        ("{id: s, url: 'https://old.example/', headers: {X-Key: x}}", "http://old.example/n", "for everyone"),
        ("{id: s, url: 'https://old.example/'}", "https://twin.example/", "twin has that address already"),
        ("{id: s, url: 'https://old.example/'}", "http://twin.example", "twin has that address already"),
    ],
)
def test_a_change_with_an_obstacle_is_not_written(
    tmp_path: Path, source: str, new: str, obstacle: str
) -> None:
    path = tmp_path / "sources.yaml"
    text = f"sources:\n  - {source}\n  - {{id: twin, url: 'https://twin.example/'}}\n"
    path.write_text(text)
    planned = plan_url_changes(path, {"s": new})
    assert obstacle in planned.changes[0].obstacle
    planned.write()
    assert path.read_text() == text


@pytest.mark.parametrize(
    "entry",
    [
        "  - id: s\n    url: >-\n      https://old.example/\n",
        "  - id: t\n    url: &u https://t.example/\n  - id: s\n    title: *u\n    url: https://old.example/\n",
        "  - id: s\n    url: &u https://old.example/\n  - id: t\n    url: https://t.example/\n    title: *u\n",
        "  - &s\n    id: s\n    url: https://old.example/\n    <<: {tags: [x]}\n",
    ],
)
def test_an_unusual_entry_gets_the_new_url_or_stays(tmp_path: Path, entry: str) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(f"sources:\n{entry}")
    before = load(path, {})
    planned = plan_url_changes(path, {"s": NEW})
    planned.write()
    after = load(path, {})
    assert [source.url for source in after.sources if source.id == "s"] == [
        NEW if planned.applicable else "https://old.example/"
    ]
    assert [source for source in after.sources if source.id != "s"] == [
        source for source in before.sources if source.id != "s"
    ]


def test_two_of_many_are_changed_in_a_file_with_everything(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(EVERYTHING)
    environ = {"AGENCY_TOKEN": "x"}
    before = load(path, environ)
    moves = {source.id: f"https://moved.example/{n}" for n, source in enumerate(before.sources)}
    planned = plan_url_changes(path, moves)
    planned.write()
    after = load(path, environ)
    moved = {change.source for change in planned.applicable}
    assert moved
    assert [source.id for source in after.sources] == [source.id for source in before.sources]
    assert [source.url for source in after.sources] == [
        moves[source.id] if source.id in moved else source.url for source in before.sources
    ]
    assert after.outputs == before.outputs


def test_a_new_url_cannot_read_secrets(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text("sources:\n  - https://old.example/\n")
    plan_url_changes(path, {"old.example": "https://new.example/${env:TOKEN}"}).write()
    assert load(path, {"TOKEN": "t0k3n"}).sources[0].url == "https://new.example/%24{env:TOKEN}"
