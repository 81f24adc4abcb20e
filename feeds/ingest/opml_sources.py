"""OPML lists that are kept in sync: an outline that appears is a source, one that goes is none any more.

The state keeps the outlines, not the sources: what the list's own entry in sources.yaml says (tags, priority,
schedule) holds for its members the moment it is changed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from feeds import codec
from feeds.config.addresses import source_id
from feeds.ingest.poll_source import Outcome
from feeds.model import Access, Source
from feeds.parse.outline import Outline
from feeds.store import sources


def take_in(connection: Connection, outcome: Outcome, configured: Collection[str], now: datetime) -> bool:
    """Make the sources of a list agree with what it holds now. True where something changed.

    A source that sources.yaml names itself is left alone, and so is one that another list brought first.
    """
    if outcome.reading is None:
        return False
    members = [
        sources.Listed(id=member.id, url=member.url, priority=member.priority, spec=codec.dumps(outline))
        for outline in outcome.reading.outlines
        if (member := member_of(outcome.source, outline)) and member.id not in configured
    ]
    return sources.sync_list(connection, outcome.source.id, members, now)


def all_sources(connection: Connection, configured: Sequence[Source]) -> tuple[Source, ...]:
    """The configured sources and those that their lists bring; where both name one, its own words win."""
    lists = {one.id: one for one in configured}
    found = dict(lists)
    for list_id, spec in sources.listed(connection):
        member = member_of(lists[list_id], codec.loads(Outline, spec)) if list_id in lists else None
        if member:
            found.setdefault(member.id, member)
    return tuple(found.values())


def member_of(parent: Source, outline: Outline) -> Source | None:
    """A source as a list brings it; None for an outline that is no web address.

    The list's headers are for the list's server alone, and a list from the web must not lead into the private
    network, nor to files.
    """
    if not outline.url.startswith(("http://", "https://")):
        return None
    own = parent.access
    access = replace(
        Access(),
        user_agent=own.user_agent,
        proxy=own.proxy,
        trust_env=own.trust_env,
        allow_private=own.allow_private and parent.is_file,
        timeout=own.timeout,
        max_wire=own.max_wire,
        max_body=own.max_body,
    )
    tags = dict.fromkeys((*parent.tags, *outline.tags))
    return Source(
        id=source_id(outline.url),
        url=outline.url,
        title=outline.title,
        tags=tuple(tags),
        priority=parent.priority,
        schedule=parent.schedule,
        access=access,
    )
