"""`make bench`: what each stage costs, as a ratio to plain feedparser on the same documents.

Seconds differ from machine to machine and from hour to hour; what one stage costs in units of another hardly.
The deduplication's quality has its own report: `python -m bench.dedupe.report`.
"""

from __future__ import annotations

import io
import socket
import ssl
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from statistics import median

import feedparser
import trustme

from feeds import codec
from feeds.config import load
from feeds.engine.cycle import run_cycle
from feeds.engine.poller import Poller
from feeds.fetch import Fetcher
from feeds.fetch.pacing import Pacing
from feeds.ingest.articles import DocumentIngest
from feeds.model import Access, Document, Source, Validators
from feeds.normalize.article import to_articles
from feeds.normalize.html import sanitize
from feeds.parse import fast, parse
from feeds.parse.delta import DIGEST_BYTES, split_document
from feeds.parse.encoding import repair_encoding
from feeds.parse.reference import reader
from feeds.publish.output_view import OutputView, build_edition, newest_rows
from feeds.render import render
from feeds.store import Store, open_store, sources
from feeds.workers.parse_document import parse_document
from feeds.workers.parse_job import ParseJob, ParseResult, encode_job
from feeds.workers.seen_entries import unpack

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 5
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class _Clock:
    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return time.monotonic()


def cpu_seconds(work: Callable[[], object]) -> float:
    """Median CPU seconds of this process over some rounds, after one that warms up."""
    work()
    spent = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        spent.append(time.process_time() - begun)
    return median(spent)


def main() -> None:
    settings = load(ROOT / "sources.yaml", {})
    documents = [(one, (ROOT / one.url).read_bytes()) for one in settings.sources]
    jobs = [
        encode_job(one, url=one.url, content_type="", body=body, now=NOW)
        for one, body in documents
        if one.kind == "feed"
    ]
    plain = cpu_seconds(lambda: [feedparser.parse(io.BytesIO(body)) for _, body in documents])
    known = [_remembered(job) for job in jobs]
    parsed = [_document(job) for job in jobs]
    readings = [codec.loads(ParseResult, parse_document(job)) for job in jobs]
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "feeds.db")
        shard = Poller(store, settings, _Clock(), "feeds/bench")
        report = run_cycle(shard, store, _Clock().now)
        rows = {
            "parse, through feedparser": cpu_seconds(lambda: [_parse(job, reader.read) for job in jobs]),
            "parse, through lxml where it can": cpu_seconds(lambda: [_parse(job, fast.read) for job in jobs]),
            "sanitize": cpu_seconds(lambda: _sanitize(parsed)),
            "normalize, sanitizing with it": cpu_seconds(lambda: _normalize(parsed)),
            "read: parse, normalize, keys": cpu_seconds(lambda: [parse_document(job) for job in jobs]),
            "read one new entry of each": cpu_seconds(lambda: [parse_document(job) for job in known]),
            "find that nothing is new": cpu_seconds(lambda: [_cut(job) for job in known]),
            "commit: identity, near copies, the store": cpu_seconds(lambda: _commit(shard, readings)),
            "unchanged: ask 13 files, commit": cpu_seconds(
                lambda: run_cycle(shard, store, _Clock().now, ignore_due_times=True)
            ),
            "build the editions, and render them": cpu_seconds(lambda: _compose(shard, store)),
        }
        pacing = Pacing(_Clock(), timedelta())
        with _unchanging() as port:
            fetcher = Fetcher(Path(folder), _Clock(), "feeds/bench", 1, pacing=pacing)
            one = [f"http://127.0.0.1:{port}/"] * len(jobs)
            rows["fetch: as many answers of 304"] = cpu_seconds(lambda: _ask(fetcher, one))
            fetcher.close()
        hosts = [f"127.0.0.{n + 1}" for n in range(len(jobs))]
        authority = trustme.CA()
        authority.cert_pem.write_to_path(pem := Path(folder) / "authority.pem")
        with _unchanging(authority.issue_cert(*hosts)) as port:
            fetcher = Fetcher(Path(folder), _Clock(), "feeds/bench", 1, pacing=pacing, authorities=pem)
            many = [f"https://{host}:{port}/" for host in hosts]
            rows["the same over TLS, each from another host"] = cpu_seconds(lambda: _ask(fetcher, many))
            fetcher.close()
        shard.stop()
        store.close()
    articles = sum(one.new for one in report.polled)
    print(
        f"{len(documents)} documents, {articles} articles; plain feedparser = 1.00 ({plain * 1e3:.0f} ms CPU)"
    )
    for name, spent in rows.items():
        print(f"  {spent / plain:5.2f}  {name}")


def _parse(job: bytes, way: Callable[[bytes, str, str], reader.RawDocument | None]) -> reader.RawDocument:
    said = codec.loads(ParseJob, job)
    body, kind = repair_encoding(said.body, said.content_type)
    return way(body, kind, said.url) or reader.read(body, kind, said.url)


def _remembered(job: bytes) -> bytes:
    """The same job, with all entries known but the first; nothing is remembered of what is read whole anyway."""
    entries = codec.loads(ParseResult, parse_document(job)).seen_entries
    return codec.dumps(
        replace(codec.loads(ParseJob, job), seen_entries=entries[:DIGEST_BYTES] + entries[5 * DIGEST_BYTES :])
    )


def _cut(job: bytes) -> bool:
    said = codec.loads(ParseJob, job)
    pieces = split_document(said.body, url=said.url, content_type=said.content_type)
    return pieces is not None and unpack(said.seen_entries).has_all(pieces)


def _document(job: bytes) -> tuple[ParseJob, Document]:
    said = codec.loads(ParseJob, job)
    return said, parse(said.source, said.body, url=said.url, content_type=said.content_type)


def _sanitize(parsed: Sequence[tuple[ParseJob, Document]]) -> None:
    for _, document in parsed:
        for item in document.items:
            for body in filter(None, (item.summary, item.content)):
                sanitize(body.value, "https://bench.example/")


def _normalize(parsed: Sequence[tuple[ParseJob, Document]]) -> None:
    for said, document in parsed:
        to_articles(document, source=said.source, url=said.url, now=said.now)


def _commit(shard: Poller, readings: Sequence[ParseResult]) -> None:
    """Into a state that has nothing yet."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "feeds.db")
        sources_of = [one for one in shard.settings.sources if one.kind == "feed"]
        with store.write() as connection:
            intake = DocumentIngest(connection, shard._rules)
            for source, reading in zip(sources_of, readings, strict=True):
                intake.add_document(source, reading, NOW)
        store.close()


@contextmanager
def _unchanging(certificate: trustme.LeafCert | None = None) -> Iterator[int]:
    """The port of a server, in a process of its own, that says 304 to everything, on all addresses of loopback."""
    listening = socket.create_server(("", 0))
    process = get_context("fork").Process(target=_say_unchanged, args=(listening, certificate), daemon=True)
    process.start()
    try:
        yield listening.getsockname()[1]
    finally:
        process.terminate()
        process.join()
        listening.close()


def _say_unchanged(listening: socket.socket, certificate: trustme.LeafCert | None) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    if certificate is not None:
        certificate.configure_cert(tls)
    while True:
        peer, _ = listening.accept()
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else each answer waits 40 ms for an ACK
        if certificate is not None:
            peer = tls.wrap_socket(peer, server_side=True)
        with peer, peer.makefile("rb") as lines:
            while line := lines.readline():
                if line == b"\r\n":
                    peer.sendall(b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n')


def _ask(fetcher: Fetcher, urls: Sequence[str]) -> None:
    for url in urls:
        source = Source(id="s", url=url, access=Access(allow_private=True))
        fetcher.fetch(source, url, Validators(etag='"1"', url=url))


def _compose(shard: Poller, store: Store) -> None:
    with store.read() as connection:
        feeds = sources.feeds(connection)
        for output in shard.settings.outputs:
            view = OutputView(output, shard.settings, shard.sources, feeds, NOW)
            edition = build_edition(connection, view, newest_rows(connection, view), NOW, "")
            for form in output.formats:
                render(edition, form)


if __name__ == "__main__":
    main()
