"""`python -m bench.punctuality`: measures whether a daemon keeps the interval of many busy sources.

A daemon (`feeds run`, a process of its own) polls 300 sources on 300 loopback addresses with `every: 30s`. Each source
publishes an article every five minutes, so every second one arrives, is compared with the others and published. The
results come from the server's log: the seconds from the daemon's start to the first request and to the last source's
first one, and how much later than 30 s after the last answer each request came.

`--sources N`, `--every SECONDS`, `--minutes N`; `--outputs N`: so many outputs with archive pages.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import quantiles

from tests.newsroom import item, rss

ITEM_SECONDS = 300.0
"""Each source publishes once in this time."""

LATENCY_SECONDS = 0.05
HELD = 20  # items in a document

Visit = tuple[int, float, float]  # source, monotonic time of the request and of its answer


def address(n: int) -> str:
    return f"127.0.{1 + n // 200}.{1 + n % 200}"


def document(source: int, newest: int) -> bytes:
    begun = datetime.now(UTC)
    items = []
    for n in range(newest, newest - HELD, -1):
        number = 1_000_000 + source * 1000 + n
        text = item(number, link=f"https://s{source}.example/{n}")
        date = format_datetime(begun - timedelta(seconds=ITEM_SECONDS * (newest - n)))
        before, _, rest = text.partition("<pubDate>")
        items.append(f"{before}<pubDate>{date}{rest[rest.index('</pubDate>') :]}")
    return rss(items, title=f"Source {source}")


def serve(pipe: Connection) -> None:
    asyncio.run(_serve(pipe))


async def _serve(pipe: Connection) -> None:
    visits: list[Visit] = []
    begun = time.monotonic()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                source, asked_at = int(head.split(b" ", 2)[1][1:]), time.monotonic()
                # The sources publish one after the other, evenly spread.
                newest = 100 + int((asked_at - begun + source * 7919 % ITEM_SECONDS) / ITEM_SECONDS)
                await asyncio.sleep(LATENCY_SECONDS)
                if b'"%d"' % newest in head:
                    writer.write(b"HTTP/1.1 304 Not Modified\r\n\r\n")
                else:
                    body = document(source, newest)
                    head_lines = b'HTTP/1.1 200 OK\r\nETag: "%d"\r\nContent-Length: %d\r\n\r\n'
                    writer.write(head_lines % (newest, len(body)) + body)
                visits.append((source, asked_at, time.monotonic()))
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, OSError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "0.0.0.0", 0, backlog=512)  # 127.0.0.0/8
    pipe.send(server.sockets[0].getsockname()[1])
    await asyncio.get_running_loop().run_in_executor(None, pipe.recv)
    server.close()
    pipe.send(visits)


def configure(folder: Path, port: int, sources: int, every: float, outputs: int) -> Path:
    lines = [
        f"  - {{id: s{n}, url: 'http://{address(n)}:{port}/{n}', allow_private: true}}\n"
        for n in range(sources)
    ]
    names = "".join(f"  out{n}: {{limit: 100, archive: 20}}\n" for n in range(outputs))
    config = folder / "sources.yaml"
    config.write_text(
        f"defaults: {{every: {every:g}s}}\nsources:\n{''.join(lines)}outputs:\n{names}", encoding="utf-8"
    )
    return config


def print_results(visits: list[Visit], started: float, every: float) -> None:
    by_source: defaultdict[int, list[Visit]] = defaultdict(list)
    for visit in visits:
        by_source[visit[0]].append(visit)
    firsts = sorted(polls[0][1] - started for polls in by_source.values())
    print(f"first request after {firsts[0]:.1f} s; every source asked after {firsts[-1]:.1f} s")
    late = sorted(
        after[1] - before[2] - every for polls in by_source.values() for before, after in pairwise(polls)
    )
    cuts = quantiles(late, n=100)
    print(
        f"{len(visits)} requests; late: median {cuts[49]:.1f} s, 95 % {cuts[94]:.1f} s, 99 % {cuts[98]:.1f} s, "
        f"at the most {late[-1]:.1f} s; earliest {late[0]:.1f} s"
    )


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench.punctuality", description=__doc__)
    options.add_argument("--sources", type=int, default=300)
    options.add_argument("--every", type=float, default=30.0)
    options.add_argument("--minutes", type=float, default=3.0)
    options.add_argument("--outputs", type=int, default=2)
    options.add_argument("--log", type=Path, help="write the daemon's log there")
    chosen = options.parse_args()
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    with tempfile.TemporaryDirectory() as folder, (chosen.log or Path(os.devnull)).open("wb") as log:
        config = configure(Path(folder), ours.recv(), chosen.sources, chosen.every, chosen.outputs)
        started = time.monotonic()
        daemon = subprocess.Popen(
            [sys.executable, "-m", "feeds", "run", "--json", "--config", str(config)], stderr=log
        )
        time.sleep(60 * chosen.minutes)
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(30)
    ours.send("stop")
    print_results(ours.recv(), started, chosen.every)
    server.join()


if __name__ == "__main__":
    main()
