"""Says in one sentence why the files of the state cannot be opened, created or written, and what to do."""

from __future__ import annotations

import os
from pathlib import Path


def describe(path: Path) -> str:
    """The problem with the state at `path`, as "problem: remedy"; "" if the file system shows none."""
    folder = path.parent
    nearest = next(parent for parent in path.parents if os.path.lexists(parent))
    if not nearest.is_dir():
        return f"{nearest} is not a folder: set another `site.state`"
    if not os.access(nearest, os.X_OK):
        return _no_right("enter", nearest)
    if nearest != folder:
        return "" if os.access(nearest, os.W_OK) else _no_right("create a folder in", nearest)
    if path.is_dir():
        return (
            f"{path} is a folder, not a file: remove it, or set another `site.state`. "
            "Docker makes such a folder if a file is to be mounted that does not exist"
        )
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        file = path.with_name(name)
        if file.exists() and not os.access(file, os.R_OK | os.W_OK):
            return _no_right("read and write", file)
    if not os.access(folder, os.W_OK):
        return _no_right("write to", folder)
    return ""


def of_os_error(error: OSError, path: Path) -> str:
    """Like `describe`, for an error of the operating system."""
    return describe(path) or f"{error.strerror or error}"


def _no_right(act: str, path: Path) -> str:
    if _is_read_only(path):
        return f"{path} is on a file system that is mounted read-only: mount it writable, or set another `site.state`"
    owner = _owner(path)
    remedy = f"chown -R {os.geteuid()} {path}"
    return f"user {os.geteuid()} may not {act} {path}{owner}: run `{remedy}`, or run feeds as the owner"


def _owner(path: Path) -> str:
    try:
        return f", which belongs to user {path.stat().st_uid}"
    except OSError:
        return ""


def _is_read_only(path: Path) -> bool:
    try:
        return bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    except OSError:
        return False
