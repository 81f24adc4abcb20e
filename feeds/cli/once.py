"""feeds once: one cycle.

Modules that only some runs need are imported inside the functions: cron runs `feeds once` every few minutes, and most
of these runs find nothing new.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import click

from feeds import logs
from feeds.cli import ExitCode
from feeds.cli.format import count_noun, format_duration, noun_for
from feeds.cli.polling import open_poller
from feeds.clock import SystemClock
from feeds.config import Settings, load
from feeds.config.units import duration_text
from feeds.engine.cycle import MAX_FETCH_TIME, CycleReport, Progress, Waiting, run_cycle
from feeds.ingest.record_poll import PollResult
from feeds.logs import mask_secrets


def run_once(
    config: Path,
    environ: Mapping[str, str],
    *,
    ignore_due_times: bool,
    as_json: bool,
    max_fetch_time: timedelta = MAX_FETCH_TIME,
) -> ExitCode:
    settings = load(config, environ)
    with open_poller(settings) as (store, poller), _progress(as_json) as progress:
        report = run_cycle(
            poller,
            store,
            SystemClock().now,
            progress,
            ignore_due_times=ignore_due_times,
            final=True,
            max_fetch_time=max_fetch_time,
        )
    if as_json:
        _log_end(report)
    else:
        _print_summary(settings, report, max_fetch_time)
    if any(published.errors for published in report.published):
        return ExitCode.FAILED
    fetched = [polled for polled in report.polled if not polled.is_delivery]
    if (fetched or report.unfinished) and all(
        polled.outcome in {"failed", "unreached"} for polled in fetched
    ):
        return ExitCode.ALL_FETCHES_FAILED
    return ExitCode.OK


@contextmanager
def _progress(as_json: bool) -> Iterator[Progress]:
    """How the cycle reports: as lines of JSON, on a terminal with a progress bar, else with a line for each source."""
    if as_json:
        from feeds.engine.log_events import log_network_change, log_poll, log_publications, log_waiting

        logs.configure("json")
        yield Progress(
            polled=log_poll, published=log_publications, network=log_network_change, waiting=log_waiting
        )
    elif sys.stdout.isatty():
        with _progress_bar() as progress:
            yield progress
    else:
        yield Progress(polled=_print_poll, waiting=lambda waiting: click.echo(_describe_waiting(waiting)))


def _log_end(report: CycleReport) -> None:
    from feeds.engine.log_events import log_housekeeping, log_publication, log_unfinished

    for published in report.published:
        if published.name == "health":  # the others are logged when they are published
            log_publication(published)
    if report.unfinished:
        log_unfinished(report.unfinished)
    if report.deleted:
        log_housekeeping(report.deleted)


# ------------------------------------------------------------------------------------- output for people


def _print_poll(polled: PollResult) -> None:
    delivered = " (delivered by its hub)" if polled.is_delivery else ""
    click.echo(mask_secrets(f"{polled.source}{delivered}: {_describe_result(polled)}"))


def _describe_result(polled: PollResult) -> str:
    if polled.outcome == "failed":
        return f"failed: {polled.error}"
    if polled.outcome == "unreached":
        return f"not reached, because the network is away: {polled.error}"
    if polled.outcome != "new":
        return polled.outcome
    counts = {"new": polled.new, "updated": polled.updated, "merged": polled.merged}
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count) or "list changed"


def _describe_waiting(waiting: Waiting) -> str:
    """Such as "waiting for 2 sources, for 59 min at most: a (4 s so far, timeout 30 s), b (…)"."""
    polls = [
        f"{source.id} ({seconds:.0f} s so far, timeout {source.access.timeout:g} s)"
        for source, seconds in waiting.slowest
    ]
    most = format_duration(timedelta(seconds=waiting.max_seconds))
    count = count_noun(waiting.count, "source")
    return f"waiting for {count}, for {most} at most: {_join_names(polls, limit=5) or 'their turn at their host'}"


@contextmanager
def _progress_bar() -> Iterator[Progress]:
    from rich import progress as rich_progress

    columns = (
        rich_progress.TextColumn("{task.description}"),
        rich_progress.BarColumn(),
        rich_progress.MofNCompleteColumn(),
    )
    with rich_progress.Progress(*columns, transient=True) as bar:
        task = bar.add_task("fetching the sources", total=0)

        def add_total(count: int) -> None:
            bar.update(task, total=(bar.tasks[0].total or 0) + count)

        def advance(polled: PollResult) -> None:
            bar.update(task, advance=1, description=polled.source[:40])

        yield Progress(
            started=add_total,
            polled=advance,
            waiting=lambda waiting: bar.console.print(
                _describe_waiting(waiting), markup=False, highlight=False, soft_wrap=True
            ),
        )


def _print_summary(settings: Settings, report: CycleReport, max_fetch_time: timedelta) -> None:
    click.echo("Summary of this cycle")
    for count, text in _summary_counts(report):
        click.echo(f"{click.style(f'{count:>6}', bold=True)}  {text}")
    if report.unfinished:
        names, limit = _join_names(report.unfinished), duration_text(max_fetch_time)
        _print_line(
            f"not finished after {limit} (--max-time): {names}. Later runs fetch them again.", "yellow"
        )
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
    if unreached := len(report.unreached):
        yield unreached, f"{noun_for(unreached, 'source')} not reached: the network is away; they stay due"
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
        for error in published.errors:
            _print_line(f"not published: {published.name}: {error}", "red")
        for entry in published.unrenderable:
            _print_line(f"left out: {published.name}: {entry}", "yellow")
        for stopped in published.stopped_searches:
            _print_line(f"rules: {published.name}: {stopped}", "yellow")


def _print_line(text: str, colour: str) -> None:
    # Masked, because it may quote a server: URLs may hold secrets, and a terminal obeys control characters.
    click.secho(f"  {mask_secrets(text)}", fg=colour)


def _join_names(names: Sequence[str], limit: int = 20) -> str:
    more = len(names) - limit
    return ", ".join(names[:limit]) + (f", and {more} more" if more > 0 else "")
