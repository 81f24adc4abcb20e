"""feeds status: how the sources are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import Connection

from feeds.cli import FAILED, OK, counted
from feeds.cli.advice import advice
from feeds.clock import SystemClock
from feeds.config import Settings, load
from feeds.errors import StoreError
from feeds.fetch.redirects import place
from feeds.ingest.opml_sources import all_sources
from feeds.logs import mask
from feeds.model import Feed, Output, Source, SourceState, Subscription
from feeds.publish import private_outputs
from feeds.schedule.permanent_redirects import SEEN, SPAN
from feeds.schedule.source_health import troubles
from feeds.store import hosts, open_store, outputs, pings, sources, subscriptions
from feeds.store.hosts import Lane


@contextmanager
def looking(config: Path, environ: Mapping[str, str]) -> Iterator[tuple[Settings, Connection]]:
    """The configuration and one moment of the state, beside whatever process works on it."""
    settings = load(config, environ)
    if not settings.site.state.exists():
        raise StoreError("there is no state yet: `feeds once` or `feeds run` makes it")
    store = open_store(settings.site.state)
    try:
        with store.read() as connection:
            yield settings, connection
    finally:
        store.close()


def known_feeds(settings: Settings) -> tuple[tuple[Source, ...], dict[str, Feed | None]]:
    """The sources, with those that lists brought, and what each feed says of itself; without a state, only
    what the configuration knows."""
    if not settings.site.state.exists():
        return settings.sources, {}
    store = open_store(settings.site.state)
    try:
        with store.read() as connection:
            known = all_sources(connection, settings.sources)
            return known, sources.feeds(connection)
    finally:
        store.close()


def show_sources(config: Path, environ: Mapping[str, str], *, failing: bool) -> int:
    now = SystemClock().now()
    with looking(config, environ) as (settings, connection):
        states = sources.states(connection)
        counts = outputs.counts(connection)
        resting = hosts.resting(connection, now)
        folders = {one.name: private_outputs.folder(connection, one) for one in settings.outputs}
        unheard = [one for one in pings.every(connection) if one.error]
    told = list(advice(settings, states))
    shown = [state for state in states if state.error] if failing else list(states)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("source", "answered", "news", "due", "state"):
        table.add_column(heading, overflow="fold")
    for state in sorted(shown, key=lambda state: (not state.error, state.id)):
        table.add_row(
            state.id,
            ago(state.ok_at, now),
            ago(state.news_at, now),
            until(state.due_at, now),
            _state(state, now),
        )
    console = Console()
    console.print(table)
    bad = sum(bool(state.error) for state in states)
    console.print(f"{counted(len(states), 'source')}, {bad} failing.")
    for lane in resting:
        waiting = sum(state.lane == lane.id for state in states)
        console.print(Text(f"  {lane.id} {_rest(lane, now)}; sources: {waiting}", style="yellow"))
    for source_id, words in told:
        console.print(Text(f"  {source_id} {words}", style="yellow"))
    for output in settings.outputs:
        console.print(f"  {output.name}: {counted(counts.get(output.name, 0), 'entry')}", highlight=False)
        if output.private:
            _tell_address(console, settings, output, folders[output.name])
    for ping in unheard:
        words = f"  {place(ping.hub)} has not heard of {ping.topic}: {ping.error}; told next"
        console.print(Text(f"{mask(words)} {until(ping.next_try, now)}", style="yellow"))
    return OK


def _tell_address(console: Console, settings: Settings, output: Output, folder: str) -> None:
    """Where the readers of a private output find it. Nothing else that is printed or published says so."""
    if not folder:
        console.print("    private; it gets its address when it is first published")
    for form in output.formats if folder else ():
        address = f"    private: {settings.site.base_url}{folder}{output.name}.{form}"
        console.print(address, highlight=False, soft_wrap=True)


def show_source(config: Path, environ: Mapping[str, str], source_id: str) -> int:
    now = SystemClock().now()
    with looking(config, environ) as (settings, connection):
        states = {state.id: state for state in sources.states(connection)}
        rests = {lane.id: _rest(lane, now) for lane in hosts.resting(connection, now)}
        pushed = subscriptions.of_source(connection, source_id)
    state = states.get(source_id)
    if state is None:
        near = [one for one in states if source_id in one][:5]
        click.echo(
            f"feeds: no source {source_id!r}." + (f" Do you mean {', '.join(near)}?" if near else ""),
            err=True,
        )
        return FAILED
    facts = {
        "source": state.id,
        "url": mask(state.url),
        "feed found at": mask(state.feed_url),
        "title": state.feed.title if state.feed else "",
        "format": state.feed.format if state.feed else "",
        "last asked": ago(state.asked_at, now),
        "last answered": ago(state.ok_at, now),
        "last whole document": ago(state.full_at, now),
        "last news": ago(state.news_at, now),
        "due": f"{until(state.due_at, now)} ({state.due_why})",
        "host": f"{state.lane} {rests[state.lane]}" if state.lane in rests else "",
        "hub": "; ".join(_hub(one, now) for one in pushed),
        "status": str(state.status or ""),
        "failed in a row": str(state.failures or ""),
        "problem": mask(state.error),
        "moved for good to": f"{mask(state.address)} (believed {ago(state.address_at, now)})"
        if state.address
        else "",
        "redirects to": _redirects(state, now),
        "ETag": state.validators.etag,
        "Last-Modified": state.validators.last_modified,
        "to do": "\n".join(f"It {words}" for _, words in advice(settings, [state])),
    }
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in facts.items():
        if value:
            table.add_row(name, Text(value))
    Console().print(table)
    return OK


def _hub(one: Subscription, now: datetime) -> str:
    """What is agreed with a hub: `hub.example: pushes its news, until in 9 d`."""
    if one.is_live(now) and one.lease_end:
        said = f"pushes the news, agreed for another {span(one.lease_end - now)}"
    elif one.state == "leaving":
        said = "is being told that its news is not wanted any more"
    else:
        said = "was asked to push the news" if one.attempts else "pushes no news"
        said += f"; asked next {until(one.next_try, now)}"
    return f"{place(one.hub)} {said}" + (f" ({mask(one.error)})" if one.error else "")


def _state(state: SourceState, now: datetime) -> Text:
    if state.error:
        times = f" ({state.failures} times in a row)" if state.failures > 1 else ""
        return Text(mask(state.error) + times, style="red")
    if state.address:
        return Text("ok, at a new address", style="yellow")
    for trouble in troubles(state, now):
        return Text(trouble.said, style="yellow")
    return Text("ok" if state.ok_at else "not asked yet")


def _rest(lane: Lane, now: datetime) -> str:
    return f"is left alone, all of it, for {span(lane.next_ok_at - now)}: {lane.rest}"


def _redirects(state: SourceState, now: datetime) -> str:
    """A permanent redirect that is not believed yet."""
    if not state.moved_to:
        return ""
    times = "once" if state.moved_seen == 1 else f"{state.moved_seen} times"
    return (
        f"{mask(state.moved_to)}, for good as it says (seen {times}, first {ago(state.moved_at, now)}; believed "
        f"after {SEEN} times over {SPAN.days} days)"
    )


def ago(moment: datetime | None, now: datetime) -> str:
    """ "12 min ago"; "never"."""
    return "never" if moment is None else f"{span(now - moment)} ago"


def until(moment: datetime, now: datetime) -> str:
    if moment <= now:
        return "now"
    return "never" if moment - now > timedelta(days=3650) else f"in {span(moment - now)}"


def span(length: timedelta) -> str:
    """A length of time in its largest sensible unit."""
    seconds = abs(length.total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
