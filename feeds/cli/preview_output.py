"""feeds preview: for an output, shows what its rules do to the newest stories. Nothing is published."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from feeds.cli import ExitCode
from feeds.cli.describe import describe_removal, title_of
from feeds.cli.format import format_time
from feeds.cli.state_access import open_readonly
from feeds.clock import SystemClock
from feeds.ingest.opml_sources import all_sources
from feeds.model import Output, Story
from feeds.publish.output_context import OutputContext
from feeds.rules.search import stopped_searches
from feeds.rules.trace import Step, trace
from feeds.store import articles
from feeds.store import sources as source_rows


def preview_output(config: Path, environ: Mapping[str, str], output: Output, *, limit: int) -> ExitCode:
    """Applies the rules that are in sources.yaml now to the stories in the state. Changes neither."""
    with open_readonly(config, environ) as (settings, connection):
        feeds = source_rows.feeds(connection)
        context = OutputContext(
            output, settings, all_sources(connection, settings.sources), feeds, SystemClock().now()
        )
        newest = articles.newest_stories(connection, list(context.sources), limit)
        members = articles.members(connection, newest)
    results = [
        trace(story, output.rules, context.rule_context)
        for name in newest
        for group in context.groups(members.get(name, ()), frozenset())
        if (story := context.story(group)) is not None
    ]
    passed = sum(after is not None for after, _ in results)
    click.echo(
        f"{output.title} ({output.name}): {passed} of its {len(results)} newest stories would be published"
    )
    for number, rule in enumerate(output.rules, start=1):
        click.echo(f"  {number}  {rule}")
    for stopped in stopped_searches(context.rule_context):
        click.echo(f"  {stopped}")
    for after, steps in results:
        _print_story(after, steps)
    return ExitCode.OK


def _print_story(after: Story | None, steps: tuple[Step, ...]) -> None:
    """`after`: the story that the rules leave, None if they drop it."""
    click.echo()
    if after is not None:
        others = sorted({copy.source for copy in after.others} - {after.lead.source})
        also = f", also in {', '.join(others)}" if others else ""
        click.echo(f"+ {title_of(after.lead)}")
        click.echo(f"    {after.lead.source}, {format_time(after.lead.date)}{also}")
    else:
        last = steps[-1].removed[0][0]
        click.echo(f"- {title_of(last)}")
        click.echo(f"    {last.source}, {format_time(last.date)}")
    for step in steps:
        for article, why in step.removed:
            click.echo(f"    {describe_removal(step, article, why)}")
        for before, new in step.retitled:
            click.echo(f"    rule {step.number}: “{before}” → “{new}”")
