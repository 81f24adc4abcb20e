"""Where a story is shown, where it is not, and why: a part of `feeds explain`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from feeds.config import Settings
from feeds.dedupe.story import Member
from feeds.model import LedgerRow, Source
from feeds.publish.output_view import Desk, front
from feeds.rules.trace import trace
from feeds.store import outputs
from feeds.store import sources as source_rows


def standing(
    connection: Connection,
    settings: Settings,
    sources: Sequence[Source],
    members: Sequence[Member],
    now: datetime,
) -> list[str]:
    """Of each output, what its readers see of the story."""
    feeds = source_rows.feeds(connection)
    lines: list[str] = []
    for output in settings.outputs:
        desk = Desk(output, settings, sources, feeds, now)
        rows = outputs.anchored(connection, output.name, [one.id for one in members])
        groups = desk.groups(members, frozenset(row.anchor for row in rows))
        if not groups:
            lines.append(f"{output.name}: not shown: none of its sources feeds this output")
        shown = {row.entry for row in front(connection, desk)} if rows else set()
        for group in groups:
            ids = {one.id for one in group}
            own = [row for row in rows if row.anchor in ids]
            held = ", ".join(dict.fromkeys(one.source for one in group))
            name = output.name if len(groups) == 1 else f"{output.name}, of {held}"
            lines += [line for row in own for line in _entry(desk, name, row, group, row.entry in shown)]
            if not own:
                told = desk.tell(group)
                soon = "to be shown with the next publication"
                lines.append(f"{name}: {f'not shown ({told})' if isinstance(told, str) else soon}")
            lines += _taken_away(desk, group)
    return lines


def _entry(desk: Desk, name: str, row: LedgerRow, group: Sequence[Member], in_front: bool) -> list[str]:
    output = desk.output
    if not row.shown:
        how = f"not shown ({row.why})"
    elif in_front:
        how = "shown"
    elif row.page:
        how = f"on page {row.page} of its archive"
    elif row.page == 0:
        how = "older than its archive reaches; it was shown"
    else:
        most = f", or the {output.per_source} of one source" if output.per_source else ""
        how = f"behind the {output.limit} that it shows{most};"
    lines = [f"{name}: {how} as {row.entry}, published {row.published:%Y-%m-%d %H:%M}Z"]
    lead = next((one for one in group if one.n == row.lead), None)
    if row.shown and lead:
        lines.append(f"    led by {lead.source}'s copy, by {', '.join(output.dedupe.prefer)}")
    return lines


def _taken_away(desk: Desk, group: Sequence[Member]) -> list[str]:
    """The copies that a rule takes out of an entry, and those by which a story goes as a whole."""
    story = desk.story(group)
    if story is None:
        return []
    return [
        f"    rule {step.number} takes away the copy of {article.source}: {why}"
        for step in trace(story, desk.output.rules, desk.context)[1]
        for article, why in step.gone
    ]


def former(row: LedgerRow) -> str:
    """Of an entry of which no article is known any more."""
    return f"{row.output}: was {row.entry}, published {row.published:%Y-%m-%d %H:%M}Z; retention took its articles"
