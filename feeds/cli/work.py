"""once, run, serve: the only place where the parts are wired together."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from feeds.cli import FAILED, NOTHING_FETCHED, OK
from feeds.clock import SystemClock
from feeds.config import Settings, load
from feeds.publish.sink import freshness
from feeds.run import log
from feeds.run.commit import Polled
from feeds.run.cycle import Report, cycle, user_agent
from feeds.run.daemon import Daemon, log_poll
from feeds.run.lock import sole_owner
from feeds.run.log import mask
from feeds.run.ping import topics
from feeds.run.shard import Shard
from feeds.store import Store, open_or_set_aside


@contextmanager
def working(settings: Settings) -> Iterator[tuple[Store, Shard]]:
    """The state and the engine, for as long as the block runs; nobody else may have them meanwhile."""
    clock = SystemClock()
    with sole_owner(settings.site.state, clock.now()):
        store, aside = open_or_set_aside(settings.site.state, clock.now())
        if aside:
            click.echo(
                f"The state was damaged; it now lies in {aside}. Rebuilding it from the sources.", err=True
            )
        shard = Shard(store, settings, clock, user_agent(settings))
        try:
            yield store, shard
        finally:
            shard.stop()
            store.close()


def run_once(config: Path, environ: Mapping[str, str], *, everything: bool, as_json: bool) -> int:
    settings = load(config, environ)
    log.configure("json" if as_json else "plain")
    console = Console()
    with working(settings) as (store, shard):
        now = SystemClock().now
        if as_json:
            report = cycle(shard, store, now, log_poll, everything=everything)
        elif console.is_terminal:
            with _progress(console) as (begin, tell):
                report = cycle(shard, store, now, tell, begin, everything=everything)
        else:
            report = cycle(shard, store, now, _say, everything=everything)
    if not as_json:
        _tell(console, settings, report)
    if any(one.error for one in report.published):
        return FAILED
    asked = [one for one in report.polled if not one.pushed]
    return NOTHING_FETCHED if asked and all(one.result == "failed" for one in asked) else OK


def run_daemon(config: Path, environ: Mapping[str, str], *, as_json: bool, verbose: bool) -> int:
    log.configure("json" if as_json else "plain", verbose=verbose)
    Daemon(config, environ, SystemClock()).run()
    return OK


def run_server(config: Path, environ: Mapping[str, str], host: str, port: int, *, metrics: bool) -> int:
    from feeds.serve import callback, serve, vitals

    settings = load(config, environ)
    site = settings.site
    # Behind a proxy, requests come with the public names.
    public = [urlsplit(url).hostname or host for url in (site.base_url, site.callbacks) if url]
    with serve(
        site.output,
        host,
        port,
        max_age=freshness(settings.sources),
        hosts=public,
        routes=(
            *(callback.routes(site.state, SystemClock()) if site.callbacks else ()),
            *(vitals.routes(site.state, SystemClock()) if metrics else ()),
        ),
        largest_body=callback.LARGEST if site.callbacks else 0,
        links=hub_links(settings),
    ) as server:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: server.stop())
        if site.bucket:
            click.echo(f"Readers get the files from {site.place}: no feeds are served at {server.url}")
        else:
            click.echo(f"Serving {site.place} at {server.url} (Ctrl-C ends it)")
        for output in () if site.bucket else settings.outputs:
            if output.private:  # what is said here may go to a log
                click.echo(f"  {output.name} is private: `feeds status` tells its address")
                continue
            for form in output.formats:
                click.echo(f"  {server.url}{output.name}.{form}")
        if site.callbacks:
            click.echo(f"Hubs are told to call {site.callbacks}")
        server.run()
    return OK


def hub_links(settings: Settings) -> dict[str, str]:
    """File → Link header, of all feeds that hubs are told of (WebSub §4)."""
    hubs: dict[str, list[str]] = {}
    for hub, topic in topics(settings):
        hubs.setdefault(topic, []).append(f'<{hub}>; rel="hub"')
    base_url = settings.site.base_url
    return {
        topic.removeprefix(base_url): ", ".join([*links, f'<{topic}>; rel="self"'])
        for topic, links in hubs.items()
    }


# ------------------------------------------------------------------------------------- what a person sees


def _say(polled: Polled) -> None:
    click.echo(f"{polled.source}{' (from its hub)' if polled.pushed else ''}: {_result(polled)}")


def _result(polled: Polled) -> str:
    if polled.result == "failed":
        return f"failed: {polled.error}"
    if polled.result != "new":
        return polled.result
    counts = {"new": polled.new, "updated": polled.updated, "merged": polled.merged}
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count) or "a changed list"


@contextmanager
def _progress(console: Console) -> Iterator[tuple[Callable[[int], None], Callable[[Polled], None]]]:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("asking the sources", total=0)

        def begin(count: int) -> None:
            progress.update(task, total=(progress.tasks[0].total or 0) + count)

        def tell(polled: Polled) -> None:
            progress.update(task, advance=1, description=polled.source[:40])

        yield begin, tell


def _tell(console: Console, settings: Settings, report: Report) -> None:
    """The table that a cycle ends with."""
    counts = Counter(one.result for one in report.polled)
    table = Table(title="What this cycle brought", title_justify="left", show_header=False, box=None)
    table.add_column(justify="right", style="bold")
    table.add_column()
    fetched = counts["new"] + counts["unchanged"]
    table.add_row(str(fetched), f"sources answered, {counts['unchanged']} of them without news")
    table.add_row(str(len(report.failed)), "sources failed")
    table.add_row(str(sum(one.new for one in report.polled)), "new articles")
    table.add_row(str(sum(one.merged for one in report.polled)), "of them copies of a story that was there")
    table.add_row(str(sum(one.updated for one in report.polled)), "articles edited by their source")
    skipped = sum(len(one.skipped) for one in report.polled)
    if skipped:
        table.add_row(str(skipped), "items or pages that could not be read")
    written = [name for one in report.published for name in one.written]
    left = [name for one in report.published for name in one.left]
    table.add_row(str(len(written)), "files written" + (f": {', '.join(written)}" if written else ""))
    table.add_row(str(len(left)), "files left as they were")
    console.print(table)
    for failed in report.failed:
        console.print(Text(f"  failed  {failed.source}: {failed.error}", style="red"))
    for one in report.polled:
        if one.note:
            console.print(Text(f"  note  {one.source}: {mask(one.note)}", style="yellow"))
        for skipped_item in one.skipped:
            console.print(Text(f"  skipped in {one.source}: {skipped_item}", style="yellow"))
    for published in report.published:
        if published.error:
            console.print(Text(f"  not published  {published.output}: {published.error}", style="red"))
        for entry in published.left_out:
            console.print(Text(f"  left out of {published.output}: {entry}", style="yellow"))
    site = settings.site
    where = f"In {site.place}." + ("" if site.bucket else " `feeds serve` serves it,")
    console.print(Text(f"{where} `feeds status` tells more."))
