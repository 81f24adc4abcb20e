from __future__ import annotations

import contextlib
import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.errors import TooLarge, Unreachable
from feeds.fetch.decoding import MAX_CODINGS, CorruptBody, BodyTooLarge, decode
from feeds.model import Response
from tests.fetch.conftest import Ask
from tests.loopback import Loopback

BODY = b"<rss version='2.0'></rss>"
Pack = Callable[[bytes], bytes]


def bare_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def twice(pack: Pack) -> Pack:
    return lambda data: pack(data[: len(data) // 2]) + pack(data[len(data) // 2 :])


PACKED: dict[str, tuple[str, Pack]] = {
    "gzip": ("gzip", gzip.compress),
    "gzip, two members": ("x-gzip", twice(gzip.compress)),
    "gzip, then zeros": ("gzip", lambda data: gzip.compress(data) + b"\0" * 512),
    "deflate": ("deflate", zlib.compress),
    "deflate, bare": ("Deflate", bare_deflate),
    "br": ("br", brotli.compress),
    "zstd": ("zstd", zstd.compress),
    "zstd, two frames": ("zstd", twice(zstd.compress)),
    "gzip in br": ("gzip, br", lambda data: brotli.compress(gzip.compress(data))),
    "not at all": ("identity", bytes),
    "not at all, by mistake": ("UTF-8", bytes),
}
SOUND = pytest.mark.parametrize(("coding", "pack"), PACKED.values(), ids=PACKED)


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


def unpack(data: bytes, coding: str, *, size: int = 16384, limit: int = 1 << 20) -> bytes:
    return b"".join(decode(cut(data, size), coding, limit, lambda: None))


@SOUND
@settings(deadline=None)
@given(data=st.binary(min_size=1, max_size=4096), times=st.sampled_from([1, 40]), size=st.integers(1, 700))
def test_what_was_packed_comes_out_however_it_arrives(
    coding: str, pack: Pack, data: bytes, times: int, size: int
) -> None:
    assert unpack(pack(data * times), coding, size=size) == data * times


@SOUND
def test_a_served_document_is_unpacked(server: Loopback, ask: Ask, coding: str, pack: Pack) -> None:
    body = b"<rss>" + bytes(range(256)) * 1000
    fetched = ask(server.page("/feed", pack(body), headers=[("Content-Encoding", coding)]))
    assert isinstance(fetched, Response)
    assert fetched.body == body


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
@settings(deadline=None)
@given(data=st.binary(min_size=20, max_size=2000), left=st.floats(0.1, 0.99))
def test_a_stream_that_was_cut_off_is_broken(coding: str, data: bytes, left: float) -> None:
    whole = PACKED[coding][1](data)
    with pytest.raises(CorruptBody):
        unpack(whole[: min(int(len(whole) * left) + 1, len(whole) - 1)], coding)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "compress", "zstd, gzip", "gzip," * 4])
def test_what_is_not_packed_as_it_says_is_broken(server: Loopback, ask: Ask, coding: str) -> None:
    url = server.page("/feed", BODY, headers=[("Content-Encoding", coding)])
    with pytest.raises(Unreachable, match="packed"):
        ask(url)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
@settings(deadline=None)
@given(data=st.binary(max_size=300))
def test_anything_at_all_comes_out_or_is_broken(coding: str, data: bytes) -> None:
    with contextlib.suppress(CorruptBody):
        unpack(data, coding)


@pytest.mark.parametrize("times", [3, 4])
def test_a_document_may_be_packed_three_times_and_no_more(times: int) -> None:
    packed = BODY
    for _ in range(times):
        packed = gzip.compress(packed)
    if times <= MAX_CODINGS:
        assert unpack(packed, ", ".join(["gzip"] * times)) == BODY
    else:
        with pytest.raises(CorruptBody, match="packed more often than is sensible"):
            unpack(packed, ", ".join(["gzip"] * times))


ZEROS = bytes(64 << 20)
BOMBS = {
    "gzip": lambda: gzip.compress(ZEROS),
    "br": lambda: brotli.compress(ZEROS, quality=3),
    "zstd": lambda: zstd.compress(ZEROS),
    "gzip, gzip": lambda: gzip.compress(gzip.compress(ZEROS)),
    "zstd, br": lambda: brotli.compress(zstd.compress(ZEROS)),
}


@pytest.mark.parametrize(("coding", "bomb"), BOMBS.items(), ids=BOMBS)
def test_a_bomb_is_stopped_at_the_limit(
    server: Loopback, ask: Ask, coding: str, bomb: Callable[[], bytes]
) -> None:
    url = server.page("/feed", bomb(), headers=[("Content-Encoding", coding)])
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge, match="larger than the limit of 1 MiB when unpacked"):
            ask(url, max_body=1 << 20)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_a_bomb_is_stopped_in_a_layer_that_unpacks_to_nothing() -> None:
    """Empty gzip members, ten thousand times in a kilobyte: the layer inside gives nothing out, ever."""
    empty = gzip.compress(gzip.compress(b"") * 100_000)
    with pytest.raises(BodyTooLarge):
        unpack(empty, "gzip, gzip")


def test_a_stream_that_unpacks_to_nothing_can_be_stopped() -> None:
    class Late(Exception):
        pass

    def tick() -> None:
        ticks.append(1)
        if len(ticks) > 10:
            raise Late

    ticks: list[int] = []
    with pytest.raises(Late):
        list(decode(cut(gzip.compress(b"") * 10_000, 1024), "gzip", 1 << 20, tick))


def test_a_zstd_frame_does_not_choose_how_much_memory_it_takes() -> None:
    options: dict[int, int] = {zstd.CompressionParameter.window_log: 27}
    packer = zstd.ZstdCompressor(options=options)
    greedy = packer.compress(b"<rss/>") + packer.flush()
    with pytest.raises(CorruptBody):
        unpack(greedy, "zstd")
