"""Limits that a worker process sets for itself. The kernel enforces them, also inside C libraries.

The limits that the program was started under (`ulimit`, LimitAS= and LimitCPU= of systemd) stay in force: a process may
not raise them. Where they are the lower ones, the messages name them.
"""

from __future__ import annotations

import resource

_NONE = resource.RLIM_INFINITY
_INHERITED_CPU = resource.getrlimit(resource.RLIMIT_CPU)  # (soft, hard), before this process changes them
_INHERITED_MEMORY = resource.getrlimit(resource.RLIMIT_AS)

MEMORY_LIMIT_NAME = "the memory limit of this machine for a process (`ulimit -v`, or LimitAS= in systemd)"
CPU_LIMIT_NAME = "the CPU time limit of this machine for a process (`ulimit -t`, or LimitCPU= in systemd)"


def limit_cpu_time(seconds: float) -> None:
    """From now on. The kernel counts CPU time over the life of a process. SIGXCPU ends a process that exceeds it."""
    limit = int(_used_cpu_seconds() + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (_lowest(limit, *_INHERITED_CPU), _INHERITED_CPU[1]))


def limit_memory(more_bytes: int) -> bool:
    """Beyond what the process has mapped already. A core dump is not written. Returns whether an inherited limit is
    lower."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    limit = _address_space() + more_bytes
    lowest = _lowest(limit, *_INHERITED_MEMORY)
    resource.setrlimit(resource.RLIMIT_AS, (lowest, _INHERITED_MEMORY[1]))
    return lowest < limit


def has_cpu_time(seconds: float) -> bool:
    """Whether the inherited limit leaves this process so much CPU time."""
    limit = _lowest(*_INHERITED_CPU)
    return limit == _NONE or limit - _used_cpu_seconds() >= seconds


def inherited_cpu_seconds() -> float:
    """CPU time that a process started by this one may use; infinite without a limit."""
    limit = _lowest(*_INHERITED_CPU)
    return float("inf") if limit == _NONE else limit


def describe_inherited_memory() -> str:
    """The inherited limit as an addition to a message; "" without a limit."""
    limit = _lowest(*_INHERITED_MEMORY)
    return "" if limit == _NONE else f"; {MEMORY_LIMIT_NAME} is {limit >> 20} MiB"


def _lowest(*limits: int) -> int:
    return min((limit for limit in limits if limit != _NONE), default=_NONE)


def _used_cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _address_space() -> int:
    """Bytes that this process has mapped already; 1 GiB if the system does not say."""
    try:
        with open("/proc/self/statm") as statm:  # noqa: PTH123  (importing pathlib costs more)
            return int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 1 << 30
