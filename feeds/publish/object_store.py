"""Bytes → objects: an S3-compatible store in place of a directory. A PUT is whole or it is not: until it is
answered, readers get the old object.

boto3 is loaded where this is used and nowhere else.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from hashlib import blake2b, md5
from pathlib import PurePosixPath
from typing import Any

from feeds.config.settings import Bucket
from feeds.errors import PublishError
from feeds.publish.sink import TYPES, Check, cache_control, check_for, is_name, named, verify

CONNECT = 5.0
ANSWER = 20.0
"""Seconds. Publishing waits for them in the thread that everything is committed in."""

ATTEMPTS = 2
"""Of each request, at once; after that the next publication tries again."""

DIGEST = "feeds-digest"
"""The object's own note of its bytes, for stores whose ETag is no MD5 (encryption by a key of their own)."""


class ObjectStore:
    """A `Sink`. What stands is listed once a survey; only what differs from it is sent."""

    near = False

    def __init__(self, bucket: Bucket, max_age: timedelta) -> None:
        self._bucket = bucket
        self._max_age = max_age
        self._known: dict[str, tuple[str, int]] | None = None  # name → ETag, bytes

    def survey(self) -> frozenset[str]:
        where = self._bucket
        known = {}
        with self._told(str(where)) as client:
            pages = client.get_paginator("list_objects_v2").paginate(Bucket=where.name, Prefix=where.prefix)
            for page in pages:
                for one in page.get("Contents", ()):
                    if is_name(name := one["Key"].removeprefix(where.prefix)):
                        known[name] = one["ETag"].strip('"'), int(one["Size"])
        self._known = known
        return frozenset(known)

    def read(self, name: str) -> bytes | None:
        if named(name) not in self._standing():
            return None
        with self._told(self._at(name)) as client:
            data: bytes = client.get_object(**self._object(name))["Body"].read()
        return data

    def write(self, name: str, data: bytes, check: Check | None = None) -> bool:
        named(name)
        standing = self._standing()
        digest = blake2b(data, digest_size=16).hexdigest()
        sum_ = md5(data, usedforsecurity=False)
        tag, size = standing.get(name, ("", -1))
        if tag == sum_.hexdigest() or (size == len(data) and self._digest(name) == digest):
            return False
        verify(data, check or check_for(name), name)
        with self._told(self._at(name)) as client:
            answer = client.put_object(
                **self._object(name),
                Body=data,
                ContentMD5=b64encode(sum_.digest()).decode(),  # the store refuses what came otherwise
                ContentType=TYPES[PurePosixPath(name).suffix],
                CacheControl=cache_control(name, self._max_age),
                Metadata={DIGEST: digest},
            )
        standing[name] = answer["ETag"].strip('"'), len(data)
        return True

    def remove(self, name: str) -> bool:
        if named(name) not in (standing := self._standing()):
            return False
        with self._told(self._at(name)) as client:
            client.delete_object(**self._object(name))
        del standing[name]
        return True

    def finish(self) -> None:
        """Nothing is left to do: stores and the networks before them pack by themselves."""

    def _standing(self) -> dict[str, tuple[str, int]]:
        if self._known is None:
            self.survey()
        assert self._known is not None
        return self._known

    def _digest(self, name: str) -> str:
        """What the object notes of its own bytes. Asked only where the ETag says something else."""
        with self._told(self._at(name)) as client:
            said: str = client.head_object(**self._object(name))["Metadata"].get(DIGEST, "")
        return said

    def _object(self, name: str) -> dict[str, str]:
        return {"Bucket": self._bucket.name, "Key": f"{self._bucket.prefix}{name}"}

    def _at(self, name: str) -> str:
        return f"{self._bucket}{name}"

    @contextmanager
    def _told(self, place: str) -> Iterator[Any]:
        """The client. What it raises becomes a PublishError about `place`."""
        client = _client(self._bucket)
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield client
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            said = error.response.get("Error", {}).get("Message", "") or code
            raise PublishError(f"{place}: {said} ({code}). {_REMEDIES.get(code, _LATER)}") from error
        except (BotoCoreError, OSError) as error:
            raise PublishError(f"{place}: {error}. {_LATER}") from error


_LATER = "What stood there still does, and the next publication tries again."
_REMEDIES = {
    "NoSuchBucket": "Make the bucket, or mend site.output.",
    "AccessDenied": "The key of site.s3 must be allowed to list, read, write and delete there.",
    "InvalidAccessKeyId": "Mend the key of site.s3.",
    "SignatureDoesNotMatch": "Mend the secret of site.s3.",
}


@lru_cache(maxsize=4)
def _client(bucket: Bucket) -> Any:
    """Made once for a bucket: that takes a tenth of a second, and its connections are kept."""
    make = _boto3_client()
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT,
        read_timeout=ANSWER,
        retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
        # Other makers' stores refuse checksums that come after the body.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": "path"} if bucket.endpoint else None,
    )
    client = make(
        "s3",
        endpoint_url=bucket.endpoint or None,
        region_name=bucket.region or ("us-east-1" if bucket.endpoint else None),
        aws_access_key_id=bucket.key or None,
        aws_secret_access_key=bucket.secret or None,
        config=config,
    )
    # Else each upload waits for leave to send its body: a round trip, and a second with a store that gives none.
    client.meta.events.register("before-sign.s3.PutObject", _send_at_once)
    return client


def _send_at_once(request: Any, **_: object) -> None:
    del request.headers["Expect"]


def _boto3_client() -> Callable[..., Any]:
    try:
        from boto3.session import Session
    except ImportError as error:
        hint = "Install it: pip install 'feeds[s3]', or publish into a folder."
        raise PublishError(f"site.output names an object store, which needs boto3. {hint}") from error
    make: Callable[..., Any] = Session().client
    return make
