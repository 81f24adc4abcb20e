"""Which item a parse process reads at the moment. The process writes it into memory that it shares with the pool.

If the process has to be killed, the pool reads it, and knows which item cost too much. Writing it takes microseconds.
"""

from __future__ import annotations

import mmap
import os
import struct
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass

_LAYOUT = struct.Struct("<dI8s120s")  # when it began, number, digest, label in UTF-8

BeginItem = Callable[[int, bytes, str], None]
"""Called before an item is read, with its number from 1, its digest, and what a user calls it."""


@dataclass(frozen=True, slots=True)
class ItemInProgress:
    """`digest` is empty while the document is read as a whole; `number` is then how many items it seems to have."""

    began: float  # time.monotonic(), which is the same for all processes of a machine
    number: int
    digest: bytes
    label: str

    def __str__(self) -> str:
        return f"item {self.number} ({self.label})" if self.digest else "the document"


def ignore_progress(number: int, digest: bytes, label: str) -> None:
    """A `BeginItem` for whoever parses in its own process."""


def create_shared_memory() -> int:
    """A file descriptor for `Progress`, without a name in the file system. Raises OSError."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("feeds-progress")
    else:
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.ftruncate(descriptor, _LAYOUT.size)
    return descriptor


class Progress:
    """The shared memory of one parse process, for its pool and for itself."""

    def __init__(self, descriptor: int) -> None:
        self._memory = mmap.mmap(descriptor, _LAYOUT.size)

    def clear(self) -> None:
        """No item is being read."""
        self._memory[:] = bytes(_LAYOUT.size)

    def begin(self, number: int, digest: bytes, label: str) -> None:
        """A `BeginItem`."""
        encoded = label.encode("utf-8", "replace")
        _LAYOUT.pack_into(self._memory, 0, time.monotonic(), number, digest, encoded)

    def read(self) -> ItemInProgress | None:
        """What `begin` wrote last; None if nothing since `clear`."""
        began, number, digest, label = _LAYOUT.unpack_from(self._memory)
        if not number:
            return None
        return ItemInProgress(
            began, number, digest.strip(b"\0") and digest, label.rstrip(b"\0").decode("utf-8", "ignore")
        )

    def close(self) -> None:
        self._memory.close()
