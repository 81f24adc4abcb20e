"""A feed reader that people use reads the published files."""

from __future__ import annotations

import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from feeds.serve import bind_server
from tests.loopback import Loopback
from tests.newsroom import Newsroom, item, rss

ROOT = Path(__file__).resolve().parents[2]

needs_newsboat = pytest.mark.skipif(shutil.which("newsboat") is None, reason="needs newsboat")


def unread(url: str, folder: Path) -> int:
    """How many articles newsboat finds at a URL."""
    (folder / "urls").write_text(f"{url}\n", encoding="utf-8")
    cache = folder / f"{url.rpartition('/')[2]}.db"
    newsboat = ["newsboat", "-u", str(folder / "urls"), "-c", str(cache), "-C", "/dev/null"]
    subprocess.run([*newsboat, "-x", "reload"], check=True, timeout=60, capture_output=True)
    done = subprocess.run(
        [*newsboat, "-x", "print-unread"], check=True, timeout=60, capture_output=True, text=True
    )
    return int(done.stdout.split()[0])


@needs_newsboat
@pytest.mark.parametrize("form", ["atom", "rss"])
def test_newsboat_sees_every_entry(room: Newsroom, server: Loopback, tmp_path: Path, form: str) -> None:
    room.configure_urls(server.page("/feed", rss([item(n) for n in range(1, 8)])))
    room.once()
    with bind_server(room.folder / "output", port=0) as site:
        thread = threading.Thread(target=site.run)
        thread.start()
        try:
            assert unread(f"{site.url}front.{form}", tmp_path) == 7
        finally:
            site.stop()
            thread.join()
