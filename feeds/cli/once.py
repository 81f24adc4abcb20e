"""feeds once: one cycle.

Modules that only some runs need are imported inside the functions: cron runs `feeds once` every few minutes, and most
of these runs find nothing new.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from feeds import logs
from feeds.cli import ExitCode
from feeds.cli.format import noun_for
from feeds.cli.polling import open_poller
from feeds.clock import SystemClock
from feeds.config import Settings, load
from feeds.engine.cycle import CycleReport, run_cycle
from feeds.ingest.record_poll import PollResult
from feeds.logs import mask_secrets


def run_once(config: Path, environ: Mapping[str, str], *, ignore_due_times: bool, as_json: bool) -> ExitCode:
    settings = load(config, environ)
    with open_poller(settings) as (store, poller):
        now = SystemClock().now
        if as_json:
            from feeds.engine.log_events import log_housekeeping, log_poll, log_publication

            logs.configure("json")
            report = run_cycle(poller, store, now, log_poll, ignore_due_times=ignore_due_times, final=True)
            for published in report.published:
                log_publication(published)
            if report.deleted:
                log_housekeeping(report.deleted)
        elif sys.stdout.isatty():
            with _progress() as (add_total, advance):
                report = run_cycle(
                    poller, store, now, advance, add_total, ignore_due_times=ignore_due_times, final=True
                )
        else:
            report = run_cycle(poller, store, now, _print_poll, ignore_due_times=ignore_due_times, final=True)
    if not as_json:
        _print_summary(settings, report)
    if any(published.error for published in report.published):
        return ExitCode.FAILED
    fetched = [polled for polled in report.polled if not polled.is_delivery]
    if fetched and all(polled.outcome == "failed" for polled in fetched):
        return ExitCode.ALL_FETCHES_FAILED
    return ExitCode.OK


# ------------------------------------------------------------------------------------- output for people


def _print_poll(polled: PollResult) -> None:
    delivered = " (delivered by its hub)" if polled.is_delivery else ""
    click.echo(mask_secrets(f"{polled.source}{delivered}: {_describe_result(polled)}"))


def _describe_result(polled: PollResult) -> str:
    if polled.outcome == "failed":
        return f"failed: {polled.error}"
    if polled.outcome != "new":
        return polled.outcome
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
    _print_problems(report, with_failed=sys.stdout.isatty())  # otherwise `_print_poll` has printed them
    site = settings.site
    hint = "" if site.bucket else " `feeds serve` serves it."
    click.echo(f"Output: {site.output_location}.{hint} `feeds status` shows each source.")


def _summary_counts(report: CycleReport) -> Iterator[tuple[int, str]]:
    results = Counter(polled.outcome for polled in report.polled)
    written = [name for published in report.published for name in published.written]
    unchanged = sum(len(published.unchanged) for published in report.published)
    skipped = sum(len(polled.skipped) for polled in report.polled)
    new = sum(polled.new for polled in report.polled)
    merged = sum(polled.merged for polled in report.polled)
    updated = sum(polled.updated for polled in report.polled)
    answered, failed = results["new"] + results["unchanged"], len(report.failed)
    yield answered, f"{noun_for(answered, 'source')} answered, {results['unchanged']} of them without news"
    yield failed, f"{noun_for(failed, 'source')} failed"
    counts = (
        (new, f"new {noun_for(new, 'article')}"),
        (merged, "of them joined a known story"),
        (updated, f"{noun_for(updated, 'article')} edited by their source"),
        (skipped, f"{'item or page' if skipped == 1 else 'items or pages'} that could not be read"),
        (len(written), f"{noun_for(len(written), 'file')} written: {_join_names(written)}"),
        (unchanged, f"output {noun_for(unchanged, 'file')} unchanged"),
    )
    yield from ((count, text) for count, text in counts if count)


def _print_problems(report: CycleReport, *, with_failed: bool) -> None:
    for failed in report.failed if with_failed else ():
        _print_line(f"failed: {failed.source}: {failed.error}", "red")
    for polled in report.polled:
        if polled.note:
            _print_line(f"note: {polled.source}: {polled.note}", "yellow")
        for skipped_item in polled.skipped:
            _print_line(f"skipped: {polled.source}: {skipped_item}", "yellow")
    for published in report.published:
        if published.error:
            _print_line(f"not published: {published.name}: {published.error}", "red")
        for entry in published.unrenderable:
            _print_line(f"left out: {published.name}: {entry}", "yellow")


def _print_line(text: str, colour: str) -> None:
    # Masked, because it may quote a server: URLs may hold secrets, and a terminal obeys control characters.
    click.secho(f"  {mask_secrets(text)}", fg=colour)


def _join_names(names: Sequence[str], limit: int = 20) -> str:
    more = len(names) - limit
    return ", ".join(names[:limit]) + (f", and {more} more" if more > 0 else "")
