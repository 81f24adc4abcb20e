"""The encoding of values that are sent between processes or stored: MessagePack, through msgspec.

Decoding is typed: it returns a valid value or raises. The encoding contains the FIELD NAMES of the dataclasses: if a
field of a stored class is renamed, stored values cannot be read.
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
    """Encode a value. Equal values give equal bytes."""
    return _encoder.encode(value)


def loads(kind: type[T], data: bytes) -> T:
    """Decode bytes written by `dumps`. Raises msgspec.DecodeError or msgspec.ValidationError for any others."""
    value: T = _decoder(cast(Hashable, kind)).decode(data)
    return value


def loads_or_none(kind: type[T], data: bytes | None) -> T | None:
    """Like `loads`. None if there are no bytes, or only those that another version of the program wrote."""
    try:
        return loads(kind, data) if data else None
    except msgspec.MsgspecError:
        return None
