"""Bring the output directory up to date with the state.

Cost follows the news: where nothing changed, one statement says so; else only those outputs are rendered of which a
story, the settings or a file is not as it was when they were last written. What renders is imported where that is
done, for most cycles do not come so far.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from hashlib import blake2b
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, get_args

from sqlalchemy import Connection

from feeds import __version__, codec
from feeds.config import Settings
from feeds.errors import FeedsError, PublishError
from feeds.logs import mask
from feeds.model import Format, Source
from feeds.publish import private_outputs
from feeds.publish.archive import close_pages, missing, recall_entries, remade
from feeds.publish.output_view import Desk, compose, front, look_at
from feeds.publish.publish_result import Published
from feeds.publish.sink import HEALTH, PRIVATE, Sink
from feeds.publish.sink_factory import sink_of
from feeds.render.edition import archive_name
from feeds.render.template_digest import digest
from feeds.store import Store, archive, outputs, pings
from feeds.store import sources as source_rows

if TYPE_CHECKING:
    from feeds.render.listing import Listing

FORMATS: tuple[Format, ...] = get_args(Format)


def publish(
    store: Store, settings: Settings, sources: Sequence[Source], now: datetime
) -> tuple[Published, ...]:
    """Every output and the pages around them. Where no story and no setting changed and every file stands, nothing
    is read beyond that. What fails is reported, and tried again next time; the others are published."""
    sink = sink_of(settings)
    try:
        standing = sink.survey()
    except PublishError as error:  # there is no place to publish to
        return (Published(output="index", error=mask(str(error))),)
    stamp = partial(_stamp, settings, sources)
    with store.read() as connection:
        if (known := stamp(standing)) and outputs.at_rest(connection, known):
            return tuple(
                Published(output=one.name, left=_names(one.name, one.formats)) for one in settings.outputs
            )
    done, stands = _publish(store, settings, sources, sink, standing, now)
    if not any(one.error for one in done) and (known := stamp(stands)):
        with store.write() as connection:
            outputs.rest(connection, known)
    return done


def _stamp(settings: Settings, sources: Sequence[Source], standing: frozenset[str]) -> str:
    """Of all that decides about the files besides the stories. "": it cannot be told."""
    site = settings.site
    try:
        look = digest(site.templates, site.timezone)
    except OSError:
        return ""
    facts = (
        *(__version__, site, settings.outputs, look, sorted(settings.private)),
        [one.token for one in settings.outputs],  # of which `repr` says nothing
        [(one.id, one.kind, one.url, one.title, one.tags, one.priority, one.schedule) for one in sources],
        sorted(standing.difference(HEALTH)),  # those come and go by themselves
    )
    return blake2b(repr(facts).encode(), digest_size=16).hexdigest()


def _publish(
    store: Store,
    settings: Settings,
    sources: Sequence[Source],
    sink: Sink,
    standing: frozenset[str],
    now: datetime,
) -> tuple[tuple[Published, ...], frozenset[str]]:
    """What became of the outputs, and the files that stand now."""
    from feeds.publish import site_pages, write_files
    from feeds.render.listing import Listing, listing
    from feeds.render.rendered import Admitted, admit_edition
    from feeds.render.theme import ours, theme

    done: list[Published] = []
    try:
        look = theme(settings.site.templates, settings.site.timezone)
    except PublishError as error:  # the feeds do not wait for a page to be mended
        look = ours()
        done.append(Published(output="templates", error=str(error)))
    with store.read() as connection:
        feeds = source_rows.feeds(connection)
        new = {one.name for one in settings.outputs if outputs.is_new(connection, one.name)}
    with store.write() as connection:
        folders = private_outputs.folders(connection, settings.outputs, standing)
    desks = [Desk(one, settings, sources, feeds, now, folders[one.name]) for one in settings.outputs]
    recalled = [
        (desk.output.name, *recall_entries(desk, sink, standing)) for desk in desks if desk.output.name in new
    ]
    digests = {desk.output.name: desk.digest(look.digest) for desk in desks}
    with store.write() as connection:
        for name, said, kept in recalled:
            outputs.remember(connection, name, said)
            archive.keep(connection, name, kept)
        opened = {
            desk.output.name: outputs.open_output(
                connection,
                desk.output.name,
                digests[desk.output.name],
                sources=list(desk.sources),
                depth=10 * desk.output.limit,
                now=now,
            )
            for desk in desks
        }
        closed = _close_others(connection, settings)
        changed = {desk.output.name: outputs.changed(connection, desk.output.name) for desk in desks}
    listings: dict[str, Listing] = {}
    for desk in desks:
        name = desk.output.name
        last = write_files.kept(Listing, opened[name].listing)
        if last is not None:
            listings[name] = last
            with store.read() as connection:
                stands = files_of(connection, desk) <= standing
            if stands and not changed[name]:
                done.append(Published(output=name, left=_names(name, desk.output.formats)))
                continue
        try:
            with store.write() as connection:
                look_at(connection, desk, changed[name])
                rows = front(connection, desk)
                pages = close_pages(connection, desk, rows)
                previous = archive_name(name, pages[-1]) if pages else ""
                edition = compose(connection, desk, rows, opened[name].since, previous)
            admitted = Admitted(*admit_edition(edition))
            listings[name] = listing(admitted)
            last_laid = write_files.kept(write_files.LAID, opened[name].laid) or {}
            pieces = write_files.standing(sink, edition, last_laid)
            # The archive first, page by page: each is there before anything points to it.
            files: list[str] = []
            for number in missing(desk, pages, standing):
                with store.write() as connection:
                    page = remade(connection, desk, edition, number)
                if page is not None:
                    files += write_files.write(sink, Admitted(*admit_edition(page)), look, pieces)[0].written
            here, news, laid = write_files.write(sink, admitted, look, pieces)
            done.append(replace(here, written=(*files, *here.written)))
            with store.write() as connection:
                outputs.settle(
                    connection,
                    name,
                    changed[name],
                    settings=digests[name],
                    listing=codec.dumps(listings[name]),
                    laid=codec.dumps(laid),
                )
                pings.note(connection, news, now)
        except FeedsError as error:
            done.append(Published(output=name, error=mask(str(error))))
    with store.read() as connection:
        wanted = frozenset(site_pages.FILES).union(*(files_of(connection, desk) for desk in desks))
    gone = left_over(standing, wanted, desks, closed)
    public = [
        listings[desk.output.name] for desk in desks if not desk.folder and desk.output.name in listings
    ]
    try:
        written = site_pages.write(sink, settings, public, sources, feeds, look)
        for name in gone:  # nothing points to it any more
            sink.remove(name)
        sink.finish()
        left = tuple(name for name in site_pages.FILES if name not in written)
        done.append(Published(output="index", written=written, left=left))
    except FeedsError as error:
        done.append(Published(output="index", error=mask(str(error))))
    return tuple(done), standing.difference(gone) | wanted


def files_of(connection: Connection, desk: Desk) -> frozenset[str]:
    """The names of an output's files, with those of the archive pages that are kept."""
    output = desk.output
    pages = (archive_name(output.name, page) for page in archive.pages(connection, output.name))
    return frozenset(
        desk.folder + file for name in (output.name, *pages) for file in _names(name, output.formats)
    )


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


def _close_others(connection: Connection, settings: Settings) -> tuple[str, ...]:
    configured = {output.name for output in settings.outputs}
    closed = tuple(name for name in outputs.names(connection) if name not in configured)
    for name in closed:
        outputs.close_output(connection, name)
    return closed
