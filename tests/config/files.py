"""Configuration files for the tests."""

from __future__ import annotations

from pathlib import Path

from feeds.config import Settings, load
from feeds.errors import ConfigError

EVERYTHING = """\
site: {title: The wire, base_url: "https://feeds.example.org/", output: output, state: feeds.db}
defaults: {every: auto, min: 60m, max: 24h, tags: []}
sources:
  - https://simple.example/feed              # a bare URL is a source
  - id: agency
    url: https://agency.example/rss
    tags: [world, wire]
    priority: 10                             # wins when copies compete
    auth: {bearer: "${env:AGENCY_TOKEN}"}    # or ${file:/run/secrets/x}; never logged
    full_text: {when: shorter_than 800}
  - id: council
    page: https://council.example/news       # a page without a feed
    extract: {item: li.news, title: a, link: a@href, date: time@datetime}
  - opml: https://people.example/list.opml   # kept in sync
outputs:
  world:
    title: World, once
    from: {tags: [world]}
    keep: {any: [{title: /trade/i}, {source: agency}]}
    drop: [{title: sponsored}]
    dedupe: {mode: near, window: 72h, prefer: [priority, longest, earliest]}   # near | exact | off
    formats: [atom, rss, json]
    limit: 100
    per_source: 10
"""
"""A file that uses every section."""


def loaded(folder: Path, text: str, **environ: str) -> Settings:
    path = folder / "sources.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return load(path, environ)


def refused(folder: Path, text: str, **environ: str) -> str:
    """The message of the ConfigError, without the name of the folder."""
    try:
        settings = loaded(folder, text, **environ)
    except ConfigError as error:
        return str(error).replace(f"{folder}/", "")
    raise AssertionError(f"loaded: {settings}")
