"""The command line: the names, arguments and options of the commands. The other modules here implement them.

The commands import them when they run, so that `feeds --help` does not load an HTTP client and a database.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import click

from feeds import __version__
from feeds.cli import ExitCode

_CONFIG = click.option(
    "--config",
    "-c",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("sources.yaml"),
    show_default=True,
    help="The configuration file.",
)

_PRIVATE = click.option(
    "--allow-private", is_flag=True, help="Allow an address of this machine or of the local network."
)


def _parse_duration(_context: click.Context, _option: click.Parameter, text: str) -> timedelta:
    from feeds.config.units import duration

    try:
        return duration(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} {error}; write 90s, 10m or 1h30m") from None


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="feeds")
def feeds() -> None:
    """Fetch articles from many feeds, keep one copy of each story, publish RSS, Atom and JSON Feed."""


@feeds.command()
@_CONFIG
@click.option("--title", default="My feeds", show_default=True, help="The title of the site.")
def init(config: Path, title: str) -> ExitCode:
    """Write a first sources.yaml."""
    from feeds.cli.config_commands import write_starter

    return write_starter(config, title)


@feeds.command()
@_CONFIG
@click.argument("url")
@click.option("--id", "own_id", help="The id of the source (default: made from the URL).")
@click.option("--title", help="The title of the source (default: the feed's own title).")
@click.option("--tag", "tags", multiple=True, help="A tag, by which outputs select sources. May be repeated.")
@_PRIVATE
def add(
    config: Path, url: str, own_id: str | None, title: str | None, tags: tuple[str, ...], allow_private: bool
) -> ExitCode:
    """Add a source: a feed, or a page that names its feed. It is fetched once, and its articles are stored."""
    from feeds.cli.add import add_source

    return add_source(
        config, os.environ, url, own_id=own_id, title=title, tags=tags, allow_private=allow_private
    )


@feeds.command()
@_CONFIG
@click.option(
    "--fix", is_flag=True, help="Write the new URLs of sources that have moved permanently into the file."
)
def check(config: Path, fix: bool) -> ExitCode:
    """List every mistake in the configuration. Nothing is fetched."""
    from feeds.cli.check_fix import fix_config
    from feeds.cli.config_commands import check_config

    return fix_config(config, os.environ) if fix else check_config(config, os.environ)


@feeds.command()
def schema() -> ExitCode:
    """Print the JSON Schema of sources.yaml, for editors."""
    from feeds.cli.config_commands import print_schema

    return print_schema()


@feeds.command()
@_CONFIG
@click.option(
    "--all",
    "ignore_due_times",
    is_flag=True,
    help="Fetch also sources that are not due, except those that have ended (410) or whose host is in cooldown.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print log lines as JSON instead of progress and summary."
)
@click.option(
    "--max-time",
    "max_fetch_time",
    default="1h",
    show_default=True,
    callback=_parse_duration,
    metavar="DURATION",
    help="Fetch for this long at most (90s, 10m, 1h30m). Sources without an answer then stay due.",
)
def once(config: Path, ignore_due_times: bool, as_json: bool, max_fetch_time: timedelta) -> ExitCode:
    """Run one cycle: fetch the sources that are due, publish what changed, and end. For cron."""
    from feeds.cli.once import run_once

    return run_once(
        config,
        os.environ,
        ignore_due_times=ignore_due_times,
        as_json=as_json,
        max_fetch_time=max_fetch_time,
    )


@feeds.command()
@_CONFIG
@click.option("--json", "as_json", is_flag=True, help="Print log lines as JSON.")
def run(config: Path, as_json: bool) -> ExitCode:
    """Fetch and publish until stopped. SIGTERM stops it; SIGHUP or a changed file reloads the configuration."""
    from feeds.cli.run import run_daemon

    return run_daemon(config, os.environ, as_json=as_json)


@feeds.command()
@_CONFIG
@click.argument("source", required=False)
@click.option("--failing", is_flag=True, help="List only sources whose last poll failed.")
def status(config: Path, source: str | None, failing: bool) -> ExitCode:
    """Show when each source last answered, when it is due, and what is wrong. With SOURCE: everything about it."""
    from feeds.cli.status import show_source, show_sources

    if source:
        return show_source(config, os.environ, source)
    return show_sources(config, os.environ, failing=failing)


@feeds.command()
@_CONFIG
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
def retry(config: Path, sources: tuple[str, ...]) -> ExitCode:
    """Make sources (given by id) due now, including those that have ended (410)."""
    from feeds.cli.retry import retry_sources

    return retry_sources(config, os.environ, sources)


@feeds.command()
@_CONFIG
@click.argument("what", metavar="URL-OR-ID")
def explain(config: Path, what: str) -> ExitCode:
    """Show an article's story, why each member joined it, and where it is published."""
    from feeds.cli.explain import explain_article

    return explain_article(config, os.environ, what)


@feeds.command()
@_CONFIG
@click.option(
    "--since",
    default="1d",
    show_default=True,
    callback=_parse_duration,
    metavar="DURATION",
    help="How far back (90s, 10m, 1h30m, 7d).",
)
@click.option("--source", metavar="ID", help="List only joins of this source's articles.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
def merges(config: Path, since: timedelta, source: str | None, as_json: bool) -> ExitCode:
    """List the joins made: which articles became one story, and why. The newest come first."""
    from feeds.cli.merges import list_merges

    return list_merges(config, os.environ, since, source, as_json=as_json)


@feeds.command()
@_CONFIG
@click.argument("article")
def split(config: Path, article: str) -> ExitCode:
    """Take ARTICLE (its id or link) out of its story, permanently."""
    from feeds.cli.split_merge import split_article

    return split_article(config, os.environ, article)


@feeds.command()
@_CONFIG
@click.argument("article")
@click.argument("other")
def merge(config: Path, article: str, other: str) -> ExitCode:
    """Make one story of the stories of two articles (ids or links), permanently."""
    from feeds.cli.split_merge import merge_articles

    return merge_articles(config, os.environ, article, other)


@feeds.command()
@_CONFIG
@click.argument("name")
@click.option("--limit", default=5, show_default=True, help="How many articles or stories to show.")
@_PRIVATE
def preview(config: Path, name: str, limit: int, allow_private: bool) -> ExitCode:
    """Show what would be published. NAME is an output: shows what its rules do to the newest stories, and why.
    Or it is a source (its id, or any URL): fetches it now and shows its articles. No article is stored."""
    from feeds.cli.preview import preview_named

    return preview_named(config, os.environ, name, limit=limit, allow_private=allow_private)


@feeds.command()
@_CONFIG
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, help="The port to listen on; 0 takes a free one.")
@click.option("--no-metrics", is_flag=True, help="Do not answer /metrics and /healthz.")
@click.option("--access-log", default="", metavar="FILE", help="Append a line per request; - prints it.")
@click.option("--no-cors", is_flag=True, help="Do not let pages of other sites read public outputs.")
def serve(config: Path, host: str, port: int, no_metrics: bool, access_log: str, no_cors: bool) -> ExitCode:
    """Serve the output directory over HTTP."""
    from feeds.cli.serve import run_server

    return run_server(
        config,
        os.environ,
        host,
        port,
        metrics=not no_metrics,
        access_log_path=access_log,
        cross_origin=not no_cors,
    )


@feeds.command("import")
@_CONFIG
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--tag",
    "tags",
    multiple=True,
    help="A tag for all of them, in addition to their folders. May be repeated.",
)
def import_(config: Path, file: Path, tags: tuple[str, ...]) -> ExitCode:
    """Add the subscriptions of an OPML file, which most feed readers can export."""
    from feeds.cli.config_commands import import_opml

    return import_opml(config, os.environ, file, tags)


@feeds.command()
@_CONFIG
def export(config: Path) -> ExitCode:
    """Print the sources as OPML, for another feed reader."""
    from feeds.cli.config_commands import export_opml

    return export_opml(config, os.environ)
