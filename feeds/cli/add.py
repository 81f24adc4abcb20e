"""feeds add: write a source into sources.yaml, and keep what the one request that proves it brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from feeds.cli import FAILED, OK
from feeds.cli.preview import ask, with_scheme
from feeds.cli.work import working
from feeds.config import Settings, edit, load
from feeds.run.lock import InUse
from feeds.run.log import mask
from feeds.run.poll import Outcome


def add_source(
    config: Path,
    environ: Mapping[str, str],
    url: str,
    *,
    own_id: str | None,
    title: str | None,
    tags: Sequence[str],
    allow_private: bool,
) -> int:
    url = with_scheme(url, load(config, environ))
    settings, source = edit.proposed(
        config, environ, url, id=own_id, title=title, tags=tags, allow_private=allow_private
    )
    outcome = ask(settings, source)
    if outcome.error is not None:
        click.echo(f"feeds: not added: {mask(str(outcome.error))}", err=True)
        return FAILED
    found = outcome.feed_url or url
    edit.add_source(config, found, id=source.id, title=title, tags=tags, allow_private=allow_private)
    assert outcome.reading is not None
    name = title or outcome.reading.feed.title or source.id
    click.echo(f"Added {source.id}: {name} ({mask(found)}), {len(outcome.reading.articles)} articles.")
    _keep(load(config, environ), outcome)
    return OK


def _keep(settings: Settings, outcome: Outcome) -> None:
    """What was just fetched goes into the state, so that the source is not asked for it a second time."""
    source = next(one for one in settings.sources if one.id == outcome.source.id)
    try:
        with working(settings) as (_store, shard):
            shard.take(replace(outcome, source=source, feed_url=""))
            click.echo("`feeds once` publishes it.")
    except InUse:
        click.echo("The running daemon takes it up by itself.")
