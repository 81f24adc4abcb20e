"""`python -m bench.hosts`: measures whether sources are polled on time while a tenth of all sources hang.

2,000 sources on 200 loopback addresses, ten on each, are due once a minute at random seconds. The clock and all waits
run SPEED times as fast as real time; all times here are in seconds of that clock. Nothing is known of the hosts before.
There are four runs: all hosts answer; 20 hosts accept the connection and send nothing for 30 s; one source of each host
does so, and delays the nine others; 20 hosts again, but threads that hang are not replaced. The results come from the
log of the servers, which run in a process of their own: how late each source was polled, the number of simultaneous
requests to one host, and the pauses.
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
from feeds.fetch.pacing import HostPacer
from feeds.store import open_store
from feeds.store.schema import source
from feeds.workers.parse_document import parse_document
from feeds.workers.parse_job import encode_job
from feeds.workers.parse_pool import ParseLimits, ParsePool

SPEED = 4.0
HOSTS, SOURCES_PER_HOST = 200, 10
POLL_INTERVAL = 60.0
RUN_TIME = 100.0  # a round of polls, and most of another
TIMEOUT = 30.0
LATENCY = 0.2
EMPTY_FEED = b"<rss version='2.0'><channel><title>Bench</title></channel></rss>"
EPOCH = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Clock:
    """Runs SPEED times as fast as real time, from EPOCH. `monotonic` is real, because sockets use it."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def at(self, monotonic: float) -> float:
        """Seconds since EPOCH."""
        return (monotonic - self._start) * SPEED

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
    start: float  # monotonic
    ended: float = 0.0


@dataclass
class Log:
    visits: list[Visit] = field(default_factory=list)
    inside: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    max_simultaneous: int = 0  # simultaneous requests to one host


def address(n: int) -> str:
    return f"127.0.{1 + n // 100}.{1 + n % 100}"


def serve(pipe: Connection, hanging: frozenset[str]) -> None:
    """Answer on all addresses until a message comes from the pipe; then send the log. `hanging`: "host/path"s."""
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
                log.max_simultaneous = max(log.max_simultaneous, log.inside[host])
                try:
                    if host + visit.path in hanging:
                        await reader.read()  # until the client closes
                        return
                    await asyncio.sleep(LATENCY / SPEED)
                    writer.write(
                        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(EMPTY_FEED) + EMPTY_FEED
                    )
                    visit.ended = time.monotonic()
                    log.inside[host] -= 1  # before the client can have read the end of the answer
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
    pipe.send((log.visits, log.max_simultaneous))


# -------------------------------------------------------------------------------------------------- one run


class EmptyParsePool(ParsePool):
    """Parsing is not measured: every document is an empty feed that costs nothing."""

    def __init__(self, count: int, limits: ParseLimits, is_idle: Callable[[], bool]) -> None:
        self._result = b""

    def parse(self, source: str, job: bytes) -> bytes:
        self._result = self._result or parse_empty_feed()
        return self._result

    def stop(self) -> None:
        pass


def parse_empty_feed() -> bytes:
    from feeds.model import Source

    job = encode_job(
        Source(id="s", url="http://127.0.0.1/"), url="", content_type="", body=EMPTY_FEED, now=EPOCH
    )
    return parse_document(job)


@dataclass(frozen=True)
class Result:
    late: tuple[tuple[float, ...], ...]  # seconds, by round, of the sources that answer
    missed: int  # polls of those sources that were not made before the end
    max_simultaneous: int
    shortest_pause: float
    requests: int
    cpu: float


def run(folder: Path, hanging: frozenset[str]) -> Result:
    our_end, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=serve, args=(theirs, hanging), daemon=True)
    process.start()
    port = our_end.recv()
    urls = {
        f"h{host}s{n}": f"http://{address(host)}:{port}/{n}"
        for host in range(HOSTS)
        for n in range(SOURCES_PER_HOST)
    }
    lines = [f"  - {{id: {name}, url: '{url}', allow_private: true}}\n" for name, url in urls.items()]
    random.Random(1).shuffle(lines)
    config = folder / "sources.yaml"
    config.write_text(
        f"defaults: {{every: {POLL_INTERVAL:.0f}s, timeout: {TIMEOUT / SPEED:.0f}s}}\n"
        f"sources:\n{''.join(lines)}outputs: {{all: {{title: All}}}}\n",
        encoding="utf-8",
    )
    store = open_store(folder / "feeds.db")
    clock = Clock()
    pacing = HostPacer(clock, wait=clock.wait)
    due: defaultdict[str, list[float]] = defaultdict(list)
    poller = Poller(store, load(config, {}), clock, "feeds/bench", parse_pool=EmptyParsePool, pacing=pacing)
    start, cpu_seconds = clock.at(time.monotonic()) + 10, time.process_time()
    rng = random.Random(2)
    with store.write() as connection:
        for name in urls:
            moment = EPOCH + timedelta(seconds=int(start + POLL_INTERVAL * rng.random()))
            connection.execute(update(source).where(source.c.id == name).values(due_at=moment))
            due[name].append((moment - EPOCH).total_seconds())
    while clock.at(time.monotonic()) < start + RUN_TIME:  # like the daemon's tick
        poller.start_due()
        until = time.monotonic() + 1 / SPEED
        while (left := until - time.monotonic()) > 0:
            for polled in poller.commit_finished(left):
                if polled.due_at is not None:
                    due[polled.source].append((polled.due_at - EPOCH).total_seconds())
    cpu_seconds = time.process_time() - cpu_seconds
    poller.stop()
    our_end.send("stop")
    visits, max_simultaneous = our_end.recv()
    process.join()
    store.close()
    return evaluate(urls, due, visits, max_simultaneous, hanging, clock, start + RUN_TIME, cpu_seconds)


def evaluate(
    urls: dict[str, str],
    due: dict[str, list[float]],
    visits: list[Visit],
    max_simultaneous: int,
    hanging: frozenset[str],
    clock: Clock,
    end: float,
    cpu_seconds: float,
) -> Result:
    times: defaultdict[str, list[float]] = defaultdict(list)
    by_host: defaultdict[str, list[Visit]] = defaultdict(list)
    for visit in visits:
        times[visit.host + visit.path].append(clock.at(visit.start))
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
        (after.start - before.ended) * SPEED for one in by_host.values() for before, after in pairwise(one)
    ]
    return Result(tuple(map(tuple, late)), missed, max_simultaneous, min(pauses), len(visits), cpu_seconds)


def print_result(title: str, result: Result) -> None:
    print(title)
    for number, late in enumerate(result.late, start=1):
        if len(late) > 1:
            cuts = quantiles(late, n=100)
            print(
                f"  round {number}: {len(late):5} polls; late: median {cuts[49]:5.1f} s, "
                f"95 % {cuts[94]:5.1f} s, maximum {max(late):5.1f} s"
            )
    print(
        f"  {result.missed} polls not made; simultaneous requests to one host: {result.max_simultaneous}; "
        f"shortest pause {result.shortest_pause:.2f} s; {result.requests} requests, "
        f"{result.cpu / result.requests * 1e3:.1f} ms CPU each"
    )


def main() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4096)), hard))
    stuck_after, threads_factor = fetch_pool.STUCK_AFTER_SECONDS, fetch_pool.MAX_THREADS_FACTOR
    fetch_pool.STUCK_AFTER_SECONDS = stuck_after / SPEED
    hosts = frozenset(f"{address(n)}/{k}" for n in range(0, HOSTS, 10) for k in range(SOURCES_PER_HOST))
    one_of_each = frozenset(f"{address(n)}/0" for n in range(HOSTS))
    for title, hanging, max_simultaneous in (
        ("all answer", frozenset[str](), threads_factor),
        ("20 hosts of 200 hang", hosts, threads_factor),
        ("one source of ten hangs, on every host", one_of_each, threads_factor),
        ("20 hosts hang, and threads that hang are not replaced", hosts, 1),
    ):
        fetch_pool.MAX_THREADS_FACTOR = max_simultaneous
        with tempfile.TemporaryDirectory() as folder:
            print_result(title, run(Path(folder), hanging))


if __name__ == "__main__":
    main()
