"""Limits that a worker process sets for itself. The kernel enforces them, also inside C libraries."""

from __future__ import annotations

import resource


def limit_cpu_time(seconds: float) -> None:
    """From now on. The kernel counts CPU time over the life of a process. SIGXCPU ends a process that exceeds it."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(usage.ru_utime + usage.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def limit_memory(more_bytes: int) -> None:
    """Beyond what the process has mapped already. A core dump is not written."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_address_space() + more_bytes, resource.RLIM_INFINITY))


def _address_space() -> int:
    """Bytes that this process has mapped already; 1 GiB if the system does not say."""
    try:
        with open("/proc/self/statm") as statm:  # noqa: PTH123  (importing pathlib costs more)
            return int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 1 << 30
