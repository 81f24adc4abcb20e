"""init, check, schema, import, export: what concerns the configuration and other people's lists."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import click

from feeds.cli import FAILED, OK, counted
from feeds.cli.status import known_feeds
from feeds.config import edit, load
from feeds.config.schema import SCHEMA_FILE, json_schema
from feeds.engine.cycle import user_agent
from feeds.fetch.guard import NO_ADDRESS, own_name, refusal
from feeds.parse import opml as opml_document
from feeds.publish.site_pages import subscription
from feeds.render import opml
from feeds.render.theme import theme

_CALLED = {"opml": "OPML list"}


def write_starter(config: Path, title: str) -> int:
    if config.exists():
        click.echo(f"feeds: {config} is there already; nothing was changed", err=True)
        return FAILED
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(edit.starter(title), encoding="utf-8")
    config.with_name(SCHEMA_FILE).write_text(_schema(), encoding="utf-8")  # its first line names it
    click.echo(f"Wrote {config}. `feeds add URL` adds a source, `feeds once` fetches and publishes.")
    return OK


def check_config(config: Path, environ: Mapping[str, str]) -> int:
    settings = load(config, environ)
    theme(settings.site.templates, settings.site.timezone).check()
    kinds = Counter(source.kind for source in settings.sources)
    held = (counted(count, _CALLED.get(kind, kind)) for kind, count in kinds.items())
    click.echo(f"{config} is fine: {', '.join(held) or 'no sources'}")
    for output in settings.outputs:
        count = sum(output.select.takes(source) for source in settings.sources)
        click.echo(f"  {output.name}: {counted(count, 'source')} → {', '.join(output.formats)}")
        for rule in output.rules:
            click.echo(f"    {rule}")
    site = settings.site
    if not site.user_agent and not site.contact and _leads_nowhere(site.base_url):
        told = user_agent(settings)
        click.echo(
            f"Servers are asked by `{told}`, where nobody finds you: `site.contact` names who is to be told."
        )
    return OK


def _leads_nowhere(url: str) -> bool:
    """Whether it means something in this network only."""
    host = urlsplit(url).hostname or ""
    kind = refusal(host)
    return bool(own_name(host) if kind == NO_ADDRESS else kind)


def print_schema() -> int:
    click.echo(_schema(), nl=False)
    return OK


def _schema() -> str:
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def import_opml(config: Path, environ: Mapping[str, str], file: Path, tags: Sequence[str]) -> int:
    load(config, environ)  # what is wrong already is told before anything is added
    outlines = opml_document.read(str(file), file.read_bytes())
    done = edit.add_sources(config, ((one.url, one.title, (*tags, *one.tags)) for one in outlines))
    click.echo(f"Added {len(done)} of {len(outlines)} sources to {config}; {done.known} were there already.")
    for refused in done.refused:
        click.echo(f"  not added: {refused}", err=True)
    return OK


def export_opml(config: Path, environ: Mapping[str, str]) -> int:
    settings = load(config, environ)
    sources, feeds = known_feeds(settings)
    subscriptions = tuple(
        subscription(one, feeds.get(one.id), settings) for one in sources if one.kind == "feed"
    )
    rendered = opml.render(f"{settings.site.title}: sources", subscriptions)
    click.echo(rendered.data.decode(), nl=False)
    for left_out in rendered.left_out:
        click.echo(f"left out: {left_out}", err=True)
    return OK
