"""The whole way: documents in, articles out. The golden files hold invented news as it really arrives."""

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
from feeds.model import Article, Body, Document, Feed, Item, Link, Media, Origin, Person, Place, Stated
from feeds.normalize.article import to_articles
from feeds.normalize.identity import article_id
from feeds.parse import parse
from tests.normalize.test_html import faults
from tests.shared import corpus_documents, needs_corpus

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://n.example/feeds/all.xml"
GOLDEN = Path(__file__).parent / "golden"
STORM = "The harbour was closed for a day after the storm, the council said."


def made(*items: Item, feed: Feed | None = None) -> tuple[Article, ...]:
    articles, skipped = to_articles(Document(feed=feed or Feed(), items=items), source="s", url=URL, now=NOW)
    assert skipped == ()
    return articles


def one(**fields: object) -> Article:
    (article,) = made(Item(**{"title": Body(value="The harbour"), **fields}))  # type: ignore[arg-type]
    return article


def link(href: str, **fields: str) -> Link:
    return Link(href=href, **fields)


# ------------------------------------------------------------------------------------------------ golden


@pytest.mark.parametrize(
    "path", sorted(GOLDEN.glob("*.in.json")), ids=lambda path: path.name.partition(".")[0]
)
def test_golden(path: Path) -> None:
    """With FEEDS_GOLDEN=write the expectations are written anew, to be read before they are kept."""
    document = msgspec.json.decode(path.read_bytes(), type=Document)
    articles, skipped = to_articles(document, source="golden", url=URL, now=NOW)
    written = msgspec.json.format(
        msgspec.json.encode(
            {"articles": [_shown(msgspec.to_builtins(one)) for one in articles], "skipped": skipped}
        )
    )
    expected = path.with_name(path.name.replace(".in.", ".out."))
    if os.environ.get("FEEDS_GOLDEN") == "write":
        expected.write_bytes(written + b"\n")
    assert written.decode() == expected.read_text(encoding="utf-8").strip()


def _shown(value: object) -> object:
    """What the article says; its empty fields left out."""
    if isinstance(value, list):
        return [_shown(one) for one in value]
    if not isinstance(value, dict):
        return value
    fields = {name: _shown(one) for name, one in value.items()}
    return {name: one for name, one in fields.items() if one not in ("", [], {}, None)}


def test_there_are_golden_files() -> None:
    assert len(list(GOLDEN.glob("*.in.json"))) >= 6


# ---------------------------------------------------------------------------------------------- the fields


def test_links() -> None:
    assert one(links=(link("/a?utm_source=rss"),)).link == "https://n.example/a"
    assert (
        one(links=(link("/a.pdf", type="application/pdf"), link("/a", type="text/html"))).link
        == "https://n.example/a"
    )
    assert one(guid="https://n.example/g", guid_is_link=True).link == "https://n.example/g"
    assert one(guid="https://n.example/g").link is None
    assert one(guid="guid-1", guid_is_link=True).link is None
    assert one(content_src="/c").link == "https://n.example/c"
    assert one(links=(link("javascript:alert(1)"), link("/b"))).link == "https://n.example/b"
    html = replace(link("/pay", rel="payment"), type="Text/HTML; charset=utf-8")
    assert [made.type for made in one(links=(html,)).related] == ["text/html"]
    assert one(links=(link("/self", rel="self"), link("/via", rel="via", title="<b>V</b>"))).related == (
        Link(href="https://n.example/via", rel="via", title="V"),
    )


def test_a_file_has_its_feeds_address_for_a_base() -> None:
    item = Item(title=Body(value="t"), links=(link("a"),))
    document = Document(feed=Feed(link="https://home.example/x/"), items=(item,))
    (article,), _ = to_articles(document, source="s", url="examples/a.xml", now=NOW)
    assert article.link == "https://home.example/x/a"


def test_dates() -> None:
    late = Stated(raw="2026-02-02T00:00:00Z")
    early = Stated(raw="2026-02-01T00:00:00Z")
    assert one(published=early, updated=late).updated == datetime(2026, 2, 2, tzinfo=UTC)
    assert one(published=late, updated=early).updated is None
    only = one(updated=early)
    assert (only.published, only.updated) == (datetime(2026, 2, 1, tzinfo=UTC), None)
    none = one()
    assert (none.published, none.first_seen, none.date) == (None, NOW, NOW)


def test_an_agency_as_author_is_a_credit_too() -> None:
    article = one(authors=(Person(name="AFP"), Person(name="Ann")), content=Body(value=f"{STORM} (Reuters)"))
    assert article.credits == ("Reuters", "AFP")
    assert [author.name for author in article.authors] == ["AFP", "Ann"]


def test_origin_and_place() -> None:
    article = one(
        origin=Origin(title="<b>Other</b>", url="javascript:x", link="/o"),
        place=Place(latitude=91, longitude=0),
    )
    assert article.origin == Origin(title="Other", link="https://n.example/o")
    assert article.place is None
    assert one(origin=Origin()).origin is None


def test_hostile_addresses_are_gone_from_every_field() -> None:
    bad = "javascript:alert(1)"
    article = one(
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


def test_text_is_printable_everywhere() -> None:
    article = one(
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


# ------------------------------------------------------------------------------------------- what is left out


def test_an_empty_item_is_left_out_and_said() -> None:
    items = (Item(guid="g-1"), Item(title=Body(value="The harbour")), Item())
    articles, skipped = to_articles(Document(feed=Feed(), items=items), source="s", url=URL, now=NOW)
    assert [article.title for article in articles] == ["The harbour"]
    assert skipped == (
        "item 1 (g-1): neither title, text, link nor media",
        "item 3 (without a name): neither title, text, link nor media",
    )


def test_a_poison_item_is_left_out_alone() -> None:
    poison = Item(title=Body(value="poison"), media=(None,))  # type: ignore[arg-type]
    articles, skipped = to_articles(
        Document(feed=Feed(), items=(poison, Item(title=Body(value="sound")))), source="s", url=URL, now=NOW
    )
    assert [article.title for article in articles] == ["sound"]
    assert len(skipped) == 1
    assert skipped[0].startswith("item 1 (poison): AttributeError")


# ----------------------------------------------------------------------------------------------- identity


def test_an_id_comes_from_guid_else_link_else_words() -> None:
    with_guid = one(guid="g", links=(link("/a"),))
    assert (
        with_guid.id
        == one(guid="g", links=(link("/b"),), title=Body(value="Other")).id
        == article_id("s", "guid", "g")
    )
    assert (
        one(links=(link("/a"),)).id
        == one(links=(link("http://www.n.example/a/"),), title=Body(value="Other")).id
    )
    assert one().id != one(title=Body(value="Other")).id
    assert len(with_guid.id) == 32
    assert int(with_guid.id, 16)


def test_ids_are_for_ever() -> None:
    # Written down once: what is published under an id must be found under it by the next version.
    assert article_id("s", "guid", "g") == "1145652ff7af19c6ba6908740387ffca"


def test_the_same_guid_of_another_source_is_another_article() -> None:
    assert article_id("s", "guid", "g") != article_id("t", "guid", "g")
    assert article_id("s", "guid", "g") != article_id("s", "link", "g")


def test_the_same_item_twice_is_one_article() -> None:
    item = Item(guid="g", title=Body(value="t"), links=(link("/a"),))
    assert len(made(item, item, replace(item, links=(link("/a?utm_source=x"),)))) == 1


def test_a_guid_that_all_items_share_identifies_none() -> None:
    articles = made(*(Item(guid="same", title=Body(value=f"t{n}"), links=(link(f"/{n}"),)) for n in range(3)))
    assert len({article.id for article in articles}) == 3
    assert articles[1].id == article_id("s", "link", "n.example/1")


def test_guid_and_link_shared_leave_the_words() -> None:
    articles = made(*(Item(guid="same", title=Body(value=f"t{n}"), links=(link("/x"),)) for n in range(3)))
    assert len({article.id for article in articles}) == 3


@pytest.mark.parametrize(
    "fields",
    [
        {"content": Body(value=f"<div>\n <p>{STORM}</p></div>")},
        {"content": Body(value=f"<p>{STORM}</p><img src='/a.jpg' width='200'>")},
        {"content": Body(value=f"<p>{STORM}</p><p>Advertisement</p><iframe src='//ads.example'></iframe>")},
        {"content": Body(value=f"<p>{STORM.replace(' ', '&nbsp; ')}</p><p>Follow us on Google News</p>")},
        {"links": (link("http://www.n.example/a?utm_medium=x#top"),)},
        {"media": (Media(url="https://cdn.example/a.mp3?token=2", length=7),)},
        {"authors": (Person(name="Ann"),), "language": "en", "published": Stated(raw="2026-01-01")},
    ],
)
def test_what_is_no_edit(fields: dict[str, object]) -> None:
    before = {
        "content": Body(value=f"<p>{STORM}</p>"),
        "links": (link("/a"),),
        "media": (Media(url="https://cdn.example/a.mp3?token=1"),),
    }
    assert one(**{**before, **fields}).content_hash == one(**before).content_hash


@pytest.mark.parametrize(
    "fields",
    [
        {"content": Body(value=f"<p>{STORM.replace('day', 'week')}</p>")},
        {"title": Body(value="The harbours")},
        {"links": (link("/b"),)},
        {"media": (Media(url="https://cdn.example/b.mp3?token=1"),)},
        {"media": ()},
    ],
)
def test_what_is_an_edit(fields: dict[str, object]) -> None:
    before = {
        "content": Body(value=f"<p>{STORM}</p>"),
        "links": (link("/a"),),
        "media": (Media(url="https://cdn.example/a.mp3?token=1"),),
    }
    assert one(**{**before, **fields}).content_hash != one(**before).content_hash


def test_an_empty_field_does_not_count() -> None:
    assert len(one().content_hash) == 16
    assert one(content=Body(value="")).content_hash == one().content_hash


# --------------------------------------------------------------------------------------------- properties

_WORDS = st.text(max_size=40)
_BODIES = st.none() | st.builds(Body, value=_WORDS, type=st.sampled_from(["text", "html"]), base=_WORDS)
_ITEMS = st.builds(
    Item,
    guid=_WORDS,
    guid_is_link=st.booleans(),
    title=_BODIES,
    summary=_BODIES,
    content=_BODIES,
    comments=_WORDS,
    rights=_WORDS,
    links=st.lists(st.builds(Link, href=_WORDS, rel=_WORDS), max_size=2).map(tuple),
    authors=st.lists(st.builds(Person, name=_WORDS), max_size=2).map(tuple),
    media=st.lists(
        st.builds(Media, url=_WORDS, type=_WORDS, length=st.none() | st.integers()), max_size=2
    ).map(tuple),
    language=_WORDS,
    published=st.builds(Stated, raw=_WORDS),
    origin=st.none() | st.builds(Origin, title=_WORDS, url=_WORDS),
)


@given(st.lists(_ITEMS, max_size=4))
def test_any_item_gives_a_whole_article_or_a_reason(items: list[Item]) -> None:
    articles, skipped = to_articles(Document(feed=Feed(), items=tuple(items)), source="s", url=URL, now=NOW)
    assert len(articles) + len(skipped) <= len(items)
    assert all("neither title, text, link nor media" in reason for reason in skipped)
    assert len({article.id for article in articles}) == len(articles)
    for article in articles:
        assert codec.loads(Article, codec.dumps(article)) == article
        assert list(faults(article.html)) == []
        assert article.title == article.title.strip()
        assert all(one.type for one in article.media)


@given(st.lists(_ITEMS, max_size=3))
def test_the_same_document_gives_the_same_articles(items: list[Item]) -> None:
    document = Document(feed=Feed(), items=tuple(items))
    assert to_articles(document, source="s", url=URL, now=NOW) == to_articles(
        document, source="s", url=URL, now=NOW
    )


@needs_corpus
def test_every_document_of_the_corpus_is_normalized() -> None:
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
