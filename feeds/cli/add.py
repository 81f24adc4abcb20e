"""feeds add: fetch a source once, store its articles, and write it into sources.yaml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from feeds.cli import FAILED, OK, count_noun
from feeds.cli.preview import load_pacing, poll_once, save_pacing, with_scheme
from feeds.cli.run_commands import open_poller
from feeds.clock import SystemClock
from feeds.config import Settings, edit, load
from feeds.engine.lock import StateInUse
from feeds.engine.poller import Poller
from feeds.fetch.pacing import Pacing
from feeds.fetch.user_agent import user_agent
from feeds.ingest.poll_source import PollOutcome
from feeds.logs import mask_secrets
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
    settings, source = edit.preview_source(
        config, environ, url, id=own_id, title=title, tags=tags, allow_private=allow_private
    )
    pacing = load_pacing(settings)
    outcome = poll_once(settings, source, pacing)
    if outcome.error is not None:
        save_pacing(settings, pacing)
        click.echo(f"feeds: not added: {mask_secrets(str(outcome.error))}", err=True)
        return FAILED
    feed_url = outcome.feed_url or url
    if feed_url != url:
        settings, source = edit.preview_source(
            config, environ, feed_url, id=source.id, title=title, tags=tags, allow_private=allow_private
        )
    # The state first: a daemon that reads the changed file must find that the source is fetched already.
    next_step = _store_outcome(settings, replace(outcome, source=source, feed_url=""), pacing)
    edit.add_source(config, feed_url, id=source.id, title=title, tags=tags, allow_private=allow_private)
    assert outcome.result is not None
    name = title or outcome.result.feed.title or source.id
    click.echo(
        f"Added {source.id}: {name} ({mask_secrets(feed_url)}), {count_noun(len(outcome.result.articles), 'article')}."
    )
    click.echo(next_step)
    return OK


def _store_outcome(settings: Settings, outcome: PollOutcome, pacing: Pacing) -> str:
    """Store the fetched articles, so that the source is not fetched a second time. Returns a sentence that says how
    they are published."""
    try:
        with open_poller(settings, pacing) as (_, poller):
            poller.ingest_one(outcome)
            return "`feeds once` publishes them."
    except StateInUse:
        pass
    # A daemon uses the state. It does not know the source yet, so a transaction beside its own is safe.
    clock, store = SystemClock(), attach(settings.site.state)
    poller = Poller(store, settings, clock, user_agent(settings), pacing=pacing)
    try:
        poller.ingest_one(outcome)
    finally:
        poller.stop()
        store.close()
    return "The running daemon publishes them."
