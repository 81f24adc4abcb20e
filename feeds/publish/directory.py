"""Bytes → files: the one writer of an output directory. A reader sees the old file or the new one, whole.

Beside a file may stand packed copies of it (`world.atom.gz`), for web servers that send them as they are. Such a
server (nginx's gzip_static) never compares the two. So the copies of the old version go before the new one takes the
name, and the new ones are made when everything is published: in between the server packs by itself, or not at
all, and nobody gets old news. A copy belongs to the version that has its time of modification.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from feeds.errors import PublishError
from feeds.publish.compression import ENDINGS, pack
from feeds.publish.sink import PRIVATE, Check, check_for, is_name, named, verify

MODE = 0o644  # a web server of another user reads them
PRIVATE_MODE = 0o711  # it opens what it is asked for, and nobody lists the tokens


class Directory:
    """The output directory, a `Sink`. `packings`: the content codings that stand beside each file."""

    near = True

    def __init__(self, path: Path, packings: tuple[str, ...] = ()) -> None:
        self.path = path
        self._packings = packings

    def survey(self) -> frozenset[str]:
        with _told(self.path):
            return frozenset(name for name, _ in self._standing())

    def read(self, name: str) -> bytes | None:
        try:
            return (self.path / named(name)).read_bytes()
        except OSError:
            return None

    def write(self, name: str, data: bytes, check: Check | None = None) -> bool:
        """The bytes go to a temporary file beside it, are synced, read back and checked, and take the name in
        one step. A link under that name is replaced, never followed."""
        target = self.path / named(name)
        temporary = _temporary(target)
        with _told(target):
            self._make(target.parent)
            # Its name is fixed, so what a killed run left behind goes with the next write.
            temporary.unlink(missing_ok=True)
            if _holds(target, data):
                return False
            try:
                _write_through(temporary, data)
                _read_back(temporary, data, check or check_for(name), name)
                for copy in _copies(target):
                    copy.unlink(missing_ok=True)
                temporary.replace(target)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
            _sync_directory(target.parent)
        return True

    def remove(self, name: str) -> bool:
        """Nothing is searched for: only the name that is given goes, with its copies, and only if it is one that
        `write` takes. The folder of a token goes with its last file."""
        target = self.path / named(name)
        with _told(target):
            for beside in (_temporary(target), *_copies(target)):
                beside.unlink(missing_ok=True)
            if not target.is_symlink() and not target.is_file():
                return False
            target.unlink()
            _sync_directory(target.parent)
            if name.startswith(PRIVATE):
                with suppress(OSError):  # it holds another file
                    target.parent.rmdir()
        return True

    def finish(self) -> None:
        """Makes the packed copies that are wanted and not there, and removes those that are not wanted."""
        with _told(self.path):
            for name, status in list(self._standing()):
                path = self.path / name
                for coding, ending in ENDINGS.items():
                    self._bring(path, status, coding, path.with_name(path.name + ending))

    def _bring(self, path: Path, status: os.stat_result, coding: str, copy: Path) -> None:
        if coding not in self._packings:
            copy.unlink(missing_ok=True)
        elif not is_copy(copy, status):
            packed = pack(coding, path.read_bytes())
            if not packed:
                copy.unlink(missing_ok=True)
                return
            temporary = _temporary(copy)
            temporary.unlink(missing_ok=True)
            _write_through(temporary, packed)
            os.utime(temporary, ns=(status.st_mtime_ns, status.st_mtime_ns))
            temporary.replace(copy)

    def _standing(self) -> Iterator[tuple[str, os.stat_result]]:
        """Every regular file that has a name of ours."""
        folders = [""]
        with suppress(FileNotFoundError, NotADirectoryError), os.scandir(self.path / PRIVATE) as found:
            folders += [f"{PRIVATE}{one.name}/" for one in found if one.is_dir(follow_symlinks=False)]
        for folder in folders:
            with suppress(FileNotFoundError), os.scandir(self.path / folder) as found:
                for one in found:
                    if is_name(folder + one.name) and one.is_file(follow_symlinks=False):
                        yield folder + one.name, one.stat(follow_symlinks=False)

    def _make(self, folder: Path) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        for one in (folder.parent, folder) if folder != self.path else ():
            with suppress(FileExistsError):
                one.mkdir()
                one.chmod(PRIVATE_MODE)  # whatever the umask


def is_copy(copy: Path, of: os.stat_result) -> bool:
    """Whether a packed copy stands that belongs to this version of its file."""
    try:
        status = copy.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return stat.S_ISREG(status.st_mode) and status.st_mtime_ns == of.st_mtime_ns


def _copies(target: Path) -> list[Path]:
    return [target.with_name(target.name + ending) for ending in ENDINGS.values()]


@contextmanager
def _told(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PublishError(f"{place}: {error.strerror or error}. {_remedy(error)}") from error


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
    def same(back: bytes) -> None:
        if back != data:
            raise ValueError("the disk gave back other bytes")
        check(back)

    verify(path.read_bytes(), same, name)


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
