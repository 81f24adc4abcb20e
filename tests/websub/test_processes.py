"""`feeds run` and `feeds serve` as two processes with one state."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys

import pytest

from feeds.cli.status import show_source
from feeds.clock import SystemClock
from tests.engine.test_daemon import ROOT, TIMEOUT_SECONDS, daemon
from tests.newsroom import item
from tests.websub.conftest import Scene


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_a_delivery_passes_through_serve_and_run_to_the_output(scene: Scene) -> None:
    port = free_port()
    scene.serve_url = f"http://127.0.0.1:{port}/"
    scene.configure(scene.feed(item(2)))
    command = [
        sys.executable,
        "-c",
        "from feeds.cli import main; main()",
        "serve",
        "--config",
        str(scene.room.config),
        "--port",
        str(port),
    ]
    serving = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert serving.stdout
        assert any(line.startswith("Callback address for hubs") for line in serving.stdout)
        with daemon(scene.room.config) as process:
            process.expect("poll", source="s1", result="new")
            assert scene.hub.granted.wait(TIMEOUT_SECONDS)
            polls = len(scene.publisher.requests)
            assert scene.hub.deliver(scene.document(item(1))) == [202]
            assert process.expect("delivery", source="s1", result="new")["new"] == 1
            process.expect("publish", output="front")
            assert scene.room.titles() == ["Title 1", "Title 2"]
            assert len(scene.publisher.requests) == polls
            process.signal(signal.SIGTERM)
            process.expect("stop")
            assert process.wait() == 0
        # A delivery that is acknowledged while the daemon is stopped is parsed when it runs again.
        assert scene.hub.deliver(scene.document(item(0))) == [202]
        with daemon(scene.room.config) as process:
            process.expect("delivery", source="s1", result="new")
            process.expect("publish", output="front")
            assert scene.room.titles() == ["Title 0", "Title 1", "Title 2"]
    finally:
        serving.terminate()
        serving.communicate(timeout=TIMEOUT_SECONDS)


def test_status_describes_the_subscription(
    scene: Scene, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    scene.room.clock.moment = SystemClock().now()  # `feeds status` uses the system clock
    subscription = scene.subscribe(item(1))
    show_source(scene.room.config, {}, "s1")
    assert "subscribed for another 10 d" in capsys.readouterr().out
    scene.hub.deny(subscription.callback, subscription.topic, "too many\nof you")
    show_source(scene.room.config, {}, "s1")
    output = capsys.readouterr().out
    assert "not subscribed; next request in 30 d (the hub denied it: too many of you)" in output
    assert subscription.token not in output
    assert subscription.secret not in output
