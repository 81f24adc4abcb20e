"""feeds check --fix: write the new addresses of sources that have moved permanently into sources.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from feeds.cli import ExitCode
from feeds.cli.advice import new_addresses
from feeds.cli.format import count_noun
from feeds.cli.state_access import has_state, read_transaction
from feeds.config import change_urls, load
from feeds.logs import mask_secrets
from feeds.store import sources


def fix_config(config: Path, environ: Mapping[str, str]) -> ExitCode:
    settings = load(config, environ)
    if not has_state(settings.site.state):
        click.echo("Nothing to fix: no source has been fetched yet.")
        return ExitCode.OK
    with read_transaction(settings.site.state) as connection:
        states = sources.states(connection)
    plan = change_urls.plan_url_changes(config, new_addresses(states))
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
    return ExitCode.OK
