"""What is sent to and from a process that does jobs, over a socket that is the process's standard input.

    → length, job      ← BEGUN, then a status of one byte, length, answer

Lengths are big-endian. `job_process` is the other end.
"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

BEGUN = b"b"
"""A job begins: what came before, such as the start of the process, is over."""

LENGTH_BYTES = 8


@contextmanager
def open_peer() -> Iterator[socket.socket]:
    """The socket at standard input, for a process that does jobs. It leaves Ctrl-C to the program that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(fileno=os.dup(0)) as peer:
        # A job that takes over the process cannot write to whoever reads standard input.
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        yield peer


def next_job(jobs: BinaryIO) -> bytes | None:
    """None if the peer sends no more."""
    length = jobs.read(LENGTH_BYTES)
    return jobs.read(int.from_bytes(length, "big")) if len(length) == LENGTH_BYTES else None


def send_answer(peer: socket.socket, status: bytes, data: bytes) -> None:
    peer.sendall(status + len(data).to_bytes(LENGTH_BYTES, "big") + data)
