"""Bytes → files: the one writer of an output directory. A reader sees the old file or the new one, whole."""

from __future__ import annotations

import errno
import json
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

from lxml import etree

from feeds.errors import PublishError

Check = Callable[[bytes], None]

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9_-]|\.(?=[a-z0-9])){0,119}\.(?:atom|rss|json|html|opml|css)")
"""Lower case only, so that no two names are one file where case does not count."""

MODE = 0o644  # a web server of another user reads them


class Directory:
    """The output directory. Only one process may write to it (the state's lock sees to that)."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, name: str, data: bytes, check: Check | None = None) -> bool:
        """Makes `name` hold `data`; returns whether its bytes changed.

        The bytes go to a temporary file beside it, are synced, read back and given to `check` (by default
        what the ending asks for), and take the name in one step. Raises PublishError, and then the old file
        stands. A link under that name is replaced, never followed.
        """
        target = self._target(name)
        temporary = _temporary(target)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            # Its name is fixed, so what a killed run left behind goes with the next write.
            temporary.unlink(missing_ok=True)
            if _holds(target, data):
                return False
            try:
                _write_through(temporary, data)
                _read_back(temporary, data, check or CHECKS[target.suffix], name)
                temporary.replace(target)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
            _sync_directory(self.path)
        except OSError as error:
            raise PublishError(f"{target}: {error.strerror or error}. {_remedy(error)}") from error
        return True

    def remove(self, name: str) -> bool:
        """Takes away an output that is no longer published; returns whether there was one.

        Nothing is searched for: only the name that is given goes, and only if it is one that `write` takes.
        """
        target = self._target(name)
        try:
            _temporary(target).unlink(missing_ok=True)
            if not target.is_symlink() and not target.is_file():
                return False
            target.unlink()
            _sync_directory(self.path)
        except OSError as error:
            raise PublishError(f"{target}: {error.strerror or error}. {_remedy(error)}") from error
        return True

    def _target(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise PublishError(
                f"{name!r} is no name for an output file: small letters, digits, '-' and '_', and an ending "
                "such as '.atom'"
            )
        return self.path / name


def _temporary(target: Path) -> Path:
    return target.with_name(f".{target.name}.tmp")  # hidden: a server does not offer it


def _holds(target: Path, data: bytes) -> bool:
    try:
        status = target.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_size == len(data) and target.read_bytes() == data


def _write_through(path: Path, data: bytes) -> None:
    # O_EXCL: made here and now; nothing that waits under this name, link or file, is written to.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODE)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, MODE)  # whatever the umask
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _read_back(path: Path, data: bytes, check: Check, name: str) -> None:
    back = path.read_bytes()
    try:
        if back != data:
            raise ValueError("the disk gave back other bytes")
        check(back)
    except Exception as error:
        raise PublishError(
            f"{name}: what was rendered cannot be read back: {error}. The old file stands."
        ) from error


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_MISPLACED = frozenset({errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.ELOOP})


def _remedy(error: OSError) -> str:
    if error.errno in _FULL:
        return "The disk is full: free some space, and the next run writes it. The old file stands."
    if error.errno in _FORBIDDEN:
        return "Make the output directory writable for this user, or set site.output to one that is."
    if error.errno in _MISPLACED:
        return "Something else stands there: move it away, or set site.output to another directory."
    return "The old file stands."


def check_xml(data: bytes) -> None:
    """Well-formed, and one of the documents that we make."""
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    if etree.QName(root).localname not in {"feed", "rss", "opml"}:
        raise ValueError(f"<{root.tag}> is no feed")


def check_json(data: bytes) -> None:
    if not isinstance(json.loads(data), dict):
        raise ValueError("no JSON object")  # noqa: TRY004 - the value is wrong, not a caller's type


def check_html(data: bytes) -> None:
    if not data.startswith(b"<!doctype html>") or not data.endswith(b"</html>\n"):
        raise ValueError("no whole HTML page")


def check_text(data: bytes) -> None:
    data.decode()


CHECKS: dict[str, Check] = {
    ".atom": check_xml,
    ".rss": check_xml,
    ".opml": check_xml,
    ".json": check_json,
    ".html": check_html,
    ".css": check_text,
}
