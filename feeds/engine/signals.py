"""Signals as numbers in a pipe, for the main thread to wait for."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def received_signals() -> Iterator[int]:
    """Gives a file descriptor from which the numbers of received signals can be read.

    The self-pipe trick: no code runs in a signal handler, so no code is interrupted at an unsafe place.
    """
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    old_handlers = {number: signal.signal(number, lambda _number, _frame: None) for number in numbers}
    old_fd = signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    try:
        yield read_end
    finally:
        signal.set_wakeup_fd(old_fd)
        for number, handler in old_handlers.items():
            signal.signal(number, handler)
        os.close(read_end)
        os.close(write_end)
