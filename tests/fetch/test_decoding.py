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

from feeds.errors import BadAnswer, TooLarge
from feeds.fetch.decoding import MAX_CODINGS, BodyTooLarge, CorruptBody, decode, looks_like_document
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
    "gzip, then zeros": ("gzip", lambda data: gzip.compress(data, mtime=0) + b"\0" * 512),
    "deflate": ("deflate", zlib.compress),
    "deflate, bare": ("Deflate", bare_deflate),
    "br": ("br", brotli.compress),
    "zstd": ("zstd", zstd.compress),
    "zstd, two frames": ("zstd", twice(zstd.compress)),
    "gzip in br": ("gzip, br", lambda data: brotli.compress(gzip.compress(data, mtime=0))),
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
def test_compressed_data_is_decoded_however_it_is_split(
    coding: str, pack: Pack, data: bytes, times: int, size: int
) -> None:
    data = b"<" + data  # other data may look compressed
    assert unpack(pack(data * times), coding, size=size) == data * times


@SOUND
def test_a_compressed_document_is_decoded(server: Loopback, ask: Ask, coding: str, pack: Pack) -> None:
    body = b"<rss>" + bytes(range(256)) * 1000
    fetched = ask(server.page("/feed", pack(body), headers=[("Content-Encoding", coding)]))
    assert isinstance(fetched, Response)
    assert fetched.body == body


UNSTATED: dict[str, tuple[str, Pack]] = {
    "gzip": ("", gzip.compress),
    "zlib": ("", zlib.compress),
    "zlib, fastest": ("identity", lambda data: zlib.compress(data, 1)),
    "zstd": ("", zstd.compress),
    "gzip in gzip, of which one is stated": (
        "gzip",
        lambda data: gzip.compress(gzip.compress(data, mtime=0)),
    ),
    "gzip in gzip in gzip": ("", lambda data: gzip.compress(gzip.compress(gzip.compress(data, mtime=0)))),
    "gzip in br": ("br", lambda data: brotli.compress(gzip.compress(data, mtime=0))),
    "two members": ("", twice(gzip.compress)),
}


@pytest.mark.parametrize(("coding", "pack"), UNSTATED.values(), ids=UNSTATED)
@pytest.mark.parametrize("size", [1, 3, 16384])
def test_compression_that_is_not_stated_is_known_by_its_first_bytes(
    coding: str, pack: Pack, size: int
) -> None:
    assert unpack(pack(BODY * 500), coding, size=size) == BODY * 500


@pytest.mark.parametrize("content_type", ["application/x-gzip", "application/gzip", "text/xml"])
def test_a_compressed_file_is_a_document_whatever_its_type(
    server: Loopback, ask: Ask, content_type: str
) -> None:
    fetched = ask(
        server.page("/feed.xml.gz", gzip.compress(BODY, mtime=0), headers=[("Content-Type", content_type)])
    )
    assert isinstance(fetched, Response)
    assert fetched.body == BODY


def test_a_compressed_file_that_is_cut_off_or_wrapped_too_often_is_an_error(
    server: Loopback, ask: Ask
) -> None:
    with pytest.raises(BadAnswer, match="the document was cut off"):
        ask(server.page("/cut", gzip.compress(BODY * 9)[:-9]))
    packed = BODY
    for _ in range(MAX_CODINGS + 1):
        packed = gzip.compress(packed, mtime=0)
    with pytest.raises(CorruptBody, match="compressed more than 3 times"):
        unpack(packed, "gzip")


@pytest.mark.parametrize("body", [b"", b"x", b"xml", b"\x1f", b"\x1f\x8b", b"x\x9b", b"{}"])
def test_short_bodies_are_not_taken_for_compressed_ones(body: bytes) -> None:
    assert unpack(body, "") == body


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
@settings(deadline=None)
@given(data=st.binary(min_size=20, max_size=2000), left=st.floats(0.1, 0.99))
def test_a_truncated_stream_is_an_error(coding: str, data: bytes, left: float) -> None:
    whole = PACKED[coding][1](data)
    with pytest.raises(CorruptBody):
        unpack(whole[: min(int(len(whole) * left) + 1, len(whole) - 1)], coding)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "compress", "zstd, gzip", "gzip," * 4])
def test_a_body_that_does_not_match_its_content_encoding_is_an_error(
    server: Loopback, ask: Ask, coding: str
) -> None:
    url = server.page("/feed", b"\x00no document, and not compressed", headers=[("Content-Encoding", coding)])
    with pytest.raises(BadAnswer, match="compressed"):
        ask(url)


PLAIN = {
    "rss": b"<?xml version='1.0'?><rss>\xc3\xa4</rss>" * 9,
    "json": b'\xef\xbb\xbf \r\n{"version": "https://jsonfeed.org/version/1.1"}',
    "short": b"<a/>",
    "a character across the first 64 bytes": b"<" + b"a" * 62 + "ä</a>".encode(),
    "little-endian": "\ufeff<rss>ä</rss>".encode("utf-16-le"),
    "big-endian": "\ufeff\n<rss>ä</rss>".encode("utf-16-be"),
}


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "compress", "gzip, gzip", "gzip," * 9])
@pytest.mark.parametrize("body", PLAIN.values(), ids=PLAIN)
@pytest.mark.parametrize("size", [1, 16384])
def test_a_document_that_is_not_compressed_is_read_whatever_its_content_encoding_says(
    coding: str, body: bytes, size: int
) -> None:
    assert unpack(body, coding, size=size) == body


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("br", gzip.compress(BODY, mtime=0)),
        ("deflate", gzip.compress(BODY, mtime=0)),
        ("gzip", zstd.compress(BODY)),
        ("gzip, gzip", gzip.compress(BODY, mtime=0)),  # a proxy compressed it again, and unpacked it
        ("br, gzip", gzip.compress(BODY, mtime=0)),
    ],
)
def test_the_first_bytes_outweigh_a_content_encoding_that_names_another_coding(
    coding: str, packed: bytes
) -> None:
    assert unpack(packed, coding) == BODY


@pytest.mark.parametrize("coding", ["deflate", "br"])
@settings(deadline=None, max_examples=300)
@given(data=st.text(min_size=1, max_size=300))
def test_no_compressed_text_is_taken_for_a_document(coding: str, data: str) -> None:
    assert not looks_like_document(PACKED[coding][1](data.encode()))


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
@settings(deadline=None)
@given(data=st.binary(max_size=300))
def test_any_bytes_are_decoded_or_an_error(coding: str, data: bytes) -> None:
    with contextlib.suppress(CorruptBody):
        unpack(data, coding)


@pytest.mark.parametrize("times", [3, 4])
def test_a_document_may_be_compressed_three_times_and_no_more(times: int) -> None:
    packed = BODY
    for _ in range(times):
        packed = gzip.compress(packed, mtime=0)
    if times <= MAX_CODINGS:
        assert unpack(packed, ", ".join(["gzip"] * times)) == BODY
    else:
        with pytest.raises(CorruptBody, match="compressed more than 3 times"):
            unpack(packed, ", ".join(["gzip"] * times))


ZEROS = bytes(64 << 20)
BOMBS = {
    "gzip": lambda: gzip.compress(ZEROS, mtime=0),
    "br": lambda: brotli.compress(ZEROS, quality=3),
    "zstd": lambda: zstd.compress(ZEROS),
    "gzip, gzip": lambda: gzip.compress(gzip.compress(ZEROS, mtime=0)),
    "": lambda: gzip.compress(ZEROS, mtime=0),
    "identity": lambda: gzip.compress(gzip.compress(ZEROS, mtime=0)),
    "zstd, br": lambda: brotli.compress(zstd.compress(ZEROS)),
}


@pytest.mark.parametrize(("coding", "bomb"), BOMBS.items(), ids=BOMBS)
def test_a_decompression_bomb_is_stopped_at_the_limit(
    server: Loopback, ask: Ask, coding: str, bomb: Callable[[], bytes]
) -> None:
    url = server.page("/feed", bomb(), headers=[("Content-Encoding", coding)])
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge, match="larger than the limit of 1 MiB when unpacked"):
            ask(url, max_decoded_bytes=1 << 20)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_the_limit_holds_for_an_inner_layer_that_decodes_to_nothing() -> None:
    """Thousands of empty gzip members in a kilobyte: the inner layer gives no output."""
    empty = gzip.compress(gzip.compress(b"") * 100_000)
    with pytest.raises(BodyTooLarge):
        unpack(empty, "gzip, gzip")


def test_the_deadline_is_checked_while_a_stream_decodes_to_nothing() -> None:
    class Late(Exception):
        pass

    def tick() -> None:
        ticks.append(1)
        if len(ticks) > 10:
            raise Late

    ticks: list[int] = []
    with pytest.raises(Late):
        list(decode(cut(gzip.compress(b"") * 10_000, 1024), "gzip", 1 << 20, tick))


def test_a_zstd_frame_with_a_window_over_8_mib_is_refused() -> None:
    options: dict[int, int] = {zstd.CompressionParameter.window_log: 27}
    packer = zstd.ZstdCompressor(options=options)
    greedy = packer.compress(b"<rss/>") + packer.flush()
    with pytest.raises(CorruptBody):
        unpack(greedy, "zstd")
