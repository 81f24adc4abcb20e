"""The command line. `feeds --help` lists the commands; `docs/commands.md` documents each option."""

from __future__ import annotations

import gc
import sys

import click

from feeds.engine.lock import StateInUse
from feeds.errors import ConfigError, FeedsError

OK, FAILED, USAGE_ERROR, IN_USE, NOTHING_FETCHED = range(5)
"""Exit codes: success · the state, an output or the command failed · the configuration or the command line is wrong
(2 is click's own code for this) · another process uses the state · every source that was fetched failed."""


def count_noun(number: int, noun: str) -> str:
    """1, "source" → "1 source"; 2, "entry" → "2 entries"."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun.removesuffix('y')}ies" if noun.endswith("y") else f"{number} {noun}s"


def main() -> None:
    """Run the `feeds` command and end the process with its exit code."""
    # At the default threshold the garbage collector runs some sixty times during the imports: a tenth of the start.
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
        sys.exit(USAGE_ERROR)
    except StateInUse as error:
        click.echo(f"feeds: {error}", err=True)
        sys.exit(IN_USE)
    except FeedsError as error:
        click.echo(f"feeds: {error}", err=True)
        sys.exit(FAILED)
    except BrokenPipeError:  # `feeds status | head`
        sys.stderr.close()
        sys.exit(OK)
    finally:
        # Exclude all objects from the collection at the end of the process. It took 0.06 s and more.
        gc.freeze()
    sys.exit(code if isinstance(code, int) else OK)
