"""Explains for each output whether it shows a story, and why: a part of `feeds explain`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from feeds.cli.describe import describe_removal
from feeds.cli.format import format_time
from feeds.config import Settings
from feeds.dedupe.story import Member
from feeds.model import LedgerRow, Source
from feeds.publish.output_context import Hidden, OutputContext
from feeds.publish.output_ledger import newest_rows
from feeds.rules.trace import trace
from feeds.store import outputs
from feeds.store import sources as source_rows


def explain_outputs(
    connection: Connection,
    settings: Settings,
    sources: Sequence[Source],
    members: Sequence[Member],
    now: datetime,
) -> list[str]:
    """Lines for each output: the entry under which it shows the story, or why it does not show it."""
    feeds = source_rows.feeds(connection)
    lines: list[str] = []
    for output in settings.outputs:
        context = OutputContext(output, settings, sources, feeds, now)
        rows = outputs.find_by_first_article(connection, output.name, [member.id for member in members])
        groups = context.groups(members, frozenset(row.first_article for row in rows))
        if not groups:
            lines.append(f"{output.name}: not shown: none of the story's sources is in this output")
        # The ledger rows of a pending story are those from before its last change.
        pending = not set(outputs.changed_stories(connection, output.name)).isdisjoint(
            m.story for m in members
        )
        shown = {row.entry for row in newest_rows(connection, context)} if rows else set()
        for group in groups:
            ids = {member.id for member in group}
            own = [row for row in rows if row.first_article in ids]
            names = ", ".join(dict.fromkeys(member.source for member in group))
            name = output.name if len(groups) == 1 else f"{output.name} (copies of {names})"
            lines += [
                line
                for row in own
                for line in _describe_entry(
                    context, name, row, group, in_document=row.entry in shown, pending=pending
                )
            ]
            if not own:
                after_rules = context.apply_rules(group)
                hidden = f"not shown ({after_rules.reason})" if isinstance(after_rules, Hidden) else ""
                lines.append(f"{name}: {hidden or 'will be shown after the next publication'}")
            lines += _describe_removed(context, group)
    return lines


def _describe_entry(
    context: OutputContext,
    name: str,
    row: LedgerRow,
    group: Sequence[Member],
    *,
    in_document: bool,
    pending: bool,
) -> list[str]:
    """Where an entry is published. `in_document`: it is among the newest, which the output's own file holds.
    `pending`: the story has changed since the last publication."""
    output = context.output
    if not row.shown and pending:
        where = "will be updated at the next publication; its entry is"
    elif not row.shown:
        where = f"not shown ({row.hidden_reason}); its entry is"
    elif in_document:
        where = "shown as"
    elif row.archive_page:
        where = f"on page {row.archive_page} of its archive as"
    elif row.archive_page == 0:
        where = "older than its archive; it was shown as"
    else:
        per_source = f", {output.per_source} per source" if output.per_source else ""
        where = f"not shown (beyond its limit of {output.limit} entries{per_source}); its entry is"
    lines = [f"{name}: {where} {row.entry}, published {format_time(row.published)}"]
    lead = next((member for member in group if member.n == row.lead_n), None)
    if row.shown and lead and len(group) > 1:
        criteria = ", ".join(output.dedupe.prefer)
        lines.append(f"    the copy that is shown: {lead.source}'s, chosen by dedupe.prefer: {criteria}")
    return lines


def _describe_removed(context: OutputContext, group: Sequence[Member]) -> list[str]:
    """The copies that the output's rules remove, with the reasons."""
    story = context.story(group)
    if story is None:
        return []
    return [
        f"    {describe_removal(step, article, why)}"
        for step in trace(story, context.output.rules, context.rule_context)[1]
        for article, why in step.removed
    ]


def describe_expired(row: LedgerRow) -> str:
    """An entry whose articles have all been deleted."""
    return (
        f"{row.output}: not shown (its articles have expired); its entry was {row.entry}, "
        f"published {format_time(row.published)}"
    )
