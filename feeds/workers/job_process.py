"""JobProcess: a process that does jobs one after the other, and can be killed over any of them.

It is started as a new program, because a process with threads must not fork.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Sequence

from feeds.workers.job_protocol import LENGTH_BYTES

START_SECONDS = 60.0
"""Time for a new process to begin its first job: it loads its libraries, on a machine that may be busy."""

_PROGRAM = "import sys; sys.path[:] = {path!r}; from {module} import main; main()"


class JobProcess:
    """`module`: its function `main` answers the jobs (`job_protocol`). Use it from one thread at a time."""

    def __init__(self, module: str, arguments: Sequence[str], pass_fds: Sequence[int] = ()) -> None:
        self._peer, theirs = socket.socketpair()
        with theirs:
            # Isolated, and without `site`: the process needs nothing of the environment but the path.
            self.popen = subprocess.Popen(  # noqa: S603
                [sys.executable, "-I", "-S", "-c", _PROGRAM.format(path=sys.path, module=module), *arguments],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                pass_fds=pass_fds,
            )

    def begin(self, job: bytes) -> None:
        """Send a job, and wait until it begins. Raises OSError."""
        self._peer.settimeout(START_SECONDS)
        self._peer.sendall(len(job).to_bytes(LENGTH_BYTES, "big"))
        self._peer.sendall(job)
        self._receive(1, time.monotonic() + START_SECONDS)  # BEGUN

    def answer(self, deadline: float) -> tuple[bytes, bytes]:
        """Status and data of the answer. `deadline`: monotonic seconds. Raises OSError: TimeoutError, or
        ConnectionError if the process ended."""
        head = self._receive(1 + LENGTH_BYTES, deadline)
        return head[:1], self._receive(int.from_bytes(head[1:], "big"), deadline)

    def _receive(self, size: int, deadline: float) -> bytes:
        data = bytearray(size)
        rest = memoryview(data)
        while rest:
            self._peer.settimeout(max(deadline - time.monotonic(), 1e-3))
            got = self._peer.recv_into(rest)
            if not got:
                raise ConnectionError
            rest = rest[got:]
        return bytes(data)

    def wait_briefly(self) -> int | None:
        """The status with which a process ended whose socket is closed already."""
        try:
            return self.popen.wait(1)
        except subprocess.TimeoutExpired:
            return None

    def kill(self) -> int:
        """Returns the exit status."""
        self.popen.kill()
        self._peer.close()
        return self.popen.wait()
