"""The commands. `feeds --help` lists them; `docs/commands.md` documents each option."""

from __future__ import annotations

import gc
import sys

import click

from feeds.engine.lock import InUse
from feeds.errors import ConfigError, FeedsError

OK, FAILED, MISUSED, IN_USE, NOTHING_FETCHED = range(5)
"""Exit codes: fine · a state, output or command failed · the configuration or the call is wrong (click's own
code for usage) · another process works on the state · every source that was asked failed."""


def counted(number: int, noun: str) -> str:
    """ "1 source", "2 entries"."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun.removesuffix('y')}ies" if noun.endswith("y") else f"{number} {noun}s"


def main() -> None:
    """The `feeds` command."""
    # What is imported stays: to look through it for garbage, some sixty times, took a tenth of the start.
    gc.set_threshold(50_000)
    from feeds.cli.commands import feeds

    try:
        code = feeds.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except ConfigError as error:
        click.echo(str(error), err=True)
        sys.exit(MISUSED)
    except InUse as error:
        click.echo(f"feeds: {error}", err=True)
        sys.exit(IN_USE)
    except FeedsError as error:
        click.echo(f"feeds: {error}", err=True)
        sys.exit(FAILED)
    except BrokenPipeError:  # `feeds status | head`
        sys.stderr.close()
        sys.exit(OK)
    finally:
        # The process ends, and all goes with it: to look through it for garbage once more took 0.06 s and more.
        gc.freeze()
    sys.exit(code if isinstance(code, int) else OK)
