"""feeds add: write a source into sources.yaml, and keep what the one request that proves it brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from feeds.cli import FAILED, OK, counted
from feeds.cli.preview import ask, known_pacing, note_pacing, with_scheme
from feeds.cli.run_commands import working
from feeds.clock import SystemClock
from feeds.config import Settings, edit, load
from feeds.engine.cycle import user_agent
from feeds.engine.lock import InUse
from feeds.engine.poller import Shard
from feeds.fetch.pacing import Pacing
from feeds.ingest.poll_source import Outcome
from feeds.logs import mask
from feeds.store import attach


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
    pacing = known_pacing(settings)
    outcome = ask(settings, source, pacing)
    if outcome.error is not None:
        note_pacing(settings, pacing)
        click.echo(f"feeds: not added: {mask(str(outcome.error))}", err=True)
        return FAILED
    found = outcome.feed_url or url
    if found != url:
        settings, source = edit.proposed(
            config, environ, found, id=source.id, title=title, tags=tags, allow_private=allow_private
        )
    # Before the file: a daemon that reads it must find the source fetched.
    publisher = _keep(settings, replace(outcome, source=source, feed_url=""), pacing)
    edit.add_source(config, found, id=source.id, title=title, tags=tags, allow_private=allow_private)
    assert outcome.reading is not None
    name = title or outcome.reading.feed.title or source.id
    click.echo(
        f"Added {source.id}: {name} ({mask(found)}), {counted(len(outcome.reading.articles), 'article')}."
    )
    click.echo(f"{publisher} publishes it.")
    return OK


def _keep(settings: Settings, outcome: Outcome, pacing: Pacing) -> str:
    """What was just fetched goes into the state, so that the source is not asked for it a second time. Says who
    publishes it."""
    try:
        with working(settings, pacing) as (_, shard):
            shard.take(outcome)
            return "`feeds once`"
    except InUse:
        pass
    # One transaction beside those of the daemon, which does not know the source before it reads the file.
    clock, store = SystemClock(), attach(settings.site.state)
    shard = Shard(store, settings, clock, user_agent(settings), pacing=pacing)
    try:
        shard.take(outcome)
    finally:
        shard.stop()
        store.close()
    return "The running daemon"
