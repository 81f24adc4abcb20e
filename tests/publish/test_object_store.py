"""Publishing to an object store. moto's server, in another process, answers like S3."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from hashlib import blake2b
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from boto3.session import Session

from feeds.config.settings import Bucket
from feeds.errors import PublishError
from feeds.publish.directory import Directory
from feeds.publish.object_store import DIGEST_METADATA_KEY, ObjectStore
from feeds.publish.sink import Sink
from tests.publish.test_directory import feed

PRIVATE = "private/0123456789abcdef/own.atom"
SECRET = "not-to-be-told"
_numbers = count(1)


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    environ = {**os.environ, "MOTO_S3_DEFAULT_MAX_KEYS": "5"}  # a short listing has a second page
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environ) as server:
        assert server.stderr is not None
        lines = server.stderr
        try:
            address = next(match[0] for line in lines if (match := re.search(r"http://127\S+", line)))
            threading.Thread(target=lines.read, daemon=True).start()  # a full pipe would stop the server
            yield f"{address}/"
        finally:
            server.kill()


@pytest.fixture
def client(endpoint: str) -> Any:
    return Session().client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id="key",
        aws_secret_access_key=SECRET,
        region_name="us-east-1",
    )


@pytest.fixture
def bucket(endpoint: str, client: Any) -> Bucket:
    name = f"bucket-{next(_numbers)}"
    client.create_bucket(Bucket=name)
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return Bucket(name=name, prefix="site/", endpoint=endpoint, region="us-east-1", key="key", secret=SECRET)


def store(bucket: Bucket) -> ObjectStore:
    """A new store, as in a new process."""
    return ObjectStore(bucket, timedelta(minutes=30))


def versions(client: Any, bucket: Bucket) -> int:
    """How many times an object was sent."""
    return len(client.list_object_versions(Bucket=bucket.name).get("Versions", ()))


@pytest.fixture(params=["directory", "objects"])
def sink(request: pytest.FixtureRequest, tmp_path: Path) -> Sink:
    if request.param == "directory":
        return Directory(tmp_path / "output", ("gzip",))
    return store(request.getfixturevalue("bucket"))


def test_both_sinks_write_list_read_and_remove(sink: Sink) -> None:
    assert sink.list_files() == frozenset()
    assert sink.read("world.atom") is None
    assert not sink.remove("world.atom")
    assert sink.write("world.atom", feed("1"))
    assert not sink.write("world.atom", feed("1"))
    assert sink.write("world.atom", feed("2"))
    assert sink.write(PRIVATE, feed("3"))
    sink.finish()
    assert sink.list_files() == {"world.atom", PRIVATE}
    assert sink.read("world.atom") == feed("2")
    assert sink.remove("world.atom")
    assert not sink.remove("world.atom")
    assert sink.list_files() == {PRIVATE}
    for name in ("../world.atom", "world.exe", "private/short/own.atom"):
        with pytest.raises(PublishError, match="not a name"):
            sink.write(name, feed("1"))


def test_a_file_that_fails_its_check_leaves_the_old_one(sink: Sink) -> None:
    sink.write("world.atom", feed("1"))
    with pytest.raises(PublishError, match="did not pass its check"):
        sink.write("world.atom", b"<feed>")
    assert sink.read("world.atom") == feed("1")


def test_objects_have_a_content_type_and_a_freshness_lifetime(bucket: Bucket, client: Any) -> None:
    sink = store(bucket)
    sink.write("world.atom", feed("1"))
    sink.write("world.json", b"{}")
    sink.write(PRIVATE, feed("1"))
    heads = {
        name: client.head_object(Bucket=bucket.name, Key=f"site/{name}")
        for name in ("world.atom", "world.json", PRIVATE)
    }
    assert heads["world.atom"]["ContentType"] == "application/atom+xml"
    assert heads["world.json"]["ContentType"] == "application/feed+json"
    assert heads["world.atom"]["CacheControl"] == "max-age=1800"
    assert heads[PRIVATE]["CacheControl"] == "private, max-age=1800"


def test_the_next_process_sends_only_changed_objects(bucket: Bucket, client: Any) -> None:
    store(bucket).write("world.atom", feed("1"))
    assert not store(bucket).write("world.atom", feed("1"))
    assert versions(client, bucket) == 1
    assert store(bucket).write("world.atom", feed("2"))
    assert versions(client, bucket) == 2


def test_an_etag_that_is_not_an_md5(bucket: Bucket, client: Any) -> None:
    data = feed("1")
    at = {"Bucket": bucket.name, "Key": "site/world.atom"}
    digest = blake2b(data, digest_size=16).hexdigest()
    upload = client.create_multipart_upload(**at, Metadata={DIGEST_METADATA_KEY: digest})["UploadId"]
    part = client.upload_part(**at, UploadId=upload, PartNumber=1, Body=data)["ETag"]
    client.complete_multipart_upload(
        **at, UploadId=upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part}]}
    )
    assert "-" in client.head_object(**at)["ETag"]
    assert not store(bucket).write("world.atom", data)
    assert store(bucket).write("world.atom", feed("2"))


def test_other_objects_in_the_bucket_are_ignored(bucket: Bucket, client: Any) -> None:
    for key in ("site/photo.png", "other/world.atom", "world.atom"):
        client.put_object(Bucket=bucket.name, Key=key, Body=b"x")
    assert store(bucket).list_files() == frozenset()


def test_a_listing_of_several_pages(bucket: Bucket) -> None:
    sink = store(bucket)
    names = {f"n{number}.css" for number in range(1, 13)}
    for name in names:
        sink.write(name, b"p {}")
    assert store(bucket).list_files() == names


def test_errors_say_what_to_do_and_do_not_contain_the_secret(bucket: Bucket, endpoint: str) -> None:
    nowhere = Bucket(name="no-such-bucket", endpoint=endpoint, key="key", secret=SECRET)
    with pytest.raises(PublishError, match=r"s3://no-such-bucket/: .*NoSuchBucket.*Make the bucket") as error:
        store(nowhere).list_files()
    assert SECRET not in repr(bucket) + str(error.value)
    gone = Bucket(name="b-1", endpoint="http://127.0.0.1:9/", key="key", secret=SECRET)
    with pytest.raises(PublishError, match=r"s3://b-1/: .*the next publication tries again") as error:
        store(gone).list_files()
    assert SECRET not in str(error.value)


def test_without_boto3_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3.session", None)
    with pytest.raises(PublishError, match=r"pip install 'feeds\[s3\]'"):
        store(Bucket(name="unheard-of")).list_files()
