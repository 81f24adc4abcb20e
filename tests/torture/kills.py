"""Kills `feeds` with SIGKILL, at random moments and at every file-system call of publishing, and judges what is left.

The server keeps the manifest, outside of the program. It shows the last items of a source, and moves on only when a
request names the ETag of the version before: so it knows which items the program has acknowledged. After every kill:

- each file that is published is whole, and holds every entry that it held before, once, with the same id
- at the end, an undisturbed run publishes every acknowledged item
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import feedparser

from feeds.render import formats
from tests.loopback import Answer, Loopback, Request
from tests.newsroom import item, rss

KILLER = Path(__file__).parent / "killer"
SOURCES = 3
WINDOW = 12  # items that a source shows
STEP = 4  # new items of a version
MAX_RUN_SECONDS = 60.0


@dataclass
class Manifest:
    """What the sources published, and what the program has acknowledged."""

    versions: list[int] = field(default_factory=lambda: [0] * SOURCES)
    acknowledged: set[str] = field(default_factory=set)

    def titles(self, source: int) -> list[str]:
        last = WINDOW + STEP * self.versions[source]
        return [title(source, n) for n in range(last - WINDOW, last)]

    def answer(self, source: int, request: Request) -> Answer:
        if request.header("If-None-Match") == self._etag(source):
            self.acknowledged.update(self.titles(source))
            self.versions[source] += 1
        last = WINDOW + STEP * self.versions[source]
        items = [
            item(
                source * 100_000 + n,
                title=title(source, n),
                hours=-n / 1000,
                link=f"https://s{source}.example/{n}",
                guid=f"tag:s{source}.example,2026:{n}",
            )
            for n in range(last - WINDOW, last)
        ]
        headers = (("Content-Type", "application/rss+xml"), ("ETag", self._etag(source)))
        return Answer(body=rss(items, title=f"Source {source}"), headers=headers)

    def _etag(self, source: int) -> str:
        return f'"{source}-{self.versions[source]}"'


def title(source: int, n: int) -> str:
    """A title like no other, so that no two items are one story."""
    draw = random.Random(source * 1_000_003 + n)
    return f"{''.join(draw.choices('bcdfgklmnprst', k=8))} {''.join(draw.choices('aeioubdgk', k=9))} {source} {n}"


class Instance:
    """A program in a folder of its own, that reads the manifest's sources."""

    def __init__(self, folder: Path, server: Loopback) -> None:
        self.folder, self.output = folder, folder / "output"
        self.manifest = Manifest()
        self.known: dict[str, str] = {}  # title → id of every entry that was ever published
        lines = []
        for source in range(SOURCES):
            url = server.handle(f"/{source}", partial(self.manifest.answer, source))
            lines.append(
                f"  - {{id: s{source}, url: '{url}', allow_private: true, every: 1h, tags: [first]}}\n"
            )
        (folder / "sources.yaml").write_text(
            f"site: {{title: T, base_url: 'https://t.example/', output: output, state: feeds.db}}\n"
            f"limits: {{host_interval: 0s}}\nsources:\n{''.join(lines)}"
            "outputs:\n  front: {title: Front, limit: 10000}\n"
            "  first: {title: First, limit: 10000, from: {tags: [first]}}\n",
            encoding="utf-8",
        )

    def start(self, *, kill_at: int = 0, count_file: Path | None = None) -> subprocess.Popen[bytes]:
        environment = dict(
            os.environ, PYTHONPATH=os.pathsep.join((str(KILLER), str(Path(__file__).parents[2])))
        )
        if kill_at:
            environment["FEEDS_TORTURE_KILL"] = f"{self.output}:{kill_at}"
        elif count_file:
            environment["FEEDS_TORTURE_COUNT"] = f"{self.output}:{count_file}"
        return subprocess.Popen(
            [sys.executable, "-m", "feeds", "once", "--all", "--json"],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def run(self, *, kill_at: int = 0, kill_after: float = 0.0, count_file: Path | None = None) -> bool:
        """Run one cycle. Returns whether it was killed. Raises AssertionError if it fails otherwise."""
        process = self.start(kill_at=kill_at, count_file=count_file)
        if kill_after:
            time.sleep(kill_after)
            process.send_signal(signal.SIGKILL)
        _, errors = process.communicate(timeout=MAX_RUN_SECONDS)
        assert process.returncode in (0, -signal.SIGKILL), errors.decode()[-2000:]
        return process.returncode != 0

    def faults(self) -> Iterator[str]:
        """What is wrong with the published files."""
        for path in sorted(self.output.rglob("*")) if self.output.is_dir() else ():
            form = formats.find(path.suffix.removeprefix("."))
            if path.is_file() and form and path.stem in ("front", "first"):
                try:
                    form.load().check(path.read_bytes())
                except Exception as error:
                    yield f"{path.name}: {error}"
        front = self.output / "front.atom"
        if not front.exists():
            if self.known:
                yield "front.atom is gone"
            return
        entries = feedparser.parse(front.read_bytes()).entries
        ids = {entry.title: entry.id for entry in entries}
        if len(ids) != len(entries) or len(set(ids.values())) != len(entries):
            yield "an entry is published twice"
        for known_title, known_id in self.known.items():
            if ids.get(known_title) != known_id:
                yield f"{known_title}: {known_id} became {ids.get(known_title)}"
        self.known |= ids

    def faults_at_end(self) -> Iterator[str]:
        """The same after an undisturbed run, and which acknowledged items are lost."""
        self.run()
        yield from self.faults()
        for lost in sorted(self.manifest.acknowledged - self.known.keys()):
            yield f"lost: {lost}"
        leftovers = [path.name for path in self.output.rglob("*") if path.name.endswith((".tmp", ".part"))]
        if leftovers:
            yield f"left over: {leftovers}"


def kills(folder: Path, count: int, seed: int) -> Iterator[tuple[str, list[str]]]:
    """Yields (what was done, faults) for each of `count` kills, and once for the end. Half of the kills are at a
    file-system call, one after the other; the others at a random moment."""
    draw = random.Random(seed)
    with Loopback() as server:
        instance = Instance(folder, server)
        instance.run()
        begun = time.monotonic()
        count_file = folder / "calls"
        instance.run(count_file=count_file)
        seconds, calls = time.monotonic() - begun, int(count_file.read_text())
        assert calls > 10
        yield f"a run makes {calls} calls and takes {seconds:.1f} s", list(instance.faults())
        for number in range(count):
            if number % 2:
                moment = draw.uniform(0.2, 1.1) * seconds
                instance.run(kill_after=moment)
                yield f"after {moment:.2f} s", list(instance.faults())
            else:
                kill_at = 1 + (number // 2 + seed) % calls
                was_killed = instance.run(kill_at=kill_at)
                yield f"at call {kill_at}{'' if was_killed else ', not reached'}", list(instance.faults())
        assert instance.manifest.acknowledged
        yield (
            f"at the end, {len(instance.manifest.acknowledged)} acknowledged",
            list(instance.faults_at_end()),
        )
