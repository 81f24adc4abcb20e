"""feeds merges: the joins that were made, with the evidence of each, so that a person can look through them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from textwrap import wrap
from typing import Any

import click
from rich.cells import cell_len, set_cell_size

from feeds.cli import ExitCode
from feeds.cli.describe import title_of
from feeds.cli.format import count_noun, format_time, hint_for_unknown
from feeds.cli.state_access import open_readonly
from feeds.clock import SystemClock
from feeds.dedupe.score import Evidence, shipped_model
from feeds.ingest.opml_sources import all_sources
from feeds.logs import mask_secrets
from feeds.store import joins
from feeds.store.joins import Join, JoinedArticle

_WIDTH = 80
_INDENT = " " * 7  # the width of "14:02  "
_MAX_SOURCE_WIDTH = 20
_REASONS = 2

_EVIDENCE = {
    "the same canonical URL": "same page",
    "the same title and text, word by word": "same title and text",
    "the same item, from another feed": "same item, from another feed",
    "that article belongs to both": "united two stories, because it equals articles of both",
    "you put it there": "you merged them",
}
"""Evidence as it is stored → in fewer words."""


def list_merges(
    config: Path, environ: Mapping[str, str], since: timedelta, source: str | None, *, as_json: bool
) -> ExitCode:
    start = SystemClock().now() - since
    with open_readonly(config, environ) as (settings, connection):
        if source is not None:
            known = [known_source.id for known_source in all_sources(connection, settings.sources)]
            if source not in known:
                hint = hint_for_unknown(source, known)
                click.echo(f"feeds: no source has the id {source!r}. {hint}", err=True)
                return ExitCode.FAILED
        found = list(joins.load_since(connection, start, source or ""))
    if as_json:
        click.echo(json.dumps([_as_json(join) for join in found], ensure_ascii=False, indent=1))
        return ExitCode.OK
    if not found:
        click.echo(f"No joins since {format_time(start)}.")
        return ExitCode.OK
    click.echo(f"{count_noun(len(found), 'join')} since {format_time(start)}, the newest first.")
    click.echo("If two articles are not the same text: feeds split ID")
    day = ""
    for join in found:
        if (date := format_time(join.decided_at)[:10]) != day:
            day = date
            click.echo(f"\n{day}")
        for line in _lines(join):
            click.echo(line)
    return ExitCode.OK


def _lines(join: Join) -> Iterator[str]:
    """The two articles, the evidence and the ids."""
    both = (join.article, join.other)
    width = min(_MAX_SOURCE_WIDTH, max(cell_len(article.source) for article in both))
    starts = (f"{format_time(join.decided_at)[11:16]}  ", _INDENT)
    for start, article in zip(starts, both, strict=True):
        yield _fit(f"{start}{set_cell_size(article.source, width)}  {_title(article)}")
    yield from wrap(_describe(join), _WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT)
    yield f"{_INDENT}ids {join.article.id} {join.other.id}"


def _describe(join: Join) -> str:
    within = join.article.source == join.other.source
    parts = (
        f"within {join.article.source}: " if within else "",
        _evidence(join),
        "" if join.holds else " (no longer one story)",
    )
    return "".join(parts)


def _evidence(join: Join) -> str:
    score = join.scores.joined
    if score is None:
        known = [words for stated, words in _EVIDENCE.items() if stated in join.evidence]
        return ", ".join(known) or join.evidence
    reasons = "; ".join(_reasons(shipped_model().explain(score)))
    limit = f" (rule: {score.limit})" if score.limit else ""
    return f"score {score.score:.2f}{': ' if reasons else ''}{reasons}{limit}"


def _reasons(evidence: Evidence) -> Sequence[str]:
    """The strongest reasons for the join. `feeds explain` also says what speaks against it."""
    return [str(reason) for reason in evidence.reasons if reason.points > 0][:_REASONS]


def _as_json(join: Join) -> dict[str, Any]:
    score = join.scores.joined
    strongest = _reasons(shipped_model().explain(score)) if score else ()
    values: dict[str, Any] = {
        "time": join.decided_at.isoformat(),
        "article": _article_as_json(join.article),
        "joined_to": _article_as_json(join.other),
        "evidence": _evidence(join),
        "within_source": join.article.source == join.other.source,
        "one_story": join.holds,
    }
    if score:
        values |= {"score": round(score.score, 4), "reasons": strongest}
        if score.limit:
            values["rule"] = score.limit
    return values


def _article_as_json(article: JoinedArticle) -> dict[str, str]:
    return {
        "id": article.id,
        "source": article.source,
        "title": _title(article),
        "url": mask_secrets(article.link),
    }


def _title(article: JoinedArticle) -> str:
    return title_of(article.body) if article.body else "(its text has expired)"


def _fit(line: str) -> str:
    """The line, cut to the width of the terminal."""
    return line if cell_len(line) <= _WIDTH else set_cell_size(line, _WIDTH - 1).rstrip() + "…"
