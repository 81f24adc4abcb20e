"""feeds once, run, serve: the commands that open the state and build the engine or the server.

Modules that only one command needs are imported inside it: cron runs `feeds once` every few minutes, and most of these
runs find nothing new.
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
from feeds.engine.cycle import CycleReport, run_cycle
from feeds.engine.lock import lock_state
from feeds.engine.poller import Poller
from feeds.errors import StoreError
from feeds.fetch.pacing import Pacing
from feeds.fetch.user_agent import user_agent
from feeds.ingest.record_poll import PollResult
from feeds.logs import mask_secrets
from feeds.publish.sink import freshness_lifetime
from feeds.store import Store, open_or_set_aside
from feeds.websub.publisher import hub_topics


@contextmanager
def open_poller(settings: Settings, pacing: Pacing | None = None) -> Iterator[tuple[Store, Poller]]:
    """Locks and opens the state, and builds the engine on it. Raises StateInUse if another process has locked it."""
    clock = SystemClock()
    with lock_state(settings.site.state, clock.now()):
        store, moved_to = open_or_set_aside(settings.site.state, clock.now())
        if moved_to:
            click.echo(
                f"The state is damaged and has been moved to {moved_to}. A new one is built from the sources.",
                err=True,
            )
        poller = Poller(store, settings, clock, user_agent(settings), pacing=pacing)
        try:
            yield store, poller
        except KeyboardInterrupt:
            with suppress(StoreError):
                poller.commit_remaining()
            raise
        finally:
            poller.stop()
            store.close()


def run_once(config: Path, environ: Mapping[str, str], *, everything: bool, as_json: bool) -> int:
    settings = load(config, environ)
    with open_poller(settings) as (store, poller):
        now = SystemClock().now
        if as_json:
            from feeds.engine.log_events import log_poll

            logs.configure("json")
            report = run_cycle(poller, store, now, log_poll, ignore_due_times=everything, final=True)
        elif sys.stdout.isatty():
            with _progress() as (add_total, advance):
                report = run_cycle(
                    poller, store, now, advance, add_total, ignore_due_times=everything, final=True
                )
        else:
            report = run_cycle(poller, store, now, _print_poll, ignore_due_times=everything, final=True)
    if not as_json:
        _print_summary(settings, report)
    if any(published.error for published in report.published):
        return FAILED
    fetched = [polled for polled in report.polled if not polled.pushed]
    return NOTHING_FETCHED if fetched and all(polled.result == "failed" for polled in fetched) else OK


def run_daemon(config: Path, environ: Mapping[str, str], *, as_json: bool, verbose: bool) -> int:
    from feeds.engine.daemon import Daemon

    logs.configure("json" if as_json else "plain", verbose=verbose)
    Daemon(config, environ, SystemClock()).run()
    return OK


def run_server(config: Path, environ: Mapping[str, str], host: str, port: int, *, metrics: bool) -> int:
    from feeds.serve import bind_server
    from feeds.serve import metrics as metrics_routes
    from feeds.websub import callback

    settings = load(config, environ)
    site = settings.site
    # Requests through a proxy carry the public host names.
    public_hosts = [urlsplit(url).hostname or host for url in (site.base_url, site.callbacks) if url]
    with bind_server(
        site.output,
        host,
        port,
        max_age=freshness_lifetime(settings.sources),
        hosts=public_hosts,
        routes=(
            *(callback.routes(site.state, SystemClock()) if site.callbacks else ()),
            *(metrics_routes.routes(site.state, SystemClock()) if metrics else ()),
        ),
        max_body_bytes=callback.MAX_DELIVERY_BYTES if site.callbacks else 0,
        links=hub_links(settings),
    ) as server:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: server.stop())
        if site.bucket:
            click.echo(f"Readers fetch the files from {site.place}. No feeds are served at {server.url}")
        else:
            click.echo(f"Serving {site.place} at {server.url} (Ctrl-C stops it)")
        for output in () if site.bucket else settings.outputs:
            if output.private:  # this output may go to a log
                click.echo(f"  {output.name} is private: `feeds status` prints its address")
                continue
            for form in output.formats:
                click.echo(f"  {server.url}{output.name}.{form}")
        if site.callbacks:
            click.echo(f"Callback address for hubs: {site.callbacks}")
        server.run()
    return OK


def hub_links(settings: Settings) -> dict[str, str]:
    """File name → value of its Link header, for all feeds whose hubs are notified (WebSub §4)."""
    hubs: dict[str, list[str]] = {}
    for hub, topic in hub_topics(settings):
        hubs.setdefault(topic, []).append(f'<{hub}>; rel="hub"')
    base_url = settings.site.base_url
    return {
        topic.removeprefix(base_url): ", ".join([*links, f'<{topic}>; rel="self"'])
        for topic, links in hubs.items()
    }


# ------------------------------------------------------------------------------------- output for people


def _print_poll(polled: PollResult) -> None:
    click.echo(
        f"{polled.source}{' (delivered by its hub)' if polled.pushed else ''}: {_describe_result(polled)}"
    )


def _describe_result(polled: PollResult) -> str:
    if polled.result == "failed":
        return f"failed: {polled.error}"
    if polled.result != "new":
        return polled.result
    counts = {"new": polled.new, "updated": polled.updated, "merged": polled.merged}
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count) or "list changed"


@contextmanager
def _progress() -> Iterator[tuple[Callable[[int], None], Callable[[PollResult], None]]]:
    """A progress bar. Yields the functions that add sources to its total, and that advance it after a poll."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, transient=True) as progress:
        task = progress.add_task("fetching the sources", total=0)

        def add_total(count: int) -> None:
            progress.update(task, total=(progress.tasks[0].total or 0) + count)

        def advance(polled: PollResult) -> None:
            progress.update(task, advance=1, description=polled.source[:40])

        yield add_total, advance


def _print_summary(settings: Settings, report: CycleReport) -> None:
    click.echo("Summary of this cycle")
    for count, text in _summary_counts(report):
        click.echo(f"{click.style(f'{count:>6}', bold=True)}  {text}")
    _print_problems(report)
    site = settings.site
    hint = "" if site.bucket else " `feeds serve` serves it."
    click.echo(f"Output: {site.place}.{hint} `feeds status` shows each source.")


def _summary_counts(report: CycleReport) -> Iterator[tuple[int, str]]:
    results = Counter(polled.result for polled in report.polled)
    written = [name for published in report.published for name in published.written]
    unchanged = sum(len(published.left) for published in report.published)
    skipped = sum(len(polled.skipped) for polled in report.polled)
    yield (
        results["new"] + results["unchanged"],
        f"sources answered, {results['unchanged']} of them without news",
    )
    yield len(report.failed), "sources failed"
    yield sum(polled.new for polled in report.polled), "new articles"
    yield sum(polled.merged for polled in report.polled), "of them joined a known story"
    yield sum(polled.updated for polled in report.polled), "articles edited by their source"
    if skipped:
        yield skipped, "items or pages that could not be read"
    yield len(written), "files written" + (f": {_join_names(written)}" if written else "")
    yield unchanged, "files unchanged"


def _print_problems(report: CycleReport) -> None:
    for failed in report.failed:
        _print_line(f"failed  {failed.source}: {failed.error}", "red")
    for polled in report.polled:
        if polled.note:
            _print_line(f"note  {polled.source}: {polled.note}", "yellow")
        for skipped_item in polled.skipped:
            _print_line(f"skipped in {polled.source}: {skipped_item}", "yellow")
    for published in report.published:
        if published.error:
            _print_line(f"not published  {published.output}: {published.error}", "red")
        for entry in published.left_out:
            _print_line(f"left out of {published.output}: {entry}", "yellow")


def _print_line(text: str, colour: str) -> None:
    # Masked, because it may quote a server: URLs may hold secrets, and a terminal obeys control characters.
    click.secho(f"  {mask_secrets(text)}", fg=colour)


def _join_names(names: Sequence[str], limit: int = 20) -> str:
    more = len(names) - limit
    return ", ".join(names[:limit]) + (f", and {more} more" if more > 0 else "")
