"""Runs a command under the restrictions of a systemd unit that need no systemd: python -m tests.contrib.sandbox UNIT …

These are SystemCallFilter=, RestrictAddressFamilies=, MemoryDenyWriteExecute= and NoNewPrivileges=. libseccomp, which
systemd uses too, makes the filter. Exit code 77: this machine cannot apply them.
"""

from __future__ import annotations

import ctypes
import errno
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

CANNOT_RESTRICT = 77
_REFUSE = 0x00050000 | errno.EPERM
_ALLOW = 0x7FFF0000
_EQUAL = 4  # SCMP_CMP_EQ
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_MDWE = 65  # Linux 6.3


class _Comparison(ctypes.Structure):
    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("value", ctypes.c_uint64),
        ("unused", ctypes.c_uint64),
    )


def values(unit: str, key: str) -> list[str]:
    """The values of all lines with this key."""
    return re.findall(rf"^{key}=(.*)$", unit, re.MULTILINE)


@cache
def members(name: str) -> frozenset[str]:
    """The system calls of a set such as "@system-service"."""
    if not name.startswith("@"):
        return frozenset([name])
    command = ["systemd-analyze", "syscall-filter", name]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[1:]
    return frozenset(
        call for line in lines if line.strip()[:1] not in ("", "#") for call in members(line.strip())
    )


def allowed_calls(unit: str) -> frozenset[str]:
    calls: frozenset[str] = frozenset()
    for value in values(unit, "SystemCallFilter"):
        named = frozenset(call for name in value.removeprefix("~").split() for call in members(name))
        calls = calls - named if value.startswith("~") else calls | named
    return calls


def restrict(unit: str) -> None:
    """Restrict this process and its children. Raises OSError if this machine cannot."""
    calls = allowed_calls(unit)
    families = [getattr(socket, name) for name in values(unit, "RestrictAddressFamilies")[0].split()]
    libc = ctypes.CDLL(None, use_errno=True)
    library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(_REFUSE))
    for number in _numbers(library, calls - {"socket"}):
        _check(library.seccomp_rule_add, context, ctypes.c_uint32(_ALLOW), number, 0)
    for family in families:
        comparison = _Comparison(0, _EQUAL, family, 0)
        (number,) = _numbers(library, frozenset(["socket"]))
        _check(
            library.seccomp_rule_add_array,
            context,
            ctypes.c_uint32(_ALLOW),
            number,
            1,
            ctypes.byref(comparison),
        )
    _check(libc.prctl, _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if "true" in values(unit, "MemoryDenyWriteExecute"):
        _check(libc.prctl, _PR_SET_MDWE, 1, 0, 0, 0)
    _check(library.seccomp_load, context)


def _numbers(library: Any, names: frozenset[str]) -> Iterator[int]:
    """Of the calls that this architecture has."""
    for name in sorted(names):
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:
            yield number


def _check(function: Callable[..., int], *arguments: object) -> None:
    if function(*arguments) != 0:
        raise OSError(ctypes.get_errno(), "cannot restrict the process")


if __name__ == "__main__":
    try:
        restrict(Path(sys.argv[1]).read_text(encoding="utf-8"))
    except (OSError, subprocess.CalledProcessError) as problem:
        print(problem, file=sys.stderr)
        sys.exit(CANNOT_RESTRICT)
    os.execv(sys.argv[2], sys.argv[2:])
