"""feeds explain: why an article stands where it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click
from sqlalchemy import Connection

from feeds.cli import FAILED, OK
from feeds.cli.status import looking
from feeds.clock import SystemClock
from feeds.config import Settings
from feeds.dedupe.exact import url_key
from feeds.dedupe.score import shipped
from feeds.dedupe.story import Member
from feeds.normalize.canonical import canonical
from feeds.publish import wording
from feeds.run.lists import all_sources
from feeds.run.press import Desk, feeds_of
from feeds.store import articles, corrections, outputs
from feeds.store import sources as source_rows

_TOLD = 5  # of a member's decisions: one that was split off has one for each member of a story


def explain_article(config: Path, environ: Mapping[str, str], what: str) -> int:
    with looking(config, environ) as (settings, connection):
        stories = _stories(connection, what)
        if not stories:
            click.echo(
                f"feeds: nothing is known of {what!r}. Give an article's link or id, or an entry's id as it "
                "stands in a feed; `feeds preview SOURCE` shows what a source holds.",
                err=True,
            )
            return FAILED
        for story, members in articles.members(connection, stories).items():
            _explain(connection, settings, story, members)
    return OK


def _stories(connection: Connection, what: str) -> list[str]:
    """By entry id, article id, or link, as it stands or folded."""
    found = [row.story for row in outputs.entries_of(connection, entry=what)]
    found += [member.story for member in articles.search(connection, what)]
    if not found and "://" in what:
        found += [one.story for _, one in articles.candidates(connection, [url_key(canonical(what))])]
    return list(dict.fromkeys(found))


def _explain(connection: Connection, settings: Settings, story: str, members: Sequence[Member]) -> None:
    decisions = articles.decisions(connection, [member.n for member in members])
    said = corrections.said(connection)
    by_id = {member.id: member for member in members}
    click.echo(f"story {story}: {len(members)} article{'s' if len(members) > 1 else ''}")
    for member in members:
        click.echo(f"  {member.source}  {member.date:%Y-%m-%d %H:%M}Z  {_title(member)}")
        click.echo(f"      article {member.id}")
        if member.article and member.article.link:
            click.echo(f"      {member.article.link}")
        if member.article and member.article.credits:
            click.echo(f"      credits {', '.join(member.article.credits)}")
        decision = decisions.get(member.n)
        weighings = articles.weighings(decision)
        if decision is None or not decision.other:
            why = decision.evidence if decision else "nothing like it was there"
            click.echo(f"      began the story: {why}")
        else:
            other = by_id.get(decision.other)
            whose = f"{other.source}'s" if other else decision.other
            evidence = weighings.joined and shipped().explain(weighings.joined)
            said_why = f"{decision.evidence}; {evidence}" if evidence else decision.evidence
            click.echo(f"      joined {whose} article on {decision.at:%Y-%m-%d %H:%M}Z: {said_why}")
        for near, weighed in weighings.nearest:
            click.echo(f"      not joined to {_named(connection, near)}: {shipped().explain(weighed)}")
        for how, others in (("one story", said.together), ("not one story", said.apart)):
            for other_id in sorted(others.get(member.id, ()))[:_TOLD]:
                click.echo(f"      you said: {how} with {_named(connection, other_id)}")
    for line in _shown(connection, settings, story, members):
        click.echo(f"  {line}")


def _shown(connection: Connection, settings: Settings, story: str, members: Sequence[Member]) -> list[str]:
    """Where the story is shown, and where it is not and why."""
    lines: list[str] = []
    known = all_sources(connection, settings.sources)
    feeds = feeds_of(source_rows.states(connection))
    rows = outputs.entries_of(connection, story=story)
    for output in settings.outputs:
        desk = Desk(output, settings, known, feeds, SystemClock().now())
        own = [row for row in rows if row.output == output.name]
        for row in own:
            lead = next((member for member in members if member.n == row.lead), None)
            how = "shown" if row.shown else f"not shown ({row.why})"
            lines.append(f"{output.name}: {how} as {row.entry}, published {row.published:%Y-%m-%d %H:%M}Z")
            if row.shown and lead:
                lines.append(f"    led by {lead.source}'s copy, by {', '.join(output.dedupe.prefer)}")
        if not own:
            lines.append(f"{output.name}: {_why_not(desk, members)}")
    return lines


def _why_not(desk: Desk, members: Sequence[Member]) -> str:
    groups = desk.groups(members, frozenset())
    if not groups:
        return "not shown: none of its sources feeds this output"
    told = desk.tell(groups[0])
    return f"not shown ({told})" if isinstance(told, str) else "to be shown with the next publication"


def _named(connection: Connection, article_id: str) -> str:
    found = articles.search(connection, article_id)
    return f"{found[0].source}'s “{_title(found[0])}”" if found else article_id


def _title(member: Member) -> str:
    if member.article is None:
        return "(its text is no longer kept)"
    return wording.opening(member.article) or "(no words)"
