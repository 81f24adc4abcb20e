"""feeds init, check, schema, import, export: the commands that only read or write the configuration."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import click

from feeds.cli import ExitCode
from feeds.cli.format import count_noun
from feeds.cli.state_access import known_feeds
from feeds.config import edit, load
from feeds.config.schema import SCHEMA_FILE, json_schema
from feeds.config.starter import starter
from feeds.fetch.guard import NOT_AN_ADDRESS, private_name_reason, refusal_reason
from feeds.fetch.user_agent import user_agent
from feeds.parse import opml as opml_document
from feeds.publish.site_pages import build_feed_listing
from feeds.render import opml
from feeds.render.pages.theme import load_theme

_KIND_NAMES = {"opml": "OPML list"}
"""Source kinds that are not called by their name in the configuration."""


def write_starter(config: Path, title: str) -> ExitCode:
    if config.exists():
        click.echo(f"feeds: {config} exists already; nothing was changed", err=True)
        return ExitCode.FAILED
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(starter(title), encoding="utf-8")
    config.with_name(SCHEMA_FILE).write_text(_schema_text(), encoding="utf-8")  # named in its first line
    click.echo(f"Wrote {config}. `feeds add URL` adds a source, `feeds once` fetches and publishes.")
    return ExitCode.OK


def check_config(config: Path, environ: Mapping[str, str]) -> ExitCode:
    settings = load(config, environ)
    load_theme(settings.site.templates, settings.site.timezone).check()
    kinds = Counter(source.kind for source in settings.sources)
    counts = (count_noun(count, _KIND_NAMES.get(kind, kind)) for kind, count in kinds.items())
    click.echo(f"{config} is valid: {', '.join(counts) or 'no sources'}")
    for output in settings.outputs:
        count = sum(output.source_filter.includes(source) for source in settings.sources)
        click.echo(f"  {output.name}: {count_noun(count, 'source')} → {', '.join(output.formats)}")
        for rule in output.rules:
            click.echo(f"    {rule}")
    site = settings.site
    if not site.user_agent and not site.contact and _is_unreachable(site.base_url):
        click.echo(
            f"warning: requests carry the User-Agent `{user_agent(settings)}`, whose address only this network can "
            "open. Set `site.contact`, so that operators of servers can reach you.",
            err=True,
        )
    return ExitCode.OK


def _is_unreachable(url: str) -> bool:
    """Whether the URL's host exists in the local network only, or nowhere."""
    host = urlsplit(url).hostname or ""
    reason = refusal_reason(host)
    return bool(private_name_reason(host) if reason == NOT_AN_ADDRESS else reason)


def print_schema() -> ExitCode:
    click.echo(_schema_text(), nl=False)
    return ExitCode.OK


def _schema_text() -> str:
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def import_opml(config: Path, environ: Mapping[str, str], file: Path, tags: Sequence[str]) -> ExitCode:
    load(config, environ)  # report mistakes in the file before anything is added to it
    outlines = opml_document.parse(str(file), file.read_bytes())
    result = edit.add_sources(
        config, ((outline.url, outline.title, (*tags, *outline.tags)) for outline in outlines)
    )
    click.echo(
        f"Added {len(result.added)} of {len(outlines)} sources to {config}; {result.known} were in it already."
    )
    for refused in result.refused:
        click.echo(f"  not added: {refused}", err=True)
    return ExitCode.OK


def export_opml(config: Path, environ: Mapping[str, str]) -> ExitCode:
    settings = load(config, environ)
    sources, feeds = known_feeds(settings)
    subscriptions = tuple(
        build_feed_listing(source, feeds.get(source.id), settings)
        for source in sources
        if source.kind == "feed"
    )
    rendered = opml.render(f"{settings.site.title}: sources", subscriptions)
    click.echo(rendered.data.decode(), nl=False)
    for left_out in rendered.skipped_entries:
        click.echo(f"left out: {left_out}", err=True)
    return ExitCode.OK
