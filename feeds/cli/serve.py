"""feeds serve: serve the output directory over HTTP."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import click

from feeds import logs
from feeds.cli import ExitCode
from feeds.clock import SystemClock
from feeds.config import load
from feeds.publish.http_headers import freshness_lifetime
from feeds.serve import bind_server, open_access_log
from feeds.serve import metrics as metrics_routes
from feeds.websub import callback
from feeds.websub.publisher import hub_links


def run_server(
    config: Path,
    environ: Mapping[str, str],
    host: str,
    port: int,
    *,
    metrics: bool,
    access_log_path: str = "",
    cross_origin: bool = True,
) -> ExitCode:
    settings = load(config, environ)
    logs.configure()
    site = settings.site
    # Requests through a proxy carry the public host names.
    public_hosts = [urlsplit(url).hostname or host for url in (site.base_url, site.callback_prefix) if url]
    access_log = open_access_log(access_log_path) if access_log_path else None
    with bind_server(
        site.output,
        host,
        port,
        max_age=freshness_lifetime(settings.sources),
        hosts=public_hosts,
        routes=(
            *(callback.routes(site.state, SystemClock()) if site.callback_prefix else ()),
            *(metrics_routes.routes(site.state, SystemClock()) if metrics else ()),
        ),
        max_body_bytes=callback.MAX_DELIVERY_BYTES if site.callback_prefix else 0,
        links=hub_links(settings),
        cross_origin=cross_origin,
        access_log=access_log,
    ) as server:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: server.stop())
        if site.bucket:
            click.echo(
                f"Readers fetch the files from {site.output_location}. No feeds are served at {server.url}"
            )
        else:
            click.echo(f"Serving {site.output_location} at {server.url} (Ctrl-C stops it)")
        for output in () if site.bucket else settings.outputs:
            if output.private:  # this output may go to a log
                click.echo(f"  {output.name} is private: `feeds status` prints its address")
                continue
            for form in output.formats:
                click.echo(f"  {server.url}{output.name}.{form}")
        if site.callback_prefix:
            click.echo(f"Callback address for hubs: {site.callback_prefix}")
        server.run()
    return ExitCode.OK
