"""feeds run: the daemon."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from feeds import logs
from feeds.cli import ExitCode
from feeds.clock import SystemClock
from feeds.engine.daemon import Daemon


def run_daemon(config: Path, environ: Mapping[str, str], *, as_json: bool) -> ExitCode:
    logs.configure("json" if as_json else "plain")
    Daemon(config, environ, SystemClock()).run()
    return ExitCode.OK
