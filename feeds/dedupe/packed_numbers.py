"""Packs numbers into bytes and back, little-endian on every machine."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from sys import byteorder
from typing import Any


def pack(kind: str, values: Iterable[float]) -> bytes:
    """`kind`: a type code of `array`."""
    return _little_endian(array(kind, values)).tobytes()


def unpack(kind: str, data: bytes) -> array[Any]:
    values: array[Any] = array(kind)
    values.frombytes(data)
    return _little_endian(values)


def _little_endian(values: array[Any]) -> array[Any]:
    if byteorder == "big":
        values.byteswap()
    return values
