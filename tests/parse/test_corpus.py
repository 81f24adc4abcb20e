"""Every document of the corpus is parsed, and compared with the expectations of feedparser and feed-rs."""

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
from feeds.parse.encoding import repair_encoding
from feeds.parse.html_tree import html_to_text
from feeds.parse.reference import reader
from tests.parse.expectations import content_type, expectation, parsed_value
from tests.shared import CORPUS_DIR, corpus_documents, needs_corpus

pytestmark = needs_corpus

# The address of feedparser's test server, to which its expectations refer.
SERVER = "http://127.0.0.1:8097/"

# Path prefix → the error. All other documents of the corpus are parsed.
REFUSED = {
    # Channel Definition Format (1997), which is not supported
    "feedparser/wellformed/cdf/": "NotAFeed",
    "feedparser/wellformed/base/cdf_item_abstract_xml_base.xml": "NotAFeed",
    # other XML, an HTML page, nothing but a comment
    "feed-rs/xml/": "NotAFeed",
    "rss-parser/unrecognized.rss": "NotAFeed",
    "feedparser/illformed/rss_empty_document.xml": "NotAFeed",
    # ill-formed, and without a single item
    "feed-rs/rss2/rss_2.0_invalid_1.xml": "Malformed",
    "feedparser/encoding/bozo_invalid-bytes-with-bom.xml": "Malformed",
    "feedparser/entities/": "Malformed",
    "feedparser/illformed/aaa_illformed.xml": "Malformed",
    "feedparser/illformed/undeclared_namespace.xml": "Malformed",
    # its one item is cut off
    "feedparser/illformed/rss_incomplete_cdata.xml": "Malformed",
}

# Where feedparser's expectations do not apply: it resolves and sanitizes HTML, which `normalize` does here.
NOT_COMPARED = {
    "wellformed/sanitize/": "sanitized",
    "wellformed/base/": "resolved links in HTML; resolved ids; the base from a header that the test does not pass",
    "wellformed/namespace/": "SVG and MathML, sanitized and with attributes sorted",
    "entities/lang.xml": "HTML 5 has another character than HTML 4",
    "entities/rang.xml": "the same",
    "encoding/demoronize-3.xml": "&#146; in HTML, which is ’ by the rules of HTML",
    "wellformed/atom10/qna.xml": "a title of type html, sanitized",
    "wellformed/lang/http_content_language.xml": "a language from a header that the test does not pass",
    "wellformed/rss/item_description_br": "<br/> as <br />",
    "wellformed/rss/item_description_not_a_doctype.xml": "sanitized",
    "wellformed/sgml/charref_uppercase_x.xml": "sanitized",
    "wellformed/atom10/entry_content_base64": "content of type application/octet-stream, which is not text",
    "wellformed/atom10/entry_link_length.xml": "an enclosure, which is in `media` here",
    "wellformed/atom10/entry_link_rel_enclosure.xml": "an enclosure, which is in `media` here",
}

# Fields that are plain text here.
PLAIN_TEXT_FIELDS = {
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

# Where feed-rs has another result.
FEED_RS_DIFFERENCES = {
    ("jsonfeed_elastic_1.1.json", "date"): "RFC 822 in JSON: here `normalize` parses the raw date",
    ("jsonfeed_elastic_1.1.json", "link"): "feed-rs writes the slash of a home page; here `normalize` does",
    ("rss_0.91_encoding_1.xml", "link"): "feed-rs writes the host in lower case; here `normalize` does",
    ("rss_0.91_missing_id.xml", "id"): "feed-rs makes a random id if there is none",
    ("rss_0.91_spec_1.xml", "id"): "as above",
    ("rss_0.92_spec_1.xml", "id"): "as above",
    ("rss_2.0_ghost_1.xml", "id"): "as above",
    ("rss_2.0_ilmessaggero.xml", "date"): "Italian month names: here `normalize` parses the raw date",
}


def name_of(path: Path) -> str:
    return path.relative_to(CORPUS_DIR).as_posix()


def outcome(path: Path) -> Document | ParseError:
    try:
        return parse("corpus", path.read_bytes(), url=SERVER + path.name)
    except ParseError as error:
        return error


@cache
def folders() -> list[str]:
    names = sorted({name_of(path.parent) for path in corpus_documents()}) if CORPUS_DIR.is_dir() else []
    return names or ["-"]


def test_the_corpus_has_over_2000_documents() -> None:
    assert sum(1 for _ in corpus_documents()) > 2_000


@pytest.mark.parametrize("folder", folders())
def test_every_document_is_parsed_or_refused_as_listed(folder: str) -> None:
    counts: Counter[str] = Counter()
    for path in sorted((CORPUS_DIR / folder).iterdir()):
        if not path.is_file() or path.name == "README.md" or path.name.endswith(".serde.json"):
            continue
        result = outcome(path)
        kind = type(result).__name__
        counts[kind] += 1
        refusal = next((REFUSED[name] for name in REFUSED if name_of(path).startswith(name)), None)
        if kind != "Document":
            assert refusal == kind, f"{path.name}: {result}"
    assert counts


def parse_with_empty_items(body: bytes, name: str, kind: str) -> Document:
    """The document including its empty items, of which many of feedparser's tests consist."""
    document = parse("corpus", body, url=SERVER + name, content_type=kind)
    raw = reader.parse(repair_encoding(body, kind))
    items = [
        entry.build_item(*parts, raw.version) for parts in zip(raw.entries, raw.entry_extras, strict=True)
    ]
    return Document(feed=document.feed, items=tuple(items))


def test_fields_are_as_feedparser_expects() -> None:
    checked = 0
    wrong: list[str] = []
    for path in sorted((CORPUS_DIR / "feedparser").rglob("*.xml")):
        name = path.relative_to(CORPUS_DIR / "feedparser").as_posix()
        body = path.read_bytes()
        head = body[:2_000].decode("utf-8", "replace")
        expected = expectation(head)
        if expected is None or any(name.startswith(prefix) for prefix in NOT_COMPARED):
            continue
        try:
            document = parse_with_empty_items(body, name, content_type(head))
        except ParseError:
            continue  # refused documents are tested above
        value = parsed_value(document, expected)
        wanted = expected.value
        if expected.field.endswith(".type") and wanted == "application/xhtml+xml":
            wanted = "text/html"
        if value is None:
            continue
        checked += 1
        is_plain = expected.name in PLAIN_TEXT_FIELDS
        if value != wanted and not (is_plain and isinstance(wanted, str) and value == html_to_text(wanted)):
            wrong.append(f"{name}: {expected.where} {expected.field}: {value!r}, not {wanted!r}")
    assert not wrong, "\n".join(wrong)
    assert checked > 700


def differences(document: Document, reference: dict[str, Any]) -> set[str]:
    entries = reference["entries"]
    if len(document.items) != len(entries):
        return {"count"}
    fields = set()
    for item, other in zip(document.items, entries, strict=True):
        title = item.title.value if item.title else ""
        if html_to_text(title) != html_to_text((other["title"] or {}).get("content") or ""):
            fields.add("title")
        links = [link["href"] for link in other["links"]]
        if links and links[0] not in [link.href for link in item.links]:
            fields.add("link")
        if not re.fullmatch(r"[0-9a-f]{32}", other["id"]) and other["id"] != item.guid:
            fields.add("id")  # feed-rs makes ids of 32 hexadecimal digits where there is none
        if other["published"] and not (item.published.parsed or item.updated.parsed):
            fields.add("date")
        if other["content"] and not (item.content or item.summary):
            fields.add("content")
        if other["media"] and not item.media:
            fields.add("media")
    return fields


def test_results_differ_from_feed_rs_only_as_listed() -> None:
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
    assert compared == 64
    assert seen == set(FEED_RS_DIFFERENCES)
