"""feeds status: what each source did last, when it is due, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from feeds.cli import ExitCode
from feeds.cli.advice import advice
from feeds.cli.format import ago, count_noun, format_duration, hint_for_unknown, until
from feeds.cli.join_table import describe_joins, print_joins
from feeds.cli.state_access import open_readonly
from feeds.clock import SystemClock
from feeds.config import Settings
from feeds.fetch.domains import is_in_queue_domain
from feeds.logs import mask_secrets
from feeds.model import Output, SourceState, Subscription
from feeds.model.urls import safe_url
from feeds.publish import failed_files, private_outputs
from feeds.schedule.permanent_redirects import MIN_SIGHTING_SPAN, MIN_SIGHTINGS
from feeds.schedule.source_health import current_issues
from feeds.store import corrections, hosts, joins, outputs, pings, sources, subscriptions
from feeds.store.hosts import HostState
from feeds.store.store import AWAY_SINCE_FACT, load_fact


def show_sources(config: Path, environ: Mapping[str, str], *, failing: bool) -> ExitCode:
    now = SystemClock().now()
    with open_readonly(config, environ) as (settings, connection):
        states = sources.states(connection)
        counts = outputs.count_shown(connection)
        cooldowns = hosts.in_cooldown(connection, now)
        folders = {
            output.name: private_outputs.known_folder(connection, output) for output in settings.outputs
        }
        failing_files = failed_files.load(connection)
        failed_pings = [ping for ping in pings.load_all(connection) if ping.error]
        join_counts = joins.count_by_pair(connection)
        corrected = corrections.load(connection)
        away_since = load_fact(connection, AWAY_SINCE_FACT)
    console = Console()
    console.print(_source_table([state for state in states if state.error or not failing], now))
    failures = sum(bool(state.error) for state in states)
    console.print(f"{count_noun(len(states), 'source')}, {failures} failing.")
    if away_since:
        since = ago(datetime.fromisoformat(away_since), now)
        line = f"  the network went away {since}; no source is blamed, all stay due as they were"
        console.print(Text(line, style="yellow"))
    for host in cooldowns:
        waiting = sum(is_in_queue_domain(state.host, host.name) for state in states)
        line = f"  host {host.name} {_describe_cooldown(host, now)}; sources that wait: {waiting}"
        console.print(Text(line, style="yellow"))
    for source_id, text in advice(settings, states):
        console.print(Text(f"  {source_id} {text}", style="yellow"))
    for output in settings.outputs:
        console.print(f"  {output.name}: {count_noun(counts.get(output.name, 0), 'entry')}", highlight=False)
        if output.private:
            _print_private_address(console, settings, output, folders[output.name])
    for record in failing_files.values():
        line = f"  not published: {record.error} Next attempt {until(record.next_try, now)}"
        console.print(Text(mask_secrets(line), style="red"))
    for ping in failed_pings:
        line = f"  hub {safe_url(ping.hub)} could not be notified of {ping.topic}: {ping.error}; next attempt"
        console.print(Text(f"{mask_secrets(line)} {until(ping.next_try, now)}", style="yellow"))
    if not failing:
        print_joins(console, join_counts, corrected)
    return ExitCode.OK


def _source_table(states: Sequence[SourceState], now: datetime) -> Table:
    """One row per source, the failing ones first."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("source", "answered", "news", "due", "condition"):
        table.add_column(heading, overflow="fold")
    for state in sorted(states, key=lambda state: (not state.error, state.id)):
        table.add_row(
            state.id,
            ago(state.succeeded_at, now),
            ago(state.news_at, now),
            until(state.due_at, now),
            _describe_condition(state, now),
        )
    return table


def _print_private_address(console: Console, settings: Settings, output: Output, folder: str) -> None:
    """Prints where readers find a private output. No other command and no published file contains this address."""
    if not folder:
        console.print("    private; its address is created when it is first published")
    for form in output.formats if folder else ():
        address = f"    private: {settings.site.base_url}{folder}{output.name}.{form}"
        console.print(address, highlight=False, soft_wrap=True)


def show_source(config: Path, environ: Mapping[str, str], source_id: str) -> ExitCode:
    now = SystemClock().now()
    with open_readonly(config, environ) as (settings, connection):
        states = {state.id: state for state in sources.states(connection)}
        cooldowns = {host.name: _describe_cooldown(host, now) for host in hosts.in_cooldown(connection, now)}
        hub_subscriptions = subscriptions.find_by_source(connection, source_id)
        join_counts = joins.count_by_pair(connection)
    state = states.get(source_id)
    if state is None:
        hint = hint_for_unknown(source_id, list(states))
        click.echo(f"feeds: no source has the id {source_id!r}. {hint}", err=True)
        return ExitCode.FAILED
    facts = _source_facts(state, now)
    facts["host"] = "\n".join(
        f"{name} {text}" for name, text in cooldowns.items() if is_in_queue_domain(state.host, name)
    )
    facts["hub"] = "; ".join(_describe_hub(subscription, now) for subscription in hub_subscriptions)
    facts["joins"] = describe_joins(join_counts, source_id)
    facts["to do"] = "\n".join(f"It {text}" for _, text in advice(settings, [state]))
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in facts.items():
        if value:
            table.add_row(name, Text(value))
    Console().print(table)
    return ExitCode.OK


def _source_facts(state: SourceState, now: datetime) -> dict[str, str]:
    """Name → value, "" if there is none, of what the state knows about a source, in the order in which it is printed.
    The caller fills in `host`, `hub`, `joins` and `to do`."""
    return {
        "source": state.id,
        "url": mask_secrets(state.url),
        "feed found at": mask_secrets(state.feed_url),
        "title": state.feed.title if state.feed else "",
        "format": state.feed.format if state.feed else "",
        "last fetched": ago(state.requested_at, now),
        "last answered": ago(state.succeeded_at, now),
        "last full response": ago(state.full_response_at, now),
        "last news": ago(state.news_at, now),
        "due": f"{until(state.due_at, now)} ({state.due_reason})",
        "host": "",
        "hub": "",
        "HTTP status": str(state.status or ""),
        "failures in a row": str(state.failures or ""),
        "problem": mask_secrets(state.error),
        "moved permanently to": f"{mask_secrets(state.permanent_url)} (confirmed {ago(state.permanent_since, now)})"
        if state.permanent_url
        else "",
        "redirects to": _describe_redirect(state, now),
        "ETag": state.validators.etag,
        "Last-Modified": state.validators.last_modified,
        "joins": "",
        "to do": "",
    }


def _describe_hub(subscription: Subscription, now: datetime) -> str:
    """The state of a subscription, such as "hub.example: subscribed for another 9 d"."""
    if subscription.is_live(now) and subscription.lease_end:
        text = f"subscribed for another {format_duration(subscription.lease_end - now)}"
    elif subscription.state == "leaving":
        text = "unsubscribing"
    else:
        text = "subscription requested" if subscription.attempts else "not subscribed"
        text += f"; next request {until(subscription.next_try, now)}"
    error = f" ({mask_secrets(subscription.error)})" if subscription.error else ""
    return f"{safe_url(subscription.hub)}: {text}{error}"


def _describe_condition(state: SourceState, now: datetime) -> Text:
    if state.error:
        times = f" ({state.failures} times in a row)" if state.failures > 1 else ""
        return Text(mask_secrets(state.error) + times, style="red")
    if state.permanent_url:
        return Text("ok, has moved to a new address", style="yellow")
    for trouble in current_issues(state, now):
        return Text(trouble.description, style="yellow")
    return Text("ok" if state.succeeded_at else "not fetched yet")


def _describe_cooldown(host: HostState, now: datetime) -> str:
    return f"is in cooldown for another {format_duration(host.next_request_at - now)}: {host.cooldown_reason}"


def _describe_redirect(state: SourceState, now: datetime) -> str:
    """A permanent redirect that is not confirmed yet."""
    if not state.redirect_url:
        return ""
    times = "once" if state.redirect_count == 1 else f"{state.redirect_count} times"
    return (
        f"{mask_secrets(state.redirect_url)}, permanently (seen {times}, first {ago(state.redirect_since, now)}; "
        f"confirmed after {MIN_SIGHTINGS} times over {MIN_SIGHTING_SPAN.days} days)"
    )
