"""What the daemon does when one of its jobs fails, without a process."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from structlog.testing import capture_logs

from feeds.engine import daemon as daemon_module
from feeds.engine.daemon import Daemon
from feeds.errors import StoreError
from tests.loopback import Answer, Loopback
from tests.newsroom import Newsroom, item, rss


@pytest.fixture
def daemon(room: Newsroom, server: Loopback) -> Iterator[Daemon]:
    """A daemon whose jobs the test calls. It has no scheduler."""
    room.configure_urls(server.page("/feed", rss([item(1)])))
    daemon = Daemon(room.config, {}, room.clock)
    daemon._store, daemon._poller = room.parts()
    daemon._state = Mock(check=lambda: False)  # the files of the state are in place
    yield daemon
    daemon._poller.stop()


def failing(error: Exception) -> Any:
    def fail(*_arguments: object, **_options: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize("error", [StoreError("the disk is full"), RuntimeError("the disk is full")])
def test_a_reload_that_fails_is_logged_and_tried_again(
    daemon: Daemon, room: Newsroom, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    before = daemon._settings
    with monkeypatch.context() as patch, capture_logs() as events:
        patch.setattr(daemon._poller, "reconfigure", failing(error))
        daemon._reload()
    (event,) = events
    assert (event["event"], event["log_level"]) == ("config.failed", "error")
    assert "the disk is full" in event["error"]
    assert "tries again" in event["action"]
    assert daemon._settings is before
    assert daemon._file_version != daemon_module._file_version(room.config)  # so the next check reloads
    with capture_logs() as events:
        daemon._reload()
    assert [event["event"] for event in events] == ["config.loaded"]
    assert daemon._settings is not before


@pytest.mark.parametrize(
    ("event", "job", "function"),
    [
        ("tick.failed", "_tick", "publish_site"),
        ("health_report.failed", "_publish_health_report", "publish_health_report"),
        ("housekeeping.failed", "_run_housekeeping", "run_housekeeping"),
    ],
)
@pytest.mark.parametrize("error", [StoreError("out of order"), RuntimeError("out of order")])
def test_a_job_that_fails_is_one_event(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch, event: str, job: str, function: str, error: Exception
) -> None:
    monkeypatch.setattr(daemon_module, function, failing(error))
    monkeypatch.setattr(daemon._poller, "busy", lambda: False)  # publish at once
    with capture_logs() as events:
        getattr(daemon, job)()
    failed = [fields for fields in events if fields["event"] == event]
    assert len(failed) == 1
    assert "out of order" in failed[0]["error"]
    assert bool(failed[0].get("exc_info")) == isinstance(error, RuntimeError)


def test_a_publication_that_raises_is_not_tried_again_at_every_tick(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon_module, "publish_site", failing(RuntimeError("out of order")))
    monkeypatch.setattr(daemon._poller, "busy", lambda: False)
    with capture_logs() as events:
        for _ in range(3):
            daemon._tick()
    assert [event["event"] for event in events].count("tick.failed") == 1


def test_a_template_that_changes_is_noticed(daemon: Daemon, room: Newsroom) -> None:
    room.close()
    room.config.write_text(room.config.read_text().replace("title: Test,", "title: Test, templates: mine,"))
    (room.folder / "mine").mkdir()
    daemon._apply_changes()
    before = daemon._template_stamps()
    (room.folder / "mine" / "page.html").write_text("corrected")
    assert daemon._template_stamps() != before == ()


def test_sources_are_polled_while_a_publication_is_written(
    daemon: Daemon, room: Newsroom, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes meanwhile is published by the next publication."""
    room.configure_urls(
        server.answers("/feed", Answer(rss([item(1)])), Answer(rss([item(1, title="Edited"), item(2)]))),
        every="1m",
    )
    daemon._store, daemon._poller = room.parts()
    monkeypatch.setattr(daemon_module, "POLL_MEANWHILE_SECONDS", 0)
    poll_meanwhile = daemon._poll_meanwhile

    def poll_until_committed() -> None:
        if len(server.requests) == 1:
            room.clock.moment += timedelta(minutes=2)
            daemon._poller.start_due()
        while daemon._poller.busy():
            poll_meanwhile()

    daemon._poller.start_due()
    while daemon._poller.busy():
        daemon._commit_finished(1)
    monkeypatch.setattr(daemon, "_poll_meanwhile", poll_until_committed)
    daemon._publish()
    assert len(server.requests) == 2
    daemon._publish()
    assert room.titles() == ["Edited", "Title 2"]
