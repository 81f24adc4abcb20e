"""An output's ledger in the state: update its rows for the stories that changed, and load the entries to show.

    changed stories ─ update_ledger ─→ ledger ─ newest_rows ─→ rows ─ load_edition ─→ Edition

The ledger is written first. A story stays marked as changed until the files are written (`publish_output`), so a
process that is killed in between renders the same files again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from feeds.dedupe.story import Member
from feeds.model import Edition, Entry, LedgerRow
from feeds.publish.output_context import GroupAfterRules, OutputContext, possible_ids
from feeds.render.edition import build_edition, build_entry
from feeds.store import articles, outputs


def update_ledger(connection: Connection, context: OutputContext, stories: Sequence[str]) -> None:
    """Write the ledger rows of the stories that changed."""
    name = context.output.name
    for chunk in articles.chunks(stories):
        members = articles.members(connection, chunk)
        story_of = {member.id: story for story, group in members.items() for member in group}
        existing: dict[str, list[LedgerRow]] = {}
        for row in outputs.find_by_first_article(connection, name, story_of):
            existing.setdefault(story_of[row.first_article], []).append(row)
        ids = [
            entry_id
            for group in members.values()
            for member in group
            for entry_id in possible_ids(member.article)
        ]
        taken_ids = set(outputs.used_entry_ids(connection, name, ids))
        previous = outputs.find_previous_entries(connection, name, ids)
        rows = [
            row
            for story in chunk
            for row in context.ledger_rows(
                members.get(story, ()), existing.get(story, ()), taken_ids, previous
            )
        ]
        outputs.save_rows(connection, rows)


def newest_rows(connection: Connection, context: OutputContext) -> list[LedgerRow]:
    """The rows that the output shows now: the newest, at most `limit`, at most `per_source` of one source."""
    output = context.output
    rows: list[LedgerRow] = []
    rows_of_source: Counter[str] = Counter()
    for row in outputs.newest_shown(connection, output.name):
        if output.per_source is not None and rows_of_source[row.source] >= output.per_source:
            continue
        rows_of_source[row.source] += 1
        rows.append(row)
        if len(rows) >= output.limit:
            break
    return rows


def load_entries(connection: Connection, context: OutputContext, rows: Sequence[LedgerRow]) -> list[Entry]:
    """The entries of these rows as they read now. A row of which no article is kept gives no entry."""
    members = articles.members(connection, sorted({row.story for row in rows}))
    first_articles = frozenset(row.first_article for row in rows)
    entries = (_build_entry(context, row, members.get(row.story, ()), first_articles) for row in rows)
    return [entry for entry in entries if entry is not None]


def load_edition(
    connection: Connection,
    context: OutputContext,
    rows: Sequence[LedgerRow],
    since: datetime,
    previous_page: str,
) -> Edition:
    """The output at this moment. `previous_page`: the name of its newest archive page, or ""."""
    return build_edition(
        context.output,
        load_entries(connection, context, rows),
        base_url=context.settings.site.base_url,
        since=since,
        ttl=context.ttl,
        previous=previous_page,
        folder=context.folder,
    )


def _build_entry(
    context: OutputContext, row: LedgerRow, members: Sequence[Member], first_articles: frozenset[str]
) -> Entry | None:
    for group in context.groups(members, first_articles):
        if all(member.id != row.first_article for member in group):
            continue
        shown = context.apply_rules(group)
        if isinstance(shown, GroupAfterRules):
            entry = build_entry(row, shown.lead, shown.others, context.origins, context.filters)
            return entry if context.output.also_in else replace(entry, also=(), copies=())
    return None
