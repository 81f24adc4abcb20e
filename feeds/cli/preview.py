"""feeds preview: for a source or URL, fetches it once and shows its articles. Nothing is stored."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path

import click

from feeds.cli import FAILED, OK, count_noun
from feeds.cli.preview_output import preview_output
from feeds.clock import SystemClock
from feeds.config import Settings, edit, load
from feeds.engine.host_state import load_hosts, save_hosts
from feeds.errors import StoreError
from feeds.fetch import Fetcher
from feeds.fetch.pacing import Pacing
from feeds.fetch.user_agent import user_agent
from feeds.ingest.poll_source import PollOutcome, poll_source
from feeds.logs import mask_secrets
from feeds.model import Article, Source, SourceState
from feeds.render import entry_text
from feeds.store import attach
from feeds.workers.parse_pool import ParseLimits, ParsePool


def preview_named(
    config: Path, environ: Mapping[str, str], name: str, *, limit: int, allow_private: bool
) -> int:
    """`name`: an output's name, a source's id, a URL or a file. An output takes precedence over a source of the same
    name: the source can be given by its URL."""
    settings = load(config, environ)
    output = next((output for output in settings.outputs if output.name == name), None)
    if output is not None:
        return preview_output(config, environ, output, limit=limit)
    source = next((source for source in settings.sources if name in {source.id, source.url}), None)
    if source is None:
        if not _is_address(name, settings):
            return _report_unknown(name, settings)
        _, source = edit.preview_source(
            config, environ, with_scheme(name, settings), allow_private=allow_private
        )
    pacing = load_pacing(settings)
    outcome = poll_once(settings, source, pacing)
    save_pacing(settings, pacing)
    if outcome.error is not None:
        click.echo(f"feeds: {mask_secrets(str(outcome.error))}", err=True)
        return FAILED
    _print_articles(outcome, limit)
    return OK


def _report_unknown(name: str, settings: Settings) -> int:
    names = [output.name for output in settings.outputs] + [source.id for source in settings.sources]
    similar = get_close_matches(name, names, n=3, cutoff=0.4)
    hint = f" Did you mean {', '.join(similar)}?" if similar else ""
    click.echo(f"feeds: {name!r} is not an output, a source, a URL or a file.{hint}", err=True)
    return FAILED


def _is_address(name: str, settings: Settings) -> bool:
    return "://" in name or "." in name.partition("/")[0] or (settings.directory / name).is_file()


def with_scheme(url: str, settings: Settings) -> str:
    """`blog.example` → `https://blog.example`. A URL, or the path of an existing file, is returned as it is."""
    return url if "://" in url or (settings.directory / url).is_file() else f"https://{url}"


def load_pacing(settings: Settings) -> Pacing:
    """The pacing of all hosts, as the state remembers it: commands respect the same cooldowns as the daemon."""
    pacing = Pacing(SystemClock(), settings.limits.host_interval)
    if settings.site.state.exists():
        store = attach(settings.site.state)
        # A damaged state is reported by the commands that cannot do without it.
        with suppress(StoreError), store.read() as connection:
            pacing.restore(load_hosts(connection))
        store.close()
    return pacing


def save_pacing(settings: Settings, pacing: Pacing) -> None:
    """Store the pacing for the next command, if a state exists."""
    if settings.site.state.exists():
        store = attach(settings.site.state)
        with suppress(StoreError), store.write() as connection:
            save_hosts(connection, pacing)
        store.close()


def poll_once(settings: Settings, source: Source, pacing: Pacing) -> PollOutcome:
    """Poll a source as if it had never been polled: fetches the whole document and reads it in a parse process."""
    clock = SystemClock()
    fetcher = Fetcher(settings.directory, clock, user_agent(settings), 1, pacing=pacing)
    limits = ParseLimits(seconds=settings.limits.parse_timeout, memory_bytes=settings.limits.parse_memory)
    parsers = ParsePool(1, limits)
    now = clock.now()
    try:
        state = SourceState(id=source.id, url=source.url, due_at=now)
        return poll_source(source, state, fetcher, lambda: parsers, now).decoded()
    finally:
        parsers.stop()
        fetcher.close()


def _print_articles(outcome: PollOutcome, limit: int) -> None:
    result = outcome.result
    assert result is not None  # the first poll of a source has a result or an error
    feed = result.feed
    if outcome.feed_url:
        click.echo(f"The page names its feed: {mask_secrets(outcome.feed_url)}")
    click.echo(
        f"{feed.title or outcome.source.id} ({feed.format}), {count_noun(len(result.articles), 'article')}"
    )
    for article in sorted(result.articles, key=lambda article: article.date, reverse=True)[:limit]:
        click.echo(os.linesep.join(["", *_article_lines(article)]))
    for skipped in result.skipped:
        click.echo(f"\nskipped: {skipped}")
    for outline in result.outlines:
        click.echo(f"  {outline.title or outline.url}: {outline.url}")


def _article_lines(article: Article) -> list[str]:
    facts = {
        "by": ", ".join(author.name for author in article.authors if author.name),
        "credits": ", ".join(article.credits),
        "tags": ", ".join(category.term for category in article.categories),
        "media": ", ".join(medium.url for medium in article.media),
        "image": article.image or "",
    }
    text = article.text.replace("\n", " ")
    return [
        entry_text.title_or_first_words(article) or "(no title or text)",
        f"    {article.published or 'no date'}  {article.link or 'no link'}",
        *(f"    {name}: {value}" for name, value in facts.items() if value),
        f"    {text[:300]}{'…' if len(text) > 300 else ''}",
    ]
