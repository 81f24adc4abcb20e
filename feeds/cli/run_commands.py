"""once, run, serve: the only place where the parts are wired together.

What only one of them needs is imported in it: `feeds once` is run from cron every few minutes, and mostly has nothing
to do.
"""

from __future__ import annotations

import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import click

from feeds import logs
from feeds.cli import FAILED, NOTHING_FETCHED, OK
from feeds.clock import SystemClock
from feeds.config import Settings, load
from feeds.engine.cycle import Report, cycle, user_agent
from feeds.engine.lock import sole_owner
from feeds.engine.poller import Shard
from feeds.errors import StoreError
from feeds.fetch.pacing import Pacing
from feeds.ingest.record_poll import Polled
from feeds.logs import mask
from feeds.publish.sink import freshness
from feeds.store import Store, open_or_set_aside
from feeds.websub.publisher import topics


@contextmanager
def working(settings: Settings, pacing: Pacing | None = None) -> Iterator[tuple[Store, Shard]]:
    """The state and the engine, for as long as the block runs; nobody else may have them meanwhile."""
    clock = SystemClock()
    with sole_owner(settings.site.state, clock.now()):
        store, aside = open_or_set_aside(settings.site.state, clock.now())
        if aside:
            click.echo(
                f"The state was damaged; it now lies in {aside}. Rebuilding it from the sources.", err=True
            )
        shard = Shard(store, settings, clock, user_agent(settings), pacing=pacing)
        try:
            yield store, shard
        except KeyboardInterrupt:
            with suppress(StoreError):
                shard.settle()
            raise
        finally:
            shard.stop()
            store.close()


def run_once(config: Path, environ: Mapping[str, str], *, everything: bool, as_json: bool) -> int:
    settings = load(config, environ)
    with working(settings) as (store, shard):
        now = SystemClock().now
        if as_json:
            from feeds.engine.log_events import log_poll

            logs.configure("json")
            report = cycle(shard, store, now, log_poll, everything=everything, only=True)
        elif sys.stdout.isatty():
            with _progress() as (begin, tell):
                report = cycle(shard, store, now, tell, begin, everything=everything, only=True)
        else:
            report = cycle(shard, store, now, _say, everything=everything, only=True)
    if not as_json:
        _tell(settings, report)
    if any(one.error for one in report.published):
        return FAILED
    asked = [one for one in report.polled if not one.pushed]
    return NOTHING_FETCHED if asked and all(one.result == "failed" for one in asked) else OK


def run_daemon(config: Path, environ: Mapping[str, str], *, as_json: bool, verbose: bool) -> int:
    from feeds.engine.daemon import Daemon

    logs.configure("json" if as_json else "plain", verbose=verbose)
    Daemon(config, environ, SystemClock()).run()
    return OK


def run_server(config: Path, environ: Mapping[str, str], host: str, port: int, *, metrics: bool) -> int:
    from feeds.serve import metrics as metrics_routes
    from feeds.serve import serve
    from feeds.websub import callback

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
            *(metrics_routes.routes(site.state, SystemClock()) if metrics else ()),
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
def _progress() -> Iterator[tuple[Callable[[int], None], Callable[[Polled], None]]]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, transient=True) as progress:
        task = progress.add_task("asking the sources", total=0)

        def begin(count: int) -> None:
            progress.update(task, total=(progress.tasks[0].total or 0) + count)

        def tell(polled: Polled) -> None:
            progress.update(task, advance=1, description=polled.source[:40])

        yield begin, tell


def _tell(settings: Settings, report: Report) -> None:
    """What a cycle ends with."""
    counts = Counter(one.result for one in report.polled)
    fetched = counts["new"] + counts["unchanged"]
    skipped = sum(len(one.skipped) for one in report.polled)
    written = [name for one in report.published for name in one.written]
    left = [name for one in report.published for name in one.left]
    click.echo("What this cycle brought")
    for count, what in (
        (fetched, f"sources answered, {counts['unchanged']} of them without news"),
        (len(report.failed), "sources failed"),
        (sum(one.new for one in report.polled), "new articles"),
        (sum(one.merged for one in report.polled), "of them copies of a story that was there"),
        (sum(one.updated for one in report.polled), "articles edited by their source"),
        *([(skipped, "items or pages that could not be read")] if skipped else ()),
        (len(written), "files written" + (f": {_listed(written)}" if written else "")),
        (len(left), "files left as they were"),
    ):
        click.echo(f"{click.style(f'{count:>6}', bold=True)}  {what}")
    for failed in report.failed:
        _note(f"failed  {failed.source}: {failed.error}", "red")
    for one in report.polled:
        if one.note:
            _note(f"note  {one.source}: {one.note}", "yellow")
        for skipped_item in one.skipped:
            _note(f"skipped in {one.source}: {skipped_item}", "yellow")
    for published in report.published:
        if published.error:
            _note(f"not published  {published.output}: {published.error}", "red")
        for entry in published.left_out:
            _note(f"left out of {published.output}: {entry}", "yellow")
    site = settings.site
    where = f"In {site.place}." + ("" if site.bucket else " `feeds serve` serves it,")
    click.echo(f"{where} `feeds status` tells more.")


def _note(said: str, colour: str) -> None:
    # Masked: it may quote a server, and a terminal obeys control characters.
    click.secho(f"  {mask(said)}", fg=colour)


def _listed(names: Sequence[str], most: int = 20) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f", and {more} more" if more > 0 else "")
