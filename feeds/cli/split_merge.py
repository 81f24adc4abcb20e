"""feeds split, feeds merge: correct which articles are one story."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Connection

from feeds.cli import ExitCode
from feeds.cli.describe import describe_threshold
from feeds.cli.state_access import state_transaction
from feeds.clock import SystemClock
from feeds.config import load
from feeds.config.edit import replace_file
from feeds.dedupe.story import Member
from feeds.store import articles, corrections, outputs, private_files


def split_article(config: Path, environ: Mapping[str, str], what: str) -> ExitCode:
    with _correction_transaction(config, environ) as connection:
        member = _find_article(connection, what)
        if member is None:
            return ExitCode.FAILED
        changed = corrections.split(connection, member.id, SystemClock().now())
        _mark_outputs_changed(connection, changed)
        split_articles = corrections.load(connection).split_articles
    if not changed:
        click.echo(f"feeds: {_describe(member)} is already alone in its story", err=True)
        return ExitCode.FAILED
    click.echo(f"{_describe(member)} is now a story of its own.")
    for pair, ids in split_articles.items():
        if member.id in ids and (effect := describe_threshold(pair, len(ids))):
            click.echo(effect)
    return _print_next_step()


def merge_articles(config: Path, environ: Mapping[str, str], article: str, other: str) -> ExitCode:
    with _correction_transaction(config, environ) as connection:
        first, second = _find_article(connection, article), _find_article(connection, other)
        if first is None or second is None:
            return ExitCode.FAILED
        changed = corrections.merge(connection, first.id, second.id, SystemClock().now())
        _mark_outputs_changed(connection, changed)
    if not changed:
        click.echo(f"feeds: {_describe(first)} and {_describe(second)} are already one story", err=True)
        return ExitCode.FAILED
    click.echo(f"{_describe(first)} and {_describe(second)} are now one story.")
    return _print_next_step()


@contextmanager
def _correction_transaction(config: Path, environ: Mapping[str, str]) -> Iterator[Connection]:
    """A transaction on the state that also writes all corrections to a file beside it, so that they survive if the
    state is deleted."""
    state = load(config, environ).site.state
    with state_transaction(state) as connection:
        yield connection
        if text := corrections.to_json_lines(connection):
            replace_file(corrections.backup_file(state), text, mode=private_files.MODE)


def _find_article(connection: Connection, what: str) -> Member | None:
    """The article with this id, link or guid. If there is none or more than one, prints that and returns None."""
    found = articles.search(connection, what)
    matches = [member for member in found if member.id == what] or list(found)
    if len(matches) == 1:
        return matches[0]
    problem = (
        f"{len(matches)} articles match {what!r}; use an id" if matches else f"no article matches {what!r}"
    )
    click.echo(f"feeds: {problem}. `feeds explain` shows the ids of a story's articles.", err=True)
    for member in matches:
        click.echo(f"  {member.id}  {_describe(member)}", err=True)
    return None


def _mark_outputs_changed(connection: Connection, stories: Sequence[str]) -> None:
    names = outputs.names(connection)
    outputs.mark_changed(connection, ((name, story) for name in names for story in stories))


def _describe(member: Member) -> str:
    title = member.article.title if member.article else ""
    return f"{member.source}'s “{title or member.id}”"


def _print_next_step() -> ExitCode:
    click.echo("A running daemon publishes the change within seconds; otherwise run `feeds once`.")
    return ExitCode.OK
