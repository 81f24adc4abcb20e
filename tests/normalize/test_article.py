"""Documents to articles, from end to end. The golden files hold invented news in the form of real feeds."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import codec
from feeds.errors import ParseError
from feeds.model import Article, Body, Document, Feed, GeoPlace, Item, Link, Media, Origin, Person, StatedDate
from feeds.normalize.article import to_articles
from feeds.normalize.dates import MAX_DATE_CHARS
from feeds.parse import parse
from tests.normalize.articles import NOW, STORM, URL, article_of, link
from tests.normalize.test_html import faults
from tests.shared import corpus_documents, needs_corpus

GOLDEN = Path(__file__).parent / "golden"


# ------------------------------------------------------------------------------------------------ golden


@pytest.mark.parametrize(
    "path", sorted(GOLDEN.glob("*.in.json")), ids=lambda path: path.name.partition(".")[0]
)
def test_golden_documents_give_the_expected_articles(path: Path) -> None:
    """FEEDS_GOLDEN=write overwrites the expected files. Review the differences before you commit them."""
    document = msgspec.json.decode(path.read_bytes(), type=Document)
    articles, skipped = to_articles(document, source="golden", url=URL, now=NOW)
    written = msgspec.json.format(
        msgspec.json.encode(
            {
                "articles": [_without_empty_fields(msgspec.to_builtins(article)) for article in articles],
                "skipped": skipped,
            }
        )
    )
    expected = path.with_name(path.name.replace(".in.", ".out."))
    if os.environ.get("FEEDS_GOLDEN") == "write":
        expected.write_bytes(written + b"\n")
    assert written.decode() == expected.read_text(encoding="utf-8").strip()


def _without_empty_fields(value: object) -> object:
    if isinstance(value, list):
        return [_without_empty_fields(element) for element in value]
    if not isinstance(value, dict):
        return value
    fields = {name: _without_empty_fields(field) for name, field in value.items()}
    return {name: field for name, field in fields.items() if field not in ("", [], {}, None)}


def test_golden_files_exist() -> None:
    assert len(list(GOLDEN.glob("*.in.json"))) >= 6


# ------------------------------------------------------------------------------------------------ fields


def test_the_page_link_is_the_html_alternate_else_a_permalink_else_the_content_src_else_a_guid() -> None:
    assert article_of(links=(link("/a?utm_source=rss"),)).link == "https://n.example/a"
    assert (
        article_of(links=(link("/a.pdf", type="application/pdf"), link("/a", type="text/html"))).link
        == "https://n.example/a"
    )
    assert article_of(guid="https://n.example/g", guid_is_link=True).link == "https://n.example/g"
    assert article_of(guid="https://n.example/g").link == "https://n.example/g"
    assert article_of(guid="https://n.example/g", content_src="/c").link == "https://n.example/c"
    assert article_of(guid="https://n.example/g 2026-01-01").link is None
    assert article_of(guid="tag:n.example,2026:g").link is None
    assert article_of(guid="guid-1", guid_is_link=True).link is None
    assert article_of(content_src="/c").link == "https://n.example/c"
    assert article_of(links=(link("javascript:alert(1)"), link("/b"))).link == "https://n.example/b"


def test_related_links_have_known_relations_and_plain_types() -> None:
    html = replace(link("/pay", rel="payment"), type="Text/HTML; charset=utf-8")
    assert [related.type for related in article_of(links=(html,)).related] == ["text/html"]
    assert article_of(
        links=(link("/self", rel="self"), link("/via", rel="via", title="<b>V</b>"))
    ).related == (Link(href="https://n.example/via", rel="via", title="V"),)


def test_relative_links_in_a_local_file_refer_to_the_feeds_own_url() -> None:
    item = Item(title=Body(value="t"), links=(link("a"),))
    document = Document(feed=Feed(link="https://home.example/x/"), items=(item,))
    (article,), _ = to_articles(document, source="s", url="examples/a.xml", now=NOW)
    assert article.link == "https://home.example/x/a"


def test_published_and_updated_dates() -> None:
    late = StatedDate(raw="2026-02-02T00:00:00Z")
    early = StatedDate(raw="2026-02-01T00:00:00Z")
    assert article_of(published=early, updated=late).updated == datetime(2026, 2, 2, tzinfo=UTC)
    assert article_of(published=late, updated=early).updated is None
    only = article_of(updated=early)
    assert (only.published, only.updated) == (datetime(2026, 2, 1, tzinfo=UTC), None)
    none = article_of()
    assert (none.published, none.first_seen, none.date) == (None, NOW, NOW)


def test_a_stated_date_that_is_not_used_is_kept_as_text() -> None:
    soon, early = StatedDate(raw=" soon\n\x00"), StatedDate(raw="2026-02-01T00:00:00Z")
    assert article_of(published=soon).rejected_date == "soon"
    other = article_of(published=soon, updated=early)
    assert (other.published, other.rejected_date) == (datetime(2026, 2, 1, tzinfo=UTC), "soon")
    assert article_of(published=early, updated=StatedDate(raw="0000-00-00")).rejected_date == "0000-00-00"
    assert article_of(published=early).rejected_date == ""
    assert len(article_of(published=StatedDate(raw="x" * 5000)).rejected_date) == MAX_DATE_CHARS


def test_an_agency_named_as_author_is_credited() -> None:
    article = article_of(
        authors=(Person(name="AFP"), Person(name="Ann")), content=Body(value=f"{STORM} (Reuters)")
    )
    assert article.credits == ("Reuters", "AFP")
    assert [author.name for author in article.authors] == ["AFP", "Ann"]


def test_origin_is_cleaned_and_an_impossible_place_is_removed() -> None:
    article = article_of(
        origin=Origin(title="<b>Other</b>", url="javascript:x", link="/o"),
        place=GeoPlace(latitude=91, longitude=0),
    )
    assert article.origin == Origin(title="Other", link="https://n.example/o")
    assert article.place is None
    assert article_of(origin=Origin()).origin is None


def test_javascript_urls_are_removed_from_every_field() -> None:
    bad = "javascript:alert(1)"
    article = article_of(
        links=(link(bad), link(bad, rel="related")),
        comments=bad,
        license=bad,
        media=(Media(url=bad),),
        content_src=bad,
        origin=Origin(url=bad, link=bad, icon=bad),
        authors=(Person(name="A", uri=bad),),
        guid=bad,
        guid_is_link=True,
        content=Body(value=f"<a href='{bad}'>x</a><img src='{bad}'>", base=bad),
    )
    assert bad not in repr(replace(article, guid=""))


def test_every_text_field_has_only_xml_characters() -> None:
    article = article_of(
        title=Body(value="a\x00\ud800"),
        guid="g\x0b",
        rights="r\ufffe",
        content=Body(value="<p>b\x01&#2;</p>"),
        authors=(Person(name="n\x1f"),),
        language="e\x00n",
    )
    assert codec.loads(Article, codec.dumps(article)) == article
    assert (article.title, article.guid, article.rights, article.html, article.text) == (
        "a",
        "g",
        "r",
        "<p>b</p>",
        "b",
    )


# ----------------------------------------------------------------------------------------- skipped items


def test_an_empty_item_is_skipped_with_a_reason() -> None:
    items = (Item(guid="g-1"), Item(title=Body(value="The harbour")), Item())
    articles, skipped = to_articles(Document(feed=Feed(), items=items), source="s", url=URL, now=NOW)
    assert [article.title for article in articles] == ["The harbour"]
    assert skipped == (
        "item 1 (g-1): neither title, text, link nor media",
        "item 3 (without a name): neither title, text, link nor media",
    )


def test_an_item_that_raises_is_skipped_alone() -> None:
    poison = Item(title=Body(value="poison"), media=(None,))  # type: ignore[arg-type]
    articles, skipped = to_articles(
        Document(feed=Feed(), items=(poison, Item(title=Body(value="sound")))), source="s", url=URL, now=NOW
    )
    assert [article.title for article in articles] == ["sound"]
    assert len(skipped) == 1
    assert skipped[0].startswith("item 1 (poison): AttributeError")


# --------------------------------------------------------------------------------------------- properties

_STRINGS = st.text(max_size=40)
_BODIES = st.none() | st.builds(Body, value=_STRINGS, type=st.sampled_from(["text", "html"]), base=_STRINGS)
_ITEMS = st.builds(
    Item,
    guid=_STRINGS,
    guid_is_link=st.booleans(),
    title=_BODIES,
    summary=_BODIES,
    content=_BODIES,
    comments=_STRINGS,
    rights=_STRINGS,
    links=st.lists(st.builds(Link, href=_STRINGS, rel=_STRINGS), max_size=2).map(tuple),
    authors=st.lists(st.builds(Person, name=_STRINGS), max_size=2).map(tuple),
    media=st.lists(
        st.builds(Media, url=_STRINGS, type=_STRINGS, length=st.none() | st.integers()), max_size=2
    ).map(tuple),
    language=_STRINGS,
    published=st.builds(StatedDate, raw=_STRINGS),
    origin=st.none() | st.builds(Origin, title=_STRINGS, url=_STRINGS),
)


@given(st.lists(_ITEMS, max_size=4))
def test_any_item_gives_a_valid_article_or_a_reason(items: list[Item]) -> None:
    articles, skipped = to_articles(Document(feed=Feed(), items=tuple(items)), source="s", url=URL, now=NOW)
    assert len(articles) + len(skipped) <= len(items)
    assert all("neither title, text, link nor media" in reason for reason in skipped)
    assert len(set(articles)) == len(articles)
    for article in articles:
        assert codec.loads(Article, codec.dumps(article)) == article
        assert list(faults(article.html)) == []
        assert article.title == article.title.strip()
        assert all(media.type for media in article.media)


@given(st.lists(_ITEMS, max_size=3))
def test_to_articles_is_deterministic(items: list[Item]) -> None:
    document = Document(feed=Feed(), items=tuple(items))
    assert to_articles(document, source="s", url=URL, now=NOW) == to_articles(
        document, source="s", url=URL, now=NOW
    )


@needs_corpus
def test_every_corpus_document_is_normalized() -> None:
    documents = articles = 0
    for path in corpus_documents():
        try:
            document = parse("corpus", path.read_bytes(), url=URL)
        except ParseError:
            continue
        documents += 1
        found, skipped = to_articles(document, source="corpus", url=URL, now=NOW)
        articles += len(found)
        assert all(reason.endswith("neither title, text, link nor media") for reason in skipped), (
            path.name,
            skipped,
        )
        for article in found:
            assert codec.loads(Article, codec.dumps(article)) == article
            assert list(faults(article.html)) == [], path.name
            assert list(faults(article.summary)) == [], path.name
    assert documents > 1500
    assert articles > 2000
