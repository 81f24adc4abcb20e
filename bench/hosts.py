"""`python -m bench.hosts`: are the others on time while a tenth of all sources hang?

2,000 sources on 200 loopback addresses, ten on each, each due once a minute, at any moment of it. The clock runs
SPEED times as fast as the wall's, and all waits with it; seconds below are the clock's. Nothing is known of the
hosts before. In the first run all answer, in the second 20 hosts take the connection and say nothing for 30 s, in
the third one source of every host does, and so keeps the nine others from their turn; in the fourth it is 20 hosts
again, and threads that hang are not replaced. The judge is the log of the servers, which run in a process of their
own: how late each source was asked, the requests to one host at once, and the pause before each.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import resource
import socket
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import quantiles

from sqlalchemy import update

from feeds.config import load
from feeds.engine import fetch_pool
from feeds.engine.poller import Poller
from feeds.fetch.pacing import Pacing
from feeds.store import open_store
from feeds.store.schema import source
from feeds.workers.parse_document import parse_document
from feeds.workers.parse_job import encode_job
from feeds.workers.parse_pool import ParseLimits, ParsePool

SPEED = 4.0
HOSTS, EACH = 200, 10
EVERY = 60.0  # between two polls of a source
SPAN = 100.0  # of one run: a round, and most of another
TIMEOUT = 30.0
LATENCY = 0.2  # of an answer
EMPTY = b"<rss version='2.0'><channel><title>Bench</title></channel></rss>"
EPOCH = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Clock:
    """Runs SPEED times as fast, from EPOCH. `monotonic` is real: sockets wait by it."""

    def __init__(self) -> None:
        self._begun = time.monotonic()

    def at(self, monotonic: float) -> float:
        """Seconds since EPOCH."""
        return (monotonic - self._begun) * SPEED

    def now(self) -> datetime:
        return EPOCH + timedelta(seconds=self.at(time.monotonic()))

    def monotonic(self) -> float:
        return time.monotonic()

    def wait(self, condition: threading.Condition, until: datetime) -> None:
        condition.wait(max(0.0, (until - self.now()).total_seconds() / SPEED))


# ------------------------------------------------------------------------------------------------ the hosts


@dataclass
class Visit:
    host: str
    path: str
    begun: float  # monotonic
    ended: float = 0.0


@dataclass
class Log:
    visits: list[Visit] = field(default_factory=list)
    inside: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    most: int = 0  # at one host at once


def address(n: int) -> str:
    return f"127.0.{1 + n // 100}.{1 + n % 100}"


def serve(pipe: Connection, hanging: frozenset[str]) -> None:
    """Answers on all addresses until told to stop; then sends its log. `hanging`: "host/path"s."""
    asyncio.run(_serve(pipe, hanging))


async def _serve(pipe: Connection, hanging: frozenset[str]) -> None:
    log = Log()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                visit = Visit(host, head.split(b" ", 2)[1].decode(), time.monotonic())
                log.visits.append(visit)
                log.inside[host] += 1
                log.most = max(log.most, log.inside[host])
                try:
                    if host + visit.path in hanging:
                        await reader.read()  # until the client has had enough
                        return
                    await asyncio.sleep(LATENCY / SPEED)
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(EMPTY) + EMPTY)
                    visit.ended = time.monotonic()
                    log.inside[host] -= 1  # before the client can have seen the end of it
                    await writer.drain()
                finally:
                    if not visit.ended:
                        visit.ended = time.monotonic()
                        log.inside[host] -= 1
        except (asyncio.IncompleteReadError, asyncio.CancelledError, OSError):
            pass
        finally:
            writer.close()

    with socket.create_server((address(0), 0)) as probe:
        port = probe.getsockname()[1]
    server = await asyncio.start_server(talk, [address(n) for n in range(HOSTS)], port, backlog=64)
    pipe.send(port)
    await asyncio.get_running_loop().run_in_executor(None, pipe.recv)
    server.close()
    pipe.send((log.visits, log.most))


# -------------------------------------------------------------------------------------------------- one run


class NoReading(ParsePool):
    """What is read is not the subject: every document is an empty feed, at no cost."""

    def __init__(self, count: int, limits: ParseLimits, hungry: Callable[[], bool]) -> None:
        self._reading = b""

    def read(self, source: str, job: bytes) -> bytes:
        self._reading = self._reading or read_empty()
        return self._reading

    def stop(self) -> None:
        pass


def read_empty() -> bytes:
    from feeds.model import Source

    job = encode_job(Source(id="s", url="http://127.0.0.1/"), url="", content_type="", body=EMPTY, now=EPOCH)
    return parse_document(job)


@dataclass(frozen=True)
class Result:
    late: tuple[tuple[float, ...], ...]  # by round, of sources that answer
    missed: int  # of those, in any round: not asked before the end
    most: int
    pause: float  # the shortest
    asked: int
    cpu: float


def run(folder: Path, hanging: frozenset[str]) -> Result:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=serve, args=(theirs, hanging), daemon=True)
    process.start()
    port = ours.recv()
    urls = {
        f"h{host}s{n}": f"http://{address(host)}:{port}/{n}" for host in range(HOSTS) for n in range(EACH)
    }
    lines = [f"  - {{id: {name}, url: '{url}', allow_private: true}}\n" for name, url in urls.items()]
    random.Random(1).shuffle(lines)
    config = folder / "sources.yaml"
    config.write_text(
        f"defaults: {{every: {EVERY:.0f}s, timeout: {TIMEOUT / SPEED:.0f}s}}\n"
        f"sources:\n{''.join(lines)}outputs: {{all: {{title: All}}}}\n",
        encoding="utf-8",
    )
    store = open_store(folder / "feeds.db")
    clock = Clock()
    pacing = Pacing(clock, wait=clock.wait)
    due: defaultdict[str, list[float]] = defaultdict(list)
    shard = Poller(store, load(config, {}), clock, "feeds/bench", parse_pool=NoReading, pacing=pacing)
    begun, spent = clock.at(time.monotonic()) + 10, time.process_time()
    chance = random.Random(2)
    with store.write() as connection:
        for name in urls:
            moment = EPOCH + timedelta(seconds=int(begun + EVERY * chance.random()))
            connection.execute(update(source).where(source.c.id == name).values(due_at=moment))
            due[name].append((moment - EPOCH).total_seconds())
    while clock.at(time.monotonic()) < begun + SPAN:  # as the daemon's tick
        shard.start_due()
        until = time.monotonic() + 1 / SPEED
        while (left := until - time.monotonic()) > 0:
            for one in shard.commit_finished(left):
                if one.due_at is not None:
                    due[one.source].append((one.due_at - EPOCH).total_seconds())
    spent = time.process_time() - spent
    shard.stop()
    ours.send("stop")
    visits, most = ours.recv()
    process.join()
    store.close()
    return judge(urls, due, visits, most, hanging, clock, begun + SPAN, spent)


def judge(
    urls: dict[str, str],
    due: dict[str, list[float]],
    visits: list[Visit],
    most: int,
    hanging: frozenset[str],
    clock: Clock,
    end: float,
    spent: float,
) -> Result:
    times: defaultdict[str, list[float]] = defaultdict(list)
    by_host: defaultdict[str, list[Visit]] = defaultdict(list)
    for visit in visits:
        times[visit.host + visit.path].append(clock.at(visit.begun))
        by_host[visit.host].append(visit)
    late: list[list[float]] = [[], []]
    missed = 0
    for name, url in urls.items():
        place = "{}/{}".format(url.split(":")[1].removeprefix("//"), url.rpartition("/")[2])
        if place in hanging:
            continue
        asked = times[place]
        for number, moment in enumerate(due[name][:2]):
            if number < len(asked):
                late[number].append(asked[number] - moment)
            elif moment < end - 20:
                missed += 1
    pauses = [
        (after.begun - before.ended) * SPEED for one in by_host.values() for before, after in pairwise(one)
    ]
    return Result(tuple(map(tuple, late)), missed, most, min(pauses), len(visits), spent)


def show(title: str, result: Result) -> None:
    print(title)
    for number, late in enumerate(result.late, start=1):
        if len(late) > 1:
            cuts = quantiles(late, n=100)
            print(
                f"  round {number}: {len(late):5} asked; late: median {cuts[49]:5.1f} s, "
                f"95 % {cuts[94]:5.1f} s, most {max(late):5.1f} s"
            )
    print(
        f"  {result.missed} not asked at all; at one host at once: {result.most}; shortest pause "
        f"{result.pause:.2f} s; {result.asked} requests, {result.cpu / result.asked * 1e3:.1f} ms CPU each"
    )


def main() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4096)), hard))
    patience, bound = fetch_pool.STUCK_AFTER_SECONDS, fetch_pool.MAX_THREADS_FACTOR
    fetch_pool.STUCK_AFTER_SECONDS = patience / SPEED
    hosts = frozenset(f"{address(n)}/{k}" for n in range(0, HOSTS, 10) for k in range(EACH))
    each = frozenset(f"{address(n)}/0" for n in range(HOSTS))
    for title, hanging, most in (
        ("all answer", frozenset[str](), bound),
        ("20 hosts of 200 hang", hosts, bound),
        ("one source of ten hangs, on every host", each, bound),
        ("20 hosts hang, and threads that hang are not replaced", hosts, 1),
    ):
        fetch_pool.MAX_THREADS_FACTOR = most
        with tempfile.TemporaryDirectory() as folder:
            show(title, run(Path(folder), hanging))


if __name__ == "__main__":
    main()
