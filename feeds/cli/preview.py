"""feeds preview SOURCE: what would become of its articles. Asks the source, keeps nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path

import click

from feeds.cli import FAILED, OK, counted
from feeds.cli.preview_output import preview_output
from feeds.clock import SystemClock
from feeds.config import Settings, edit, load
from feeds.engine.cycle import user_agent
from feeds.engine.host_state import note, recalled
from feeds.errors import StoreError
from feeds.fetch import Fetcher
from feeds.fetch.pacing import Pacing
from feeds.ingest.poll_source import Outcome, poll
from feeds.logs import mask
from feeds.model import Article, Source, SourceState
from feeds.render import entry_text
from feeds.store import attach
from feeds.workers.parse_pool import Limits, Workers


def preview_named(
    config: Path, environ: Mapping[str, str], name: str, *, limit: int, allow_private: bool
) -> int:
    """An output's name, a source's id, or an address. Outputs go first: a source can be given by its URL."""
    settings = load(config, environ)
    output = next((one for one in settings.outputs if one.name == name), None)
    if output is not None:
        return preview_output(config, environ, output, limit=limit)
    source = next((one for one in settings.sources if name in {one.id, one.url}), None)
    if source is None:
        if not _is_address(name, settings):
            names = [one.name for one in settings.outputs] + [one.id for one in settings.sources]
            near = get_close_matches(name, names, n=3, cutoff=0.4)
            hint = f" Do you mean {', '.join(near)}?" if near else ""
            click.echo(f"feeds: no output or source is called {name!r}, and it is no URL.{hint}", err=True)
            return FAILED
        _, source = edit.proposed(config, environ, with_scheme(name, settings), allow_private=allow_private)
    pacing = known_pacing(settings)
    outcome = ask(settings, source, pacing)
    note_pacing(settings, pacing)
    if outcome.error is not None:
        click.echo(f"feeds: {mask(str(outcome.error))}", err=True)
        return FAILED
    _show(outcome, limit)
    return OK


def _is_address(name: str, settings: Settings) -> bool:
    return "://" in name or "." in name.partition("/")[0] or (settings.directory / name).is_file()


def with_scheme(url: str, settings: Settings) -> str:
    """`blog.example` → `https://blog.example`; a URL, or a file that is there, stays as it is."""
    return url if "://" in url or (settings.directory / url).is_file() else f"https://{url}"


def known_pacing(settings: Settings) -> Pacing:
    """Who runs a command is as patient with a host as the daemon is: it rests for both."""
    pacing = Pacing(SystemClock(), settings.limits.host_interval)
    if settings.site.state.exists():
        store = attach(settings.site.state)
        with (
            suppress(StoreError),
            store.read() as connection,
        ):  # what is wrong with it is told by who needs it
            pacing.recall(recalled(connection))
        store.close()
    return pacing


def note_pacing(settings: Settings, pacing: Pacing) -> None:
    """For the next command, where there is a state that says so."""
    if settings.site.state.exists():
        store = attach(settings.site.state)
        with suppress(StoreError), store.write() as connection:
            note(connection, pacing)
        store.close()


def ask(settings: Settings, source: Source, pacing: Pacing) -> Outcome:
    """One poll without a past: fetched whole, read in a worker."""
    clock = SystemClock()
    fetcher = Fetcher(settings.directory, clock, user_agent(settings), 1, pacing=pacing)
    workers = Workers(1, Limits(seconds=settings.limits.parse_timeout, memory=settings.limits.parse_memory))
    now = clock.now()
    try:
        seen = SourceState(id=source.id, url=source.url, due_at=now)
        return poll(source, seen, fetcher, lambda: workers, now).opened()
    finally:
        workers.stop()
        fetcher.close()


def _show(outcome: Outcome, limit: int) -> None:
    reading = outcome.reading
    assert reading is not None  # a poll without a past has one, or an error
    feed = reading.feed
    if outcome.feed_url:
        click.echo(f"The page names its feed: {mask(outcome.feed_url)}")
    click.echo(
        f"{feed.title or outcome.source.id} ({feed.format}), {counted(len(reading.articles), 'article')}"
    )
    for article in sorted(reading.articles, key=lambda one: one.date, reverse=True)[:limit]:
        click.echo(os.linesep.join(["", *_lines(article)]))
    for skipped in reading.skipped:
        click.echo(f"\nskipped: {skipped}")
    for outline in reading.outlines:
        click.echo(f"  {outline.title or outline.url}: {outline.url}")


def _lines(article: Article) -> list[str]:
    facts = {
        "by": ", ".join(one.name for one in article.authors if one.name),
        "credits": ", ".join(article.credits),
        "tags": ", ".join(one.term for one in article.categories),
        "media": ", ".join(one.url for one in article.media),
        "image": article.image or "",
    }
    text = article.text.replace("\n", " ")
    return [
        entry_text.opening(article) or "(no words)",
        f"    {article.published or 'no date'}  {article.link or 'no link'}",
        *(f"    {name}: {value}" for name, value in facts.items() if value),
        f"    {text[:300]}{'…' if len(text) > 300 else ''}",
    ]
