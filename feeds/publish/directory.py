"""Directory: the sink that writes files. A reader gets the old file or the new one, whole.

A file may have compressed copies beside it (`world.atom.gz`), for web servers that send them unchanged. Such a server
(nginx with gzip_static) does not compare the copy with the file. So the copies of the old version are removed before
the new version takes the name, and new copies are made after everything is published. In between the server compresses
by itself or not at all, and nobody gets an old version. A copy belongs to the version with the same modification time.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from feeds.config.settings import PrivateAccess
from feeds.errors import PublishError
from feeds.publish.compression import CODING_SUFFIXES, compress
from feeds.publish.sink import PRIVATE_FOLDER, Check, check_for, checked_name, is_file_name, verify


class Modes(NamedTuple):
    """The modes of folders and files, whatever the umask."""

    folder: int
    file: int


PUBLIC = Modes(0o755, 0o644)  # a web server that runs as another user must read them
PRIVATE: Mapping[PrivateAccess, Modes] = {
    "owner": Modes(0o700, 0o600),
    "web_server": Modes(0o711, 0o644),  # it can open a file by its name, and nobody can list the tokens
}


class Directory:
    """An output directory, as a `Sink`. `codings`: the content codings of the compressed copies."""

    reads_are_cheap = True

    def __init__(
        self, path: Path, codings: tuple[str, ...] = (), private_access: PrivateAccess = "owner"
    ) -> None:
        self.path = path
        self._codings = codings
        self._private = PRIVATE[private_access]

    def list_files(self) -> frozenset[str]:
        with _publish_errors(self.path):
            return frozenset(name for name, _ in self._existing())

    def read(self, name: str) -> bytes | None:
        try:
            return (self.path / checked_name(name)).read_bytes()
        except OSError:
            return None

    def write(self, name: str, data: bytes, check: Check | None = None) -> bool:
        """Write a file by way of a temporary file, which is synced, read back, checked, and renamed in one step.

        A symbolic link under the name is replaced, never followed.
        """
        target = self.path / checked_name(name)
        temporary = _temporary(target)
        with _publish_errors(target):
            self._make_folder(target.parent)
            # The temporary name is fixed, so the next write removes what a killed process left.
            temporary.unlink(missing_ok=True)
            if _has_content(target, data):
                return False
            try:
                _write_and_sync(temporary, data, self._modes(name).file)
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
        """Remove a file and its compressed copies. The folder of a token is removed with its last file.

        Only a name that `write` accepts can be removed.
        """
        target = self.path / checked_name(name)
        with _publish_errors(target):
            for path in (_temporary(target), *_copies(target)):
                path.unlink(missing_ok=True)
            if not target.is_symlink() and not target.is_file():
                return False
            target.unlink()
            _sync_directory(target.parent)
            if name.startswith(PRIVATE_FOLDER):
                with suppress(OSError):  # the folder holds another file
                    target.parent.rmdir()
        return True

    def finish(self) -> None:
        """Make the missing compressed copies, and remove those of codings that are not configured. Private files get
        the modes that are configured now."""
        with _publish_errors(self.path):
            for name, status in list(self._existing()):
                path, mode = self.path / name, self._modes(name).file
                copies = {
                    coding: path.with_name(path.name + ending) for coding, ending in CODING_SUFFIXES.items()
                }
                for coding, copy in copies.items():
                    self._update_copy(path, status, coding, copy, mode)
                if name.startswith(PRIVATE_FOLDER) and stat.S_IMODE(status.st_mode) != mode:
                    for file in (path, *copies.values()):
                        with suppress(FileNotFoundError):
                            file.chmod(mode)
                    for folder in (path.parent.parent, path.parent):
                        folder.chmod(self._private.folder)

    def _modes(self, name: str) -> Modes:
        return self._private if name.startswith(PRIVATE_FOLDER) else PUBLIC

    def _update_copy(self, path: Path, status: os.stat_result, coding: str, copy: Path, mode: int) -> None:
        if coding not in self._codings:
            copy.unlink(missing_ok=True)
        elif not is_current_copy(copy, status):
            compressed = compress(coding, path.read_bytes())
            if not compressed:
                copy.unlink(missing_ok=True)
                return
            temporary = _temporary(copy)
            temporary.unlink(missing_ok=True)
            _write_and_sync(temporary, compressed, mode)
            os.utime(temporary, ns=(status.st_mtime_ns, status.st_mtime_ns))
            temporary.replace(copy)

    def _existing(self) -> Iterator[tuple[str, os.stat_result]]:
        """(name, status) of every regular file that has the name of a published file."""
        folders = [""]
        with suppress(FileNotFoundError, NotADirectoryError), os.scandir(self.path / PRIVATE_FOLDER) as items:
            folders += [
                f"{PRIVATE_FOLDER}{item.name}/" for item in items if item.is_dir(follow_symlinks=False)
            ]
        for folder in folders:
            with suppress(FileNotFoundError), os.scandir(self.path / folder) as items:
                for item in items:
                    if is_file_name(folder + item.name) and item.is_file(follow_symlinks=False):
                        yield folder + item.name, item.stat(follow_symlinks=False)

    def _make_folder(self, folder: Path) -> None:
        _make_folder(self.path, PUBLIC.folder)
        for path in (folder.parent, folder) if folder != self.path else ():
            _make_folder(path, self._private.folder)


def _make_folder(path: Path, mode: int) -> None:
    """Create a folder, and the missing ones above it, with this mode. A folder that exists keeps its mode."""
    if path.is_dir():
        return
    _make_folder(path.parent, mode)
    path.mkdir(exist_ok=True)
    path.chmod(mode)  # whatever the umask


def is_current_copy(copy: Path, of: os.stat_result) -> bool:
    """Whether the compressed copy exists and belongs to this version of its file."""
    try:
        status = copy.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return stat.S_ISREG(status.st_mode) and status.st_mtime_ns == of.st_mtime_ns


def _copies(target: Path) -> list[Path]:
    return [target.with_name(target.name + ending) for ending in CODING_SUFFIXES.values()]


@contextmanager
def _publish_errors(path: Path) -> Iterator[None]:
    """Translate an OSError into a PublishError that says what to do."""
    try:
        yield
    except OSError as error:
        raise PublishError(f"{path}: {error.strerror or error}. {_remedy(error)}") from error


def _temporary(target: Path) -> Path:
    return target.with_name(f".{target.name}.tmp")  # hidden: web servers do not offer it


def _has_content(target: Path, data: bytes) -> bool:
    try:
        status = target.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_size == len(data) and target.read_bytes() == data


def _write_and_sync(path: Path, data: bytes, mode: int) -> None:
    # O_EXCL: a file or link that exists under this name is never written to.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, mode)  # whatever the umask
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _read_back(path: Path, data: bytes, check: Check, name: str) -> None:
    def check_written(written: bytes) -> None:
        if written != data:
            raise ValueError("the disk returned other bytes than were written")
        check(written)

    verify(path.read_bytes(), check_written, name)


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
        return "The disk is full: free some space, and the next run writes the file. The old file is kept."
    if error.errno in _FORBIDDEN:
        return "Make the output directory writable for this user, or set site.output to one that is."
    if error.errno in _MISPLACED:
        return "Something else has this name: move it away, or set site.output to another directory."
    return "The old file is kept."
