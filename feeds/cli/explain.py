"""feeds explain: the story of an article, why each member joined it, and where it is published."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import click
from sqlalchemy import Connection

from feeds.cli import ExitCode
from feeds.cli.describe import title_of
from feeds.cli.explain_outputs import describe_expired, explain_outputs
from feeds.cli.format import count_noun, format_time
from feeds.cli.state_access import open_readonly
from feeds.clock import SystemClock
from feeds.dedupe.exact import url_key
from feeds.dedupe.join import THRESHOLDS
from feeds.dedupe.score import shipped_model
from feeds.dedupe.score_record import DecisionScores, ScoreRecord
from feeds.dedupe.split_pairs import pair_name, pair_threshold, source_pair
from feeds.dedupe.story import NO_CANDIDATE, Member
from feeds.ingest.opml_sources import all_sources
from feeds.logs import mask_secrets
from feeds.model import Article, LedgerRow
from feeds.normalize.canonical import canonical_form
from feeds.normalize.dates import parse_date
from feeds.store import articles, corrections, outputs
from feeds.store.articles import Decision

_MAX_CORRECTIONS = 5
"""Shown for each member. An article that was split off has one for each member of its old story."""


def explain_article(config: Path, environ: Mapping[str, str], what: str) -> ExitCode:
    with open_readonly(config, environ) as (settings, connection):
        rows = outputs.find_rows(connection, entry_id=what)
        stories = _stories(connection, what, rows)
        if not stories and not rows:
            click.echo(
                f"feeds: no article or entry {what!r} is known. Give the link or id of an article, or the id of an "
                "entry in a published feed. `feeds preview SOURCE` shows what a source has now.",
                err=True,
            )
            return ExitCode.FAILED
        sources, now = all_sources(connection, settings.sources), SystemClock().now()
        for story, members in articles.members(connection, stories).items():
            _print_story(connection, story, members)
            for line in explain_outputs(connection, settings, sources, members, now):
                click.echo(f"  {mask_secrets(line)}")
        if not stories:
            for row in rows:
                click.echo(mask_secrets(describe_expired(row)))
    return ExitCode.OK


def _stories(connection: Connection, what: str, rows: Sequence[LedgerRow]) -> list[str]:
    """The ids of the stories that `what` names: an entry id, article id, guid or link. If no article has the link,
    articles with the same canonical URL count."""
    found = [
        story for row in rows for story, _, _ in corrections.find_stories(connection, [row.first_article])
    ]
    found += [member.story for member in articles.search(connection, what)]
    if not found and "://" in what:
        keys = [url_key(canonical_form(what))]
        found += [candidate.story for _, candidate in articles.find_candidates(connection, keys)]
    return list(dict.fromkeys(found))


def _print_story(connection: Connection, story: str, members: Sequence[Member]) -> None:
    decisions = articles.decisions(connection, [member.n for member in members])
    corrected = corrections.load(connection)
    ids = {member.id for member in members}
    click.echo(f"story {story}: {count_noun(len(members), 'article')}")
    for member in members:
        click.echo(f"  {member.source}  {format_time(member.date)}  {_title(member)}")
        click.echo(f"      article {member.id}")
        if member.article and member.article.link:
            click.echo(f"      {mask_secrets(member.article.link)}")
        if member.article and member.article.credits:
            click.echo(f"      credits: {', '.join(member.article.credits)}")
        if member.rank_date:
            rank = format_time(member.rank_date)
            click.echo(f"      ranked as of {rank}, because it arrived in a flood or without a date")
        if member.article and member.article.rejected_date:
            click.echo(f"      {_explain_date(member.article)}")
        for line in _explain_membership(connection, member, decisions.get(member.n), corrected, ids):
            click.echo(f"      {line}")
        for correction, others in (
            ("you merged it with", corrected.must_join),
            ("you split it from", corrected.must_split),
        ):
            for other_id in sorted(others.get(member.id, ()))[:_MAX_CORRECTIONS]:
                click.echo(f"      {correction} {_describe(connection, other_id)}")


def _explain_date(article: Article) -> str:
    """Why a date that the feed states is not the article's."""
    if parse_date(article.rejected_date) is None:
        reason = "cannot be understood, or can mean several days"
    else:
        reason = "is before 1990, or was more than a day ahead"
    instead = "the other date that it states" if article.published else "the time of the first fetch"
    return f"the feed states the date “{article.rejected_date}”, which {reason}; {instead} is used"


def _explain_membership(
    connection: Connection,
    member: Member,
    decision: Decision | None,
    corrected: corrections.Corrections,
    story_ids: Collection[str],
) -> Iterator[str]:
    """Why a member is in its story, and why the most similar other articles were not joined. `story_ids`: the ids of
    all members of the story."""
    scores = decision.scores if decision else DecisionScores()
    joined = decision is not None and decision.joined_to
    if decision is None or not joined:
        reason = decision.evidence if decision else NO_CANDIDATE
        verb = "began the story" if member.id == member.story else "joined no story when it arrived"
        yield f"{verb}: {reason}"
    else:
        evidence = f"; {_describe_score(scores.joined)}" if scores.joined else ""
        other = _describe(connection, decision.joined_to)
        left = "" if decision.joined_to in story_ids else ", which is no longer in this story"
        source = _source(connection, decision.joined_to)
        within = f", a copy within {member.source}" if source == member.source else ""
        yield f"joined {other} on {format_time(decision.decided_at)}{left}{within}: {decision.evidence}{evidence}"
    for near, weighed in scores.nearest:
        reason = ""
        pair = source_pair(member.source, _source(connection, near))
        # The threshold of that time: splits that came later did not keep them apart.
        splits = corrected.count_splits(pair, decision.decided_at if decision else None)
        if weighed.score < THRESHOLDS["balanced"]:
            reason = ", because it is too different"
        elif corrected.separates([member.id], _story_members(connection, near)):
            reason = ", because you split them"
        elif weighed.score < (pair_threshold(splits) or 0):
            reason = f", because you split {splits} articles of {pair_name(pair)}"
        elif scores.joined and scores.joined.score < weighed.score:
            if shipped_model().compares_texts(weighed):
                reason = ", because too few articles of its story are similar"
            else:
                reason = ", because a text takes precedence over a title"
        elif joined:
            reason = ", because another article was more similar"
        yield f"not joined to {_describe(connection, near)}{reason}: {_describe_score(weighed)}"


def _describe_score(record: ScoreRecord) -> str:
    """The score with its reasons, and the rule that decided in place of the model."""
    rule = f". Rule that decided: {record.limit}" if record.limit else ""
    return f"{shipped_model().explain(record)}{rule}"


def _story_members(connection: Connection, article_id: str) -> list[str]:
    """The ids of all articles in the story of this article."""
    stories = corrections.find_stories(connection, [article_id])
    return [member_id for story, _, _ in stories for member_id in corrections.member_ids(connection, story)]


def _describe(connection: Connection, article_id: str) -> str:
    found = articles.search(connection, article_id)
    return f"{found[0].source}'s “{_title(found[0])}”" if found else article_id


def _source(connection: Connection, article_id: str) -> str:
    """The source of an article; "" if the state has it no more."""
    return next((found.source for found in articles.search(connection, article_id)), "")


def _title(member: Member) -> str:
    return title_of(member.article) if member.article else "(its text has expired)"
