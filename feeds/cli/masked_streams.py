"""Standard output and error of a command, without the secrets of the configuration: also in tracebacks and in the
messages of libraries."""

from __future__ import annotations

import sys
from typing import Any, TextIO, cast

from feeds.logs import mask_values


class MaskedStream:
    """A text stream that masks the known secrets in each write. Everything else is the stream's own."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        self._stream.write(mask_values(text))
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def mask_standard_streams() -> None:
    """Mask what this process prints from now on."""
    sys.stdout = cast(TextIO, MaskedStream(sys.stdout))
    sys.stderr = cast(TextIO, MaskedStream(sys.stderr))
