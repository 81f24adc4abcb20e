"""The fast path gives what feedparser gives, field by field, or hands the document on."""

from __future__ import annotations

import importlib.util
import re
from collections import Counter
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.model import Document
from feeds.parse import fast, feed, limits
from feeds.parse.encoding import mend
from feeds.parse.fast.media import MEDIA
from feeds.parse.fast.names import HANDLED
from feeds.parse.fast.podcasting import PODCASTING
from feeds.parse.fast.walk import IDLE, STORED
from feeds.parse.fast.words import WORDS
from feeds.parse.reference import reader
from tests.newsroom import item, rss
from tests.parse.test_golden import GOLDEN
from tests.shared import CORPUS, SHARED, corpus_documents, needs_corpus

URL = "http://127.0.0.1:8097/feeds/f.xml"


def document(reading: reader.Reading) -> tuple[Document, bool, str]:
    items, notes, unread = feed._items(reading)
    read = limits.document(
        feed._feed(reading), items, notes, complete=reading.complete, separable=reading.separable
    )
    return read, unread, reading.fault


def compare(raw: bytes) -> bool:
    """Whether the document goes the fast way; asserts that it is read the same both ways."""
    body, kind = mend(raw, "application/xml")
    quick = fast.read(body, kind, URL)
    if quick is not None:
        assert document(quick) == document(reader.read(body, kind, URL))
    return quick is not None


# ----------------------------------------------------------------------------------------- real documents


@needs_corpus
def test_every_document_of_the_corpus() -> None:
    ways = Counter(
        (path.relative_to(CORPUS).parts[0], compare(path.read_bytes())) for path in corpus_documents()
    )
    # Most of feedparser's are about damage, encodings, old formats or one odd element each.
    assert ways == {
        ("feed-rs", True): 51,
        ("feed-rs", False): 17,
        ("rss-parser", True): 29,
        ("rss-parser", False): 2,
        ("feedparser", True): 911,
        ("feedparser", False): 1196,
    }


@needs_corpus
def test_every_document_of_the_benchmark_goes_the_fast_way() -> None:
    spec = importlib.util.spec_from_file_location("gen_corpus", SHARED / "bench" / "gen_corpus.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    seeds = made.builtin_seeds()
    assert len(seeds) == 5
    for name, head, entries, tail in seeds:
        assert compare(head + b"\n".join(entries) + tail), name


# ----------------------------------------------------------------------------------- documents that are made

SPACES = {
    "media": "http://search.yahoo.com/mrss/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "georss": "http://www.georss.org/georss",
    "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "psc": "http://podlove.org/simple-chapters",
    "cc": "http://web.resource.org/cc/",
    "creativeCommons": "http://backend.userland.com/creativeCommonsRssModule",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "enc": "http://purl.oclc.org/net/rss_2.0/enc#",
    "yt": "http://www.youtube.com/xml/schemas/2015",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}
DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in SPACES.items())
ATOM = 'xmlns="http://www.w3.org/2005/Atom"'

KNOWN = sorted({*WORDS, *MEDIA, *PODCASTING, *STORED, *IDLE})
ODD = [*sorted(HANDLED), "date", "docs", "links", "yt_id", "slash_comments", "rdf_li", "width", "channel"]
HOLDERS = [
    "media_group",
    "media_content",
    "podcast_alternateenclosure",
    "psc_chapters",
    "image",
    "author",
    "contributor",
    "itunes_owner",
    "skiphours",
]
TEXTS = ["", " x ", "Some words", "http://a.example/b", "/c", "../d?x=1&amp;y=2", "http://A.example/../x;y#z"]
TEXTS += [
    "mailto:a@b.example",
    "http://[x",
    "Mon, 20 Nov 2026 12:00:00 GMT",
    "2026-11-20T12:00:00+05:30",
    "2026",
]
TEXTS += [
    "Tue, 31 Feb 2026 10:00:00 GMT",
    "20 Nov 26",
    "<![CDATA[<p>a &nbsp; b</p>]]>",
    "&lt;b&gt;x&lt;/b&gt; y",
]
TEXTS += [
    "a &amp;amp; b",
    "cafÃ©",
    "\u0092quoted",
    "bob@x.example (Bob)",
    "Bob",
    "1, 2,3",
    "45.2 -71",
    "\u2003w\u00a0",
]
TEXTS += ["a<!-- b -->c", "&#233;&#x2019;", "true", "\r\n a \n", "?a=b&amp;c;", "12", "&amp;copy; z"]
TEXTS += ['<div xmlns="http://www.w3.org/1999/xhtml">a <br/><b class="x">b &amp; c</b></div>']
# what is not escaped, and should be
TEXTS += [
    "a &lt; b <b>c &amp;lt; d</b> &amp; e\n",
    " <p class='x'>a <br/> <I TITLE='&quot;q'>b</I></p>\n<p rel='A'/> ",
    "<table><tr><td/></tr></table>",
    "<div>a</div>",
    "<p>a<div>b</div></p>c",
    "<p>a<title>b</title></p>",
    "a<p xmlns='http://www.w3.org/1999/xhtml'>b</p>",
    "a<o:p xmlns:o='urn:o'>b</o:p>",
]
TEXTS += ["&lt;p xmlns:media='urn:a'&gt;a&lt;/p&gt;", "<![CDATA[<p xmlns:b='urn:b'>b</p>]]>"]
TEXTS += ["45 -71 46.5,-70 45 -70 45 -71", "45 x", "45 -71 46"]
GIVEN = [
    'type="html"',
    'type="xhtml"',
    'type="text"',
    'type="TEXT/HTML"',
    'rel="self"',
    'rel="enclosure"',
    'rel="hub"',
]
GIVEN += [
    'href="/x"',
    'href=""',
    'url="u/v"',
    'url="http://a.example/m.jpg"',
    'uri="q"',
    'isPermaLink="false"',
]
GIVEN += ['xml:lang="de_AT"', 'lang="fr"', 'xml:lang=""', 'term="t"', 'scheme="s"', 'domain="d"', 'label="l"']
GIVEN += [
    'length="12"',
    'medium="image"',
    'text="T"',
    'width="10"',
    'start="00:01"',
    'title="tt"',
    'rdf:about="ab"',
]
GIVEN += ['img="/i.png"', 'role="host"', 'startTime="1.5"', 'duration="30"', 'geo="geo:1.5,2"', 'name="N"']
GIVEN += [
    'bitrate="128000"',
    'default="true"',
    'isDefault="true"',
    'thr:count="3"',
    'display="D"',
    'text="U"',
]
GIVEN += ['enc:type="audio/MPEG"', 'enc:length="3"', 'resource="/r.mp3"']
GIVEN += ['rdf:resource="r"', 'mode="escaped"', 'version="1"', 'hreflang="en"', 'filesize="9"', 'LENGTH="7"']

names = st.one_of(*[st.sampled_from(KNOWN)] * 6, st.sampled_from(HOLDERS), st.sampled_from(ODD))


@st.composite
def elements(draw: st.DrawFn, depth: int = 0) -> str:
    name = draw(names)
    prefix, _, local = name.partition("_")
    prefix = "creativeCommons" if prefix == "creativecommons" else prefix
    tag = f"{prefix}:{local}" if local and prefix in SPACES else name
    attributes = " ".join(sorted(set(draw(st.lists(st.sampled_from(GIVEN), max_size=2)))))
    names_given = [one.partition("=")[0] for one in attributes.split()]
    if len(set(names_given)) < len(names_given):
        attributes = ""
    inner = draw(st.sampled_from(TEXTS))
    if depth < 2 and (name in HOLDERS or draw(st.integers(0, 30)) == 0):
        inner = draw(st.sampled_from(["", " ", inner])) + "".join(
            draw(st.lists(elements(depth + 1), max_size=3))
        )
    if name in ("title", "summary", "content", "content_encoded", "link") and draw(st.integers(0, 9)) == 0:
        attributes += " xml:base='/deeper/'"
    return f"<{tag} {attributes}>{inner}</{tag}>"


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    some = st.lists(elements(), max_size=5)
    head = "".join(draw(some))
    entries = ["".join(draw(some)) for _ in range(draw(st.integers(0, 3)))]
    root = draw(st.sampled_from(["", 'xml:lang="en_US"', 'xml:base="b/c/"', 'xml:base="https://o.example/"']))
    match draw(st.sampled_from(["rss", "atom", "rdf"])):
        case "rss":
            version = draw(st.sampled_from(["2.0", "0.91", "0.92", "2.0.1", ""]))
            items = "".join(f"<item>{one}</item>" for one in entries)
            made = f'<rss version="{version}" {DECLARED} {root}><channel>{head}{items}</channel></rss>'
        case "atom":
            base = draw(st.sampled_from(["", " xml:base='x/'", " xml:base='https://p.example/q'"]))
            items = "".join(f"<entry{base}>{one}</entry>" for one in entries)
            made = f"<feed {ATOM} {DECLARED} {root}>{head}{items}</feed>"
        case _:
            items = "".join(
                f'<item rdf:about="http://i.example/{n}">{one}</item>' for n, one in enumerate(entries)
            )
            channel = f'<channel rdf:about="c"><title>t</title>{head}<items><rdf:Seq/></items></channel>'
            made = f'<rdf:RDF xmlns="http://purl.org/rss/1.0/" {DECLARED} {root}>{channel}{items}</rdf:RDF>'
    return made.encode()


@settings(max_examples=1500)
@given(documents())
def test_made_documents(body: bytes) -> None:
    compare(body)


MARKED = ["p", "b", "P", "br", "img", "table", "td", "svg", "div", "xhtml:p", "x-y", "title", "o:p", "body"]


@st.composite
def unescaped(draw: st.DrawFn, depth: int = 0) -> str:
    """Words, with markup that is not escaped."""
    pieces = [draw(st.sampled_from(TEXTS[:20]))]
    for _ in range(draw(st.integers(0, 3 - depth))):
        name = draw(st.sampled_from([*MARKED[:7] * 5, *MARKED]))
        given_to_it = " ".join(sorted(draw(st.sets(st.sampled_from(GIVEN[:12]), max_size=1))))
        pieces += [f"<{name} {given_to_it}>", draw(unescaped(depth + 1)), f"</{name}>"]
        pieces.append(draw(st.sampled_from(["", " ", "a &amp; b", "\n"])))
    return "".join(pieces)


@settings(max_examples=300)
@given(
    st.sampled_from(["title", "description", "summary", "content", "content:encoded", "rights"]),
    st.sampled_from(["", 'type="html"', 'type="xhtml"', 'xml:lang="de"']),
    st.lists(unescaped(), min_size=1, max_size=2),
    st.booleans(),
)
def test_markup_that_is_not_escaped(name: str, given_to_it: str, said: list[str], is_atom: bool) -> None:
    spaces = f'{DECLARED} xmlns:o="urn:o" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
    inner = "".join(f"<{name} {given_to_it}>{one}</{name}>" for one in said) + "<link>a</link>"
    if is_atom:
        compare(f"<feed {ATOM} {spaces}><entry>{inner}</entry></feed>".encode())
    else:
        compare(f"<rss version='2.0' {spaces}><channel><item>{inner}</item></channel></rss>".encode())


NOISE = [
    b"<item>",
    b"</item>",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"-->",
    b"&nbsp;",
    b"\xff",
    b"<",
    b"&",
    b'"',
    b"\x00",
]
NOISE += [
    b"&#146;",
    b"\xc3\xa9",
    b"\xef\xbf\xbf",
    b"\xc2\x85",
    b":",
    b' xmlns:a="b"',
    b"</title>",
    b"<?x y?>",
    b"\r",
]
NOISE += [b"<b>x</b>", b"<div>x</div>", b"<p>a &amp; <br/></p>", b" xmlns:media='urn:m'"]
NOISE += [
    b"<a:link xmlns:a='http://www.w3.org/2005/Atom' href='u'/>",
    b" xml:base='/x/'",
    b"<title>x</title>",
]


@cache
def bases() -> list[bytes]:
    small = (body for path in corpus_documents() if len(body := path.read_bytes()) < 40_000)
    return [body for body in small if fast.read(*mend(body, "application/xml"), URL)]


@needs_corpus
@settings(max_examples=500)
@given(st.data())
def test_mutations_of_the_corpus(data: st.DataObject) -> None:
    body = data.draw(st.sampled_from(bases()))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(body)))
        match data.draw(st.sampled_from(["noise", "byte", "element"])):
            case "noise":
                body = body[:at] + data.draw(st.sampled_from(NOISE)) + body[at:]
            case "byte":
                body = body[:at] + data.draw(st.binary(min_size=1, max_size=1)) + body[at + 1 :]
            case _:
                ends = [match.start() for match in re.finditer(rb"</(?:item|entry|channel|feed)>", body)] or [
                    at
                ]
                at = data.draw(st.sampled_from(ends))
                body = body[:at] + data.draw(elements()).encode() + body[at:]
    compare(body)


# ------------------------------------------------------------------------------------------- what is handed on

HANDED_ON = {
    "an entity": b'<!DOCTYPE rss [<!ENTITY a "b">]>' + rss(["<item><title>&a;</title></item>"]),
    "an external entity": b'<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + rss([item(1)]),
    "not well-formed": rss([item(1)])[:-5],
    "very deep": rss(["<item>" + "<a>" * 300 + "</a>" * 300 + "</item>"]),
    "UTF-16": rss([item(1)]).decode().encode("utf-16"),
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


@pytest.mark.parametrize("what", HANDED_ON)
def test_what_is_not_wholly_understood_is_handed_on(what: str) -> None:
    body, kind = mend(HANDED_ON[what], "application/xml")
    assert fast.read(body, kind, URL) is None


def test_another_encoding_is_none_once_it_is_mended() -> None:
    assert compare(rss([item(1, title="Café")]).decode().encode("latin-1"))


def test_a_charset_that_could_hold_is_handed_on() -> None:
    assert fast.read(rss([item(1)]), "text/xml; charset=utf-16", URL) is None
    assert fast.read(rss([item(1)]), "text/xml; charset=iso-8859-1", URL) is not None


def test_markup_that_is_not_escaped_goes_the_fast_way() -> None:
    assert compare(rss(["<item><description>a &lt;b&gt; <b>b &amp;amp; c</b><br/></description></item>"]))


def test_a_declaration_that_is_only_text_is_none() -> None:
    assert compare(rss(["<item><title>&lt;a xmlns:media='urn:a'></title></item>"]))
    assert not compare(rss(["<item><title xmlns:media='urn:a'>a</title></item>"]))


def test_a_podcast_with_everything_goes_the_fast_way() -> None:
    assert compare((GOLDEN / "podcast.xml").read_bytes())


def test_the_common_one_goes_the_fast_way() -> None:
    assert compare(rss([item(1), item(2, title="Café – ¿qué?")]))
