"""feeds explain: why an article stands where it does."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection, Row

from feeds.cli import FAILED, OK, counted
from feeds.cli.explain_outputs import former, standing
from feeds.cli.status import looking
from feeds.clock import SystemClock
from feeds.dedupe.exact import url_key
from feeds.dedupe.join import THRESHOLDS
from feeds.dedupe.score import shipped
from feeds.dedupe.story import Member
from feeds.ingest.opml_sources import all_sources
from feeds.model import LedgerRow
from feeds.normalize.canonical import canonical
from feeds.render import entry_text
from feeds.store import articles, corrections, outputs

_TOLD = 5  # of a member's decisions: one that was split off has one for each member of a story


def explain_article(config: Path, environ: Mapping[str, str], what: str) -> int:
    with looking(config, environ) as (settings, connection):
        rows = outputs.entries_of(connection, entry=what)
        stories = _stories(connection, what, rows)
        if not stories and not rows:
            click.echo(
                f"feeds: nothing is known of {what!r}. Give an article's link or id, or an entry's id as it "
                "stands in a feed; `feeds preview SOURCE` shows what a source holds.",
                err=True,
            )
            return FAILED
        sources, now = all_sources(connection, settings.sources), SystemClock().now()
        for story, members in articles.members(connection, stories).items():
            _explain(connection, story, members)
            for line in standing(connection, settings, sources, members, now):
                click.echo(f"  {line}")
        if not stories:
            for row in rows:
                click.echo(former(row))
    return OK


def _stories(connection: Connection, what: str, rows: Sequence[LedgerRow]) -> list[str]:
    """By entry id, article id, or link, as it stands or folded."""
    found = [story for row in rows for story, _, _ in corrections.places(connection, [row.anchor])]
    found += [member.story for member in articles.search(connection, what)]
    if not found and "://" in what:
        found += [one.story for _, one in articles.candidates(connection, [url_key(canonical(what))])]
    return list(dict.fromkeys(found))


def _explain(connection: Connection, story: str, members: Sequence[Member]) -> None:
    decisions = articles.decisions(connection, [member.n for member in members])
    said = corrections.said(connection)
    click.echo(f"story {story}: {counted(len(members), 'article')}")
    for member in members:
        click.echo(f"  {member.source}  {member.date:%Y-%m-%d %H:%M}Z  {_title(member)}")
        click.echo(f"      article {member.id}")
        if member.article and member.article.link:
            click.echo(f"      {member.article.link}")
        if member.article and member.article.credits:
            click.echo(f"      credits {', '.join(member.article.credits)}")
        if member.placed:
            click.echo(
                f"      ranked as of {member.placed:%Y-%m-%d %H:%M}Z: it came among too many at once, or without a date"
            )
        for line in _why(connection, member, decisions.get(member.n), said, {one.id for one in members}):
            click.echo(f"      {line}")
        for how, others in (("one story", said.together), ("not one story", said.apart)):
            for other_id in sorted(others.get(member.id, ()))[:_TOLD]:
                click.echo(f"      you said: {how} with {_named(connection, other_id)}")


def _why(
    connection: Connection,
    member: Member,
    decision: Row[Any] | None,
    said: corrections.Said,
    here: Collection[str],
) -> Iterator[str]:
    """Why a member stands in its story, and why the likeliest others do not."""
    weighings = articles.weighings(decision)
    joined = decision is not None and decision.other
    if decision is None or not joined:
        why = decision.evidence if decision else "nothing like it was there"
        yield f"{'began the story' if member.id == member.story else 'came alone'}: {why}"
    else:
        how = "joined" if decision.other in here else "had joined"
        evidence = f"; {shipped().explain(weighings.joined)}" if weighings.joined else ""
        named = _named(connection, decision.other)
        yield f"{how} {named} on {decision.at:%Y-%m-%d %H:%M}Z: {decision.evidence}{evidence}"
    for near, weighed in weighings.nearest:
        reason = ""
        if weighed.score < THRESHOLDS["balanced"]:
            reason = ", which is too unlike"
        elif said.part([member.id], _beside(connection, near)):
            reason = ", as you said"
        elif weighings.joined and weighings.joined.score < weighed.score:
            of_texts = shipped().of_texts(weighed)
            reason = f", for {'too little of its story is like it' if of_texts else 'texts go before titles'}"
        elif joined:
            reason = ", for another was likelier"
        yield f"not joined to {_named(connection, near)}{reason}: {shipped().explain(weighed)}"


def _beside(connection: Connection, article_id: str) -> list[str]:
    """The articles of its story."""
    places = corrections.places(connection, [article_id])
    return [one for story, _, _ in places for one in corrections.members(connection, story)]


def _named(connection: Connection, article_id: str) -> str:
    found = articles.search(connection, article_id)
    return f"{found[0].source}'s “{_title(found[0])}”" if found else article_id


def _title(member: Member) -> str:
    if member.article is None:
        return "(its text is no longer kept)"
    return entry_text.opening(member.article) or "(no words)"
