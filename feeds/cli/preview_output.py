"""feeds preview: for an output, shows what its rules do to the newest stories. Nothing is published."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from feeds.cli import OK
from feeds.cli.status import open_readonly
from feeds.clock import SystemClock
from feeds.ingest.opml_sources import all_sources
from feeds.model import Output, Story
from feeds.publish.output_view import OutputView
from feeds.render import entry_text
from feeds.rules.trace import Step, trace
from feeds.store import articles
from feeds.store import sources as source_rows


def preview_output(config: Path, environ: Mapping[str, str], output: Output, *, limit: int) -> int:
    """Applies the rules that are in sources.yaml now to the stories in the state. Changes neither."""
    with open_readonly(config, environ) as (settings, connection):
        feeds = source_rows.feeds(connection)
        view = OutputView(
            output, settings, all_sources(connection, settings.sources), feeds, SystemClock().now()
        )
        newest = articles.newest_stories(connection, list(view.sources), limit)
        members = articles.members(connection, newest)
    results = [
        trace(story, output.rules, view.context)
        for name in newest
        for group in view.groups(members.get(name, ()), frozenset())
        if (story := view.story(group)) is not None
    ]
    passed = sum(after is not None for after, _ in results)
    click.echo(
        f"{output.title} ({output.name}): {passed} of its {len(results)} newest stories would be published"
    )
    for number, rule in enumerate(output.rules, start=1):
        click.echo(f"  {number}  {rule}")
    for after, steps in results:
        _print_story(after, steps)
    return OK


def _print_story(after: Story | None, steps: tuple[Step, ...]) -> None:
    """`after`: the story that the rules leave, None if they drop it."""
    click.echo()
    if after is not None:
        others = sorted({copy.source for copy in after.others} - {after.lead.source})
        also = f", also in {', '.join(others)}" if others else ""
        click.echo(f"+ {entry_text.title_or_first_words(after.lead) or '(no title or text)'}")
        click.echo(f"    {after.lead.source}, {after.lead.date:%Y-%m-%d %H:%M}Z{also}")
    else:
        last = steps[-1].removed[0][0]
        click.echo(f"- {entry_text.title_or_first_words(last) or '(no title or text)'}")
        click.echo(f"    {last.source}, {last.date:%Y-%m-%d %H:%M}Z")
    for step in steps:
        for article, why in step.removed:
            click.echo(f"    rule {step.number} removes the copy of {article.source}: {why}")
        for before, new in step.retitled:
            click.echo(f"    rule {step.number}: “{before}” → “{new}”")
