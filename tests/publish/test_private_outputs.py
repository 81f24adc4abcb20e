"""Private outputs have an address that nobody can guess and that no other file contains."""

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
    """The names of the files of the output `own`."""
    return [name for name in room.bytes(recursive=True) if re.search(rf"(^|/)own\.{form}$", name)]


# output checklist 9
def test_only_a_private_output_itself_contains_its_address(newsroom: Newsroom) -> None:
    newsroom.once()
    (name,) = files(newsroom)
    match = re.fullmatch(r"private/([0-9a-f]{32})/own\.atom", name)
    assert match
    token = match[1]
    published = newsroom.bytes(recursive=True)
    assert f'href="http://127.0.0.1:8000/{name}" rel="self"'.encode() in published[name]
    public = {name: data for name, data in published.items() if not name.startswith("private/")}
    assert {"index.html", "feeds.opml", "sources.opml", "front.atom", "health.atom"} <= set(public)
    for word in (token, "private/", "Mine", "own."):
        assert not [name for name, data in public.items() if word.encode() in data]
    for name in ("index.html", "sources.opml"):
        assert b"Only mine" not in public[name]  # a source that feeds no public output
        assert b"News" in public[name]


def test_the_page_of_a_private_output_forbids_indexing_and_links_to_the_front_page(
    newsroom: Newsroom,
) -> None:
    newsroom.once()
    (name,) = files(newsroom, "html")
    page = newsroom.bytes(recursive=True)[name]
    assert b'<meta name="robots" content="noindex, nofollow">' in page
    assert b'<meta name="referrer" content="no-referrer">' in page
    assert b'href="../../index.html"' in page
    assert b"robots" not in newsroom.bytes()["front.html"]


def test_the_archive_of_a_private_output_is_in_its_folder(newsroom: Newsroom) -> None:
    newsroom.once()
    (name,) = files(newsroom)
    page = name.replace("own.atom", "own.archive-1.atom")
    assert page in newsroom.bytes(recursive=True)
    archive = page.removesuffix("1.atom")
    assert f'href="http://127.0.0.1:8000/{archive}'.encode() in newsroom.bytes(recursive=True)[name]


def test_the_private_folder_cannot_be_listed(newsroom: Newsroom) -> None:
    newsroom.once()
    (name,) = files(newsroom)
    output = newsroom.folder / "output"
    assert (output / "private").stat().st_mode & 0o777 == 0o700
    assert (output / name).parent.stat().st_mode & 0o777 == 0o700
    assert (output / name).stat().st_mode & 0o777 == 0o600


def test_the_address_survives_a_restart_and_the_loss_of_the_state(newsroom: Newsroom) -> None:
    newsroom.once()
    before = newsroom.bytes(recursive=True)
    newsroom.close()
    newsroom.once(later=timedelta(hours=2))
    assert newsroom.bytes(recursive=True) == before
    newsroom.close()
    for path in newsroom.folder.glob("feeds.db*"):
        path.unlink()
    newsroom.once(later=timedelta(hours=2))
    assert files(newsroom) == [name for name in before if name.endswith("own.atom")]
    entries = re.compile(rb"<entry>.*</entry>", re.DOTALL)
    (name,) = files(newsroom)
    assert entries.findall(newsroom.bytes(recursive=True)[name]) == entries.findall(before[name])


def test_another_token_removes_the_old_address_and_keeps_the_entry_ids(
    newsroom: Newsroom, server: Loopback
) -> None:
    newsroom.once()
    (old,) = files(newsroom)
    before = newsroom.bytes(recursive=True)[old]
    configure(newsroom, server, f"token: {TOKEN}")
    newsroom.once(later=timedelta(hours=2))
    assert files(newsroom) == [f"private/{TOKEN}/own.atom"]
    assert [path.name for path in (newsroom.folder / "output/private").iterdir()] == [TOKEN]
    after = newsroom.bytes(recursive=True)[f"private/{TOKEN}/own.atom"]
    assert re.findall(rb"<id>.*?</id>", after) == re.findall(rb"<id>.*?</id>", before)
    assert TOKEN.encode() in after


def test_an_output_that_becomes_private_or_public_moves(newsroom: Newsroom, server: Loopback) -> None:
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
    assert files(newsroom) == [hidden]  # readers of that time keep their address


def test_the_folder_of_a_removed_private_output_is_removed(newsroom: Newsroom, server: Loopback) -> None:
    newsroom.once()
    configure(newsroom, server, "private: true")
    newsroom.config.write_text(re.sub(r"\n  own: .*", "", newsroom.config.read_text()))
    newsroom.once(later=timedelta(hours=2))
    assert files(newsroom) == []
    assert list((newsroom.folder / "output/private").iterdir()) == []


def test_no_report_contains_the_token(newsroom: Newsroom, server: Loopback) -> None:
    configure(newsroom, server, f"token: {TOKEN}")
    report = newsroom.once()
    assert TOKEN not in repr(report)
    assert TOKEN not in repr(newsroom.parts()[1].settings)
    blocked = newsroom.folder / "output/private" / TOKEN / "own.atom"
    blocked.unlink()
    blocked.mkdir()
    report = newsroom.once(later=timedelta(hours=2))
    (failed,) = [result for result in report.published if result.error]
    assert TOKEN not in failed.error
    assert "private/…/own.atom" in failed.error


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"/srv/output/private/{TOKEN}/own.atom: full", "/srv/output/private/…/own.atom: full"),
        (f"https://x.example/private/{TOKEN}/own.atom", "https://x.example/private/…/own.atom"),
        ("a private/public matter", "a private/public matter"),
    ],
)
def test_the_log_masks_tokens(text: str, masked: str) -> None:
    assert mask_secrets(text) == masked
