"""Reads mutants of documents as a poll does, and publishes what they hold: bytes → articles → entries → files.

A mutant fails if anything but a `ParseError` is raised, if an error of the program is reported for the document, an
item or an entry, if a file is not valid, or if it costs too much. Each batch runs in a process of its own.
"""

from __future__ import annotations

import multiprocessing
import re
import resource
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any

from feeds import codec
from feeds.dedupe.identity import match_known
from feeds.errors import ParseError
from feeds.model import Entry, Source
from feeds.render import formats, render
from feeds.render.edition import source_origin
from feeds.workers.parse_document import parse_document
from feeds.workers.parse_job import ParseResult, encode_job
from tests.render.invented_edition import NOW, edition_with, entry_of
from tests.torture.mutants import documents, mutant

MAX_CPU_SECONDS = 5.0
MAX_BYTES = 300_000_000
BATCH = 100
MAX_BATCH_SECONDS = 600.0

SOURCE = Source(id="source", url="https://source.example/feed")
_TYPES = (
    "",
    "application/xml",
    "text/html",
    "application/json",
    "text/xml; charset=utf-16",
    "text/xml; charset=x",
)
# An error of the program. A note of an element that feedparser cannot read, "<gml:pos> (TypeError)", costs only that.
_ERROR = re.compile(r"cannot be read: [A-Z]|internal error|\b[A-Z]\w*(?:Error|Exception): ")


@dataclass(frozen=True, slots=True)
class Failure:
    seed: int
    problem: str


class OutOfTime(BaseException):
    """Not an Exception: the code under test must not catch it."""


def problems(body: bytes, seed: int, seen: bytes = b"") -> Iterator[str]:
    """What is wrong with the way in which this document is read and published. `seen`: what a poll knows of the last
    document."""
    content_type = _TYPES[seed % len(_TYPES)]
    job = encode_job(SOURCE, url=SOURCE.url, content_type=content_type, body=body, now=NOW, seen_entries=seen)
    try:
        result = codec.loads(ParseResult, parse_document(job))
    except ParseError as error:
        if _ERROR.search(str(error)):
            yield f"document: {error}"
        return
    for note in result.notes:
        if _ERROR.search(note):
            yield f"note: {note}"
    home = source_origin(SOURCE, result.feed)
    entries: dict[str, Entry] = {}
    for match in match_known(result.articles, {}):
        entry = entry_of(match.article, home)
        entries.setdefault(entry.id, entry)  # as the ledger does, which gives the others ids of their own
    edition = edition_with(entries.values())
    for name in formats.names():
        rendered = render(edition, name)
        for skipped in rendered.skipped_entries:
            yield f"{name}: {skipped}"
        formats.get(name).load().check(rendered.data)


def failures_of(seed: int, originals: Sequence[bytes]) -> list[Failure]:
    """Runs one mutant in this process."""
    body = mutant(originals, seed)
    found: list[str] = []
    signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, MAX_CPU_SECONDS)
    begun = time.process_time()
    try:
        found += problems(body, seed)
    except OutOfTime:
        found.append("costs too much time")
    except Exception as error:  # that is what is looked for
        found.append(f"{type(error).__name__}: {error}")
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    if (seconds := time.process_time() - begun) > MAX_CPU_SECONDS and not found:
        found.append(f"costs {seconds:.1f} s of CPU time")
    return [Failure(seed, problem[:500]) for problem in found]


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise OutOfTime


def run_batch(seeds: Sequence[int], originals: Sequence[bytes] = ()) -> tuple[list[Failure], int]:
    """The failures, and by how many bytes the most costly mutant raised the peak of this process."""
    originals = originals or documents()
    list(problems(originals[0], 0))  # imports everything, before the memory is measured
    failures, growth = [], 0
    for seed in seeds:
        before = _peak()
        failures += failures_of(seed, originals)
        if (grown := _peak() - before) > MAX_BYTES:
            failures.append(Failure(seed, f"needs {grown // 1_000_000} MB"))
        growth = max(growth, grown)
    return failures, growth


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _batch_in_child(seeds: Sequence[int], originals: Sequence[bytes], answer: Any) -> None:
    answer.send(run_batch(seeds, originals))


def fuzz(first: int, count: int, processes: int = 2) -> Iterator[tuple[int, list[Failure], int]]:
    """Yields (mutants done, their failures, bytes) after each batch. A batch that crashes or hangs is a failure."""
    originals = documents()
    context = multiprocessing.get_context("fork")
    waiting = [range(at, min(at + BATCH, first + count)) for at in range(first, first + count, BATCH)][::-1]
    running: list[tuple[Any, Any, range, float]] = []
    while waiting or running:
        while waiting and len(running) < processes:
            receiver, sender = context.Pipe(duplex=False)
            batch = waiting.pop()
            child = context.Process(target=_batch_in_child, args=(batch, originals, sender))
            child.start()
            sender.close()
            running.append((child, receiver, batch, time.monotonic()))
        for entry in list(running):
            child, receiver, batch, begun = entry
            if receiver.poll(0.1):
                try:
                    failures, grown = receiver.recv()
                except EOFError:
                    failures, grown = (
                        [Failure(batch[0], f"the process of the batch ended: {child.exitcode}")],
                        0,
                    )
            elif time.monotonic() - begun > MAX_BATCH_SECONDS:
                child.kill()
                failures, grown = [Failure(batch[0], "the process of the batch hangs")], 0
            else:
                continue
            child.join()
            running.remove(entry)
            yield len(batch), failures, grown
