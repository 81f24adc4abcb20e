"""The validator finds no error in what we publish, and it finds the errors that it should."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from feeds.model import Edition, Format, Text
from feeds.render import render
from tests.render.lossless import edition_of
from tests.render.sample_edition import ARCHIVED, EDITION, EMPTY
from tests.render.test_properties import EDITIONS, some
from tests.render.validator import UNAVOIDABLE, Finding, validate
from tests.shared import HOSTILE_DIR, corpus_documents, needs_corpus, needs_hostile

pytestmark = pytest.mark.measured

FORMATS: tuple[Format, ...] = ("atom", "rss")
LATER = datetime(2031, 1, 1, tzinfo=UTC)
EARLIER = frozenset({"SecurityRisk", "SecurityRiskAttr", "ImplausibleDate"})


def faults(edition: Edition, form: Format) -> list[Finding]:
    findings = validate(
        render(edition, form).data, edition.url(form, edition.current and edition.name), LATER
    )
    return [finding for finding in findings if finding.rule not in UNAVOIDABLE]


@pytest.mark.parametrize("form", FORMATS)
def test_the_sample_editions_are_valid(form: Format) -> None:
    for edition in (EDITION, ARCHIVED, EMPTY):
        assert faults(edition, form) == []


@pytest.mark.parametrize("host", ["localhost:8000", "newsbox", "[::1]:8000", "10.0.0.7", "feeds.example"])
@pytest.mark.parametrize("form", FORMATS)
def test_feeds_are_valid_for_every_host(form: Format, host: str) -> None:
    served = replace(EDITION, base_url=f"http://{host}/")
    findings = [finding for finding in faults(served, form) if not finding.what.startswith(served.base_url)]
    assert findings == []


@needs_corpus
def test_every_document_of_the_corpus_is_published_valid() -> None:
    feeds = 0
    for path in corpus_documents():
        edition = edition_of(path)
        if edition is not None:
            for form in FORMATS:
                assert faults(edition, form) == [], path
                feeds += 1
    assert feeds == 4344


@some
@given(EDITIONS)
def test_any_edition_is_valid(edition: Any) -> None:
    for form in FORMATS:
        # Earlier stages clean bodies and check dates. Nothing did that for these values.
        findings = [finding for finding in faults(edition, form) if finding.rule not in EARLIER]
        assert findings == []


@needs_hostile
def test_hostile_markup_in_any_text_is_published_valid() -> None:
    vectors = [
        str(text) for text in _strings(json.loads((HOSTILE_DIR / "xss.json").read_text(encoding="utf-8")))
    ]
    assert len(vectors) > 50
    for first in range(0, len(vectors), 40):
        _publish_all_over(vectors[first : first + 40])


def _publish_all_over(vectors: list[str]) -> None:
    [entry, *_] = EDITION.entries
    entries = []
    for n, vector in enumerate(vectors):
        person = replace(entry.article.authors[0], name=vector, uri=vector)
        category = replace(entry.article.categories[0], term=vector, label=vector, scheme=vector)
        medium = replace(entry.article.media[0], url=vector, title=vector, type=vector)
        article = replace(
            entry.article,
            title=Text(vector),
            rights=Text(vector),
            authors=(person,),
            categories=(category,),
            media=(medium,),
        )
        origin = replace(entry.origin, title=vector, id=vector, rights=vector, link=vector, icon=vector)
        entries.append(replace(entry, id=f"urn:example:{n}", article=article, origin=origin))
    for form in FORMATS:
        findings = faults(replace(EDITION, entries=tuple(entries)), form)
        # A host name without a dot cannot be reached from outside, but the URL is valid.
        assert [finding for finding in findings if finding.rule != "InvalidURLAttribute"] == []


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in parts for text in _strings(part)]


# -------------------------------------------------------------------------------- it finds existing errors

SPOILED = [
    ("atom", "MissingElement", "<id>urn:uuid:2d1f0c4e-55a5-5c3a-8a52-8f0f4a2f3c10</id>", ""),
    ("atom", "MissingSelf", 'rel="self"', 'rel="via"'),
    ("atom", "SelfDoesntMatchLocation", "/world.atom", "/elsewhere.atom"),
    ("atom", "UnregisteredAtomLinkRel", 'rel="enclosure"', 'rel="file"'),
    ("atom", "DuplicateAtomLink", 'rel="replies"', 'rel="alternate"'),
    ("atom", "MissingTypeAttr", ' type="audio/mpeg"', ""),
    ("atom", "InvalidDate", "2026-01-06T08:30:00Z", "2026-01-06"),
    ("atom", "ImplausibleDate", "2026-01-06T08:30:00Z", "2056-01-06T08:30:00Z"),
    ("atom", "ContainsUndeclaredHTML", "12: What the gauges say", "12: &lt;b>What&lt;/b>"),
    ("atom", "SecurityRisk", "&lt;p&gt;", "&lt;script&gt;"),
    ("atom", "SecurityRisk", "&lt;p&gt;", "&lt;bdo&gt;"),
    ("atom", "SecurityRiskAttr", "&lt;p&gt;", '&lt;p onclick="x()"&gt;'),
    ("atom", "SecurityRiskAttr", "&lt;p&gt;", "&lt;p controls&gt;"),
    ("atom", "BadCharacters", "What the gauges say", "What the gauges say\ufdd0"),
    ("atom", "ContainsRelRef", "https://ledger.example/fares", "/fares"),
    ("atom", "NotBlank", ">12: What the gauges say<", "><"),
    ("atom", "ContainsEmail", "<name>Bo Mole</name>", "<name>Bo &lt;bo@mole.example&gt;</name>"),
    ("atom", "InvalidAddrSpec", "ada@ledger.example", "ada at ledger"),
    ("atom", "InvalidFullLink", 'href="https://ledger.example/ferry.mp3"', 'href="ferry.mp3"'),
    ("atom", "BadCharacters", "What the gauges say", "What the gauges say\ufffd"),
    ("atom", "MissingSourceElement", "<id>https://kenar.example/rss</id>", ""),
    ("atom", "InvalidLanguage", 'xml:lang="en-GB"', 'xml:lang="English"'),
    ("atom", "UnexpectedWhitespace", "2026-01-06T08:30:00Z", " 2026-01-06T08:30:00Z"),
    ("rss", "MissingAtomSelfLink", 'rel="self"', 'rel="related"'),
    ("rss", "MissingGuid", "guid", "dc:source"),
    ("rss", "DuplicateValue", "tag:tide.example,2026:ep-12", "urn:uuid:8a3f5f62-6b9d-5d3d-8f35-5c8e6c1b7a02"),
    ("rss", "InvalidDate", "Tue, 06 Jan 2026 08:30:00 GMT", "06/01/2026"),
    ("rss", "IncorrectDOW", "Tue, 06 Jan 2026 08:30:00 GMT", "Wed, 06 Jan 2026 08:30:00 GMT"),
    ("rss", "InvalidIntegerAttribute", 'length="123456"', 'length="-1"'),
    ("rss", "InvalidMIMEAttribute", 'length="123456" type="audio/mpeg"', 'length="123456" type="sound"'),
    ("rss", "UndefinedElement", "<ttl>", "<textInput/><ttl>"),
    ("rss", "InvalidPositiveInteger", "<ttl>30<", "<ttl>0<"),
    ("rss", "InvalidDuration", "<itunes:duration>", "<itunes:duration>about "),
]


@pytest.mark.parametrize(("form", "rule", "good", "bad"), SPOILED, ids=lambda value: value[:24])
def test_the_validator_finds_each_fault(form: Format, rule: str, good: str, bad: str) -> None:
    data = render(EDITION, form).data.decode()
    assert good in data
    spoiled = data.replace(good, bad)
    assert rule in {finding.rule for finding in validate(spoiled.encode(), EDITION.url(form), LATER)}
    assert rule not in {finding.rule for finding in validate(data.encode(), EDITION.url(form), LATER)}
