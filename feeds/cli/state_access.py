"""Access to the state for commands that work beside a daemon."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection

from feeds.config import Settings, load
from feeds.errors import StateUnavailable, StoreError
from feeds.ingest.opml_sources import all_sources
from feeds.model import Feed, Source
from feeds.store import access_problem, attach_readonly, open_store, schema, sources
from feeds.store.store import load_fact


@contextmanager
def open_readonly(config: Path, environ: Mapping[str, str]) -> Iterator[tuple[Settings, Connection]]:
    """The configuration and a read transaction on the state. Waits for no writer. Raises StoreError if there is no
    state."""
    settings = load(config, environ)
    if not has_state(settings.site.state):
        raise StoreError("there is no state yet: `feeds once` or `feeds run` creates it")
    with read_transaction(settings.site.state) as connection:
        yield settings, connection


def has_state(state: Path) -> bool:
    """An empty file counts as no state. Raises StateUnavailable if a right is missing to look."""
    try:
        return state.stat().st_size > 0
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        problem = access_problem.of_os_error(error, state)
        raise StateUnavailable(f"the state in {state} cannot be read: {problem}") from error


@contextmanager
def read_transaction(state: Path) -> Iterator[Connection]:
    """A read transaction on a state that exists. A state of another version is refused and not migrated: a process of
    that version may use it."""
    store = attach_readonly(state)
    try:
        with store.read() as connection:
            version = load_fact(connection, "version")
            if version != str(schema.VERSION):
                raise StoreError(_version_mismatch(state, version))
            yield connection
    finally:
        store.close()


def _version_mismatch(state: Path, version: str) -> str:
    is_newer = version.isdigit() and int(version) > schema.VERSION
    age = "a newer" if is_newer else "an older"
    remedy = (
        "Upgrade feeds, or set another `site.state`"
        if is_newer
        else "`feeds run` and `feeds once` migrate it"
    )
    return (
        f"the state in {state} was written by {age} version of feeds (its schema is {version}, this one reads "
        f"{schema.VERSION}). {remedy}"
    )


def known_feeds(settings: Settings) -> tuple[tuple[Source, ...], dict[str, Feed | None]]:
    """All sources, including those from lists, and source id → the feed's description of itself. If there is no state,
    only the sources of the configuration."""
    if not has_state(settings.site.state):
        return settings.sources, {}
    with read_transaction(settings.site.state) as connection:
        return all_sources(connection, settings.sources), sources.feeds(connection)


@contextmanager
def state_transaction(state: Path) -> Iterator[Connection]:
    """A transaction on the state, which is created or migrated if necessary, also while another process uses it."""
    store = open_store(state)
    try:
        with store.write() as connection:
            yield connection
    finally:
        store.close()
