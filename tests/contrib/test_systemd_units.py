"""The systemd units are valid, restrict the processes, and let them work; the documentation installs these files."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.contrib.sandbox import CANNOT_RESTRICT, values
from tests.loopback import Loopback
from tests.newsroom import item, rss

ROOT = Path(__file__).resolve().parents[2]
UNITS = sorted((ROOT / "contrib/systemd").glob("*.service"))
PAGE = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
MAX_EXPOSURE = 2.0
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}

needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is missing")


def test_there_is_a_unit_for_the_daemon_and_one_for_the_server() -> None:
    assert [unit.name for unit in UNITS] == ["feeds-serve.service", "feeds.service"]


@needs_systemd
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_the_exposure_is_below_two(unit: Path) -> None:
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", result.stdout)
    if exposure is None and "offline" in result.stderr:
        pytest.skip("systemd-analyze is older than version 250")
    assert exposure
    assert float(exposure[1]) < MAX_EXPOSURE


@needs_systemd
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_finds_no_mistake(unit: Path, tmp_path: Path) -> None:
    copy = tmp_path / unit.name
    copy.write_text(unit.read_text(encoding="utf-8").replace("/opt/feeds/bin/feeds", sys.executable))
    command = ["systemd-analyze", "verify", "--recursive-errors=no", "--man=no", str(copy)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_runs_as_its_own_user_without_rights(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    for key, value in {
        "User": "feeds",
        "StateDirectory": "feeds",
        "ProtectSystem": "strict",
        "NoNewPrivileges": "true",
        "CapabilityBoundingSet": "",
        "MemoryDenyWriteExecute": "true",
        "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
    }.items():
        assert values(text, key) == [value]
    assert "@system-service" in values(text, "SystemCallFilter")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_the_documentation_installs_the_files_and_names_their_paths(unit: Path) -> None:
    commands = "\n".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL))
    text = unit.read_text(encoding="utf-8")
    assert f"contrib/systemd/{unit.name}" in commands
    assert unit.name in commands.partition("systemctl enable")[2]
    (folder,), (program,) = values(text, "WorkingDirectory"), values(text, "ExecStart")
    assert f"install -d -o {values(text, 'User')[0]} -g {values(text, 'Group')[0]} {folder}\n" in commands
    assert f"{program.split()[0].rpartition('/')[0]}/pip install" in commands
    assert folder == f"/var/lib/{values(text, 'StateDirectory')[0]}"
    assert "[Service]" not in PAGE  # a second copy would drift from the file
    mentioned = re.findall(r"contrib/systemd/[\w.-]+", PAGE)
    assert mentioned
    assert [name for name in mentioned if not (ROOT / name).is_file()] == []


@needs_systemd
def test_the_daemon_works_under_the_restrictions_of_its_unit(tmp_path: Path) -> None:
    with Loopback() as server:
        source = server.page("/a", rss([item(n) for n in range(1, 40)]))
        (tmp_path / "sources.yaml").write_text(
            f"site: {{title: Test}}\nsources: [{{id: a, url: '{source}', allow_private: true}}]\n"
            "outputs: {front: {formats: [atom, rss, json, html]}}\n",
            encoding="utf-8",
        )
        program = [sys.executable, "-m", "feeds", "once", "--config", str(tmp_path / "sources.yaml")]
        command = [sys.executable, "-m", "tests.contrib.sandbox", str(UNITS[1]), *program]
        result = subprocess.run(
            command, capture_output=True, text=True, cwd=tmp_path, env=ENVIRONMENT, check=False, timeout=120
        )
    if result.returncode == CANNOT_RESTRICT:
        pytest.skip(f"this machine cannot restrict a process: {result.stderr.strip()}")
    assert result.returncode == 0, result.stdout + result.stderr
    for form in ("atom", "rss", "json", "html"):
        assert (tmp_path / f"output/front.{form}").stat().st_size > 1000


@needs_systemd
def test_the_server_works_under_the_restrictions_of_its_unit(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text("sources: [{url: a.rss}]\noutputs: {front: {}}\n")
    (tmp_path / "output").mkdir()
    (tmp_path / "output/front.atom").write_bytes(b"<feed/>")
    program = [sys.executable, "-m", "feeds", "serve", "--port", "0"]
    command = [sys.executable, "-m", "tests.contrib.sandbox", str(UNITS[0]), *program]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=ENVIRONMENT
    ) as process:
        try:
            assert process.stdout is not None
            url = re.search(r"http://\S+/", process.stdout.readline())
            if url is None and process.wait(10) == CANNOT_RESTRICT:
                pytest.skip("this machine cannot restrict a process")
            assert url
            with requests.Session() as session:
                session.trust_env = False
                assert session.get(url[0] + "front.atom", timeout=20).content == b"<feed/>"
            process.terminate()
            assert process.wait(20) == 0
        finally:
            process.kill()


@needs_systemd
@pytest.mark.parametrize(
    "attempt",
    [
        "import mmap; mmap.mmap(-1, 4096, prot=7)",
        "import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
        "import os; os.chroot('/')",
    ],
)
def test_the_restrictions_of_the_last_test_are_in_force(tmp_path: Path, attempt: str) -> None:
    command = [sys.executable, "-m", "tests.contrib.sandbox", str(UNITS[1]), sys.executable, "-c", attempt]
    result = subprocess.run(
        command, capture_output=True, text=True, cwd=tmp_path, env=ENVIRONMENT, check=False, timeout=60
    )
    if result.returncode == CANNOT_RESTRICT:
        pytest.skip(f"this machine cannot restrict a process: {result.stderr.strip()}")
    assert "PermissionError" in result.stderr
