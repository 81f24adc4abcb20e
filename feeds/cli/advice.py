"""What the user should do about sources that moved or ended: told by `feeds status`, done by `feeds check --fix`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path

import click

from feeds.cli import FAILED, OK, counted
from feeds.cli.split_merge import writing
from feeds.clock import SystemClock
from feeds.config import Settings, load, move
from feeds.logs import mask
from feeds.model import SourceState
from feeds.store import open_store, sources


def advice(settings: Settings, states: Sequence[SourceState]) -> Iterator[tuple[str, str]]:
    """(source id, a sentence or two) for each source that wants a change in a file."""
    file = settings.path.name
    changes = {one.source: one for one in move.plan(settings.path, _moves(states)).changes}
    for state in states:
        if state.status == HTTPStatus.GONE and state.error:
            where = f"the list {state.listed_by}" if state.listed_by else file
            yield (
                state.id,
                f"has ended (410 Gone), and is not asked any more. Take it out of {where}, or give it a new URL; "
                f"`feeds retry {state.id}` asks it once more.",
            )
        elif state.address and state.listed_by:
            yield (
                state.id,
                f"has moved for good to {mask(state.address)}, and is asked there. The list {state.listed_by} still "
                f"has {mask(state.url)}: only who keeps it can change that.",
            )
        elif change := changes.get(state.id):
            how = (
                f"change it by hand ({change.obstacle})"
                if change.obstacle
                else "`feeds check --fix` changes it"
            )
            yield (
                state.id,
                f"has moved for good to {mask(change.new)}, and is asked there. {file} still has {mask(change.old)}: "
                f"{how}.",
            )


def fix_config(config: Path, environ: Mapping[str, str]) -> int:
    """Write the new addresses of sources that have moved for good into the file."""
    settings = load(config, environ)
    if not settings.site.state.exists():
        click.echo("Nothing to fix: no source was asked yet.")
        return OK
    store = open_store(settings.site.state)
    try:
        with store.read() as connection:
            states = sources.states(connection)
    finally:
        store.close()
    plan = move.plan(config, _moves(states))
    plan.write()
    for change in plan.changes:
        if change.obstacle:
            click.echo(
                f"not changed: {change.source}, now at {mask(change.new)}: {change.obstacle}", err=True
            )
        else:
            click.echo(f"{change.source}: {mask(change.old)} → {mask(change.new)}")
    count = len(plan.made)
    click.echo(f"{counted(count, 'URL')} changed in {config}." if count else "Nothing to fix.")
    return OK


def retry_sources(config: Path, environ: Mapping[str, str], ids: Sequence[str]) -> int:
    with writing(config, environ) as connection:
        known = {state.id for state in sources.states(connection)}
        unknown = [one for one in ids if one not in known]
        if not unknown:
            sources.retry(connection, ids, SystemClock().now())
    for one in unknown:
        click.echo(f"feeds: no source {one!r}; `feeds status` lists them", err=True)
    if unknown:
        return FAILED
    click.echo("Due now. A running daemon asks within seconds; otherwise `feeds once` does.")
    return OK


def _moves(states: Sequence[SourceState]) -> dict[str, str]:
    """Source id → its new address, where the file's own URL is what moved. A page that names its feed has not."""
    return {one.id: one.address for one in states if one.address and not one.feed_url and not one.listed_by}
