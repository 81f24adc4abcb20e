"""The one codec: how values cross a process and how they lie in the store.

Work that runs in line goes through it too, so that the two ways of running cannot drift apart.
MessagePack through msgspec: typed on the way in, so that a value read back is valid or not at all.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar, cast

import msgspec

T = TypeVar("T")

_encoder = msgspec.msgpack.Encoder()


@cache
def _decoder(kind: Hashable) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(kind)


def dumps(value: object) -> bytes:
    """Any frozen value of `model` → bytes; equal values give equal bytes."""
    return _encoder.encode(value)


def loads(kind: type[T], data: bytes) -> T:
    """Bytes of `dumps` → the value. Raises msgspec.DecodeError or ValidationError for anything else."""
    value: T = _decoder(cast(Hashable, kind)).decode(data)
    return value
