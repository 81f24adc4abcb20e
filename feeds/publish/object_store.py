"""ObjectStore: the sink that writes to an S3-compatible store. Readers get the old object until a PUT is complete.

boto3 is imported only if this sink is used.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from hashlib import blake2b, md5
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit
from weakref import WeakSet

from feeds.config.settings import Bucket
from feeds.errors import PublishError
from feeds.logs import mask_secrets
from feeds.publish.http_headers import cache_control, content_type
from feeds.publish.sink import Check, check_for, checked_name, is_file_name, verify

if TYPE_CHECKING:
    from feeds.publish.request_guard import RequestGuard

CONNECT_TIMEOUT_SECONDS = 5.0
READ_TIMEOUT_SECONDS = 20.0
"""Short, because the thread that publishes also commits everything else."""

MAX_ATTEMPTS = 2
"""Of one request, one after the other. After that, the next publication tries again."""

MAX_PAGES = 1000
"""Of the list of objects, with 1,000 objects each."""

DIGEST_METADATA_KEY = "feeds-digest"
"""Object metadata with a digest of the bytes, for stores whose ETag is not an MD5 (encryption with own keys)."""


class ObjectStore:
    """A bucket, as a `Sink`. `list_files` reads which objects exist; only those that differ are sent."""

    reads_are_cheap = False

    def __init__(self, bucket: Bucket, max_age: timedelta) -> None:
        self._bucket = bucket
        self._max_age = max_age
        self._objects: dict[str, tuple[str, int]] | None = None  # name → ETag, bytes
        self._unreachable = ""  # why the store cannot be reached in this publication

    def list_files(self) -> frozenset[str]:
        bucket = self._bucket
        objects: dict[str, tuple[str, int]] = {}
        token: dict[str, str] = {}
        for _ in range(MAX_PAGES):
            with self._publish_errors(str(bucket)) as client:
                page = client.list_objects_v2(Bucket=bucket.name, Prefix=bucket.prefix, **token)
                for item in page.get("Contents", ()):
                    if is_file_name(name := item["Key"].removeprefix(bucket.prefix)):
                        objects[name] = item.get("ETag", "").strip('"'), int(item.get("Size", -1))
            if not page.get("IsTruncated"):
                self._objects = objects
                return frozenset(objects)
            token = {"ContinuationToken": page.get("NextContinuationToken", "")}
        raise PublishError(
            f"{bucket}: the list of objects does not end. Use a folder of the bucket of its own."
        )

    def read(self, name: str) -> bytes | None:
        if checked_name(name) not in self._existing():
            return None
        with self._publish_errors(self._address(name), self._existing()[name][1]) as client:
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
        with self._publish_errors(self._address(name), len(data)) as client:
            response = client.put_object(
                **self._object(name),
                Body=data,
                ContentMD5=b64encode(checksum.digest()).decode(),  # the store rejects a damaged upload
                ContentType=content_type(name),
                CacheControl=cache_control(name, self._max_age),
                Metadata={DIGEST_METADATA_KEY: digest},
            )
        if not (tag := response.get("ETag", "")) and self._digest(name) != digest:
            # A proxy or a login page in the way answers 200 too.
            raise PublishError(
                f"{self._address(name)}: the store did not confirm that it has the object. {_LATER}"
            )
        existing[name] = tag.strip('"'), len(data)
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
            digest: str = (
                client.head_object(**self._object(name)).get("Metadata", {}).get(DIGEST_METADATA_KEY, "")
            )
        return digest

    def _object(self, name: str) -> dict[str, str]:
        return {"Bucket": self._bucket.name, "Key": f"{self._bucket.prefix}{name}"}

    def _address(self, name: str) -> str:
        return f"{self._bucket}{name}"

    @contextmanager
    def _publish_errors(self, address: str, size: int = 0) -> Iterator[Any]:
        """Yield the client, for one call of about `size` bytes. Any error becomes a PublishError about `address`."""
        if self._unreachable:  # the other files would wait as long as this one did
            raise PublishError(f"{address}: {self._unreachable}. {_LATER}")
        client, guard, secrets = _client(self._bucket)
        from botocore.exceptions import ClientError

        try:
            with guard.call(size):
                yield client
        except ClientError as error:
            details = error.response.get("Error", {})
            code = _clean(details.get("Code", ""), secrets)
            message = _clean(details.get("Message", ""), secrets) or code or "the store refuses the request"
            raise PublishError(f"{address}: {message} ({code}). {_REMEDIES.get(code, _LATER)}") from None
        except PublishError:
            raise
        except Exception as error:  # botocore fails in many ways where an answer is not what S3 sends
            self._unreachable = _clean(_describe(error), secrets)
            raise PublishError(f"{address}: {self._unreachable}. {_LATER}") from None


MAX_MESSAGE_CHARS = 300
"""Of a message of the store or of boto3."""

_LATER = "The old object is kept, and the next publication tries again."
_REGION = "Correct site.s3.region, or site.s3.endpoint."
_REMEDIES = {
    "NoSuchBucket": "Make the bucket, or correct site.output.",
    "AccessDenied": "Allow the key of site.s3 to list, read, write and delete objects in the bucket.",
    "InvalidAccessKeyId": "Correct the key of site.s3.",
    "SignatureDoesNotMatch": "Correct the secret of site.s3.",
    "AuthorizationHeaderMalformed": _REGION,
    "IllegalLocationConstraintException": _REGION,
    "PermanentRedirect": _REGION,
    "TemporaryRedirect": _REGION,
    "301": _REGION,
    "307": _REGION,
}


def _describe(error: Exception) -> str:
    from botocore.exceptions import BotoCoreError

    from feeds.publish.request_guard import CallAborted

    if isinstance(error, BotoCoreError | OSError | CallAborted):
        return str(error).rstrip(".")
    return f"the answer of the store cannot be understood ({type(error).__name__})"


def _clean(text: str | None, secrets: Collection[str]) -> str:
    """Text of the store or of boto3 as one short line without secrets; "" for None, which an empty element gives."""
    text = text or ""
    for secret in secrets:
        text = text.replace(secret, "…").replace(quote(secret, safe=""), "…")
    return mask_secrets(" ".join(text.split()))[:MAX_MESSAGE_CHARS]


_guards: WeakSet[RequestGuard] = WeakSet()


def abandon_requests() -> None:
    """End the requests in progress, and with them the publications that wait for them. May be called from any
    thread."""
    for guard in tuple(_guards):
        guard.abort("the process ends")


@lru_cache(maxsize=4)
def _client(bucket: Bucket) -> tuple[Any, RequestGuard, tuple[str, ...]]:
    """The client of a bucket, its guard, and the secrets that it uses. Cached: making a client takes a tenth of a
    second, and it keeps its connections open. Raises PublishError if it cannot be made."""
    session = _boto3_session()
    from botocore.config import Config

    from feeds.publish.request_guard import RequestGuard

    config = Config(
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=READ_TIMEOUT_SECONDS,
        retries={"total_max_attempts": MAX_ATTEMPTS, "mode": "standard"},
        # Stores other than Amazon's reject checksums that follow the body.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": "path"} if bucket.endpoint else None,
    )
    secrets = [bucket.secret, bucket.key, urlsplit(bucket.endpoint or "").password or ""]
    try:
        client = session.client(
            "s3",
            endpoint_url=bucket.endpoint or None,
            region_name=bucket.region or ("us-east-1" if bucket.endpoint else None),
            aws_access_key_id=bucket.key or None,
            aws_secret_access_key=bucket.secret or None,
            config=config,
        )
        if not bucket.key and (credentials := session.get_credentials()):
            frozen = credentials.get_frozen_credentials()
            secrets += [frozen.access_key or "", frozen.secret_key or "", frozen.token or ""]
    except Exception as error:  # of its own files and environment variables as well
        raise PublishError(
            f"{bucket}: {_clean(_describe(error), [s for s in secrets if s])}. {_SETTINGS}"
        ) from None
    # With "Expect: 100-continue" an upload waits a round trip before its body, and a second if the store sends no 100.
    client.meta.events.register("before-sign.s3.PutObject", _remove_expect_header)
    _guards.add(guard := RequestGuard(client))
    return client, guard, tuple(sorted(filter(None, secrets), key=len, reverse=True))


_SETTINGS = "Correct site.s3, or the settings of boto3 in the environment and in ~/.aws."


def _remove_expect_header(request: Any, **_: object) -> None:
    del request.headers["Expect"]


def _boto3_session() -> Any:
    """Raises PublishError if boto3 is not installed."""
    try:
        from boto3.session import Session
    except ImportError as error:
        hint = "Install it: pip install 'feeds[s3]', or publish into a folder."
        raise PublishError(f"site.output names an object store, which needs boto3. {hint}") from error
    return Session()
