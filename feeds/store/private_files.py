"""Files that only the user of this program may read: the state and everything beside it, whatever the umask.

The state holds the articles of paid feeds, the secrets of WebSub subscriptions and the tokens of private outputs.
SQLite gives the WAL and its index the mode of the database, so the database is created before SQLite opens it.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

MODE = 0o600
FOLDER_MODE = 0o700


def make_folder(folder: Path) -> None:
    """Create a folder for the state if there is none. One that exists keeps its mode: it may hold other files."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        folder.mkdir(FOLDER_MODE)


def create(path: Path) -> None:
    """Create an empty file if there is none, and take the rights of others off one that exists."""
    with suppress(OSError):  # it exists, or the next to open it says what is wrong
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, MODE))
    restrict(path)


def restrict(path: Path) -> None:
    """Take the rights of others off a file, if it exists and belongs to this user."""
    with suppress(OSError):  # another user's file, or a file system without modes
        mode = path.stat().st_mode
        if stat.S_ISREG(mode) and stat.S_IMODE(mode) & ~MODE:
            path.chmod(stat.S_IMODE(mode) & MODE)


def write_text(path: Path, text: str) -> None:
    """Write a file in place."""
    create(path)
    path.write_text(text, encoding="utf-8")


def restrict_beside(state: Path) -> None:
    """Take the rights of others off the files of an older version: the WAL, the lock, copies that were set aside."""
    with suppress(OSError):
        for path in state.parent.iterdir():
            if path.name.startswith((f"{state.name}-", f"{state.name}.", f"{state.stem}.corrections")):
                restrict(path)
