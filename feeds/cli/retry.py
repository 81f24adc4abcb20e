"""feeds retry: make sources due now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from feeds.cli import ExitCode
from feeds.cli.format import hint_for_unknown
from feeds.cli.state_access import state_transaction
from feeds.clock import SystemClock
from feeds.config import load
from feeds.store import sources


def retry_sources(config: Path, environ: Mapping[str, str], ids: Sequence[str]) -> ExitCode:
    with state_transaction(load(config, environ).site.state) as connection:
        known = {state.id for state in sources.states(connection)}
        unknown = [source_id for source_id in ids if source_id not in known]
        if not unknown:
            sources.make_due(connection, ids, SystemClock().now())
    for source_id in unknown:
        hint = hint_for_unknown(source_id, sorted(known))
        click.echo(f"feeds: no source has the id {source_id!r}. {hint}", err=True)
    if unknown:
        click.echo("Nothing was changed.", err=True)
        return ExitCode.FAILED
    click.echo("Due now. A running daemon fetches within seconds; otherwise run `feeds once`.")
    return ExitCode.OK
