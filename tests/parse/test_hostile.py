"""Damaged documents are parsed or raise ParseError, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feeds import codec
from feeds.errors import ParseError
from feeds.model import Document
from feeds.parse import parse

GOLDEN = Path(__file__).parent / "golden"
DOCUMENTS = [
    path.read_bytes() for path in sorted(GOLDEN.iterdir()) if not path.name.endswith(".expected.json")
]
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
POISON = [
    b"&#xD800;", b"&#99999999999;", b"&undefined;", b"\x00", b"\x0b", b"\xff", b"\xed\xa0\x80", b"<![CDATA[",
    b"]]>", b"<!--", b"<!DOCTYPE x [", b"<?xml?>", b"</item>", b"</entry>", b"<item>", b"</channel>",
    b"<source>", b"<image>", b"&", b"<", b'"', b"<svg>", b"<xhtml:div>", b'<content type="base64">',
    b"<author><name>", b"[", b"{", b'<a:b xmlns:a="">', b"9" * 5_000,
]  # fmt: skip


def parse_checked(body: bytes, content_type: str = "") -> Document | None:
    try:
        document = parse("s", body, url="https://a.example/feed", content_type=content_type)
    except ParseError as error:
        assert error.problem
        return None
    assert not FORBIDDEN.search(
        codec.dumps(document).decode("utf-8", "ignore").translate(dict.fromkeys(range(32)))
    )
    assert codec.loads(Document, codec.dumps(document)) == document
    return document


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(DOCUMENTS),
    st.lists(
        st.tuples(st.floats(0, 1), st.sampled_from(POISON) | st.binary(max_size=4), st.integers(0, 8)),
        max_size=5,
    ),
)
def test_mutated_documents_raise_only_parse_errors(
    document: bytes, changes: list[tuple[float, bytes, int]]
) -> None:
    for position, inserted, deleted in changes:
        at = int(position * len(document))
        document = document[:at] + inserted + document[at + deleted :]
    parse_checked(document)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(DOCUMENTS), st.floats(0, 1))
def test_a_truncated_document_gives_only_complete_items(document: bytes, position: float) -> None:
    whole = parse("s", document, url="https://a.example/feed")
    cut = parse_checked(document[: int(position * len(document))])
    if cut is not None:
        assert len(cut.items) <= len(whole.items)
        assert {item.guid for item in cut.items} <= {item.guid for item in whole.items}


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from(["", "text/html", "application/json", "text/xml; charset=\ud800"]),
)
@example(b"{" * 100_000, "")
@example(b"<a>" * 100_000, "")
@example(b"\x4c\x6f\xa7\x94", "")
@example(b"<?xml version='1.0' encoding='hex'?><rss/>", "")
@example(b"\xff\xfe<", "")
def test_random_bytes_raise_only_parse_errors(body: bytes, content_type: str) -> None:
    parse_checked(body, content_type)


# By the grammar, these change the meaning of all that follows.
AFFECTS_REST = (b"<![CDATA[", b"<!--")


@pytest.mark.parametrize("poison", [poison for poison in POISON if poison not in AFFECTS_REST])
def test_a_damaged_item_does_not_affect_the_others(poison: bytes) -> None:
    body = b'<rss version="2.0"><channel><item><title>bad ' + poison + b"</title></item>"
    body += b"<item><title>good</title><guid>g</guid></item></channel></rss>"
    document = parse_checked(body)
    assert document is not None
    assert "g" in [item.guid for item in document.items]


def test_a_namespace_with_a_space_costs_no_item() -> None:
    # expat joins namespace and name with a space, and Python's reader splits them there: ValueError.
    items = "".join(f"<item><title>{n}</title><x:y z:a='1'>text</x:y></item>" for n in range(3))
    head = "<rss version='2.0' xmlns:x='https://x.example/a b' xmlns:z='a b c'><channel><title>T</title>"
    document = parse("s", f"{head}{items}</channel></rss>".encode(), url="https://n.example/")
    assert [item.title and item.title.value for item in document.items] == ["0", "1", "2"]
