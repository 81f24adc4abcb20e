"""FileWriter: renders and writes the files of one publication, each on its own. No failure stops the next file."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import feeds
from feeds.errors import CheckFailed, PublishError, TemplateStopped
from feeds.logs import mask_secrets
from feeds.publish.failed_files import FailedFile, failed
from feeds.publish.sink import Sink

MAX_UNWRITTEN_IN_A_ROW = 3
"""After so many files that could not be written, the place is out of reach, and each further one would wait for it."""

_PACKAGE = Path(feeds.__file__).parent


class FileWriter:
    """`known`: the files that failed before. `failed`: those that fail now, with those that were put off.

    `between_files`: called before each file; it may write to the store.
    """

    def __init__(
        self,
        sink: Sink,
        known: dict[str, FailedFile],
        now: datetime,
        between_files: Callable[[], object] = lambda: None,
    ) -> None:
        self.sink = sink
        self._between_files = between_files
        self._now = now
        self.failed = dict(known)
        self.unwritten: dict[str, str] = {}  # name of a PublishResult → why a file of it could not be written
        self._unwritten_in_a_row = 0

    def write(self, file: str, render: Callable[[], bytes], *, output: str, inputs: bytes) -> bool | None:
        """Render and write a file. Returns whether its bytes changed; None if it failed or was put off.

        `output`: the name of its PublishResult. `inputs`: digest of the settings and templates.
        """
        self._between_files()
        before = self.failed.get(file)
        if before is not None and before.is_put_off(inputs, self._now):
            return None
        try:
            changed = self._write(file, render())
        except CheckFailed as error:
            self._fail(file, str(error), output, inputs)
        except _Unwritten as error:
            self.unwritten[output] = mask_secrets(str(error))
        except PublishError as error:
            is_stopped = isinstance(error, TemplateStopped)
            self._fail(file, f"{file}: {error} The old file is kept.", output, inputs, is_costly=is_stopped)
        except Exception as error:  # the other files are published anyway
            self._fail(file, f"{file}: {describe_internal_error(error)}", output, inputs)
        else:
            self.failed.pop(file, None)
            return changed
        return None

    def _write(self, file: str, data: bytes) -> bool:
        if self._unwritten_in_a_row >= MAX_UNWRITTEN_IN_A_ROW:
            raise _Unwritten(
                f"{file} was not written, because {self._unwritten_in_a_row} others could not be"
            )
        try:
            changed = self.sink.write(file, data)
        except CheckFailed:
            raise
        except PublishError as error:
            self._unwritten_in_a_row += 1
            raise _Unwritten(str(error)) from error
        self._unwritten_in_a_row = 0
        return changed

    def _fail(self, file: str, error: str, output: str, inputs: bytes, *, is_costly: bool = False) -> None:
        self.failed[file] = failed(
            self.failed.get(file),
            file=file,
            output=output,
            error=mask_secrets(error),
            inputs=inputs,
            is_costly=is_costly,
            now=self._now,
        )

    def failures_of(self, output: str) -> tuple[FailedFile, ...]:
        return tuple(record for record in self.failed.values() if record.output == output)


class _Unwritten(PublishError):
    """The file was rendered, and could not be written."""


def describe_internal_error(error: Exception) -> str:
    """A sentence with the place in this program, for a report."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(_PACKAGE)
    ]
    place = (
        f" ({Path(frames[-1].filename).relative_to(_PACKAGE)}, line {frames[-1].lineno})" if frames else ""
    )
    return f"internal error: {type(error).__name__}: {error}{place}. Please report it. The old file is kept."
