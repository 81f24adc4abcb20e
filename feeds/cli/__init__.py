"""The command line. `feeds --help` lists the commands; `docs/commands.md` documents each option."""

from __future__ import annotations

import gc
import sys
from enum import IntEnum

import click

from feeds.errors import ConfigError, FeedsError, StateInUse


class ExitCode(IntEnum):
    """What the process ends with."""

    OK = 0
    FAILED = 1  # the state, an output or the command failed
    USAGE_ERROR = 2  # the configuration or the command line is wrong (2 is click's own code for this)
    IN_USE = 3  # another process uses the state
    ALL_FETCHES_FAILED = 4  # every source that was fetched failed


def main() -> None:
    """Run the `feeds` command and end the process with its exit code."""
    # At the default threshold the garbage collector runs some sixty times during the imports: a tenth of the start.
    gc.set_threshold(50_000)
    from feeds.cli.commands import feeds
    from feeds.cli.masked_streams import mask_standard_streams

    mask_standard_streams()
    try:
        code = feeds.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except ConfigError as error:
        click.echo(str(error), err=True)
        sys.exit(ExitCode.USAGE_ERROR)
    except StateInUse as error:
        click.echo(f"feeds: {error}", err=True)
        sys.exit(ExitCode.IN_USE)
    except FeedsError as error:
        click.echo(f"feeds: {error}", err=True)
        sys.exit(ExitCode.FAILED)
    except BrokenPipeError:  # `feeds status | head`
        sys.stderr.close()
        sys.exit(ExitCode.OK)
    finally:
        # Exclude all objects from the collection at the end of the process. It took 0.06 s and more.
        gc.freeze()
    sys.exit(code if isinstance(code, int) else ExitCode.OK)
