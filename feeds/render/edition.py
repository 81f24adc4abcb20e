"""Stories → Edition: one output at one moment, as a value. Same stories, same edition, same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import uuid5

from feeds.model import Article, Edition, Entry, Feed, LedgerRow, Mention, Origin, Output, Source, Text, Url
from feeds.render.entry_ids import NAMESPACE, feed_id


def source_title(source: Source, feed: Feed | None) -> Text:
    """What the user calls the source, else what it calls itself, else its id."""
    return Text(source.title or (feed.title if feed else "") or source.id)


def source_origin(source: Source, feed: Feed | None, *, private: bool = False) -> Origin:
    """The feed that entries of a source are taken from, for atom:source and RSS source.

    `private`: its URL holds a secret, and is not told.
    """
    feed = feed or Feed()
    address = "" if private else next((url for url in (source.url, feed.self_url) if _is_web(url)), "")
    own_id = feed.id if ":" in feed.id else ""
    return Origin(
        title=source_title(source, feed),
        id=own_id or address or f"urn:uuid:{uuid5(NAMESPACE, source.id)}",
        url=address,
        link=feed.link if _is_web(feed.link) else "",
        rights=feed.rights,
        authors=feed.authors,
        language=feed.language,
        icon=feed.icon if _is_web(feed.icon) else "",
        categories=feed.categories,
    )


def entry(
    row: LedgerRow, lead: Article, others: Sequence[Article], origins: dict[str, Origin], *, began: str
) -> Entry:
    """An entry with its lead and those that also carry the story, each source once.

    Readers are sent to the page that the entry began with, for life; the lead's own, where it is another
    source's, is named among the others. `began`: the source that the entry began with.
    """
    home = origins[lead.source]
    origin = replace(lead.origin, id=lead.origin.id or lead.origin.url) if lead.origin else home
    if not origin.title or not origin.id:
        origin = home
    link = Url(row.link) if row.link else lead.link
    copies = (lead, *others)
    linked = {began} | {one.source for one in copies if one.link == link}
    also: dict[str, Mention] = {}
    for other in copies:
        if other.source not in linked and other.link:
            also.setdefault(
                other.source,
                Mention(source=Text(origins[other.source].title), title=other.title, link=other.link),
            )
    return Entry(
        id=row.entry,
        published=row.published,
        updated=row.updated,
        article=lead if link == lead.link else replace(lead, link=link),
        # what the document says of it; never our source's own: that moves without news
        origin=replace(origin, updated=origin.updated or row.updated),
        also=tuple(also.values()),
        rank=row.rank if row.rank != row.published else None,
    )


def edition(
    output: Output,
    entries: Sequence[Entry],
    *,
    base_url: str,
    since: datetime,
    ttl: int,
    previous: str = "",
    folder: str = "",
) -> Edition:
    """`since`: when the output began, for one that has no entries yet. `ttl` in minutes. `previous`: the name
    of the newest archive page. `folder`: below `base_url`, of a private output; its id does not tell it."""
    return Edition(
        name=output.name,
        title=Text(output.title),
        description=Text(output.description),
        language=output.language,
        id=feed_id(base_url, output.name),
        base_url=base_url,
        folder=folder,
        updated=max((one.updated for one in entries), default=since),
        entries=tuple(entries),
        formats=output.formats,
        ttl=ttl,
        hubs=output.hubs,
        previous=previous,
    )


def archive_page(subscription: Edition, number: int, entries: Sequence[Entry]) -> Edition:
    """A page of the archive (RFC 5005 §4): the same feed, entries that never change place."""
    return replace(
        subscription,
        name=archive_name(subscription.name, number),
        updated=max(one.updated for one in entries),
        entries=tuple(entries),
        current=subscription.name,
        hubs=(),  # there is no news of what never changes
        previous=archive_name(subscription.name, number - 1) if number > 1 else "",
    )


def archive_name(output: str, number: int) -> str:
    """The name of an archive page's files, for ever. Pages count from 1, the oldest."""
    return f"{output}.archive-{number}"


def _is_web(url: str) -> bool:
    return url.startswith(("http://", "https://"))
