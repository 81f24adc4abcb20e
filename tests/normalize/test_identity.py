"""Ids and content hashes of articles."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feeds.model import Body, Item, Media, Person, StatedDate
from feeds.normalize.identity import article_id
from tests.normalize.articles import STORM, article_of, link, normalize


def test_an_id_comes_from_guid_else_link_else_text() -> None:
    with_guid = article_of(guid="g", links=(link("/a"),))
    assert (
        with_guid.id
        == article_of(guid="g", links=(link("/b"),), title=Body(value="Other")).id
        == article_id("s", "guid", "g")
    )
    assert (
        article_of(links=(link("/a"),)).id
        == article_of(links=(link("http://www.n.example/a/"),), title=Body(value="Other")).id
    )
    assert article_of().id != article_of(title=Body(value="Other")).id
    assert len(with_guid.id) == 32
    assert int(with_guid.id, 16)


def test_a_known_id_never_changes() -> None:
    # A literal id: later versions must give a published article the same id.
    assert article_id("s", "guid", "g") == "1145652ff7af19c6ba6908740387ffca"


def test_the_same_guid_gives_another_id_in_another_source() -> None:
    assert article_id("s", "guid", "g") != article_id("t", "guid", "g")
    assert article_id("s", "guid", "g") != article_id("s", "link", "g")


def test_duplicate_items_become_one_article() -> None:
    item = Item(guid="g", title=Body(value="t"), links=(link("/a"),))
    assert len(normalize(item, item, replace(item, links=(link("/a?utm_source=x"),)))) == 1


def test_a_guid_shared_by_all_items_is_not_used_for_ids() -> None:
    articles = normalize(
        *(Item(guid="same", title=Body(value=f"t{n}"), links=(link(f"/{n}"),)) for n in range(3))
    )
    assert len({article.id for article in articles}) == 3
    assert articles[1].id == article_id("s", "link", "n.example/1")


def test_shared_guid_and_link_leave_the_text_for_ids() -> None:
    articles = normalize(
        *(Item(guid="same", title=Body(value=f"t{n}"), links=(link("/x"),)) for n in range(3))
    )
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
        {"authors": (Person(name="Ann"),), "language": "en", "published": StatedDate(raw="2026-01-01")},
    ],
)
def test_content_hash_ignores_markup_tracking_and_metadata(fields: dict[str, object]) -> None:
    before = {
        "content": Body(value=f"<p>{STORM}</p>"),
        "links": (link("/a"),),
        "media": (Media(url="https://cdn.example/a.mp3?token=1"),),
    }
    assert article_of(**{**before, **fields}).content_hash == article_of(**before).content_hash


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
def test_content_hash_changes_with_an_edit(fields: dict[str, object]) -> None:
    before = {
        "content": Body(value=f"<p>{STORM}</p>"),
        "links": (link("/a"),),
        "media": (Media(url="https://cdn.example/a.mp3?token=1"),),
    }
    assert article_of(**{**before, **fields}).content_hash != article_of(**before).content_hash


def test_an_empty_field_does_not_change_the_content_hash() -> None:
    assert len(article_of().content_hash) == 16
    assert article_of(content=Body(value="")).content_hash == article_of().content_hash
