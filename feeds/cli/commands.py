"""The command line itself: names, arguments, options. What a command does stands in the file beside it.

Imports stand inside the commands, so that `feeds --help` does not load an HTTP client and a database.
"""

from __future__ import annotations

import os
from pathlib import Path

import click

from feeds import __version__

_CONFIG = click.option(
    "--config",
    "-c",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("sources.yaml"),
    show_default=True,
    help="The configuration file.",
)

_PRIVATE = click.option(
    "--allow-private", is_flag=True, help="The address may be one of this machine or the local network."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="feeds")
def feeds() -> None:
    """Pull articles from many feeds, keep one copy of each story, publish RSS, Atom and JSON Feed."""


@feeds.command()
@_CONFIG
@click.option("--title", default="My feeds", show_default=True, help="What the site is called.")
def init(config: Path, title: str) -> int:
    """Write a sources.yaml to start from."""
    from feeds.cli.edit import write_starter

    return write_starter(config, title)


@feeds.command()
@_CONFIG
@click.argument("url")
@click.option("--id", "own_id", help="The source's id; by default made from the URL.")
@click.option("--title", help="What to call it; by default what the feed calls itself.")
@click.option("--tag", "tags", multiple=True, help="A tag, which outputs select by. May be repeated.")
@_PRIVATE
def add(
    config: Path, url: str, own_id: str | None, title: str | None, tags: tuple[str, ...], allow_private: bool
) -> int:
    """Add a source: a feed, or a page that names its feed. It is asked once, and its articles are kept."""
    from feeds.cli.add import add_source

    return add_source(
        config, os.environ, url, own_id=own_id, title=title, tags=tags, allow_private=allow_private
    )


@feeds.command()
@_CONFIG
@click.option("--fix", is_flag=True, help="Write the new URLs of sources that have moved for good into it.")
def check(config: Path, fix: bool) -> int:
    """Read the configuration and say what is wrong with it. Nothing is fetched."""
    from feeds.cli.advice import fix_config
    from feeds.cli.edit import check_config

    return fix_config(config, os.environ) if fix else check_config(config, os.environ)


@feeds.command()
def schema() -> int:
    """Print the JSON Schema of sources.yaml, for editors."""
    from feeds.cli.edit import print_schema

    return print_schema()


@feeds.command()
@_CONFIG
@click.option("--all", "everything", is_flag=True, help="Ask every source now, due or not.")
@click.option("--json", "as_json", is_flag=True, help="Log lines as JSON instead of progress and tables.")
def once(config: Path, everything: bool, as_json: bool) -> int:
    """One cycle: ask the sources that are due, publish what changed, and end. For cron."""
    from feeds.cli.run_commands import run_once

    return run_once(config, os.environ, everything=everything, as_json=as_json)


@feeds.command()
@_CONFIG
@click.option("--json", "as_json", is_flag=True, help="Log lines as JSON.")
@click.option("--verbose", "-v", is_flag=True, help="Say more.")
def run(config: Path, as_json: bool, verbose: bool) -> int:
    """Run until told to stop. SIGTERM ends it, SIGHUP or a changed file reloads the configuration."""
    from feeds.cli.run_commands import run_daemon

    return run_daemon(config, os.environ, as_json=as_json, verbose=verbose)


@feeds.command()
@_CONFIG
@click.argument("source", required=False)
@click.option("--failing", is_flag=True, help="Only sources whose last poll failed.")
def status(config: Path, source: str | None, failing: bool) -> int:
    """How the sources are: when each was asked, is due, and what is wrong. With SOURCE: all about one."""
    from feeds.cli.status import show_source, show_sources

    if source:
        return show_source(config, os.environ, source)
    return show_sources(config, os.environ, failing=failing)


@feeds.command()
@_CONFIG
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
def retry(config: Path, sources: tuple[str, ...]) -> int:
    """Ask sources (by id) at the next opportunity, due or not, also those that have ended (410)."""
    from feeds.cli.advice import retry_sources

    return retry_sources(config, os.environ, sources)


@feeds.command()
@_CONFIG
@click.argument("what", metavar="URL-OR-ID")
def explain(config: Path, what: str) -> int:
    """Why an article stands where it does: its story, who else carries it, and where it is shown."""
    from feeds.cli.explain import explain_article

    return explain_article(config, os.environ, what)


@feeds.command()
@_CONFIG
@click.argument("article")
def split(config: Path, article: str) -> int:
    """Take ARTICLE (its id or link) out of its story, for good."""
    from feeds.cli.split_merge import split_article

    return split_article(config, os.environ, article)


@feeds.command()
@_CONFIG
@click.argument("article")
@click.argument("other")
def merge(config: Path, article: str, other: str) -> int:
    """Make one story of the stories of two articles (ids or links), for good."""
    from feeds.cli.split_merge import merge_articles

    return merge_articles(config, os.environ, article, other)


@feeds.command()
@_CONFIG
@click.argument("name")
@click.option("--limit", default=5, show_default=True, help="How many articles to look at.")
@_PRIVATE
def preview(config: Path, name: str, limit: int, allow_private: bool) -> int:
    """What would be published, before it is. NAME is an output: what its rules do to the newest stories, and
    why; or a source (its id, or any URL): it is asked now, and its articles are shown. Nothing is kept."""
    from feeds.cli.preview import preview_named

    return preview_named(config, os.environ, name, limit=limit, allow_private=allow_private)


@feeds.command()
@_CONFIG
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, help="The port; 0 takes a free one.")
@click.option("--no-metrics", is_flag=True, help="Do not answer /metrics and /healthz.")
def serve(config: Path, host: str, port: int, no_metrics: bool) -> int:
    """Serve the output directory, to subscribe to."""
    from feeds.cli.run_commands import run_server

    return run_server(config, os.environ, host, port, metrics=not no_metrics)


@feeds.command("import")
@_CONFIG
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--tag", "tags", multiple=True, help="A tag for all of them, besides their folders.")
def import_(config: Path, file: Path, tags: tuple[str, ...]) -> int:
    """Add the subscriptions of an OPML file, as every feed reader exports it."""
    from feeds.cli.edit import import_opml

    return import_opml(config, os.environ, file, tags)


@feeds.command()
@_CONFIG
def export(config: Path) -> int:
    """Print the sources as OPML, for another reader."""
    from feeds.cli.edit import export_opml

    return export_opml(config, os.environ)
