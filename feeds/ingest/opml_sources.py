"""OPML sources: a list whose outlines become sources. A source whose outline is gone is removed.

The state keeps the outlines, not the sources. What the list's own entry in sources.yaml says (tags, priority, schedule)
therefore applies to its members as soon as it is changed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from feeds import codec
from feeds.config.addresses import source_id
from feeds.ingest.poll_source import PollOutcome
from feeds.model import Access, Source, Tls
from feeds.model.schemes import find_scheme
from feeds.parse.outline import Outline
from feeds.secret_values import secret_parameters
from feeds.store import sources


def sync_members(
    connection: Connection, outcome: PollOutcome, configured: Collection[str], now: datetime
) -> bool:
    """Make the sources of a list match its outlines. Returns whether something changed.

    A source that sources.yaml names itself (`configured`: their ids) stays as it is, and so does one that another list
    brought first.
    """
    if outcome.parsed is None:
        return False
    members = [
        sources.ListedSource(id=member.id, url=member.url, outline=codec.dumps(outline))
        for outline in outcome.parsed.outlines
        if (member := member_source(outcome.source, outline)) and member.id not in configured
    ]
    return sources.sync_list(connection, outcome.source.id, members, now)


def all_sources(connection: Connection, configured: Sequence[Source]) -> tuple[Source, ...]:
    """The configured sources and the members of their OPML lists. A configured source takes precedence."""
    lists = {source.id: source for source in configured}
    found = dict(lists)
    for list_id, outline in sources.listed_outlines(connection):
        member = member_source(lists[list_id], codec.loads(Outline, outline)) if list_id in lists else None
        if member:
            found.setdefault(member.id, member)
    return tuple(found.values())


def member_source(parent: Source, outline: Outline) -> Source | None:
    """The source that an outline of the list `parent` describes; None if its URL is not http or https.

    Headers and credentials of the list are for the list's server only. A list from the web must not lead into the
    private network or to files.
    """
    scheme = find_scheme(outline.url)
    if scheme is None or not scheme.is_web:
        return None
    list_access = parent.access
    access = replace(
        Access(),
        user_agent=list_access.user_agent,
        proxy=list_access.proxy,
        trust_env=list_access.trust_env,
        allow_private=list_access.allow_private and parent.scheme.is_local,
        timeout=list_access.timeout,
        max_transferred_bytes=list_access.max_transferred_bytes,
        max_decoded_bytes=list_access.max_decoded_bytes,
        tls=Tls(ca=list_access.tls.ca),
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
        secrets=tuple(dict.fromkeys((*parent.secrets, *secret_parameters(outline.url)))),
    )
