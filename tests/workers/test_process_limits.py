"""The limits under which the program was started stay in force in its worker processes."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys

import pytest

_PROGRAM = """
import json, os, resource
from feeds.workers import process_limits
if os.getuid() == 0:
    os.setuid(65534)  # root may raise its limits
is_inherited = process_limits.limit_memory(64 << 30)
process_limits.limit_cpu_time(1000)
print(json.dumps([is_inherited, resource.getrlimit(resource.RLIMIT_AS), resource.getrlimit(resource.RLIMIT_CPU)]))
"""
GIB = 1 << 30


def limits_in_a_process(memory: tuple[int, int], cpu: tuple[int, int]) -> list[object]:
    def set_limits() -> None:
        resource.setrlimit(resource.RLIMIT_AS, memory)
        resource.setrlimit(resource.RLIMIT_CPU, cpu)

    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=set_limits,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("memory", "cpu"),
    [
        ((2 * GIB, 2 * GIB), (50, 60)),
        ((2 * GIB, 3 * GIB), (60, 60)),
        ((2 * GIB, resource.RLIM_INFINITY), (60, resource.RLIM_INFINITY)),
    ],
)
def test_an_inherited_limit_that_is_lower_is_kept(memory: tuple[int, int], cpu: tuple[int, int]) -> None:
    assert limits_in_a_process(memory, cpu) == [True, list(memory), list(cpu)]


def test_a_limit_of_our_own_is_set_below_a_higher_inherited_one() -> None:
    no_limit = resource.RLIM_INFINITY
    is_inherited, memory, cpu = limits_in_a_process((512 * GIB, 512 * GIB), (no_limit, no_limit))
    assert is_inherited is False
    assert isinstance(memory, list)
    assert isinstance(cpu, list)
    assert 64 * GIB < memory[0] < 512 * GIB == memory[1]
    assert 1000 <= cpu[0] <= 1010
    assert cpu[1] == no_limit
