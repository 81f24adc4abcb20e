"""Bring the output directory up to date with the state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import get_args

from sqlalchemy import Connection

from feeds.config import Settings
from feeds.errors import FeedsError, PublishError
from feeds.model import Edition, Feed, Format, Source
from feeds.publish import opml, page, render
from feeds.publish.edition import archive_name, source_origin, source_title
from feeds.publish.files import Directory
from feeds.publish.listing import Subscription, listing
from feeds.publish.theme import Theme, ours, theme
from feeds.run.archive import close_pages, missing, on_disk, recall_entries
from feeds.run.press import Desk, compose, feeds_of, front, look_at
from feeds.store import Store, archive, outputs
from feeds.store import sources as source_rows

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
    directory = Directory(settings.site.output)
    done: list[Published] = []
    try:
        look = theme(settings.site.templates, settings.site.timezone)
    except PublishError as error:  # the feeds do not wait for a page to be mended
        look = ours()
        done.append(Published(output="templates", error=str(error)))
    with store.read() as connection:
        feeds = feeds_of(source_rows.states(connection))
    desks = [Desk(output, settings, sources, feeds, now) for output in settings.outputs]
    with store.write() as connection:
        for desk in desks:
            recall_entries(connection, desk, settings.site.output)
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
        archived = [
            archive_name(output.name, page)
            for output in settings.outputs
            for page in archive.pages(connection, output.name)
        ]
    standing = all((settings.site.output / name).is_file() for name in files_of(settings, archived))
    if standing and not closed and not any(changed.values()):
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
                pages, dropped = close_pages(connection, desk, rows)
                previous = archive_name(name, pages[-1]) if pages else ""
                edition = compose(connection, desk, rows, since[name], previous)
                behind = missing(connection, desk, edition, pages, settings.site.output)
            editions.append(edition)
            # The archive first: a page is there before anything points to it.
            before = [_write(directory, page, look) for page in behind]
            here = _write(directory, edition, look)
            written = tuple(file for one in (*before, here) for file in one.written)
            done.append(replace(here, written=written))
            for number in dropped:
                _remove(directory, archive_name(name, number), FORMATS)
            with store.write() as connection:
                outputs.settle(connection, name, changed[name])
        except FeedsError as error:
            done.append(Published(output=name, error=str(error)))
    for name in closed:
        _remove(directory, name, FORMATS)
        for form in FORMATS:
            for number in on_disk(settings.site.output, name, form):
                _remove(directory, archive_name(name, number), [form])
    done.append(_around(directory, settings, editions, sources, feeds, look))
    return tuple(done)


def files_of(settings: Settings, archived: Sequence[str] = ()) -> tuple[str, ...]:
    """The names of all files that a configuration publishes, with those of these archive pages."""
    formats = {output.name: output.formats for output in settings.outputs}
    own = [name for output in settings.outputs for name in _names(output.name, output.formats)]
    old = [name for page in archived for name in _names(page, formats[page.rpartition(".archive-")[0]])]
    return (*own, *old, "index.html", "feeds.opml", "sources.opml")


def _names(output: str, formats: Sequence[Format]) -> tuple[str, ...]:
    return tuple(f"{output}.{form}" for form in formats)


def _write(directory: Directory, edition: Edition, look: Theme) -> Published:
    written: list[str] = []
    left: list[str] = []
    left_out: list[str] = []
    for form in edition.formats:
        rendered = render(edition, form, look)
        name = f"{edition.name}.{form}"
        (written if directory.write(name, rendered.data) else left).append(name)
        left_out += [one for one in rendered.left_out if one not in left_out]
    _remove(directory, edition.name, [form for form in FORMATS if form not in edition.formats])
    return Published(
        output=edition.name,
        entries=len(edition.entries),
        written=tuple(written),
        left=tuple(left),
        left_out=tuple(left_out),
    )


def _around(
    directory: Directory,
    settings: Settings,
    editions: Sequence[Edition],
    sources: Sequence[Source],
    feeds: Mapping[str, Feed | None],
    look: Theme,
) -> Published:
    """The front page and the lists of subscriptions."""
    listings = tuple(listing(edition) for edition in editions)
    subscriptions = tuple(
        subscription(one, feeds.get(one.id), settings) for one in sources if one.kind != "opml"
    )
    title = settings.site.title
    try:
        files = {
            "feeds.opml": opml.render(title, opml.own(listings)).data,
            "sources.opml": opml.render(f"{title}: sources", subscriptions).data,
            "index.html": page.render_index(
                title, settings.site.base_url, listings, subscriptions, health=settings.site.health, look=look
            ),
        }
        written = [name for name, data in files.items() if directory.write(name, data)]
    except FeedsError as error:
        return Published(output="index", error=str(error))
    return Published(
        output="index", written=tuple(written), left=tuple(name for name in files if name not in written)
    )


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


def _remove(directory: Directory, output: str, formats: Sequence[Format]) -> None:
    for name in _names(output, formats):
        directory.remove(name)
