"""Advice about sources that have moved or ended: printed by `feeds status`, carried out by `feeds check --fix` and
`feeds retry`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path

import click

from feeds.cli import FAILED, OK, count_noun
from feeds.cli.split_merge import state_transaction
from feeds.clock import SystemClock
from feeds.config import Settings, load, move
from feeds.logs import mask_secrets
from feeds.model import SourceState
from feeds.store import open_store, sources


def advice(settings: Settings, states: Sequence[SourceState]) -> Iterator[tuple[str, str]]:
    """Yields (source id, advice) for each source whose entry in a file should be changed. The source is the subject of
    the advice."""
    file = settings.path.name
    changes = {change.source: change for change in move.plan(settings.path, _new_addresses(states)).changes}
    for state in states:
        if state.status == HTTPStatus.GONE and state.error:
            place = f"the list {state.listed_by}" if state.listed_by else file
            yield (
                state.id,
                f"has ended (410 Gone) and is no longer fetched. Remove it from {place}, or change its URL there. "
                f"`feeds retry {state.id}` fetches it once more.",
            )
        elif state.permanent_url and state.listed_by:
            yield (
                state.id,
                f"has moved permanently to {mask_secrets(state.permanent_url)} and is fetched there. "
                f"The list {state.listed_by} still has {mask_secrets(state.url)}; only its maintainer can change that.",
            )
        elif change := changes.get(state.id):
            how = (
                f"edit it by hand ({change.obstacle})"
                if change.obstacle
                else "`feeds check --fix` changes it"
            )
            yield (
                state.id,
                f"has moved permanently to {mask_secrets(change.new)} and is fetched there. "
                f"{file} still has {mask_secrets(change.old)}: {how}.",
            )


def fix_config(config: Path, environ: Mapping[str, str]) -> int:
    """Write the new addresses of sources that have moved permanently into sources.yaml."""
    settings = load(config, environ)
    if not settings.site.state.exists():
        click.echo("Nothing to fix: no source has been fetched yet.")
        return OK
    store = open_store(settings.site.state)
    try:
        with store.read() as connection:
            states = sources.states(connection)
    finally:
        store.close()
    plan = move.plan(config, _new_addresses(states))
    plan.write()
    for change in plan.changes:
        if change.obstacle:
            click.echo(
                f"not changed: {change.source}, now at {mask_secrets(change.new)}: {change.obstacle}",
                err=True,
            )
        else:
            click.echo(f"{change.source}: {mask_secrets(change.old)} → {mask_secrets(change.new)}")
    count = len(plan.applicable)
    click.echo(f"{count_noun(count, 'URL')} changed in {config}." if count else "Nothing to fix.")
    return OK


def retry_sources(config: Path, environ: Mapping[str, str], ids: Sequence[str]) -> int:
    with state_transaction(config, environ) as connection:
        known = {state.id for state in sources.states(connection)}
        unknown = [source_id for source_id in ids if source_id not in known]
        if not unknown:
            sources.make_due(connection, ids, SystemClock().now())
    for source_id in unknown:
        click.echo(f"feeds: no source has the id {source_id!r}; `feeds status` lists the ids", err=True)
    if unknown:
        return FAILED
    click.echo("Due now. A running daemon fetches within seconds; otherwise run `feeds once`.")
    return OK


def _new_addresses(states: Sequence[SourceState]) -> dict[str, str]:
    """Source id → new address. Only sources whose URL stands in sources.yaml and has itself moved: where a page names
    the feed, the feed has moved and not the page."""
    return {
        state.id: state.permanent_url
        for state in states
        if state.permanent_url and not state.feed_url and not state.listed_by
    }
