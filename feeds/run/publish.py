"""Bring the output directory up to date with the state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from pathlib import PurePosixPath
from typing import get_args

from sqlalchemy import Connection

from feeds.config import Settings
from feeds.errors import FeedsError, PublishError
from feeds.model import Edition, Feed, Format, Output, Source
from feeds.publish import index, opml, render
from feeds.publish.edition import archive_name, source_origin, source_title
from feeds.publish.listing import Subscription, listing
from feeds.publish.sink import PRIVATE, Sink
from feeds.publish.theme import Theme, ours, theme
from feeds.run import private
from feeds.run.archive import close_pages, missing, recall_entries
from feeds.run.log import mask
from feeds.run.press import Desk, compose, feeds_of, front, look_at
from feeds.run.sinks import sink_of
from feeds.store import Store, archive, outputs, pings
from feeds.store import sources as source_rows
from feeds.store.pings import News

FORMATS: tuple[Format, ...] = get_args(Format)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What became of one output."""

    output: str
    entries: int = 0
    written: tuple[str, ...] = ()  # files whose bytes changed
    left: tuple[str, ...] = ()  # files that stand as they were
    left_out: tuple[str, ...] = ()  # entries that could not be rendered, and why
    error: str = ""


def publish(
    store: Store, settings: Settings, sources: Sequence[Source], now: datetime
) -> tuple[Published, ...]:
    """Every output and the pages around them. Where no story changed and every file stands, nothing is read
    beyond that. An output that fails is reported, and tried again next time; the others are published."""
    sink = sink_of(settings)
    done: list[Published] = []
    try:
        standing = sink.survey()
    except PublishError as error:  # there is no place to publish to
        return (Published(output="index", error=mask(str(error))),)
    try:
        look = theme(settings.site.templates, settings.site.timezone)
    except PublishError as error:  # the feeds do not wait for a page to be mended
        look = ours()
        done.append(Published(output="templates", error=str(error)))
    with store.read() as connection:
        feeds = feeds_of(source_rows.states(connection))
        new = {one.name for one in settings.outputs if outputs.is_new(connection, one.name)}
    with store.write() as connection:
        folders = private.folders(connection, settings.outputs, standing)
    desks = [Desk(one, settings, sources, feeds, now, folders[one.name]) for one in settings.outputs]
    recalled = [
        (desk.output.name, *recall_entries(desk, sink, standing)) for desk in desks if desk.output.name in new
    ]
    with store.write() as connection:
        for name, said, kept in recalled:
            outputs.remember(connection, name, said)
            archive.keep(connection, name, kept)
        since = {
            desk.output.name: outputs.open_output(
                connection,
                desk.output.name,
                desk.digest(look.digest),
                sources=list(desk.sources),
                depth=10 * desk.output.limit,
                now=now,
            )
            for desk in desks
        }
        closed = _close_others(connection, settings)
        changed = {desk.output.name: outputs.changed(connection, desk.output.name) for desk in desks}
        wanted = files_of(connection, desks)
    gone = left_over(standing, wanted, desks, closed)
    if wanted <= standing and not (closed or gone or any(changed.values())):
        sink.finish()
        return tuple(
            Published(output=desk.output.name, left=_names(desk.output.name, desk.output.formats))
            for desk in desks
        )
    editions: list[Edition] = []
    for desk in desks:
        name = desk.output.name
        try:
            with store.write() as connection:
                look_at(connection, desk, changed[name])
                rows = front(connection, desk)
                pages = close_pages(connection, desk, rows)
                previous = archive_name(name, pages[-1]) if pages else ""
                edition = compose(connection, desk, rows, since[name], previous)
                behind = missing(connection, desk, edition, pages, standing)
            editions.append(edition)
            # The archive first: a page is there before anything points to it.
            before = [_write(sink, page, look)[0] for page in behind]
            here, news = _write(sink, edition, look)
            written = tuple(file for one in (*before, here) for file in one.written)
            done.append(replace(here, written=written))
            with store.write() as connection:
                outputs.settle(connection, name, changed[name])
                pings.note(connection, news, now)
        except FeedsError as error:
            done.append(Published(output=name, error=mask(str(error))))
    with store.read() as connection:
        wanted = files_of(connection, desks)
    gone = left_over(standing, wanted, desks, closed)
    done.append(_around(sink, settings, editions, sources, feeds, look, gone))
    return tuple(done)


def files_of(connection: Connection, desks: Sequence[Desk]) -> frozenset[str]:
    """The names of all files that are to stand, with those of the archive pages that are kept."""
    found = {"index.html", "feeds.opml", "sources.opml"}
    for desk in desks:
        output = desk.output
        pages = (archive_name(output.name, page) for page in archive.pages(connection, output.name))
        found |= {
            desk.folder + file for name in (output.name, *pages) for file in _names(name, output.formats)
        }
    return frozenset(found)


def left_over(
    standing: frozenset[str], wanted: frozenset[str], desks: Sequence[Desk], closed: Sequence[str]
) -> tuple[str, ...]:
    """What stands and is published no more: of outputs that are closed, or that are private now or under another
    token, in formats that are not wanted, and archive pages that are not kept."""
    known = {*closed, *(desk.output.name for desk in desks)}
    endings = {f".{form}" for form in FORMATS}
    return tuple(
        sorted(
            name
            for name in standing - wanted
            if name.startswith(PRIVATE)
            or (name.partition(".")[0] in known and PurePosixPath(name).suffix in endings)
        )
    )


def _names(output: str, formats: Sequence[Format]) -> tuple[str, ...]:
    return tuple(f"{output}.{form}" for form in formats)


def _write(sink: Sink, edition: Edition, look: Theme) -> tuple[Published, tuple[News, ...]]:
    written: list[str] = []
    left: list[str] = []
    left_out: list[str] = []
    news: list[News] = []
    for form in edition.formats:
        rendered = render(edition, form, look)
        name = f"{edition.name}.{form}"
        changed = sink.write(edition.folder + name, rendered.data)
        (written if changed else left).append(name)
        left_out += [one for one in rendered.left_out if one not in left_out]
        if form != "html":
            digest = blake2b(rendered.data, digest_size=16).digest()
            news += [News(hub, edition.url(form), digest, changed) for hub in edition.hubs]
    published = Published(
        output=edition.name,
        entries=len(edition.entries),
        written=tuple(written),
        left=tuple(left),
        left_out=tuple(left_out),
    )
    return published, tuple(news)


def _around(
    sink: Sink,
    settings: Settings,
    editions: Sequence[Edition],
    sources: Sequence[Source],
    feeds: Mapping[str, Feed | None],
    look: Theme,
    gone: Sequence[str],
) -> Published:
    """The front page and the lists of subscriptions, none of which tells of what is private; and what is `gone`,
    once nothing points to it."""
    listings = tuple(listing(edition) for edition in editions if not edition.folder)
    subscriptions = tuple(
        subscription(one, feeds.get(one.id), settings)
        for one in sources
        if one.kind != "opml" and _is_public(one, settings.outputs)
    )
    title = settings.site.title
    try:
        files = {
            "feeds.opml": opml.render(title, opml.own(listings)).data,
            "sources.opml": opml.render(f"{title}: sources", subscriptions).data,
            "index.html": index.render(
                title, settings.site.base_url, listings, subscriptions, health=settings.site.health, look=look
            ),
        }
        written = [name for name, data in files.items() if sink.write(name, data)]
        for name in gone:
            sink.remove(name)
        sink.finish()
    except FeedsError as error:
        return Published(output="index", error=mask(str(error)))
    return Published(
        output="index", written=tuple(written), left=tuple(name for name in files if name not in written)
    )


def _is_public(source: Source, outputs: Sequence[Output]) -> bool:
    """Whether it may be named: it feeds an output that is public, or none at all."""
    fed = [output for output in outputs if output.select.takes(source)]
    return not fed or any(not output.private for output in fed)


def subscription(source: Source, feed: Feed | None, settings: Settings) -> Subscription:
    """A source as a list of subscriptions names it."""
    origin = source_origin(source, feed, private=source.id in settings.private)
    return Subscription(
        title=source_title(source, feed),
        url=origin.url if source.kind == "feed" else "",  # a page is none that a reader could subscribe to
        link=origin.link or origin.url,
        tags=source.tags,
        description=feed.subtitle if feed else "",
        language=origin.language,
    )


def _close_others(connection: Connection, settings: Settings) -> tuple[str, ...]:
    configured = {output.name for output in settings.outputs}
    closed = tuple(name for name in outputs.names(connection) if name not in configured)
    for name in closed:
        outputs.close_output(connection, name)
    return closed
