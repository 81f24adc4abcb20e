"""`make bench`: the CPU time of each stage, as a ratio to plain feedparser on the same documents.

Seconds differ from machine to machine and from hour to hour; these ratios hardly do. The quality of deduplication has
its own report: `python -m bench.dedupe.report`.
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
from feeds.fetch.pacing import HostPacer
from feeds.ingest.articles import DocumentIngest
from feeds.model import Access, Document, Source, Validators
from feeds.normalize.article import to_articles
from feeds.normalize.html import rewritten_tree, sanitize
from feeds.parse import parse
from feeds.parse.delta import DIGEST_BYTES, split_document
from feeds.parse.encoding import repair_encoding
from feeds.parse.fast import reader as fast_reader
from feeds.parse.reference import reader
from feeds.publish.output_context import OutputContext
from feeds.publish.output_ledger import load_edition, newest_rows
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
    """Median CPU seconds of this process over `ROUNDS` calls, after one call to warm up."""
    work()
    seconds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return median(seconds)


def main() -> None:
    settings = load(ROOT / "sources.yaml", {})
    documents = [(source, (ROOT / source.url).read_bytes()) for source in settings.sources]
    jobs = [
        encode_job(source, url=source.url, content_type="", body=body, now=NOW)
        for source, body in documents
        if source.kind == "feed"
    ]
    plain = cpu_seconds(lambda: [feedparser.parse(io.BytesIO(body)) for _, body in documents])
    rows = _measure_parsing(jobs)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = open_store(folder / "feeds.db")
        poller = Poller(store, settings, _Clock(), "feeds/bench")
        articles = sum(polled.new for polled in run_cycle(poller, store, _Clock().now).polled)
        rows |= _measure_engine(poller, store, jobs)
        rows |= _measure_fetching(folder, len(jobs))
        poller.stop()
        store.close()
    print(
        f"{len(documents)} documents, {articles} articles; plain feedparser = 1.00 ({plain * 1e3:.0f} ms CPU)"
    )
    for label, seconds in rows.items():
        print(f"  {seconds / plain:5.2f}  {label}")


def _measure_parsing(jobs: Sequence[bytes]) -> dict[str, float]:
    """Label → CPU seconds of the pure stages, for one document of each source."""
    known = [_with_seen_entries(job) for job in jobs]
    parsed = [_parse_job(job) for job in jobs]
    return {
        "parse through feedparser": cpu_seconds(lambda: [_parse_through(job, reader.parse) for job in jobs]),
        "parse through lxml where possible": cpu_seconds(
            lambda: [_parse_through(job, fast_reader.parse) for job in jobs]
        ),
        "sanitize": cpu_seconds(lambda: _sanitize(parsed)),
        "normalize, including sanitizing": cpu_seconds(lambda: _normalize(parsed)),
        "parse process: parse, normalize, keys": cpu_seconds(lambda: [parse_document(job) for job in jobs]),
        "parse process: one new entry in each": cpu_seconds(lambda: [parse_document(job) for job in known]),
        "find that nothing is new": cpu_seconds(lambda: [_has_no_new_entries(job) for job in known]),
    }


def _measure_engine(poller: Poller, store: Store, jobs: Sequence[bytes]) -> dict[str, float]:
    """Label → CPU seconds of the stages that use the state."""
    results = [codec.loads(ParseResult, parse_document(job)) for job in jobs]
    return {
        "commit: identity, near copies, state": cpu_seconds(lambda: _commit(poller, results)),
        "cycle without news: poll 13 files, commit": cpu_seconds(
            lambda: run_cycle(poller, store, _Clock().now, ignore_due_times=True)
        ),
        "build the editions and render them": cpu_seconds(lambda: _render_outputs(poller, store)),
    }


def _measure_fetching(folder: Path, count: int) -> dict[str, float]:
    """Label → CPU seconds of `count` conditional requests that are answered with 304."""
    rows = {}
    pacing = HostPacer(_Clock(), timedelta())
    with _server_of_304() as port:
        fetcher = Fetcher(folder, _Clock(), "feeds/bench", 1, pacing=pacing)
        same_host = [f"http://127.0.0.1:{port}/"] * count
        rows["fetch: a 304 for each, from one host"] = cpu_seconds(lambda: _fetch(fetcher, same_host))
        fetcher.close()
    hosts = [f"127.0.0.{n + 1}" for n in range(count)]
    authority = trustme.CA()
    authority.cert_pem.write_to_path(pem := folder / "authority.pem")
    with _server_of_304(authority.issue_cert(*hosts)) as port:
        fetcher = Fetcher(folder, _Clock(), "feeds/bench", 1, pacing=pacing, ca_file=pem)
        each_host = [f"https://{host}:{port}/" for host in hosts]
        rows["the same over TLS, each from another host"] = cpu_seconds(lambda: _fetch(fetcher, each_host))
        fetcher.close()
    return rows


def _parse_through(job: bytes, read: Callable[[bytes], reader.RawDocument | None]) -> reader.RawDocument:
    """Falls back to feedparser if `read` cannot read the document."""
    parse_job = codec.loads(ParseJob, job)
    body = repair_encoding(parse_job.body, parse_job.content_type)
    return read(body) or reader.parse(body)


def _with_seen_entries(job: bytes) -> bytes:
    """The same job, where all entries but the first have been seen before. Documents that cannot be split have no seen
    entries and are always read whole."""
    entries = codec.loads(ParseResult, parse_document(job)).seen_entries
    return codec.dumps(
        replace(codec.loads(ParseJob, job), seen_entries=entries[:DIGEST_BYTES] + entries[5 * DIGEST_BYTES :])
    )


def _has_no_new_entries(job: bytes) -> bool:
    parse_job = codec.loads(ParseJob, job)
    pieces = split_document(parse_job.body, url=parse_job.url, content_type=parse_job.content_type)
    return pieces is not None and unpack(parse_job.seen_entries).has_all(pieces)


def _parse_job(job: bytes) -> tuple[ParseJob, Document]:
    parse_job = codec.loads(ParseJob, job)
    document = parse(
        parse_job.source_id, parse_job.body, url=parse_job.url, content_type=parse_job.content_type
    )
    return parse_job, document


def _sanitize(parsed: Sequence[tuple[ParseJob, Document]]) -> None:
    for _, document in parsed:
        for item in document.items:
            for body in filter(None, (item.summary, item.content)):
                sanitize(rewritten_tree(body.value, "https://bench.example/"))


def _normalize(parsed: Sequence[tuple[ParseJob, Document]]) -> None:
    for parse_job, document in parsed:
        to_articles(document, source=parse_job.source_id, url=parse_job.url, now=parse_job.now)


def _commit(poller: Poller, results: Sequence[ParseResult]) -> None:
    """Commits all documents into an empty state."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "feeds.db")
        feeds = [source for source in poller.settings.sources if source.kind == "feed"]
        with store.write() as connection:
            ingest = DocumentIngest(connection, poller._ingest_settings)
            for source, result in zip(feeds, results, strict=True):
                ingest.add_document(source, result, NOW)
        store.close()


@contextmanager
def _server_of_304(certificate: trustme.LeafCert | None = None) -> Iterator[int]:
    """Runs a server in its own process, on all addresses, that answers 304 to every request. Yields its port."""
    listening = socket.create_server(("", 0))
    process = get_context("fork").Process(target=_answer_304, args=(listening, certificate), daemon=True)
    process.start()
    try:
        yield listening.getsockname()[1]
    finally:
        process.terminate()
        process.join()
        listening.close()


def _answer_304(listening: socket.socket, certificate: trustme.LeafCert | None) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    if certificate is not None:
        certificate.configure_cert(tls)
    while True:
        peer, _ = listening.accept()
        peer.setsockopt(
            socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
        )  # otherwise each answer waits 40 ms for an ACK
        if certificate is not None:
            peer = tls.wrap_socket(peer, server_side=True)
        with peer, peer.makefile("rb") as lines:
            while line := lines.readline():
                if line == b"\r\n":
                    peer.sendall(b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n')


def _fetch(fetcher: Fetcher, urls: Sequence[str]) -> None:
    for url in urls:
        source = Source(id="s", url=url, access=Access(allow_private=True))
        fetcher.fetch(source, url, Validators(etag='"1"', url=url))


def _render_outputs(poller: Poller, store: Store) -> None:
    with store.read() as connection:
        feeds = sources.feeds(connection)
        for output in poller.settings.outputs:
            context = OutputContext(output, poller.settings, poller.sources, feeds, NOW)
            edition = load_edition(connection, context, newest_rows(connection, context), NOW, "")
            for form in output.formats:
                render(edition, form)


if __name__ == "__main__":
    main()
