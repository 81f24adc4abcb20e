"""Content hashes of articles, and duplicate items of a document."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feeds.model import Body, Item, Media, Person, StatedDate
from feeds.normalize.content_hash import content_hash, same_content
from tests.normalize.articles import STORM, article_of, link, normalize


def test_duplicate_items_become_one_article() -> None:
    item = Item(guid="g", title=Body(value="t"), links=(link("/a"),))
    assert len(normalize(item, item, replace(item, links=(link("/a?utm_source=x"),)))) == 1


def test_items_that_share_a_guid_stay_apart() -> None:
    articles = normalize(
        *(Item(guid="same", title=Body(value=f"t{n}"), links=(link(f"/{n}"),)) for n in range(3))
    )
    assert [article.title for article in articles] == ["t0", "t1", "t2"]


def test_items_that_share_guid_and_link_stay_apart_by_their_text() -> None:
    articles = normalize(
        *(Item(guid="same", title=Body(value=f"t{n}"), links=(link("/x"),)) for n in range(3))
    )
    assert [article.title for article in articles] == ["t0", "t1", "t2"]


def test_items_with_the_same_text_and_no_guid_or_link_of_their_own_become_one_article() -> None:
    item = Item(guid="same", title=Body(value="t"), links=(link("/x"),))
    file = Media(url="https://cdn.example/a.mp3")
    by_another = replace(item, authors=(Person(name="A"),))
    assert len(normalize(item, by_another, replace(item, guid="own"))) == 2
    # an enclosure of its own tells an item apart: see `normalize.distinct`
    assert len(normalize(item, replace(item, media=(file,)), replace(item, guid="own"))) == 3


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
        {"links": (link("/a?token=9f3"),)},
        {"links": (link("/a;jsessionid=0A1B2C?from=rss"),)},
        {"links": (link("/a?xyz=f00dfeed12ab34"),)},
        {"content": Body(value=f"<p><a href='/m?sig=1'>{STORM}</a></p><img src='/a.jpg?e=1790000000'>")},
        {"media": (Media(url="https://cdn.example/a.mp3?token=1", type="audio/mpeg"),)},
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
    assert not same_content(
        article_of(**{**before, **fields}).content_hash, article_of(**before).content_hash
    )


@pytest.mark.parametrize(
    "after",
    [
        "/b",
        "https://new.example/a",
        "/2026/a-longer-slug",
        "/a?id=2",
        "/a?v=dQw4w9WgXcQ",
        "/a?part=second-half",
        None,
    ],
)
def test_another_link_is_stored_and_is_no_edit(after: str | None) -> None:
    text = {"title": Body(value="The harbours"), "content": Body(value=f"<p>{STORM}</p>")}
    before = article_of(**text, links=(link("/a"),)).content_hash
    changed = article_of(**text, links=(link(after),) if after else ()).content_hash
    assert changed != before
    assert same_content(changed, before)


@pytest.mark.parametrize(
    "after", ["https://n.example/m?token=2&id=7", "https://n.example/m?id=7&expires=1790000000"]
)
def test_a_token_in_a_printed_url_or_in_the_url_of_an_enclosure_changes_nothing(after: str) -> None:
    def hash_with(url: str) -> bytes:
        return article_of(
            content=Body(value=f"<p>{STORM}</p><p>Listen: {url.replace('&', '&amp;')}</p>"),
            media=(Media(url=url),),
        ).content_hash

    assert hash_with(after) == hash_with("https://n.example/m?token=1&id=7")
    assert not same_content(hash_with(after), hash_with("https://n.example/m?token=1&id=8"))


@pytest.mark.parametrize(
    "after",
    [
        "https://c2.cdn.example/shows/7/e4.mp3",
        "https://cdn.example/d41d8cd98f00b204e9800998ecf8427e/shows/7/e4.mp3",
    ],
)
def test_another_host_or_generated_folder_of_an_enclosure_is_no_edit(after: str) -> None:
    def hash_with(url: str) -> bytes:
        return article_of(content=Body(value=f"<p>{STORM}</p>"), media=(Media(url=url),)).content_hash

    before = hash_with("https://c1.cdn.example/shows/7/e4.mp3")
    assert same_content(hash_with(after), before)
    assert not same_content(hash_with(after.replace("e4", "e5")), before)


def test_an_empty_field_does_not_change_the_content_hash() -> None:
    assert len(article_of().content_hash) == 17
    assert article_of(content=Body(value="")).content_hash == article_of().content_hash


def test_hashes_of_different_versions_do_not_tell_an_edit() -> None:
    title, link_ = "The harbour", "https://n.example/a"
    current, edited = content_hash(title, STORM, link_, ()), content_hash(title, STORM[:-9], link_, ())
    assert not same_content(current, edited)
    assert same_content(current, bytes(16))  # version 1 had no number
    assert same_content(current, b"2" + bytes(16))
