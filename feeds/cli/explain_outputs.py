"""Explains for each output whether it shows a story, and why: a part of `feeds explain`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from feeds.config import Settings
from feeds.dedupe.story import Member
from feeds.model import LedgerRow, Source
from feeds.publish.output_view import OutputView, newest_rows
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
        view = OutputView(output, settings, sources, feeds, now)
        rows = outputs.find_by_anchor(connection, output.name, [member.id for member in members])
        groups = view.groups(members, frozenset(row.anchor for row in rows))
        if not groups:
            lines.append(f"{output.name}: not shown: none of the story's sources is in this output")
        shown = {row.entry for row in newest_rows(connection, view)} if rows else set()
        for group in groups:
            ids = {member.id for member in group}
            own = [row for row in rows if row.anchor in ids]
            names = ", ".join(dict.fromkeys(member.source for member in group))
            name = output.name if len(groups) == 1 else f"{output.name} (copies of {names})"
            lines += [
                line for row in own for line in _describe_entry(view, name, row, group, row.entry in shown)
            ]
            if not own:
                draft = view.draft(group)
                hidden = f"not shown ({draft})" if isinstance(draft, str) else ""
                lines.append(f"{name}: {hidden or 'will be shown after the next publication'}")
            lines += _describe_removed(view, group)
    return lines


def _describe_entry(
    view: OutputView, name: str, row: LedgerRow, group: Sequence[Member], in_document: bool
) -> list[str]:
    """Where an entry is published. `in_document`: it is among the newest, which the output's own file holds."""
    output = view.output
    if not row.shown:
        where = f"not shown ({row.hidden_reason}); its entry is"
    elif in_document:
        where = "shown as"
    elif row.page:
        where = f"on page {row.page} of its archive as"
    elif row.page == 0:
        where = "older than its archive; it was shown as"
    else:
        per_source = f", {output.per_source} per source" if output.per_source else ""
        where = f"not shown (beyond its limit of {output.limit} entries{per_source}); its entry is"
    lines = [f"{name}: {where} {row.entry}, published {row.published:%Y-%m-%d %H:%M}Z"]
    lead = next((member for member in group if member.n == row.lead), None)
    if row.shown and lead:
        lines.append(f"    the copy that is shown: {lead.source}'s, by {', '.join(output.dedupe.prefer)}")
    return lines


def _describe_removed(view: OutputView, group: Sequence[Member]) -> list[str]:
    """The copies that the output's rules remove, with the reasons."""
    story = view.story(group)
    if story is None:
        return []
    return [
        f"    rule {step.number} removes the copy of {article.source}: {why}"
        for step in trace(story, view.output.rules, view.context)[1]
        for article, why in step.removed
    ]


def describe_expired(row: LedgerRow) -> str:
    """An entry whose articles have all been deleted."""
    return (
        f"{row.output}: not shown (its articles have expired); its entry was {row.entry}, "
        f"published {row.published:%Y-%m-%d %H:%M}Z"
    )
