"""feeds split, feeds merge: the user knows better."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Connection

from feeds.cli import FAILED, OK
from feeds.clock import SystemClock
from feeds.config import load
from feeds.config.edit import replace_file
from feeds.dedupe.story import Member
from feeds.store import articles, corrections, open_store, outputs


def split_article(config: Path, environ: Mapping[str, str], what: str) -> int:
    with writing(config, environ) as connection:
        member = _one(connection, what)
        if member is None:
            return FAILED
        changed = corrections.split(connection, member.id, SystemClock().now())
        _mark(connection, changed)
    if not changed:
        click.echo(f"feeds: {_name(member)} is alone in its story already", err=True)
        return FAILED
    click.echo(f"{_name(member)} is a story of its own from now on.")
    return _what_next()


def merge_articles(config: Path, environ: Mapping[str, str], one: str, other: str) -> int:
    with writing(config, environ) as connection:
        first, second = _one(connection, one), _one(connection, other)
        if first is None or second is None:
            return FAILED
        changed = corrections.merge(connection, first.id, second.id, SystemClock().now())
        _mark(connection, changed)
    if not changed:
        click.echo(f"feeds: {_name(first)} and {_name(second)} are one story already", err=True)
        return FAILED
    click.echo(f"{_name(first)} and {_name(second)} are one story from now on.")
    return _what_next()


@contextmanager
def writing(config: Path, environ: Mapping[str, str]) -> Iterator[Connection]:
    """A transaction on the state, beside whatever process works on it. What was decided is written down beside the
    state as well, which may be deleted."""
    store = open_store(load(config, environ).site.state)
    try:
        with store.write() as connection:
            yield connection
            if text := corrections.dumped(connection):
                replace_file(corrections.file_of(store.path), text)
    finally:
        store.close()


def _one(connection: Connection, what: str) -> Member | None:
    """The article that is meant: by its id, link or guid. Where several are, they are listed."""
    found = articles.search(connection, what)
    exact = [one for one in found if one.id == what] or list(found)
    if len(exact) == 1:
        return exact[0]
    problem = (
        f"{len(exact)} articles are called {what!r}; use an id" if exact else f"no article is called {what!r}"
    )
    click.echo(f"feeds: {problem}. `feeds explain` shows the ids of a story's articles.", err=True)
    for one in exact:
        click.echo(f"  {one.id}  {_name(one)}", err=True)
    return None


def _mark(connection: Connection, stories: Sequence[str]) -> None:
    names = outputs.names(connection)
    outputs.mark_changed(connection, ((name, story) for name in names for story in stories))


def _name(member: Member) -> str:
    title = member.article.title if member.article else ""
    return f"{member.source}'s “{title or member.id}”"


def _what_next() -> int:
    click.echo("A running daemon publishes it within seconds; otherwise `feeds once` does.")
    return OK
