"""As a user runs it: `feeds run` and `feeds serve`, two processes with one state."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys

import pytest

from feeds.cli.status import show_source
from feeds.clock import SystemClock
from tests.engine.test_daemon import PATIENCE, ROOT, daemon
from tests.newsroom import item
from tests.websub.conftest import Scene


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def test_a_delivery_passes_through_serve_and_run_to_the_output(scene: Scene) -> None:
    port = free_port()
    scene.ours = f"http://127.0.0.1:{port}/"
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
            assert scene.hub.granted.wait(PATIENCE)
            polls = len(scene.publisher.requests)
            assert scene.hub.deliver(scene.document(item(1))) == [202]
            assert process.expect("delivery", source="s1", result="new")["new"] == 1
            process.expect("publish", output="front")
            assert scene.room.titles() == ["Title 1", "Title 2"]
            assert len(scene.publisher.requests) == polls
            process.signal(signal.SIGTERM)
            process.expect("stop")
            assert process.wait() == 0
        # The daemon is gone; what is acknowledged now is there when it comes back.
        assert scene.hub.deliver(scene.document(item(0))) == [202]
        with daemon(scene.room.config) as process:
            process.expect("delivery", source="s1", result="new")
            process.expect("publish", output="front")
            assert scene.room.titles() == ["Title 0", "Title 1", "Title 2"]
    finally:
        serving.terminate()
        serving.communicate(timeout=PATIENCE)


def test_status_describes_the_subscription(
    scene: Scene, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    scene.room.clock.moment = SystemClock().now()  # which `feeds status` goes by
    one = scene.subscribe(item(1))
    show_source(scene.room.config, {}, "s1")
    assert "subscribed for another 10 d" in capsys.readouterr().out
    scene.hub.deny(one.callback, one.topic, "too many\nof you")
    show_source(scene.room.config, {}, "s1")
    said = capsys.readouterr().out
    assert "not subscribed; next request in 30 d (the hub denied it: too many of you)" in said
    assert one.token not in said
    assert one.secret not in said
