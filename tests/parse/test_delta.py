"""Cutting documents: where it is done, where it is not, and what an entry's digest hangs on."""

from __future__ import annotations

from typing import Any

import pytest

from feeds.parse import delta, parse
from feeds.parse.delta import Cut, cut
from feeds.parse.encoding import mend
from tests.newsroom import item, rss
from tests.shared import corpus_documents, needs_corpus

URL = "https://news.example/feed"
THREE = [item(1), item(2), item(3)]


def pieces(body: bytes, url: str = URL, content_type: str = "") -> Cut:
    made = cut(body, url=url, content_type=content_type)
    assert made is not None
    return made


def test_a_document_is_its_pieces() -> None:
    body = rss(THREE)
    made = pieces(body)
    assert made.entries == tuple(one.encode() for one in THREE)
    assert made.only(made.digests) == body
    assert made.only(made.digests[1:2]) == rss(THREE[1:2])
    assert made.only(()) == rss([])


def test_what_stands_between_entries_may_be_space_and_comments() -> None:
    made = pieces(rss(["\n <!-- one - two -->", item(1), "\n\n<!-- </channel> -->\n", item(2), "<!---->"]))
    assert made.digests == pieces(rss([item(1), item(2)])).digests


ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:f</id>{}</feed>'
RDF = (
    '<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<channel><title>t</title><items><rdf:Seq><rdf:li resource="a"/></rdf:Seq></items></channel>{}</rdf:RDF>'
)


@pytest.mark.parametrize(
    ("document", "entry"), [(ATOM, "<entry><id>a</id></entry>"), (RDF, "<item><link>a</link></item>")]
)
def test_atom_and_rdf_are_cut_too(document: str, entry: str) -> None:
    assert pieces(document.format(entry).encode()).entries == (entry.encode(),)


WHOLE = {
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


@pytest.mark.parametrize("why", WHOLE)
def test_what_cannot_be_cut_surely_is_not_cut(why: str) -> None:
    assert cut(WHOLE[why], url=URL) is None


def test_encodings_that_could_be_another_one_without_an_entry_are_not_cut() -> None:
    accents, plain = rss([item(1, title="Café")]), rss([item(1)])
    latin = b'<?xml version="1.0" encoding="iso-8859-1"?>'
    wide = b'<?xml version="1.0" encoding="utf-16"?>'
    assert pieces(accents, content_type="text/xml").entries
    assert pieces(accents, content_type="text/xml; charset=utf-8").entries
    assert cut(accents, url=URL, content_type="text/xml; charset=shift-jis") is None
    assert pieces(latin + plain.partition(b"?>")[2]).entries
    assert cut(latin + accents.partition(b"?>")[2], url=URL) is None
    assert cut(wide + plain.partition(b"?>")[2], url=URL) is None


def test_another_encoding_is_cut_once_it_is_mended() -> None:
    latin = rss([item(1, title="Café"), item(2)]).decode().encode("latin-1")
    body, content_type = mend(latin, "text/xml; charset=iso-8859-1")
    made = pieces(body, content_type=content_type)
    assert "Café".encode() in made.entries[0]
    title = parse("s", made.only(made.digests[:1]), url=URL).items[0].title
    assert title is not None
    assert title.value == "Café"


def test_a_digest_hangs_on_all_that_an_entry_means(monkeypatch: pytest.MonkeyPatch) -> None:
    body = rss([item(1)])
    (digest,) = pieces(body).digests
    assert pieces(body.replace(b"<title>News", b"<ttl>9</ttl><title>New")).digests == (digest,)
    assert pieces(body + b"<!-- made in 0.2 s -->").digests == (digest,)
    others = {
        pieces(rss([item(1, title="Other")])).digests[0],
        pieces(body, url="https://moved.example/feed").digests[0],
        pieces(body.replace(b"<rss ", b"<rss xml:base='https://x.example/' ")).digests[0],
        pieces(body.replace(b"<channel>", b"<channel xml:lang='fr'>")).digests[0],
    }
    monkeypatch.setattr(delta, "__version__", "99")
    others.add(pieces(body).digests[0])
    monkeypatch.setattr(delta, "READING", b"99")
    others.add(pieces(body).digests[0])
    assert len(others) == 6
    assert digest not in others


def test_the_envelope_is_what_stands_around_the_entries() -> None:
    body = rss([item(1)])
    same = pieces(body).envelope
    assert pieces(rss([item(2), item(3)])).envelope == same
    assert pieces(body.replace(b"<link>", b"<!-- 12:04 --><link>")).envelope == same
    assert pieces(body.replace(b"<link>", b"<ttl>60</ttl><link>")).envelope != same


def separable(*items: str, head: str = "") -> bool:
    body = rss([head, *items]).replace(b"<rss ", b"<rss xmlns:m='urn:m' ")
    return parse("s", body, url=URL).separable


LEFT_BEHIND = {
    # feedparser obeys the end tags of XHTML as if they were its own
    "an end tag in XHTML": "<item><summary type='xhtml'><div><summary>a</summary></div></summary></item>",
    "a picture of the item": "<item><title>t</title><image><url>u</url></image></item>",
    "a prefix with another meaning": "<item><x xmlns:dc='http://search.yahoo.com/mrss/'/></item>",
    "a prefix of its own": "<item><x xmlns:y='urn:y'/></item>",
    "&nbsp;": "<item><title>a&nbsp;b</title></item>",
    "something that cannot be read": "<item><gml:pos xmlns:gml='http://www.opengis.net/gml'>1 2</gml:pos></item>",
    "no end": "<item><title>t</title>",
}


@pytest.mark.parametrize("what", LEFT_BEHIND)
def test_items_that_may_change_the_meaning_of_others_are_not_separable(what: str) -> None:
    assert not separable(item(1), LEFT_BEHIND[what])


def test_items_that_keep_to_themselves_are() -> None:
    harmless = [
        "<item><t:total xmlns:t='http://purl.org/rss/1.0/modules/threading/'>1</t:total><title>a</title></item>",
        "<item><media:content xmlns:media='http://search.yahoo.com/mrss/' url='u'/></item>",
        "<item><description type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>a</div></description></item>",
        "<item><m:x xmlns:m='urn:m'/><link>https://a.example/</link></item>",
    ]
    assert separable(item(1), *harmless, head="<a:link xmlns:a='http://www.w3.org/2005/Atom' href='u'/>")
    assert not separable(item(1), head="<description type='xhtml'><description>x</description></description>")


@needs_corpus
def test_nearly_every_real_feed_is_cut_and_separable() -> None:
    counts: dict[Any, int] = {True: 0, False: 0}
    for path in corpus_documents():
        if "feedparser" in path.parts or path.suffix == ".json":
            continue
        try:
            document = parse("c", path.read_bytes(), url=URL)
        except Exception:  # what is no feed has a test of its own
            continue
        made = cut(path.read_bytes(), url=URL)
        counts[made is not None and document.separable and len(made.entries) == len(document.items)] += 1
    assert counts == {True: 78, False: 13}
