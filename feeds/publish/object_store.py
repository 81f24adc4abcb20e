"""ObjectStore: the sink that writes to an S3-compatible store. Readers get the old object until a PUT is complete.

boto3 is imported only if this sink is used.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from hashlib import blake2b, md5
from typing import Any

from feeds.config.settings import Bucket
from feeds.errors import PublishError
from feeds.publish.http_headers import cache_control, content_type
from feeds.publish.sink import Check, check_for, checked_name, is_file_name, verify

CONNECT_TIMEOUT_SECONDS = 5.0
READ_TIMEOUT_SECONDS = 20.0
"""Short, because the thread that publishes also commits everything else."""

MAX_ATTEMPTS = 2
"""Of one request, one after the other. After that, the next publication tries again."""

DIGEST_METADATA_KEY = "feeds-digest"
"""Object metadata with a digest of the bytes, for stores whose ETag is not an MD5 (encryption with own keys)."""


class ObjectStore:
    """A bucket, as a `Sink`. `list_files` reads which objects exist; only those that differ are sent."""

    reads_are_cheap = False

    def __init__(self, bucket: Bucket, max_age: timedelta) -> None:
        self._bucket = bucket
        self._max_age = max_age
        self._objects: dict[str, tuple[str, int]] | None = None  # name → ETag, bytes

    def list_files(self) -> frozenset[str]:
        bucket = self._bucket
        objects = {}
        with self._publish_errors(str(bucket)) as client:
            pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket.name, Prefix=bucket.prefix)
            for page in pages:
                for item in page.get("Contents", ()):
                    if is_file_name(name := item["Key"].removeprefix(bucket.prefix)):
                        objects[name] = item["ETag"].strip('"'), int(item["Size"])
        self._objects = objects
        return frozenset(objects)

    def read(self, name: str) -> bytes | None:
        if checked_name(name) not in self._existing():
            return None
        with self._publish_errors(self._address(name)) as client:
            data: bytes = client.get_object(**self._object(name))["Body"].read()
        return data

    def write(self, name: str, data: bytes, check: Check | None = None) -> bool:
        checked_name(name)
        existing = self._existing()
        digest = blake2b(data, digest_size=16).hexdigest()
        checksum = md5(data, usedforsecurity=False)
        tag, size = existing.get(name, ("", -1))
        if tag == checksum.hexdigest() or (size == len(data) and self._digest(name) == digest):
            return False
        verify(data, check or check_for(name), name)
        with self._publish_errors(self._address(name)) as client:
            response = client.put_object(
                **self._object(name),
                Body=data,
                ContentMD5=b64encode(checksum.digest()).decode(),  # the store rejects a damaged upload
                ContentType=content_type(name),
                CacheControl=cache_control(name, self._max_age),
                Metadata={DIGEST_METADATA_KEY: digest},
            )
        existing[name] = response["ETag"].strip('"'), len(data)
        return True

    def remove(self, name: str) -> bool:
        if checked_name(name) not in (existing := self._existing()):
            return False
        with self._publish_errors(self._address(name)) as client:
            client.delete_object(**self._object(name))
        del existing[name]
        return True

    def finish(self) -> None:
        """Nothing to do: stores, and the networks in front of them, compress by themselves."""

    def _existing(self) -> dict[str, tuple[str, int]]:
        """Name → (ETag, bytes) of the objects that exist."""
        if self._objects is None:
            self.list_files()
        assert self._objects is not None
        return self._objects

    def _digest(self, name: str) -> str:
        """The digest in the object's metadata; "" if there is none. A request: used only if the ETag differs."""
        with self._publish_errors(self._address(name)) as client:
            digest: str = client.head_object(**self._object(name))["Metadata"].get(DIGEST_METADATA_KEY, "")
        return digest

    def _object(self, name: str) -> dict[str, str]:
        return {"Bucket": self._bucket.name, "Key": f"{self._bucket.prefix}{name}"}

    def _address(self, name: str) -> str:
        return f"{self._bucket}{name}"

    @contextmanager
    def _publish_errors(self, address: str) -> Iterator[Any]:
        """Yield the client. An error that it raises becomes a PublishError about `address`."""
        client = _client(self._bucket)
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield client
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            message = error.response.get("Error", {}).get("Message", "") or code
            raise PublishError(f"{address}: {message} ({code}). {_REMEDIES.get(code, _LATER)}") from error
        except (BotoCoreError, OSError) as error:
            raise PublishError(f"{address}: {error}. {_LATER}") from error


_LATER = "The old object is kept, and the next publication tries again."
_REMEDIES = {
    "NoSuchBucket": "Make the bucket, or correct site.output.",
    "AccessDenied": "Allow the key of site.s3 to list, read, write and delete objects in the bucket.",
    "InvalidAccessKeyId": "Correct the key of site.s3.",
    "SignatureDoesNotMatch": "Correct the secret of site.s3.",
}


@lru_cache(maxsize=4)
def _client(bucket: Bucket) -> Any:
    """The client of a bucket. Cached: making one takes a tenth of a second, and it keeps its connections open."""
    make_client = _boto3_client()
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=READ_TIMEOUT_SECONDS,
        retries={"total_max_attempts": MAX_ATTEMPTS, "mode": "standard"},
        # Stores other than Amazon's reject checksums that follow the body.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": "path"} if bucket.endpoint else None,
    )
    client = make_client(
        "s3",
        endpoint_url=bucket.endpoint or None,
        region_name=bucket.region or ("us-east-1" if bucket.endpoint else None),
        aws_access_key_id=bucket.key or None,
        aws_secret_access_key=bucket.secret or None,
        config=config,
    )
    # With "Expect: 100-continue" an upload waits a round trip before its body, and a second if the store sends no 100.
    client.meta.events.register("before-sign.s3.PutObject", _remove_expect_header)
    return client


def _remove_expect_header(request: Any, **_: object) -> None:
    del request.headers["Expect"]


def _boto3_client() -> Callable[..., Any]:
    """The function that makes a client. Raises PublishError if boto3 is not installed."""
    try:
        from boto3.session import Session
    except ImportError as error:
        hint = "Install it: pip install 'feeds[s3]', or publish into a folder."
        raise PublishError(f"site.output names an object store, which needs boto3. {hint}") from error
    make_client: Callable[..., Any] = Session().client
    return make_client
