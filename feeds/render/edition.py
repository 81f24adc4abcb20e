"""Build an Edition: one output at one moment. The same stories give the same edition, and so the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import uuid5

from feeds.model import Article, Edition, Entry, Feed, LedgerRow, Origin, Output, Source, Text
from feeds.render.also_in import also_in, copies_within_sources
from feeds.render.entry_ids import NAMESPACE, feed_id
from feeds.render.hide_secrets import SecretFilter, without_secret_parameters
from feeds.secret_values import secret_parameters


def source_title(source: Source, feed: Feed | None) -> Text:
    """The title from the configuration, else from the feed, else the id of the source."""
    own_title = SecretFilter(source.secrets).clean_text(feed.title) if feed else ""
    return Text(source.title or own_title or source.id)


def source_origin(source: Source, feed: Feed | None, *, hide_url: bool = False) -> Origin:
    """The feed that entries of a source are taken from, for atom:source and RSS source.

    `hide_url`: its URL contains a secret and is left out. So is a URL with a parameter that looks like a secret.
    """
    feed = SecretFilter(source.secrets).clean(feed or Feed())
    addresses = () if hide_url or secret_parameters(source.url) else (source.url, feed.self_url)
    address = next((url for url in addresses if _is_web(url) and not secret_parameters(url)), "")
    own_id = feed.id if ":" in feed.id and not secret_parameters(feed.id) else ""
    return Origin(
        title=source_title(source, feed),
        id=own_id or address or f"urn:uuid:{uuid5(NAMESPACE, source.id)}",
        url=address,
        link=without_secret_parameters(feed.link) if _is_web(feed.link) else "",
        rights=feed.rights,
        authors=feed.authors,
        language=feed.language,
        icon=without_secret_parameters(feed.icon) if _is_web(feed.icon) else "",
        categories=feed.categories,
    )


def build_entry(
    row: LedgerRow,
    lead: Article,
    others: Sequence[Article],
    origins: dict[str, Origin],
    filters: Mapping[str, SecretFilter],
) -> Entry:
    """An entry with its lead article and the other outlets that carry the story, each once. `filters`: by source, of
    those that have secrets.

    Link, authors and text are those of the lead; every other outlet is listed with its own page. The agencies that any
    of the copies credits are credited, those of the lead first.
    """
    copy_filters = [filters[copy.source] for copy in (lead, *others) if copy.source in filters]
    if copy_filters:
        lead, *others = (
            filters[copy.source].clean(copy) if copy.source in filters else copy for copy in (lead, *others)
        )
    has_secret_id = any(secrets.occurs_in(row.entry) for secrets in copy_filters)
    agencies = tuple(dict.fromkeys(credit for copy in (lead, *others) for credit in copy.credits))
    also = also_in((lead, *others), origins)
    return Entry(
        id=f"urn:uuid:{uuid5(NAMESPACE, row.first_article)}" if has_secret_id else row.entry,
        published=row.published,
        updated=row.updated,
        article=lead if agencies == lead.credits else replace(lead, credits=agencies),
        origin=_entry_origin(row, lead, origins),
        also=also,
        copies=copies_within_sources((lead, *others), origins, also=also),
        rank=row.rank_date if row.rank_date != row.published else None,
    )


def _entry_origin(row: LedgerRow, lead: Article, origins: dict[str, Origin]) -> Origin:
    source_feed = origins[lead.source]
    origin = replace(lead.origin, id=lead.origin.id or lead.origin.url) if lead.origin else source_feed
    if not origin.title or not origin.id:
        origin = source_feed
    # From the document. The date of the source's own feed changes without news.
    return replace(origin, updated=origin.updated or row.updated)


def build_edition(
    output: Output,
    entries: Sequence[Entry],
    *,
    base_url: str,
    since: datetime,
    ttl: int,
    previous: str = "",
    folder: str = "",
) -> Edition:
    """An output at this moment.

    `since`: when the output began, used while it has no entries. `ttl`: minutes. `previous`: the name of the newest
    archive page. `folder`: of a private output, below `base_url`; the id of the feed does not reveal it.
    """
    return Edition(
        name=output.name,
        title=Text(output.title),
        description=Text(output.description),
        language=output.language,
        id=feed_id(base_url, output.name),
        base_url=base_url,
        folder=folder,
        updated=max((entry_.updated for entry_ in entries), default=since),
        entries=tuple(entries),
        formats=output.formats,
        ttl=ttl,
        hubs=output.hubs,
        previous=previous,
    )


def archive_page(current: Edition, number: int, entries: Sequence[Entry]) -> Edition:
    """A page of the archive (RFC 5005 §4): a document of the same feed whose entries never move to another page."""
    return replace(
        current,
        name=archive_name(current.name, number),
        updated=max(entry_.updated for entry_ in entries),
        entries=tuple(entries),
        current=current.name,
        hubs=(),  # a page that never changes has no updates to announce
        previous=archive_name(current.name, number - 1) if number > 1 else "",
    )


def archive_name(output: str, number: int) -> str:
    """The name of an archive page's files, which never changes. Page 1 is the oldest."""
    return f"{output}.archive-{number}"


def _is_web(url: str) -> bool:
    return url.startswith(("http://", "https://"))
