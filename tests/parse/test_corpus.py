"""Every document of the corpus goes through `parse`: a Document or a ParseError, and what it should say."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from feeds.errors import ParseError
from feeds.model import Document
from feeds.parse import entry, parse
from feeds.parse.encoding import mend
from feeds.parse.reference import reader
from feeds.parse.tree import plain
from tests.parse.expectations import content_type, expectation, found
from tests.shared import CORPUS, corpus_documents, needs_corpus

pytestmark = needs_corpus

# Where the feedparser documents' own test server stood.
SERVER = "http://127.0.0.1:8097/"

# What is refused. Everything else in the corpus is a Document.
REFUSED = {
    # Channel Definition Format (1997), which is no format of ours
    "feedparser/wellformed/cdf/": "NotAFeed",
    "feedparser/wellformed/base/cdf_item_abstract_xml_base.xml": "NotAFeed",
    # other XML, an HTML page, nothing but a comment
    "feed-rs/xml/": "NotAFeed",
    "rss-parser/unrecognized.rss": "NotAFeed",
    "feedparser/illformed/rss_empty_document.xml": "NotAFeed",
    # no item has an id, and the specification says to discard such items
    "feed-rs/jsonfeed/jsonfeed_elastic_1.1.json": "Malformed",
    # ill-formed, and without a single item
    "feed-rs/rss2/rss_2.0_invalid_1.xml": "Malformed",
    "feedparser/encoding/bozo_invalid-bytes-with-bom.xml": "Malformed",
    "feedparser/entities/": "Malformed",
    "feedparser/illformed/aaa_illformed.xml": "Malformed",
    "feedparser/illformed/undeclared_namespace.xml": "Malformed",
    # its one item is cut off
    "feedparser/illformed/rss_incomplete_cdata.xml": "Malformed",
}

# feedparser's expectations that do not hold for what we read: it resolved and sanitized, we do so later.
DIFFERENT = {
    "wellformed/sanitize/": "sanitized",
    "wellformed/base/": "links in HTML resolved; ids resolved; the base from a header that is not given here",
    "wellformed/namespace/": "SVG and MathML, sanitized and with attributes sorted",
    "encoding/demoronize-3.xml": "&#146; in HTML, which HTML itself reads as ’",
    "wellformed/atom10/qna.xml": "a title of type html, sanitized",
    "wellformed/lang/http_content_language.xml": "a language from a header that is not given here",
    "wellformed/rss/item_description_br": "<br/> as <br />",
    "wellformed/rss/item_description_not_a_doctype.xml": "sanitized",
    "wellformed/sgml/charref_uppercase_x.xml": "sanitized",
    "wellformed/atom10/entry_content_base64": "content of application/octet-stream, which is no text",
    "wellformed/atom10/entry_link_length.xml": "an enclosure, which we keep among the media",
    "wellformed/atom10/entry_link_rel_enclosure.xml": "an enclosure, which we keep among the media",
}

# Plain text with us, and in one place only.
FLAT = {
    *(
        "feed title",
        "feed title_detail.value",
        "feed subtitle",
        "feed description",
        "feed tagline",
        "feed rights",
    ),
    *("feed copyright", "entries[0] rights", "entries[0] source.title", "entries[0] source.rights"),
}

# Where feed-rs reads something else than we do.
FEED_RS = {
    ("atom_relative.xml", "link"): "we resolve against the document's URL",
    ("rss_1.0_example_1.xml", "link"): "we resolve against the document's URL",
    ("rss_0.91_encoding_1.xml", "link"): "it writes the host in lower case; so does our normalize",
    ("rss_0.91_missing_id.xml", "id"): "it draws an id at random where there is none",
    ("rss_0.91_spec_1.xml", "id"): "the same",
    ("rss_0.92_spec_1.xml", "id"): "the same",
    ("rss_2.0_ghost_1.xml", "id"): "the same",
    ("rss_2.0_ilmessaggero.xml", "date"): "names of months in Italian: normalize reads the raw date",
}


def name_of(path: Path) -> str:
    return path.relative_to(CORPUS).as_posix()


def outcome(path: Path) -> Document | ParseError:
    try:
        return parse("corpus", path.read_bytes(), url=SERVER + path.name)
    except ParseError as error:
        return error


@cache
def folders() -> list[str]:
    found_here = sorted({name_of(path.parent) for path in corpus_documents()}) if CORPUS.is_dir() else []
    return found_here or ["-"]


def test_the_corpus_is_there() -> None:
    assert sum(1 for _ in corpus_documents()) > 2_000


@pytest.mark.parametrize("folder", folders())
def test_a_document_or_a_parse_error(folder: str) -> None:
    seen: Counter[str] = Counter()
    for path in sorted((CORPUS / folder).iterdir()):
        if not path.is_file() or path.name == "README.md" or path.name.endswith(".serde.json"):
            continue
        result = outcome(path)
        kind = type(result).__name__
        seen[kind] += 1
        refusal = next((REFUSED[name] for name in REFUSED if name_of(path).startswith(name)), None)
        if kind != "Document":
            assert refusal == kind, f"{path.name}: {result}"
    assert seen


def everything(body: bytes, name: str, kind: str) -> Document:
    """The document with its empty items, which many of feedparser's tests consist of."""
    document = parse("corpus", body, url=SERVER + name, content_type=kind)
    reading = reader.read(*mend(body, kind), SERVER + name)
    items = [
        entry.item(*parts, reading.version) for parts in zip(reading.entries, reading.extras, strict=True)
    ]
    return Document(feed=document.feed, items=tuple(items))


def test_what_feedparser_expects() -> None:
    checked = 0
    wrong: list[str] = []
    for path in sorted((CORPUS / "feedparser").rglob("*.xml")):
        name = path.relative_to(CORPUS / "feedparser").as_posix()
        body = path.read_bytes()
        head = body[:2_000].decode("utf-8", "replace")
        expected = expectation(head)
        if expected is None or any(name.startswith(different) for different in DIFFERENT):
            continue
        try:
            document = everything(body, name, content_type(head))
        except ParseError:
            continue  # a test of its own
        read = found(document, expected)
        wanted = expected.value
        if expected.field.endswith(".type") and wanted == "application/xhtml+xml":
            wanted = "text/html"
        if read is None:
            continue
        checked += 1
        flat = {plain(wanted)} if isinstance(wanted, str) and expected.name in FLAT else set()
        if read != wanted and read not in flat:
            wrong.append(f"{name}: {expected.where} {expected.field}: {read!r}, not {wanted!r}")
    assert not wrong, "\n".join(wrong)
    assert checked > 700


def differences(document: Document, reference: dict[str, Any]) -> set[str]:
    entries = reference["entries"]
    if len(document.items) != len(entries):
        return {"count"}
    found_here = set()
    for item, other in zip(document.items, entries, strict=True):
        title = item.title.value if item.title else ""
        if plain(title) != plain((other["title"] or {}).get("content") or ""):
            found_here.add("title")
        links = [link["href"] for link in other["links"]]
        if links and links[0] not in [link.href for link in item.links]:
            found_here.add("link")
        if not re.fullmatch(r"[0-9a-f]{32}", other["id"]) and other["id"] != item.guid:
            found_here.add("id")  # those of 32 hexadecimal digits are made by feed-rs
        if other["published"] and not (item.published.parsed or item.updated.parsed):
            found_here.add("date")
        if other["content"] and not (item.content or item.summary):
            found_here.add("content")
        if other["media"] and not item.media:
            found_here.add("media")
    return found_here


def test_what_feed_rs_reads() -> None:
    compared = 0
    seen: set[tuple[str, str]] = set()
    for path in corpus_documents():
        reference = path.parent / (path.name.removesuffix(path.suffix) + ".serde.json")
        if not reference.exists():
            continue
        document = outcome(path)
        if isinstance(document, ParseError):
            continue
        compared += 1
        seen |= {(path.name, what) for what in differences(document, json.loads(reference.read_bytes()))}
    assert compared == 63
    assert seen == set(FEED_RS)
