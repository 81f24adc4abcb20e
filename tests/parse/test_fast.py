"""The fast path gives the same document as feedparser, or leaves the document to feedparser."""

from __future__ import annotations

import importlib.util
import re
from collections import Counter
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.model import Document
from feeds.parse import feed, limits
from feeds.parse.encoding import repair_encoding
from feeds.parse.fast import reader as fast_reader
from feeds.parse.reference import reader
from tests.newsroom import item, rss
from tests.parse.generate import ATOM, DECLARED, documents, elements, unescaped
from tests.parse.test_golden import GOLDEN
from tests.shared import CORPUS_DIR, SHARED_DIR, corpus_documents, needs_corpus

URL = "http://127.0.0.1:8097/feeds/f.xml"


def document(raw: reader.RawDocument) -> tuple[Document, bool, str]:
    items, notes, any_failed = feed._items(raw)
    result = limits.bounded_document(
        feed._feed(raw),
        items,
        notes,
        complete=raw.complete,
        independent_entries=raw.independent_entries,
    )
    return result, any_failed, raw.xml_error


def compare(raw: bytes) -> bool:
    """Whether the fast path parses the document. Asserts that feedparser then gives the same result."""
    body = repair_encoding(raw, "application/xml")
    fast_result = fast_reader.parse(body)
    if fast_result is not None:
        assert document(fast_result) == document(reader.parse(body))
    return fast_result is not None


# real documents


@needs_corpus
def test_corpus_documents_are_parsed_equally() -> None:
    ways = Counter(
        (path.relative_to(CORPUS_DIR).parts[0], compare(path.read_bytes())) for path in corpus_documents()
    )
    # Most of feedparser's documents test damage, encodings, old formats or one rare element each.
    assert ways == {
        ("feed-rs", True): 51,
        ("feed-rs", False): 17,
        ("rss-parser", True): 29,
        ("rss-parser", False): 2,
        ("feedparser", True): 912,
        ("feedparser", False): 1195,
    }


@needs_corpus
def test_every_document_of_the_benchmark_takes_the_fast_path() -> None:
    spec = importlib.util.spec_from_file_location("gen_corpus", SHARED_DIR / "bench" / "gen_corpus.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    seeds = module.builtin_seeds()
    assert len(seeds) == 5
    for name, head, entries, tail in seeds:
        assert compare(head + b"\n".join(entries) + tail), name


# generated documents


@settings(max_examples=1500)
@given(documents())
def test_generated_documents_are_parsed_equally(body: bytes) -> None:
    compare(body)


@settings(max_examples=300)
@given(
    st.sampled_from(["title", "description", "summary", "content", "content:encoded", "rights"]),
    st.sampled_from(["", 'type="html"', 'type="xhtml"', 'type="CDATA"', 'type="text/xml"', 'xml:lang="de"']),
    st.lists(unescaped(), min_size=1, max_size=2),
    st.booleans(),
)
def test_generated_unescaped_markup_is_parsed_equally(
    name: str, attributes: str, texts: list[str], is_atom: bool
) -> None:
    spaces = f'{DECLARED} xmlns:o="urn:o" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
    inner = "".join(f"<{name} {attributes}>{text}</{name}>" for text in texts) + "<link>a</link>"
    if is_atom:
        compare(f"<feed {ATOM} {spaces}><entry>{inner}</entry></feed>".encode())
    else:
        compare(f"<rss version='2.0' {spaces}><channel><item>{inner}</item></channel></rss>".encode())


NOISE = [
    b"<item>", b"</item>", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"&nbsp;", b"\xff", b"<", b"&", b'"',
    b"\x00", b"&#146;", b"\xc3\xa9", b"\xef\xbf\xbf", b"\xc2\x85", b":", b' xmlns:a="b"', b"</title>",
    b"<?x y?>", b"\r", b"<b>x</b>", b"<div>x</div>", b"<p>a &amp; <br/></p>", b" xmlns:media='urn:m'",
    b"<a:link xmlns:a='http://www.w3.org/2005/Atom' href='u'/>", b" xml:base='/x/'", b"<title>x</title>",
]  # fmt: skip


@cache
def fast_documents() -> list[bytes]:
    small = (body for path in corpus_documents() if len(body := path.read_bytes()) < 40_000)
    return [body for body in small if fast_reader.parse(repair_encoding(body, "application/xml"))]


@needs_corpus
@settings(max_examples=500)
@given(st.data())
def test_mutated_corpus_documents_are_parsed_equally(data: st.DataObject) -> None:
    body = data.draw(st.sampled_from(fast_documents()))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(body)))
        match data.draw(st.sampled_from(["noise", "byte", "element"])):
            case "noise":
                body = body[:at] + data.draw(st.sampled_from(NOISE)) + body[at:]
            case "byte":
                body = body[:at] + data.draw(st.binary(min_size=1, max_size=1)) + body[at + 1 :]
            case _:
                ends = [match.start() for match in re.finditer(rb"</(?:item|entry|channel|feed)>", body)]
                at = data.draw(st.sampled_from(ends or [at]))
                body = body[:at] + data.draw(elements()).encode() + body[at:]
    compare(body)


# documents that are left to feedparser

UNSUPPORTED = {
    "an entity": b'<!DOCTYPE rss [<!ENTITY a "b">]>' + rss(["<item><title>&a;</title></item>"]),
    "an external entity": b'<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + rss([item(1)])[21:],
    "not well-formed": rss([item(1)])[:-5],
    "very deep": rss(["<item>" + "<a>" * 300 + "</a>" * 300 + "</item>"]),
    "a div in a description": rss(["<item><description>a <div>b</div></description></item>"]),
    "a title in a description": rss(["<item><description>a <title>b</title></description></item>"]),
    "the image of an item": rss(["<item><image><url>u</url></image></item>"]),
    "a base on a link": rss(["<item><link xml:base='/b/'>c</link></item>"]),
    "a prefix with another meaning": rss(["<item/>"]).replace(
        b"<rss", b"<rss xmlns:media='http://purl.org/dc/terms/'"
    ),
    "a prefix that comes late": rss(["<item><a:b xmlns:a='urn:a'/></item>"]),
    "an unknown default namespace": rss(["<item><title xmlns='urn:a'>t</title></item>"]),
    "an accent in a name": rss(["<item caf\u00e9='1'><title>t</title></item>"]),
    "Atom 0.3": b'<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><id>a</id></entry></feed>',
    "no feed": b"<html><body/></html>",
}


@pytest.mark.parametrize("reason", UNSUPPORTED)
def test_unsupported_documents_are_left_to_feedparser(reason: str) -> None:
    assert fast_reader.parse(repair_encoding(UNSUPPORTED[reason], "application/xml")) is None


def test_a_converted_document_takes_the_fast_path() -> None:
    assert compare(rss([item(1, title="Café")]).decode().encode("latin-1"))


def test_unescaped_markup_takes_the_fast_path() -> None:
    assert compare(rss(["<item><description>a &lt;b&gt; <b>b &amp;amp; c</b><br/></description></item>"]))


def test_a_namespace_declaration_in_text_has_no_effect() -> None:
    assert compare(rss(["<item><title>&lt;a xmlns:media='urn:a'></title></item>"]))
    assert not compare(rss(["<item><title xmlns:media='urn:a'>a</title></item>"]))


def test_a_podcast_with_all_elements_takes_the_fast_path() -> None:
    assert compare((GOLDEN / "podcast.xml").read_bytes())


def test_a_common_feed_takes_the_fast_path() -> None:
    assert compare(rss([item(1), item(2, title="Café – ¿qué?")]))
