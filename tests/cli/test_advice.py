"""feeds status, check --fix and retry: sources that moved or ended, and what the user can do about them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from feeds.cli import ExitCode
from feeds.store import corrections, open_store
from feeds.store.schema import article, source
from tests.cli.conftest import Call
from tests.loopback import Loopback
from tests.newsroom import item, rss

CONFIG = Path("sources.yaml")


@contextmanager
def state() -> Iterator[Connection]:
    store = open_store(Path("feeds.db").absolute())
    try:
        with store.write() as connection:
            yield connection
    finally:
        store.close()


def set_state(source_id: str, **values: Any) -> None:
    with state() as connection:
        connection.execute(update(source).where(source.c.id == source_id).values(**values))


@pytest.fixture
def moved(call: Call, server: Loopback) -> str:
    """s1 was fetched at /old. Its move to /new was confirmed yesterday."""
    new = server.page("/new", rss([item(1)]))
    old, two = server.page("/old", rss([item(1)])), server.page("/two", rss([item(2)]))
    CONFIG.write_text(
        f"sources:\n  # mine\n  - {{id: s1, url: '{old}', allow_private: true}}\n"
        f"  - {{id: s2, url: '{two}', allow_private: true}} # two\n"
    )
    call("once")
    set_state("s1", permanent_url=new, permanent_since=datetime.now(UTC) - timedelta(days=1, hours=1))
    return new


def test_status_proposes_the_edit_that_check_fix_makes(call: Call, moved: str, server: Loopback) -> None:
    before = CONFIG.read_text()
    out = call("status")[1]
    assert f"s1 has moved permanently to {moved} and is fetched there." in out
    assert f"sources.yaml still has {server.url('/old')}: `feeds check --fix` changes it." in out
    assert "s2 has" not in out
    details = call("status", "s1")[1]
    assert f"{moved} (confirmed 25 h ago)" in details
    assert "`feeds check --fix` changes it" in details
    assert CONFIG.read_text() == before
    code, out, err = call("check", "--fix")
    assert (code, err) == (ExitCode.OK, "")
    assert out == f"s1: {server.url('/old')} → {moved}\n1 URL changed in sources.yaml.\n"
    assert CONFIG.read_text() == before.replace(f"'{server.url('/old')}'", f'"{moved}"')
    assert call("check")[0] == ExitCode.OK
    assert call("once")[0] == ExitCode.OK
    assert server.paths() == ["/old", "/two"]  # the edit causes no request
    assert "has moved" not in call("status")[1]
    assert call("check", "--fix")[1] == "Nothing to fix.\n"


def test_check_fix_reports_a_url_that_it_does_not_change(call: Call, moved: str) -> None:
    CONFIG.write_text(CONFIG.read_text().replace("id: s1", "headers: {X-Key: k3y}, id: s1"))
    set_state("s1", permanent_url=moved.replace("127.0.0.1", "localhost"))
    before = CONFIG.read_text()
    assert "edit it by hand (its credentials and headers would go to another host" in call("status")[1]
    code, out, err = call("check", "--fix")
    assert (code, out) == (ExitCode.OK, "Nothing to fix.\n")
    assert err.startswith("not changed: s1, now at http://localhost")
    assert "k3y" not in err
    assert CONFIG.read_text() == before


def test_check_fix_does_not_change_a_source_from_a_list(call: Call, server: Loopback) -> None:
    old = server.page("/old", rss([item(1)]))
    Path("list.opml").write_text(
        f'<opml version="2.0"><body><outline type="rss" text="x" xmlUrl="{old}"/></body></opml>'
    )
    CONFIG.write_text("sources:\n  - {id: people, opml: list.opml, allow_private: true}\n")
    call("once")
    with state() as connection:
        listed = update(source).where(source.c.listed_by == "people")
        connection.execute(listed.values(permanent_url="https://new.example/"))
    out = call("status")[1]
    assert f"The list people still has {old}; only its maintainer can change that." in out
    before = CONFIG.read_text()
    assert call("check", "--fix")[1] == "Nothing to fix.\n"
    assert CONFIG.read_text() == before


def test_an_unconfirmed_redirect_is_shown_and_no_edit_is_proposed(call: Call, moved: str) -> None:
    seen = {"redirect_since": datetime.now(UTC) - timedelta(days=2), "redirect_count": 2}
    set_state("s1", permanent_url="", redirect_url=moved, **seen)
    assert "has moved" not in call("status")[1]
    assert "(seen 2 times, first 2 d ago; confirmed after 3 times over 3 days)" in call("status", "s1")[1]


def test_check_fix_without_a_state_changes_nothing(call: Call) -> None:
    CONFIG.write_text("sources: [https://a.example/]\n")
    assert call("check", "--fix") == (ExitCode.OK, "Nothing to fix: no source has been fetched yet.\n", "")


# fetching checklist 21
def test_a_source_that_answered_410_is_reported_and_fetched_again_only_by_retry(
    call: Call, server: Loopback
) -> None:
    url = server.page("/gone", status=410)
    good = server.page("/good", rss([item(1)]))
    CONFIG.write_text(
        f"sources:\n  - {{id: s1, url: '{url}', allow_private: true}}\n"
        f"  - {{id: s2, url: '{good}', allow_private: true}}\n"
    )
    out = call("once")[1]
    assert "s1: failed" in out
    assert "the document was removed for good" in out
    out = call("status")[1]
    assert "s1 has ended (410 Gone) and is no longer fetched. Remove it from sources.yaml" in out
    assert "never" in out
    call("once", "--all")
    assert server.paths().count("/gone") == 1
    assert call("retry", "s1", "s3")[0] == ExitCode.FAILED  # one unknown id: no source is made due
    call("once")
    assert server.paths().count("/gone") == 1
    assert call("retry", "s1")[0] == ExitCode.OK
    server.page("/gone", rss([item(2)]))
    call("once")
    assert server.paths().count("/gone") == 2
    assert "has ended" not in call("status")[1]


def test_retry_with_an_unknown_id_says_that_nothing_was_changed(call: Call, moved: str) -> None:
    code, out, err = call("retry", "s1", "nix")
    assert (code, out) == (ExitCode.FAILED, "")
    assert err == ("feeds: no source has the id 'nix'. `feeds status` lists the ids.\nNothing was changed.\n")


def test_retry_does_not_write_the_corrections_file(call: Call, moved: str) -> None:
    with state() as connection:
        first, second = (row.id for row in connection.execute(select(article.c.id)))
        corrections.split(connection, first, datetime.now(UTC))
        corrections.merge(connection, first, second, datetime.now(UTC))
    assert call("retry", "s1")[0] == ExitCode.OK
    assert not Path("feeds.corrections").exists()


def test_a_source_that_ended_is_fetched_again_under_a_new_url(call: Call, server: Loopback) -> None:
    url = server.page("/a", status=410)
    CONFIG.write_text(f"sources:\n  - {{id: s1, url: '{url}', allow_private: true}}\n")
    call("once")
    CONFIG.write_text(CONFIG.read_text().replace(url, server.page("/b", rss([item(1)]))))
    assert "1 new" in call("once")[1]


def test_status_warns_of_a_source_whose_certificate_is_not_checked(call: Call, server: Loopback) -> None:
    url = server.page("/feed", rss([item(1)]))
    CONFIG.write_text(
        f"sources:\n  - {{id: s1, url: '{url}', allow_private: true, tls: {{verify: false}}}}\n"
        f"  - {{id: s2, url: '{url}?2', allow_private: true}}\n"
    )
    call("once")
    for command in (("status",), ("status", "s1")):
        assert "is fetched without a check of its certificate" in " ".join(call(*command)[1].split())
    assert "certificate" not in call("status", "s2")[1]
