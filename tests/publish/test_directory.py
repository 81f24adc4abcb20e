from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from feeds.config.settings import PrivateAccess
from feeds.errors import PublishError
from feeds.publish.directory import Directory
from feeds.publish.sink import check_for, is_file_name
from feeds.render import formats

ROOT = Path(__file__).resolve().parents[2]


def nothing(_: bytes) -> None:
    """A check that accepts everything."""


def feed(text: str) -> bytes:
    return f"<feed>{text}</feed>".encode()


def names(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.iterdir())


def test_write_makes_the_directory_and_returns_whether_bytes_changed(tmp_path: Path) -> None:
    output = tmp_path / "a" / "output"
    directory = Directory(output)
    assert directory.write("world.atom", feed("1"))
    assert not directory.write("world.atom", feed("1"))
    assert directory.write("world.atom", feed("2"))
    assert (output / "world.atom").read_bytes() == feed("2")
    assert names(output) == ["world.atom"]


def test_a_file_with_the_same_bytes_is_not_touched(tmp_path: Path) -> None:
    directory = Directory(tmp_path)
    directory.write("world.atom", feed("1"))
    before = (tmp_path / "world.atom").stat()
    directory.write("world.atom", feed("1"))
    after = (tmp_path / "world.atom").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.fixture(params=[0o000, 0o077], ids=["umask 000", "umask 077"])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def modes(path: Path) -> dict[str, str]:
    """Relative path → octal mode, of everything below `path`."""
    return {
        found.relative_to(path).as_posix(): oct(found.stat().st_mode & 0o777) for found in path.rglob("*")
    }


PRIVATE_FILE = "private/0123456789abcdef/own.atom"


@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize(
    ("access", "folder", "file"), [("owner", "0o700", "0o600"), ("web_server", "0o711", "0o644")]
)
def test_modes_do_not_depend_on_the_umask(
    tmp_path: Path, access: PrivateAccess, folder: str, file: str
) -> None:
    directory = Directory(tmp_path / "srv" / "output", ("gzip",), access)
    text = "x" * 2000
    for name in ("world.atom", PRIVATE_FILE):
        directory.write(name, feed(text))
    directory.finish()
    public = {"srv": "0o755", "srv/output": "0o755"}
    public |= dict.fromkeys(("srv/output/world.atom", "srv/output/world.atom.gz"), "0o644")
    private = dict.fromkeys(("srv/output/private", "srv/output/private/0123456789abcdef"), folder)
    private |= dict.fromkeys((f"srv/output/{PRIVATE_FILE}", f"srv/output/{PRIVATE_FILE}.gz"), file)
    assert modes(tmp_path) == public | private


def test_private_files_of_an_older_version_get_the_configured_modes(tmp_path: Path) -> None:
    before = Directory(tmp_path, ("gzip",), "web_server")
    before.write(PRIVATE_FILE, feed("x" * 2000))
    before.finish()
    Directory(tmp_path, ("gzip",)).finish()
    assert set(modes(tmp_path).values()) == {"0o700", "0o600"}


@pytest.mark.parametrize(
    "name",
    [
        "",
        "world",
        ".atom",
        ".world.atom",
        "../world.atom",
        "a/world.atom",
        "/tmp/world.atom",
        "..atom",
        "a..atom",
        "world.exe",
        "world.atom\n",
        "world.atom\0",
        "wor\0ld.atom",
        "World.atom",
        "wörld.atom",
        "world .atom",
        "-world.atom",
        "w" * 300 + ".atom",
        "w\\orld.atom",
    ],
)
def test_an_invalid_name_is_refused(tmp_path: Path, name: str) -> None:
    output = tmp_path / "output"
    directory = Directory(output)
    with pytest.raises(PublishError, match="not a name for an output file"):
        directory.write(name, feed("1"), nothing)
    with pytest.raises(PublishError, match="not a name for an output file"):
        directory.remove(name)
    assert names(tmp_path) == []


@pytest.mark.parametrize("name", ["a.atom", "world_2-x.rss", "w.2026-01.json", "index.html", "feeds.opml"])
def test_a_valid_name_is_accepted(tmp_path: Path, name: str) -> None:
    assert Directory(tmp_path).write(name, b"x", nothing)
    assert names(tmp_path) == [name]


def test_a_symbolic_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    output = tmp_path / "output"
    output.mkdir()
    precious = tmp_path / "precious"
    precious.write_bytes(b"mine")
    (output / "world.atom").symlink_to(precious)
    (output / ".world.atom.tmp").symlink_to(precious)
    assert Directory(output).write("world.atom", feed("1"))
    assert precious.read_bytes() == b"mine"
    assert not (output / "world.atom").is_symlink()
    assert names(output) == ["world.atom"]


def test_a_symbolic_link_to_the_same_bytes_is_replaced_too(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(feed("1"))
    output = tmp_path / "output"
    output.mkdir()
    (output / "world.atom").symlink_to(elsewhere)
    assert Directory(output).write("world.atom", feed("1"))
    assert not (output / "world.atom").is_symlink()


# output checklist 22
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("world.atom", b""),
        ("world.atom", b"<feed>"),
        ("world.atom", b"<html></html>"),
        ("world.atom", b"<feed>\xff</feed>"),
        ("world.rss", b"<rss>&nope;</rss>"),
        ("world.json", b"{"),
        ("world.json", b"[]"),
        ("world.html", b"<!doctype html><html>"),
        ("feeds.opml", b"<opml"),
    ],
)
def test_a_file_that_fails_its_check_leaves_the_old_file(tmp_path: Path, name: str, data: bytes) -> None:
    directory = Directory(tmp_path)
    directory.write(name, b"old", nothing)
    with pytest.raises(PublishError, match="did not pass its check"):
        directory.write(name, data)
    assert (tmp_path / name).read_bytes() == b"old"
    assert names(tmp_path) == [name]


# output checklist 22
def test_the_check_reads_the_bytes_from_the_disk_before_the_rename(tmp_path: Path) -> None:
    directory = Directory(tmp_path)
    directory.write("world.atom", feed("old"))
    seen = []

    def check(data: bytes) -> None:
        seen.append(
            (data, (tmp_path / ".world.atom.tmp").read_bytes(), (tmp_path / "world.atom").read_bytes())
        )

    directory.write("world.atom", feed("new"), check)
    assert seen == [(feed("new"), feed("new"), feed("old"))]


# output checklist 22
def test_a_process_killed_before_the_rename_leaves_the_old_file_and_the_next_write_succeeds(
    tmp_path: Path,
) -> None:
    directory = Directory(tmp_path)
    directory.write("world.atom", feed("old"))
    program = (
        "import os, signal, sys; from pathlib import Path; from feeds.publish.directory import Directory\n"
        "Directory(Path(sys.argv[1])).write('world.atom', b'<feed>new</feed>',"
        " lambda _: os.kill(os.getpid(), signal.SIGKILL))"
    )
    killed = subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert (tmp_path / "world.atom").read_bytes() == feed("old")
    assert names(tmp_path) == [".world.atom.tmp", "world.atom"]
    # Also if the bytes did not change.
    assert not directory.write("world.atom", feed("old"))
    assert names(tmp_path) == ["world.atom"]


# output checklist 22
def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    Directory(tmp_path).write("world.atom", feed("old"))
    program = (
        "import sys; from pathlib import Path; from feeds.publish.directory import Directory\n"
        "from feeds.errors import PublishError\n"
        "try: Directory(Path(sys.argv[1])).write('world.atom', b'<feed>' + b'x' * 100_000 + b'</feed>')\n"
        "except PublishError as error: print(error)"
    )

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    done = subprocess.run(
        [sys.executable, "-B", "-c", program, str(tmp_path)],
        cwd=ROOT,
        preexec_fn=limit,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "The disk is full: free some space" in done.stdout
    assert (tmp_path / "world.atom").read_bytes() == feed("old")
    assert names(tmp_path) == ["world.atom"]


def test_a_removed_directory_is_made_again(tmp_path: Path) -> None:
    directory = Directory(tmp_path / "output")
    directory.write("world.atom", feed("1"))
    (tmp_path / "output" / "world.atom").unlink()
    (tmp_path / "output").rmdir()
    assert directory.write("world.atom", feed("1"))


def test_a_folder_with_the_name_of_a_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(PublishError, match="Something else has this name"):
        Directory(tmp_path / "file").write("world.atom", feed("1"))
    with pytest.raises(PublishError, match="Something else has this name"):
        Directory(tmp_path / "file" / "output").write("world.atom", feed("1"))
    (tmp_path / "world.atom").mkdir()
    with pytest.raises(PublishError, match="Something else has this name"):
        Directory(tmp_path).write("world.atom", feed("1"))
    assert names(tmp_path) == ["file", "world.atom"]


def test_a_read_only_directory_is_reported(tmp_path: Path) -> None:
    output = tmp_path / "output"
    directory = Directory(output)
    directory.write("world.atom", feed("old"))
    output.chmod(0o555)
    is_root = os.geteuid() == 0
    if is_root:  # permissions do not apply to root
        os.seteuid(65534)
    try:
        with pytest.raises(PublishError, match="writable for this user"):
            directory.write("world.atom", feed("new"))
        with pytest.raises(PublishError, match="writable for this user"):
            directory.remove("world.atom")
    finally:
        if is_root:
            os.seteuid(0)
        output.chmod(0o755)
    assert (output / "world.atom").read_bytes() == feed("old")


def test_remove_returns_whether_the_file_existed(tmp_path: Path) -> None:
    directory = Directory(tmp_path)
    directory.write("world.atom", feed("1"))
    (tmp_path / ".world.atom.tmp").write_bytes(b"left behind")
    (tmp_path / "notes.txt").write_bytes(b"mine")
    assert directory.remove("world.atom")
    assert not directory.remove("world.atom")
    assert names(tmp_path) == ["notes.txt"]
    assert not Directory(tmp_path / "nowhere").remove("world.atom")


def test_remove_unlinks_a_symbolic_link_and_keeps_its_target(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_bytes(b"mine")
    (tmp_path / "world.atom").symlink_to(precious)
    (tmp_path / "folder.atom").mkdir()
    assert Directory(tmp_path).remove("world.atom")
    assert not Directory(tmp_path).remove("folder.atom")
    assert names(tmp_path) == ["folder.atom", "precious"]


# output checklist 22
def test_readers_get_the_old_file_or_the_new_one_whole(tmp_path: Path) -> None:
    directory = Directory(tmp_path)
    path = tmp_path / "world.atom"
    editions = [feed(str(number) * 20_000) for number in range(10)]
    directory.write("world.atom", editions[0])
    whole = set(editions)
    cut: list[int] = []
    reads = [0, 0]
    stop = threading.Event()

    def look(reader: int) -> None:
        while not stop.is_set():
            data = path.read_bytes()
            reads[reader] += 1
            if data not in whole:
                cut.append(len(data))

    readers = [threading.Thread(target=look, args=(number,)) for number in range(2)]
    for reader in readers:
        reader.start()
    try:
        for number in range(150):
            directory.write("world.atom", editions[number % 10])
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert min(reads) > 10
    assert cut == []


# output checklist 22
def test_the_file_is_synced_then_renamed_then_the_directory_is_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    sync, take = os.fsync, Path.replace

    def fsync(descriptor: int) -> None:
        calls.append(f"sync {Path(f'/proc/self/fd/{descriptor}').readlink().name}")
        sync(descriptor)

    def replace(self: Path, target: Path) -> Path:
        calls.append(f"{self.name} becomes {target.name}")
        assert self.parent == target.parent
        return take(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    Directory(tmp_path / "output").write("world.atom", feed("1"))
    [first, renamed, last] = calls[-3:]
    temporary = first.removeprefix("sync ")
    assert temporary != "world.atom"
    assert (renamed, last) == (f"{temporary} becomes world.atom", "sync output")


def test_every_ending_has_a_check() -> None:
    endings = [*formats.names(), "opml", "css"]
    assert endings == ["atom", "rss", "json", "html", "opml", "css"]
    assert all(is_file_name(f"world.{ending}") and check_for(f"world.{ending}") for ending in endings)
    check_for("world.css")(b"p { color: red }")
    with pytest.raises(UnicodeDecodeError):
        check_for("world.css")(b"\xff")
