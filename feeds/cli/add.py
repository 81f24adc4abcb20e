"""feeds add: fetch a source once, store its articles, and write it into sources.yaml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from feeds.cli import ExitCode
from feeds.cli.address import reasons, source_at, typed_address
from feeds.cli.format import count_noun
from feeds.cli.polling import load_pacing, open_poller, poll_once, save_pacing
from feeds.clock import SystemClock
from feeds.config import Settings, edit, load
from feeds.engine.poller import Poller
from feeds.errors import ConfigError, StateInUse
from feeds.fetch.pacing import HostPacer
from feeds.fetch.user_agent import user_agent
from feeds.ingest.poll_source import PollOutcome
from feeds.logs import mask_secrets
from feeds.model import Source
from feeds.store import attach


class _Refused(Exception):
    """The configuration cannot hold the new source. The message says why."""


def add_source(
    config: Path,
    environ: Mapping[str, str],
    url: str,
    *,
    own_id: str | None,
    title: str | None,
    tags: Sequence[str],
    allow_private: bool,
) -> ExitCode:
    before = load(config, environ)
    address = typed_address(url, before)
    if address is None:
        return _report_refusal(
            f"there is no file {url} in the folder of {config.name}. Write https:// before the name of a host."
        )

    def settings_with(address: str, source_id: str | None) -> tuple[Settings, Source]:
        if same := source_at(address, before):
            raise _Refused(f"{address} is already in {config.name}, as source {same.id}")
        try:
            return edit.preview_source(
                config, environ, address, id=source_id, title=title, tags=tags, allow_private=allow_private
            )
        except ConfigError as error:
            raise _Refused(reasons(error)) from error

    try:
        settings, source = settings_with(address, own_id)
        pacing = load_pacing(settings)
        outcome = poll_once(settings, source, pacing)
        if outcome.error is not None:
            save_pacing(settings, pacing)
            return _report_refusal(outcome.error.problem)
        feed_url = outcome.feed_url or address
        if feed_url != address:
            settings, source = settings_with(feed_url, source.id)
    except _Refused as refused:
        return _report_refusal(str(refused), ExitCode.USAGE_ERROR)
    # The state first: a daemon that reads the changed file must find that the source is fetched already.
    next_step = _store_outcome(settings, replace(outcome, source=source, feed_url=""), pacing)
    edit.add_source(config, feed_url, id=source.id, title=title, tags=tags, allow_private=allow_private)
    assert outcome.parsed is not None
    name = title or outcome.parsed.feed.title or source.id
    click.echo(
        f"Added {source.id}: {name} ({mask_secrets(feed_url)}), {count_noun(len(outcome.parsed.articles), 'article')}."
    )
    click.echo(next_step)
    return ExitCode.OK


def _report_refusal(reason: str, code: ExitCode = ExitCode.FAILED) -> ExitCode:
    click.echo(f"feeds: not added: {mask_secrets(reason)}", err=True)
    return code


def _store_outcome(settings: Settings, outcome: PollOutcome, pacing: HostPacer) -> str:
    """Store the fetched articles, so that the source is not fetched a second time. Returns a sentence that says how
    they are published."""
    try:
        with open_poller(settings, pacing) as (_, poller):
            poller.commit_outcome(outcome)
            return "`feeds once` publishes them."
    except StateInUse:
        pass
    # A daemon uses the state. It does not know the source yet, so a transaction beside its own is safe.
    clock, store = SystemClock(), attach(settings.site.state)
    poller = Poller(store, settings, clock, user_agent(settings), pacing=pacing)
    try:
        poller.commit_outcome(outcome)
    finally:
        poller.stop()
        store.close()
    return "The running daemon publishes them."
