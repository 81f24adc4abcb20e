"""Outputs at an address that nobody can guess, and that nothing else names."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from feeds.logs import mask_secrets
from tests.loopback import Loopback
from tests.newsroom import Newsroom, item, rss

TOKEN = "0123456789abcdef-Secret"


@pytest.fixture
def newsroom(room: Newsroom, server: Loopback) -> Newsroom:
    server.page("/a", rss([item(n) for n in range(1, 6)]))
    server.page("/own", rss([item(n) for n in range(6, 9)], title="Only mine"))
    configure(room, server, "private: true")
    return room


def configure(room: Newsroom, server: Loopback, own: str) -> None:
    room.configure(
        f"sources:\n  - {{id: s1, url: '{server.url('/a')}', allow_private: true, tags: [all]}}\n"
        f"  - {{id: s2, url: '{server.url('/own')}', allow_private: true}}\n",
        f"outputs:\n  front: {{from: {{tags: [all]}}}}\n  own: {{title: Mine, limit: 3, {own}}}\n",
    )


def files(room: Newsroom, form: str = "atom") -> list[str]:
    """Where the output stands."""
    return [name for name in room.bytes(deep=True) if re.search(rf"(^|/)own\.{form}$", name)]


def test_line_09_a_private_output_names_its_own_address_and_nobody_else_does(newsroom: Newsroom) -> None:
    newsroom.once()
    (name,) = files(newsroom)
    found = re.fullmatch(r"private/([0-9a-f]{32})/own\.atom", name)
    assert found
    token = found[1]
    published = newsroom.bytes(deep=True)
    assert f'href="http://127.0.0.1:8000/{name}" rel="self"'.encode() in published[name]
    public = {name: data for name, data in published.items() if not name.startswith("private/")}
    assert {"index.html", "feeds.opml", "sources.opml", "front.atom", "health.atom"} <= set(public)
    for word in (token, "private/", "Mine", "own."):
        assert not [name for name, data in public.items() if word.encode() in data]
    for name in ("index.html", "sources.opml"):
        assert b"Only mine" not in public[name]  # a source that feeds nothing public
        assert b"News" in public[name]


def test_its_page_is_not_to_be_indexed_and_leads_back(newsroom: Newsroom) -> None:
    newsroom.once()
    (name,) = files(newsroom, "html")
    page = newsroom.bytes(deep=True)[name]
    assert b'<meta name="robots" content="noindex, nofollow">' in page
    assert b'<meta name="referrer" content="no-referrer">' in page
    assert b'href="../../index.html"' in page
    assert b"robots" not in newsroom.bytes()["front.html"]


def test_its_archive_stands_beside_it(newsroom: Newsroom) -> None:
    newsroom.once()
    (name,) = files(newsroom)
    page = name.replace("own.atom", "own.archive-1.atom")
    assert page in newsroom.bytes(deep=True)
    archive = page.removesuffix("1.atom")
    assert f'href="http://127.0.0.1:8000/{archive}'.encode() in newsroom.bytes(deep=True)[name]


def test_only_its_readers_may_find_the_folder(newsroom: Newsroom) -> None:
    newsroom.once()
    (name,) = files(newsroom)
    output = newsroom.folder / "output"
    assert (output / "private").stat().st_mode & 0o777 == 0o711
    assert (output / name).parent.stat().st_mode & 0o777 == 0o711
    assert (output / name).stat().st_mode & 0o777 == 0o644


def test_the_address_outlives_restarts_and_the_state(newsroom: Newsroom) -> None:
    newsroom.once()
    before = newsroom.bytes(deep=True)
    newsroom.close()
    newsroom.once(later=timedelta(hours=2))
    assert newsroom.bytes(deep=True) == before
    newsroom.close()
    for path in newsroom.folder.glob("feeds.db*"):
        path.unlink()
    newsroom.once(later=timedelta(hours=2))
    assert files(newsroom) == [name for name in before if name.endswith("own.atom")]
    entries = re.compile(rb"<entry>.*</entry>", re.DOTALL)
    (name,) = files(newsroom)
    assert entries.findall(newsroom.bytes(deep=True)[name]) == entries.findall(before[name])


def test_another_token_ends_the_old_address_and_keeps_the_ids(newsroom: Newsroom, server: Loopback) -> None:
    newsroom.once()
    (old,) = files(newsroom)
    before = newsroom.bytes(deep=True)[old]
    configure(newsroom, server, f"token: {TOKEN}")
    newsroom.once(later=timedelta(hours=2))
    assert files(newsroom) == [f"private/{TOKEN}/own.atom"]
    assert [path.name for path in (newsroom.folder / "output/private").iterdir()] == [TOKEN]
    after = newsroom.bytes(deep=True)[f"private/{TOKEN}/own.atom"]
    assert re.findall(rb"<id>.*?</id>", after) == re.findall(rb"<id>.*?</id>", before)
    assert TOKEN.encode() in after


def test_what_becomes_private_leaves_its_public_place_and_back(newsroom: Newsroom, server: Loopback) -> None:
    configure(newsroom, server, "private: false")
    newsroom.once()
    assert files(newsroom) == ["own.atom"]
    assert b"own.atom" in newsroom.bytes()["index.html"]
    configure(newsroom, server, "private: true")
    newsroom.once(later=timedelta(hours=2))
    assert not [name for name in newsroom.bytes() if name.startswith("own.")]
    (hidden,) = files(newsroom)
    assert b"own.atom" not in newsroom.bytes()["index.html"]
    configure(newsroom, server, "private: false")
    newsroom.once(later=timedelta(hours=2))
    assert files(newsroom) == ["own.atom"]
    configure(newsroom, server, "private: true")
    newsroom.once(later=timedelta(hours=2))
    assert files(newsroom) == [hidden]  # the readers of then have it still


def test_a_private_output_that_is_closed_goes_with_its_folder(newsroom: Newsroom, server: Loopback) -> None:
    newsroom.once()
    configure(newsroom, server, "private: true")
    newsroom.config.write_text(re.sub(r"\n  own: .*", "", newsroom.config.read_text()))
    newsroom.once(later=timedelta(hours=2))
    assert files(newsroom) == []
    assert list((newsroom.folder / "output/private").iterdir()) == []


def test_no_report_tells_the_token(newsroom: Newsroom, server: Loopback) -> None:
    configure(newsroom, server, f"token: {TOKEN}")
    report = newsroom.once()
    assert TOKEN not in repr(report)
    assert TOKEN not in repr(newsroom.parts()[1].settings)
    blocked = newsroom.folder / "output/private" / TOKEN / "own.atom"
    blocked.unlink()
    blocked.mkdir()
    report = newsroom.once(later=timedelta(hours=2))
    (failed,) = [one for one in report.published if one.error]
    assert TOKEN not in failed.error
    assert "private/…/own.atom" in failed.error


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"/srv/output/private/{TOKEN}/own.atom: full", "/srv/output/private/…/own.atom: full"),
        (f"https://x.example/private/{TOKEN}/own.atom", "https://x.example/private/…/own.atom"),
        ("a private/public matter", "a private/public matter"),
    ],
)
def test_the_log_masks_tokens(text: str, said: str) -> None:
    assert mask_secrets(text) == said
