"""Splitting documents into entries: when it is done, when not, and what the digests depend on."""

from __future__ import annotations

from typing import Any

import pytest

from feeds.parse import parse, parsing_version
from feeds.parse.delta import SplitDocument, split_document
from feeds.parse.encoding import repair_encoding
from tests.newsroom import item, rss
from tests.shared import corpus_documents, needs_corpus

URL = "https://news.example/feed"
ITEMS = [item(1), item(2), item(3)]


def split_surely(body: bytes, url: str = URL, content_type: str = "") -> SplitDocument:
    split = split_document(body, url=url, content_type=content_type)
    assert split is not None
    return split


def test_the_pieces_join_to_the_document() -> None:
    body = rss(ITEMS)
    split = split_surely(body)
    assert split.entries == tuple(entry.encode() for entry in ITEMS)
    assert split.with_entries(split.digests) == body
    assert split.with_entries(split.digests[1:2]) == rss(ITEMS[1:2])
    assert split.with_entries(()) == rss([])


def test_space_and_comments_between_entries_are_allowed() -> None:
    split = split_surely(
        rss(["\n <!-- one - two -->", item(1), "\n\n<!-- </channel> -->\n", item(2), "<!---->"])
    )
    assert split.digests == split_surely(rss([item(1), item(2)])).digests


ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:f</id>{}</feed>'
RDF = (
    '<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<channel><title>t</title><items><rdf:Seq><rdf:li resource="a"/></rdf:Seq></items></channel>{}</rdf:RDF>'
)


@pytest.mark.parametrize(
    ("document", "entry"), [(ATOM, "<entry><id>a</id></entry>"), (RDF, "<item><link>a</link></item>")]
)
def test_atom_and_rdf_are_split_too(document: str, entry: str) -> None:
    assert split_surely(document.format(entry).encode()).entries == (entry.encode(),)


NOT_SPLIT = {
    "a prefix before the root": b"<atom:feed><atom:entry></atom:entry></atom:feed>",
    "elements between the entries": rss([item(1), "<ttl>5</ttl>", item(2)]),
    "elements behind the entries": rss([item(1), "<ttl>5</ttl>"]),
    "text between the entries": rss([item(1), "x", item(2)]),
    "an entry in an entry": rss([f"<item>{item(1)}</item>"]),
    "the end of an entry in CDATA": rss(["<item><description><![CDATA[</item>]]></description></item>"]),
    "the end of an entry in a comment": rss(["<item><!-- </item> --></item>"]),
    "an entry in CDATA before the first": rss(["<copyright><![CDATA[", item(1), "]]></copyright>", item(2)]),
    "processing instructions": rss(["<item><?php </item> ?></item>"]),
    "the same entry twice": rss([item(1), item(1)]),
    "no entry": rss([]),
    "an entry without an end": rss([item(1), "<item><title>x</title>"]),
    "no end": rss([item(1)])[:-6],
    "something behind the end": rss([item(1)]) + b"<!-- a --><p/>",
    "a DOCTYPE": b"<!DOCTYPE rss [<!ENTITY a 'b'>]>" + rss([item(1)]),
    "Latin-1": rss([item(1, title="Café")]).decode().encode("latin-1"),
    "UTF-16": rss([item(1)]).decode().encode("utf-16"),
}


@pytest.mark.parametrize("reason", NOT_SPLIT)
def test_documents_that_may_be_ambiguous_are_not_split(reason: str) -> None:
    assert split_document(NOT_SPLIT[reason], url=URL) is None


def test_documents_that_may_not_be_utf8_are_not_split() -> None:
    accents, plain = rss([item(1, title="Café")]), rss([item(1)])
    latin = b'<?xml version="1.0" encoding="iso-8859-1"?>'
    wide = b'<?xml version="1.0" encoding="utf-16"?>'
    chinese = b'<?xml version="1.0" encoding="gb2312"?>'
    assert split_surely(accents, content_type="text/xml").entries
    assert split_surely(accents, content_type="text/xml; charset=utf-8").entries
    assert split_document(accents, url=URL, content_type="text/xml; charset=shift-jis") is None
    assert split_surely(latin + plain.partition(b"?>")[2]).entries
    assert split_surely(latin + accents.partition(b"?>")[2]).entries
    assert split_surely(wide + accents.partition(b"?>")[2]).entries
    assert split_document(chinese + accents.partition(b"?>")[2], url=URL) is None


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\n\xef\xbb\xbf\n"])
@pytest.mark.parametrize("label", ["utf-8", "iso-8859-1", "windows-1251", "x"])
def test_a_document_as_it_was_sent_has_the_digests_of_the_repaired_one(before: bytes, label: str) -> None:
    """Otherwise a poll that brings nothing new would need a parse process."""
    declaration = f'<?xml version="1.0" encoding="{label}"?>'.encode()
    sent = before + declaration + rss([item(1, title="Café"), item(2)]).partition(b"?>")[2]
    assert split_surely(sent).digests == split_surely(repair_encoding(sent, "text/xml")).digests


def test_another_encoding_is_split_after_its_conversion() -> None:
    latin = rss([item(1, title="Café"), item(2)]).decode().encode("latin-1")
    body = repair_encoding(latin, "text/xml; charset=iso-8859-1")
    split = split_surely(body)
    assert "Café".encode() in split.entries[0]
    title = parse("s", split.with_entries(split.digests[:1]), url=URL).items[0].title
    assert title is not None
    assert title.value == "Café"


def test_a_digest_depends_on_all_that_affects_the_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    body = rss([item(1)])
    (digest,) = split_surely(body).digests
    assert split_surely(body.replace(b"<title>News", b"<ttl>9</ttl><title>New")).digests == (digest,)
    assert split_surely(body + b"<!-- made in 0.2 s -->").digests == (digest,)
    other_digests = {
        split_surely(rss([item(1, title="Other")])).digests[0],
        split_surely(body, url="https://moved.example/feed").digests[0],
        split_surely(body.replace(b"<rss ", b"<rss xml:base='https://x.example/' ")).digests[0],
        split_surely(body.replace(b"<channel>", b"<channel xml:lang='fr'>")).digests[0],
    }
    monkeypatch.setattr(parsing_version, "__version__", "99")
    other_digests.add(split_surely(body).digests[0])
    monkeypatch.setattr(parsing_version, "PARSING_VERSION", b"99")
    other_digests.add(split_surely(body).digests[0])
    assert len(other_digests) == 6
    assert digest not in other_digests


def test_the_head_digest_ignores_comments() -> None:
    body = rss([item(1)])
    head_digest = split_surely(body).head_digest
    assert split_surely(rss([item(2), item(3)])).head_digest == head_digest
    assert split_surely(body.replace(b"<link>", b"<!-- 12:04 --><link>")).head_digest == head_digest
    assert split_surely(body.replace(b"<link>", b"<ttl>60</ttl><link>")).head_digest != head_digest


def independent(*items: str, head: str = "") -> bool:
    body = rss([head, *items]).replace(b"<rss ", b"<rss xmlns:m='urn:m' ")
    return parse("s", body, url=URL).independent_entries


AFFECT_OTHERS = {
    # feedparser handles the end tags in XHTML as if they were the feed's own
    "an end tag in XHTML": "<item><summary type='xhtml'><div><summary>a</summary></div></summary></item>",
    "an image of the item": "<item><title>t</title><image><url>u</url></image></item>",
    "a prefix with another meaning": "<item><x xmlns:dc='http://search.yahoo.com/mrss/'/></item>",
    "a prefix of its own": "<item><x xmlns:y='urn:y'/></item>",
    "something that cannot be read": "<item><gml:pos xmlns:gml='http://www.opengis.net/gml'>1 2</gml:pos></item>",
    "no end": "<item><title>t</title>",
}


@pytest.mark.parametrize("case", AFFECT_OTHERS)
def test_items_that_may_affect_others_are_not_independent(case: str) -> None:
    assert not independent(item(1), AFFECT_OTHERS[case])


def test_items_that_affect_no_other_are_independent() -> None:
    harmless = [
        "<item><t:total xmlns:t='http://purl.org/rss/1.0/modules/threading/'>1</t:total><title>a</title></item>",
        "<item><media:content xmlns:media='http://search.yahoo.com/mrss/' url='u'/></item>",
        "<item><description type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>a</div></description></item>",
        "<item><m:x xmlns:m='urn:m'/><link>https://a.example/</link></item>",
        "<item><title>a&nbsp;b & c</title></item>",
    ]
    assert independent(item(1), *harmless, head="<a:link xmlns:a='http://www.w3.org/2005/Atom' href='u'/>")
    assert not independent(
        item(1), head="<description type='xhtml'><description>x</description></description>"
    )


@needs_corpus
def test_most_real_feeds_are_split_and_have_independent_entries() -> None:
    counts: dict[Any, int] = {True: 0, False: 0}
    for path in corpus_documents():
        if "feedparser" in path.parts or path.suffix == ".json":
            continue
        try:
            document = parse("c", path.read_bytes(), url=URL)
        except Exception:  # documents that are not feeds are tested elsewhere
            continue
        split = split_document(path.read_bytes(), url=URL)
        usable = split is not None and document.independent_entries
        counts[usable and split is not None and len(split.entries) == len(document.items)] += 1
    assert counts == {True: 79, False: 12}
