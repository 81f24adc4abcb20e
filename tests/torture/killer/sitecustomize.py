"""Kills the process with SIGKILL at a file-system call. Python imports this at its start from PYTHONPATH.

FEEDS_TORTURE_KILL is "FOLDER:N": the process ends just before its Nth call that changes a file in FOLDER.
FEEDS_TORTURE_COUNT is "FOLDER:FILE": instead, the number of these calls is written to FILE at the end.
"""

# ruff: noqa: PTH100, PTH115, PTH123 - pathlib calls what is replaced here

from __future__ import annotations

import atexit
import builtins
import io
import os
import signal
from collections.abc import Callable
from typing import Any

_CALLS = (
    "replace",
    "rename",
    "link",
    "unlink",
    "remove",
    "mkdir",
    "rmdir",
    "open",
    "fsync",
    "chmod",
    "write",
    "symlink",
)


def _install(folder: str, kill_at: int, count_file: str) -> None:
    counted = 0
    parent = os.getpid()

    def count() -> None:
        nonlocal counted
        counted += 1
        if counted == kill_at and os.getpid() == parent:
            os.kill(parent, signal.SIGKILL)

    def is_inside(argument: Any) -> bool:
        try:
            if isinstance(argument, int):
                argument = os.readlink(f"/proc/self/fd/{argument}")
            return os.fsdecode(os.path.abspath(argument)).startswith(folder)
        except (OSError, TypeError, ValueError):
            return False

    def wrapped(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            if arguments and is_inside(arguments[0]):
                count()
            return function(*arguments, **options)

        return call

    for name in _CALLS:
        setattr(os, name, wrapped(getattr(os, name)))
    builtins.open = io.open = wrapped(builtins.open)
    if count_file:
        atexit.register(lambda: builtins.open(count_file, "w").write(str(counted)))  # noqa: SIM115


if _kill := os.environ.pop("FEEDS_TORTURE_KILL", ""):
    _folder, _, _number = _kill.rpartition(":")
    _install(_folder, int(_number), "")
elif _count := os.environ.pop("FEEDS_TORTURE_COUNT", ""):
    _folder, _, _file = _count.partition(":")
    _install(_folder, 0, _file)
