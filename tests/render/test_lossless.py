"""Nothing that a reader can use is lost between a document and what we publish of it.

What is dropped on purpose: docs/output.md. `python -m tests.render.lossless` prints the table.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from feeds.model import Entry, Format
from feeds.render import entry_text, render
from feeds.render.clean_for_publication import clean_for_publication
from tests.parse.test_golden import GOLDEN as INVENTED
from tests.render.corpus_values import survey
from tests.render.invented_edition import FORMATS
from tests.render.lossless import edition_of, examine
from tests.render.parse_output import read
from tests.shared import corpus_documents, needs_corpus

pytestmark = pytest.mark.measured


@needs_corpus
def test_every_entry_of_the_corpus_survives_the_round_trip() -> None:
    losses = examine(corpus_documents())
    assert losses.lost == {}
    assert losses.documents - losses.unread == 2172
    assert losses.entries == 2187
    assert losses.whole == dict.fromkeys(FORMATS, 2187)


def test_values_that_the_corpus_does_not_contain_survive_the_round_trip() -> None:
    """Podcasting 2.0 and others, in documents of our own."""
    documents = [path for path in INVENTED.iterdir() if path.suffix in (".xml", ".json")]
    losses = examine(path for path in documents if not path.name.endswith(".expected.json"))
    assert losses.lost == {}
    assert losses.entries > 15


# Every value that the corpus has in these elements and attributes is in our Atom.
WHOLE = (
    *(
        "enclosure@url",
        "enclosure@length",
        "media:content@url",
        "media:content@medium",
        "media:content@fileSize",
    ),
    *("media:content@width", "media:content@height", "media:content@expression", "media:thumbnail@url"),
    *("media:thumbnail@width", "media:description", "media:credit", "media:player@url", "media:license@href"),
    *(
        "itunes:title",
        "itunes:summary",
        "itunes:subtitle",
        "itunes:duration",
        "itunes:season",
        "itunes:episode",
    ),
    *("itunes:episodeType", "itunes:image@href", "itunes:author", "psc:chapter@start", "psc:chapter@href"),
    *("category", "category@domain", "dc:subject", "atom:category@term", "atom:category@scheme"),
    *("atom:name", "atom:uri", "atom:email", "creativeCommons:license", "dc:rights", "dc:language"),
    *("comments", "slash:comments", "thr:total", "wfw:commentRss", "source", "source@url"),
    *("atom:content@src", "thr:in-reply-to@href"),
)


@needs_corpus
def test_every_value_that_a_reader_can_use_is_published() -> None:
    stated, published, missed = survey(corpus_documents())
    assert {name: missed[name] for name in WHOLE if published[name] < stated[name]} == {}
    assert all(stated[name] for name in WHOLE)


# ---------------------------------------------------------------------------------------- with feedparser only


@needs_corpus
@pytest.mark.parametrize("form", ["atom", "rss"])
def test_feedparser_reads_the_same_values(form: Format) -> None:
    compared = Counter[str]()
    for path in list(corpus_documents())[::6]:
        edition = edition_of(path)
        if edition is None or not edition.entries:
            continue
        feed = read(render(edition, form).data, form)
        assert not feed.bozo, path
        assert [back.id for back in feed.entries] == [entry.id for entry in edition.entries]
        for entry, back in zip(map(clean_for_publication, edition.entries), feed.entries, strict=True):
            for name, (expected, actual) in _by_feedparser(entry, back, form).items():
                compared[name] += bool(expected)
                assert actual == expected, (path, name)
    assert all(compared.values()), compared


def _by_feedparser(entry: Entry, back: Any, form: Format) -> dict[str, tuple[Any, Any]]:
    article = entry.article
    enclosures = entry_text.media(article, "enclosure")[: 1 if form == "rss" else None]
    return {
        "link": (article.link, back.get("link")) if article.link else ("", ""),
        "enclosures": (
            [(file.url, entry_text.media_type(file), str(file.length or 0)) for file in enclosures],
            [(link.href, link.type, link.length) for link in back.get("enclosures", ())],
        ),
        "authors": (
            {who.name for who in entry_text.people(article.authors)},
            {who.name for who in back.get("authors", ()) if "name" in who},
        ),
        "published": (entry.published.timetuple()[:6], back.published_parsed[:6]),
        "source": (entry_text.source_title(entry), back.get("source", {}).get("title")),
    }
