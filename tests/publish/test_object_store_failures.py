"""Whatever a store answers, publishing gets one message without secrets, and does not hang."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from feeds.config.settings import Bucket
from feeds.engine.publish_pace import (
    MAX_PUBLISH_RETRY_SECONDS,
    PUBLISH_RETRY_SECONDS,
    publish_retry_pause,
)
from feeds.errors import PublishError
from feeds.publish import object_store, request_guard
from feeds.publish.object_store import DIGEST_METADATA_KEY, ObjectStore, abandon_requests
from feeds.publish.request_guard import MAX_REQUESTS
from tests.loopback import Answer, Loopback, Peer, Request
from tests.newsroom import item, rss
from tests.publish.test_directory import feed

SECRET = "sEcReT/with+odd=characters"
KEY = "AKIASOMEKEYNAME"
EMPTY = b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"
ENDLESS = (
    b"<ListBucketResult><IsTruncated>true</IsTruncated>"
    b"<NextContinuationToken>next</NextContinuationToken></ListBucketResult>"
)


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as server:
        yield server
    object_store._client.cache_clear()


@pytest.fixture
def sink(server: Loopback) -> ObjectStore:
    bucket = Bucket(name="bucket", endpoint=server.url(), region="north", key=KEY, secret=SECRET)
    server.page("/bucket", EMPTY)
    return ObjectStore(bucket, timedelta(minutes=30))


def error(code: str, status: int, message: str = "", headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return Answer(body.encode(), status, headers)


def redirect(server: Loopback, status: int = 307) -> Answer:
    """To itself, and to another region each time: a client that follows regions follows it for ever."""
    region = f"region-{len(server.requests)}"
    headers = (("Location", server.url("/bucket/world.atom")), ("x-amz-bucket-region", region))
    return error("TemporaryRedirect", status, headers=headers)


def cut(peer: Peer) -> None:
    peer.send(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nETag: "x"\r\n\r\n<ListBucket')


ANSWERS: dict[str, Callable[[Loopback], Callable[[Request], Answer]]] = {
    "endless 307": lambda server: lambda _: redirect(server),
    "endless 301": lambda server: lambda _: redirect(server, 301),
    "307 without a region": lambda server: (
        lambda _: Answer(status=307, headers=[("Location", server.url("/bucket"))])
    ),
    "400 that names the wrong region": lambda _: (
        lambda _: Answer(
            b"<Error><Code>AuthorizationHeaderMalformed</Code><Region>else</Region></Error>",
            400,
            [("x-amz-bucket-region", "else")],
        )
    ),
    "307 without a target": lambda _: lambda _: Answer(status=307),
    "another region": lambda _: lambda _: error("AuthorizationHeaderMalformed", 400, "expecting 'south'"),
    "a message with the secrets": lambda _: (
        lambda _: error("Odd", 400, f"{KEY}\n{SECRET} https://u:{SECRET}@a/")
    ),
    "an endless message": lambda _: lambda _: error("Odd", 400, "x" * 100_000),
    "500": lambda _: lambda _: error("InternalError", 500),
    "503 without a body": lambda _: lambda _: Answer(status=503),
    "a page of HTML": lambda _: lambda _: Answer(b"<html><p>Log in", headers=[("Content-Type", "text/html")]),
    "no document": lambda _: lambda _: Answer(b"\x00\xff"),
    "a list of something else": lambda _: (
        lambda _: Answer(
            b"<ListBucketResult><Contents><Key>a.atom</Key><Size>many</Size></Contents></ListBucketResult>"
        )
    ),
    "a deep document": lambda _: lambda _: Answer(b"<a>" * 5000 + b"</a>" * 5000),
}


@pytest.mark.parametrize("kind", ANSWERS)
@pytest.mark.parametrize("path", ["/bucket", "/bucket/world.atom"])
def test_an_answer_that_is_not_what_s3_sends_is_one_message_without_secrets(
    server: Loopback, sink: ObjectStore, kind: str, path: str
) -> None:
    server.handle(path, ANSWERS[kind](server))
    if "region" in kind:
        server.handle("/bucket", ANSWERS[kind](server))  # the client asks the bucket for its region
    with pytest.raises(PublishError) as caught:
        sink.write("world.atom", feed("1"))
        sink.remove("world.atom")
    check_message(caught.value)
    assert len(server.requests) <= 3 * MAX_REQUESTS


def check_message(error: PublishError) -> None:
    message = str(error)
    assert message.startswith("s3://bucket/")
    assert len(message) < 600
    assert "\n" not in message
    shown = "".join(
        map(str, (message, error.__cause__, error.__context__ if not error.__suppress_context__ else ""))
    )
    assert SECRET not in shown
    assert KEY not in shown


def test_a_list_without_an_end_is_an_error(
    server: Loopback, sink: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(object_store, "MAX_PAGES", 5)
    server.page("/bucket", ENDLESS)
    with pytest.raises(PublishError, match="the list of objects does not end"):
        sink.list_files()
    assert len(server.requests) == 5


@pytest.mark.parametrize("confirmed", [True, False])
def test_an_upload_without_an_etag_counts_only_if_the_store_has_the_object(
    server: Loopback, sink: ObjectStore, confirmed: bool
) -> None:
    metadata: list[tuple[str, str]] = []

    def answer(request: Request) -> Answer:
        if request.method == "PUT":
            name = f"x-amz-meta-{DIGEST_METADATA_KEY}"
            metadata[:] = [(name, request.header(name) or "")]
        return Answer(headers=metadata if confirmed and request.method == "HEAD" else [])

    server.handle("/bucket/world.atom", answer)
    if confirmed:
        assert sink.write("world.atom", feed("1"))
        return
    with pytest.raises(PublishError, match="did not confirm") as caught:
        sink.write("world.atom", feed("1"))
    check_message(caught.value)


def test_a_dropped_connection_is_one_message(server: Loopback, sink: ObjectStore) -> None:
    server.script("/bucket", cut)
    with pytest.raises(PublishError) as caught:
        sink.list_files()
    check_message(caught.value)


def test_a_body_that_drips_is_given_up_and_the_other_files_do_not_wait(
    server: Loopback, sink: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_guard, "CALL_SECONDS", 0.2)
    server.script("/bucket/world.atom", lambda peer: peer.drip(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"))
    with pytest.raises(PublishError, match="it took longer than") as caught:
        sink.write("world.atom", feed("1"))
    check_message(caught.value)
    assert server.requests[-1].hung_up.wait(10)
    asked = len(server.requests)
    with pytest.raises(PublishError, match=r"s3://bucket/other\.atom: it took longer than"):
        sink.write("other.atom", feed("1"))
    assert len(server.requests) == asked


def test_a_process_that_ends_does_not_wait_for_the_store(server: Loopback, sink: ObjectStore) -> None:
    arrived = threading.Event()

    def hang(peer: Peer) -> None:
        arrived.set()
        peer.hang()

    server.script("/bucket/world.atom", hang)
    errors: list[PublishError] = []

    def write() -> None:
        with pytest.raises(PublishError, match="the process ends") as caught:
            sink.write("world.atom", feed("1"))
        errors.append(caught.value)

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    assert arrived.wait(10)
    abandon_requests()
    thread.join(10)
    assert not thread.is_alive()
    assert len(server.requests) == 2  # the list and one attempt
    check_message(errors[0])


@pytest.mark.parametrize("kind", ["hang", "drip", "307"])
def test_a_daemon_stops_while_the_store_does_not_answer(server: Loopback, tmp_path: Path, kind: str) -> None:
    arrived = threading.Event()

    def answer(peer: Peer) -> None:
        arrived.set()
        if kind == "307":
            peer.send(redirect(server).raw())
        elif kind == "drip":
            peer.drip(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n")
        else:
            peer.hang()

    server.script("/bucket", answer)
    (tmp_path / "sources.yaml").write_text(
        f"site: {{title: T, output: 's3://bucket', s3: {{endpoint: '{server.url()}', key: {KEY}, "
        f"secret: '{SECRET}'}}}}\nsources: [{{url: a.rss}}]\noutputs: {{front: {{}}}}\n"
    )
    (tmp_path / "a.rss").write_bytes(rss([item(1)]))
    command = [sys.executable, "-m", "feeds", "run"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert arrived.wait(60)
            process.terminate()
            _, log = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 0
    assert "event=stop " in log
    assert "stop.abandoned" not in log  # after 8 seconds the process would be ended by force
    assert SECRET not in log
    assert "Traceback" not in log


def test_settings_that_boto3_refuses_are_one_message() -> None:
    bucket = Bucket(name="bucket", endpoint=f"nonsense://{SECRET}", key=KEY, secret=SECRET)
    with pytest.raises(PublishError) as caught:
        ObjectStore(bucket, timedelta(minutes=30)).list_files()
    check_message(caught.value)


def test_the_pause_between_publications_doubles_with_each_failure() -> None:
    pauses = [publish_retry_pause(failures) for failures in range(8)]
    assert pauses[:4] == [0, PUBLISH_RETRY_SECONDS, 2 * PUBLISH_RETRY_SECONDS, 4 * PUBLISH_RETRY_SECONDS]
    assert pauses[-1] == publish_retry_pause(10_000) == MAX_PUBLISH_RETRY_SECONDS
