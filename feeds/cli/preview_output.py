"""feeds preview OUTPUT: what its rules do to the newest stories, before anything is published."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from feeds.cli import OK
from feeds.cli.status import looking
from feeds.clock import SystemClock
from feeds.ingest.opml_sources import all_sources
from feeds.model import Output, Story
from feeds.publish.output_view import Desk
from feeds.render import entry_text
from feeds.rules.trace import Step, trace
from feeds.store import articles
from feeds.store import sources as source_rows


def preview_output(config: Path, environ: Mapping[str, str], output: Output, *, limit: int) -> int:
    """By the configuration as it is written now; the state is read and not touched."""
    with looking(config, environ) as (settings, connection):
        feeds = source_rows.feeds(connection)
        desk = Desk(output, settings, all_sources(connection, settings.sources), feeds, SystemClock().now())
        newest = articles.newest_stories(connection, list(desk.sources), limit)
        members = articles.members(connection, newest)
    told = [
        trace(story, output.rules, desk.context)
        for name in newest
        for group in desk.groups(members.get(name, ()), frozenset())
        if (story := desk.story(group)) is not None
    ]
    kept = sum(after is not None for after, _ in told)
    click.echo(
        f"{output.title} ({output.name}): of its {len(told)} newest stories, {kept} would be published"
    )
    for number, rule in enumerate(output.rules, start=1):
        click.echo(f"  {number}  {rule}")
    for after, steps in told:
        _show(after, steps, desk)
    return OK


def _show(after: Story | None, steps: tuple[Step, ...], desk: Desk) -> None:
    click.echo()
    if after is not None:
        others = sorted({one.source for one in after.others} - {after.lead.source})
        also = f", also in {', '.join(others)}" if others else ""
        click.echo(f"+ {entry_text.opening(after.lead) or '(no words)'}")
        click.echo(f"    {after.lead.source}, {after.lead.date:%Y-%m-%d %H:%M}Z{also}")
    else:
        last = steps[-1].gone[0][0]
        click.echo(f"- {entry_text.opening(last) or '(no words)'}")
        click.echo(f"    {last.source}, {last.date:%Y-%m-%d %H:%M}Z")
    for step in steps:
        for article, why in step.gone:
            click.echo(f"    rule {step.number} takes away the copy of {article.source}: {why}")
        for before, new in step.retitled:
            click.echo(f"    rule {step.number}: “{before}” → “{new}”")
