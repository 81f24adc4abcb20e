"""Bringing a state that an older version wrote up to this version's tables.

A step names the tables and columns of its own time, as literal SQL. Columns and tables that are only added need no
step: `upgrade` adds, at the end, whatever `schema` has and the state has not.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, inspect
from sqlalchemy.schema import CreateColumn

from feeds.store.schema import VERSION, metadata

_RENAMED_TABLES = {
    "document": "seen_entries",
    "lane": "host_state",
    "near_piece": "near_passage",
    "near_print": "near_fingerprint",
    "recalled": "previously_published",
}
_RENAMED_COLUMNS = {
    "article": {
        "exact": "exact_story",
        "met": "last_seen_at",
        "placed": "rank_date",
        "sure": "cautious_story",
    },
    "correction": {"at": "decided_at", "together": "must_join"},
    "decision": {"at": "decided_at", "other": "joined_to", "weighed": "scores"},
    "health": {"said": "description"},
    "host_state": {
        "id": "name",
        "next_ok_at": "next_request_at",
        "rest": "cooldown_reason",
        "rests": "cooldowns",
    },
    "ledger": {
        "anchor": "first_article",
        "lead": "lead_n",
        "page": "archive_page",
        "rank": "rank_date",
        "why": "hidden_reason",
    },
    "near_fingerprint": {"print": "fingerprint", "seen": "date"},
    "near_passage": {"marks": "titles", "seen": "date"},
    "near_recent": {"moment": "date"},
    "output": {
        "laid": "entry_offsets",
        "settings": "settings_digest",
        "since": "created_at",
        "written": "published_digest",
    },
    "ping": {"told": "acknowledged_digest"},
    "previously_published": {"page": "archive_page"},
    "source": {
        "address": "permanent_url",
        "address_at": "permanent_since",
        "asked_at": "requested_at",
        "body_hash": "body_digest",
        "doubted_at": "unconditional_at",
        "due_why": "due_reason",
        "feed": "feed_metadata",
        "flooded": "backfill_entries",
        "flooded_at": "backfill_at",
        "full_at": "full_response_at",
        "lane": "host",
        "list": "listed_by",
        "moved_at": "redirect_since",
        "moved_seen": "redirect_count",
        "moved_to": "redirect_url",
        "ok_at": "succeeded_at",
        "rhythm": "publishing_pattern",
        "spec": "outline",
    },
    "subscription": {"asked_at": "requested_at", "put_off": "poll_deferred"},
}
"""Table, by its name in version 4 → column of version 3 → its name in version 4."""

_DROPPED_COLUMNS = (("exact_key", "seen"), ("source", "priority"), ("source", "shard"))
_RENAMED_INDEXES = (
    "ledger_anchor",
    "ledger_page",
    "ledger_rank",
    "near_piece_seen",
    "near_print_seen",
    "source_asked_at",
)


def _order_by_rank(connection: Connection) -> None:
    """1 → 2: version 1 ordered an output by the entries' own dates."""
    _drop_indexes(connection, ("ledger_newest", "source_due"))
    connection.exec_driver_sql("ALTER TABLE ledger ADD COLUMN rank BIGINT DEFAULT '0' NOT NULL")
    connection.exec_driver_sql("UPDATE ledger SET rank = published")


def _drop_near_duplicate_window(connection: Connection) -> None:
    """2 → 3: versions 1 and 2 hashed words differently. Their near-duplicate window (three days) is dropped and fills
    again; so is what they recorded about articles that were compared and not joined."""
    for name in _tables(connection):
        if name.startswith("near_"):
            connection.exec_driver_sql(f"DROP TABLE {name}")
    if "nearest" in _columns(connection, "decision"):
        connection.exec_driver_sql("ALTER TABLE decision DROP COLUMN nearest")


def _rename(connection: Connection) -> None:
    """3 → 4: other names, and three columns less that nothing read. What a state that began with version 1 or 2 has
    not yet, `add_missing` creates under its new name."""
    _drop_indexes(connection, _RENAMED_INDEXES)
    for old, new in _RENAMED_TABLES.items():
        if old in _tables(connection):
            connection.exec_driver_sql(f"ALTER TABLE {old} RENAME TO {new}")
    tables = _tables(connection)
    for table, renamed in _RENAMED_COLUMNS.items():
        columns = _columns(connection, table) if table in tables else set()
        for old, new in renamed.items():
            if old in columns:
                connection.exec_driver_sql(f'ALTER TABLE {table} RENAME COLUMN "{old}" TO "{new}"')
    for table, column in _DROPPED_COLUMNS:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {column}")


def _add_only(_connection: Connection) -> None:
    """4 → 5: the sources of splits, and an index of the joins. `add_missing` adds both."""


MIGRATIONS: dict[int, Callable[[Connection], None]] = {
    1: _order_by_rank,
    2: _drop_near_duplicate_window,
    3: _rename,
    4: _add_only,
}
"""Version → the step from it to the next one."""


def upgrade(connection: Connection, version: int) -> None:
    """Bring a state of an older `version` up to `schema.VERSION`, in the caller's transaction."""
    for step in range(version, VERSION):
        MIGRATIONS[step](connection)
    add_missing(connection)


def add_missing(connection: Connection) -> None:
    """Create the tables, columns and indexes that `schema` has and the state has not. Changes nothing else.

    A column that is added to `schema` later must be nullable or have a `server_default`: the rows exist already.
    """
    metadata.create_all(connection)
    for table in metadata.sorted_tables:
        existing = _columns(connection, table.name)
        for column in table.columns:
            if column.name not in existing:
                definition = CreateColumn(column).compile(dialect=connection.dialect)
                connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {definition}")
        for index in table.indexes:
            index.create(connection, checkfirst=True)


def _drop_indexes(connection: Connection, names: tuple[str, ...]) -> None:
    for name in names:
        connection.exec_driver_sql(f"DROP INDEX IF EXISTS {name}")


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def _columns(connection: Connection, table: str) -> set[str]:
    return {column["name"] for column in inspect(connection).get_columns(table)}
