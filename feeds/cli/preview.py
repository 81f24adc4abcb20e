"""feeds preview: for a source or URL, fetches it once and shows its articles.

No article is stored; only the pause and the cooldown of the host are.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import click

from feeds.cli import ExitCode
from feeds.cli.address import reasons, source_at, typed_address
from feeds.cli.describe import title_of
from feeds.cli.format import count_noun, format_time, hint_for_unknown
from feeds.cli.polling import load_pacing, poll_once, save_pacing
from feeds.cli.preview_output import preview_output
from feeds.config import Settings, edit, load
from feeds.errors import ConfigError
from feeds.ingest.poll_source import PollOutcome
from feeds.logs import mask_secrets
from feeds.model import Article


def preview_named(
    config: Path, environ: Mapping[str, str], name: str, *, limit: int, allow_private: bool
) -> ExitCode:
    """`name`: an output's name, a source's id, a URL or a file. An output takes precedence over a source of the same
    name: the source can be given by its URL."""
    settings = load(config, environ)
    output = next((output for output in settings.outputs if output.name == name), None)
    if output is not None:
        return preview_output(config, environ, output, limit=limit)
    source = next((source for source in settings.sources if name in {source.id, source.url}), None)
    if source is None:
        address = typed_address(name, settings)
        if address is None:
            return _report_unknown(name, settings)
        try:
            source = (
                source_at(address, settings)
                or edit.preview_source(config, environ, address, allow_private=allow_private)[1]
            )
        except ConfigError as error:
            click.echo(f"feeds: {mask_secrets(reasons(error))}", err=True)
            return ExitCode.USAGE_ERROR
    pacing = load_pacing(settings)
    outcome = poll_once(settings, source, pacing)
    save_pacing(settings, pacing)
    if outcome.error is not None:
        click.echo(f"feeds: {mask_secrets(outcome.error.problem)}", err=True)
        return ExitCode.FAILED
    _print_articles(outcome, limit)
    return ExitCode.OK


def _report_unknown(name: str, settings: Settings) -> ExitCode:
    names = [output.name for output in settings.outputs] + [source.id for source in settings.sources]
    hint = hint_for_unknown(name, names)
    click.echo(f"feeds: {name!r} is not an output, a source, a URL or a file. {hint}", err=True)
    return ExitCode.FAILED


def _print_articles(outcome: PollOutcome, limit: int) -> None:
    result = outcome.parsed
    assert result is not None  # the first poll of a source has a result or an error
    feed = result.feed
    if outcome.feed_url:
        click.echo(f"The page names its feed: {mask_secrets(outcome.feed_url)}")
    click.echo(
        f"{feed.title or outcome.source.id} ({feed.format}), {count_noun(len(result.articles), 'article')}"
    )
    for article in sorted(result.articles, key=lambda article: article.date, reverse=True)[:limit]:
        click.echo(os.linesep.join(["", *_article_lines(article)]))
    for skipped in result.notes:
        click.echo(f"\nskipped: {mask_secrets(skipped)}")
    for outline in result.outlines:
        click.echo(mask_secrets(f"  {outline.title or outline.url}: {outline.url}"))


def _article_lines(article: Article) -> list[str]:
    facts = {
        "by": ", ".join(author.name for author in article.authors if author.name),
        "credits": ", ".join(article.credits),
        "tags": ", ".join(category.term for category in article.categories),
        "media": ", ".join(medium.url for medium in article.media),
        "image": article.image or "",
    }
    text = article.text.replace("\n", " ")
    no_date = f"no date (stated: “{article.rejected_date}”)" if article.rejected_date else "no date"
    link = mask_secrets(article.link or "no link")
    return [
        title_of(article),
        f"    {format_time(article.published) if article.published else no_date}  {link}",
        *(f"    {name}: {mask_secrets(value)}" for name, value in facts.items() if value),
        f"    {text[:300]}{'…' if len(text) > 300 else ''}",
    ]
