"""Compressed copies beside the files, for a web server that does not compare the two."""

from __future__ import annotations

import gzip
import os
import threading
from pathlib import Path

import brotli
import pytest

from feeds.publish.compression import compress
from feeds.publish.directory import Directory
from tests.publish.test_directory import feed

LONG = "news " * 400
BOTH = ("gzip", "br")


def read(path: Path) -> bytes:
    unpack = {".gz": gzip.decompress, ".br": brotli.decompress}.get(path.suffix, lambda data: data)
    data: bytes = unpack(path.read_bytes())
    return data


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_copies_have_the_bytes_and_the_modification_time_of_the_file(tmp_path: Path) -> None:
    directory = Directory(tmp_path, BOTH)
    directory.write("world.atom", feed(LONG))
    directory.finish()
    assert names(tmp_path) == ["world.atom", "world.atom.br", "world.atom.gz"]
    assert {read(path) for path in tmp_path.iterdir()} == {feed(LONG)}
    assert len({path.stat().st_mtime_ns for path in tmp_path.iterdir()}) == 1
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o644}
    assert directory.list_files() == {"world.atom"}


def test_compressing_again_gives_the_same_bytes(tmp_path: Path) -> None:
    directory = Directory(tmp_path, BOTH)
    directory.write("world.atom", feed(LONG))
    directory.finish()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert before["world.atom.gz"][4:8] == bytes(4)  # MTIME (RFC 1952 §2.3.1)
    assert not before["world.atom.gz"][3] & 8  # no FNAME
    for path in tmp_path.iterdir():
        path.unlink()
    directory.write("world.atom", feed(LONG))
    os.utime(tmp_path / "world.atom", (1, 1))
    directory.finish()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_old_copies_are_removed_before_the_new_file_takes_the_name(tmp_path: Path) -> None:
    directory = Directory(tmp_path, BOTH)
    directory.write("world.atom", feed(LONG))
    directory.finish()
    directory.write("world.atom", feed(LONG + "new"))  # the process is killed before `finish`
    assert names(tmp_path) == ["world.atom"]
    Directory(tmp_path, BOTH).finish()
    assert read(tmp_path / "world.atom.gz") == feed(LONG + "new")


def test_unchanged_files_and_copies_are_not_touched(tmp_path: Path) -> None:
    directory = Directory(tmp_path, BOTH)
    directory.write("world.atom", feed(LONG))
    directory.finish()
    before = {path.name: path.stat() for path in tmp_path.iterdir()}
    assert not directory.write("world.atom", feed(LONG))
    directory.finish()
    after = {path.name: path.stat() for path in tmp_path.iterdir()}
    assert {n: (s.st_ino, s.st_ctime_ns) for n, s in after.items()} == {
        n: (s.st_ino, s.st_ctime_ns) for n, s in before.items()
    }


def test_copies_follow_the_configured_codings(tmp_path: Path) -> None:
    Directory(tmp_path).write("world.atom", feed(LONG))
    Directory(tmp_path, ("gzip",)).finish()
    assert names(tmp_path) == ["world.atom", "world.atom.gz"]
    Directory(tmp_path, ("br",)).finish()
    assert names(tmp_path) == ["world.atom", "world.atom.br"]
    Directory(tmp_path).finish()
    assert names(tmp_path) == ["world.atom"]


def test_a_copy_of_another_version_is_replaced(tmp_path: Path) -> None:
    directory = Directory(tmp_path, ("gzip",))
    directory.write("world.atom", feed(LONG))
    (tmp_path / "world.atom.gz").write_bytes(gzip.compress(b"old"))
    directory.finish()
    assert read(tmp_path / "world.atom.gz") == feed(LONG)


def test_copies_are_removed_with_their_file_and_other_files_are_kept(tmp_path: Path) -> None:
    directory = Directory(tmp_path, BOTH)
    token = "private/0123456789abcdef"
    for name in ("world.atom", f"{token}/own.atom"):
        directory.write(name, feed(LONG))
    (tmp_path / "photo.atom.zip").write_bytes(b"mine")
    directory.finish()
    assert len(names(tmp_path / token)) == 3
    assert directory.remove("world.atom")
    assert directory.remove(f"{token}/own.atom")
    assert names(tmp_path) == ["photo.atom.zip", "private"]
    assert names(tmp_path / "private") == []


@pytest.mark.parametrize("data", [b"", b"short", os.urandom(5000), b"x" * (16 << 20) + b"x"])
def test_a_file_that_does_not_shrink_has_no_copy(data: bytes) -> None:
    assert compress("gzip", data) == b""
    assert compress("br", data) == b""


def test_a_server_that_prefers_copies_never_sends_an_old_version(tmp_path: Path) -> None:
    """Read like gzip_static: the copy if there is one, else the file. The version that is read never decreases."""
    directory = Directory(tmp_path, ("gzip",))
    directory.write("world.atom", feed(f"{LONG}{0:04}"))
    stop, seen, cut = threading.Event(), [0], []

    def serve() -> None:
        while not stop.is_set():
            try:
                data = read(tmp_path / "world.atom.gz")
            except FileNotFoundError:
                data = read(tmp_path / "world.atom")
            if not data.endswith(b"</feed>"):
                cut.append(len(data))
            seen.append(int(data[-11:-7]))

    reader = threading.Thread(target=serve)
    reader.start()
    try:
        for number in range(1, 120):
            directory.write("world.atom", feed(f"{LONG}{number:04}"))
            directory.finish()
    finally:
        stop.set()
        reader.join()
    assert cut == []
    assert seen == sorted(seen)
    assert len(set(seen)) > 3
