"""Measures how the CPU time of a call grows with the size of its input.

Only ratios of CPU time are judged, never seconds, and a bad ratio is measured again: machines are slow and busy.
"""

from __future__ import annotations

import gc
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")

MAX_RATIO_OF_A_DOUBLING = 2.6
"""Linear time gives 2, with memory that no longer fits the processor's cache somewhat more, quadratic time gives 4."""

FLOOR_SECONDS = 0.2
"""A cost below this is not judged. A busy machine counts CPU time in steps of some 4 ms, memory that no longer fits the
processor's cache costs more, and some functions take another way from a size on. Quadratic time takes more than this
for the sizes of the tests: 16,000² steps are at least 0.25 s."""

CAP_SECONDS = 10.0
"""A call that uses more CPU time is ended. Python's regular expressions look for signals while they run."""

_TRIES = 6

_LONG_SECONDS = 2.0
_CERTAIN_RATIO = 12
"""A call of this length whose cost grew by this ratio is not measured again: four times a linear cost stays below."""


class TooSlow(Exception):
    """A call took more than CAP_SECONDS."""


@contextmanager
def _capped() -> Iterator[None]:
    def stop(_signal: int, _frame: object) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, CAP_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def cpu_seconds(call: Callable[[T], object], value: T, times: int = 1) -> float:
    """The least CPU time of `times` calls. Raises TooSlow."""
    least = float("inf")
    for _ in range(times):
        began = time.process_time()
        with _capped():
            call(value)
        least = min(least, time.process_time() - began)
    return least


def growth_problem(
    call: Callable[[T], object], make: Callable[[int], T], size: int, floor: float = FLOOR_SECONDS
) -> str:
    """What is wrong with the growth from `size` to 2·size and 4·size; "" if it is linear, or costs less than `floor`.

    `make` makes an input of a size. Smaller sizes are measured first, so that exponential growth is found before it
    takes for ever. A bad ratio counts only if it is still bad when the least of several measurements is taken. The
    garbage collector is off: its cost depends on all objects of the process.
    """
    gc_was_on = gc.isenabled()
    gc.disable()
    try:
        for small in (16, 64, 256, 1024, 4096):
            if small < size:
                cpu_seconds(call, make(small))
        inputs = [make(size * factor) for factor in (1, 2, 4)]
        costs = [cpu_seconds(call, value) for value in inputs]
        for _ in range(_TRIES):
            if costs[2] < max(floor, costs[0] * MAX_RATIO_OF_A_DOUBLING**2):
                return ""
            if costs[2] > _LONG_SECONDS and costs[2] > _CERTAIN_RATIO * costs[0]:
                break
            costs = [
                min(cost, cpu_seconds(call, value, 3)) for cost, value in zip(costs, inputs, strict=True)
            ]
    except TooSlow:
        return f"stopped after {CAP_SECONDS:g} s"
    finally:
        if gc_was_on:
            gc.enable()
    return "cost " + ", ".join(f"{cost * 1000:.1f} ms" for cost in costs) + " for 1, 2 and 4 times the input"
