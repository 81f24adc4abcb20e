"""`python -m bench.side_by_side`: compares this program with others over the same loopback sources.

The harness (corpus generator, server, runners of the other programs) is in ../shared/bench. If it is missing, this
prints that and measures nothing. Programs that are not installed are named and left out. Cost is CPU time of the whole
process tree: wall time means little on a machine that others use as well.

Environment: BENCH_VENV is a virtual environment with feedparser requests feedgen lxml nh3 psutil, BENCH_VENV_READER one
with reader[cli], MINIFLUX the miniflux program. sfeed and newsboat must be on the PATH (they are Debian packages).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
HARNESS = ROOT.parent / "shared" / "bench"
SEEDS = ROOT.parent / "shared" / "corpus"
OURS = "feeds"

GOALS = (
    # step, measure, other program, largest ratio of ours to theirs
    ("cold", "cpu", "sfeed", 0.5),
    ("cold", "cpu", "reader", 0.25),
    ("warm", "cpu", "reader", 0.3),
    ("warm", "cpu", "miniflux", 0.2),
    ("news", "cpu", "reader", 0.3),
    ("news", "cpu", "miniflux", 0.2),
    ("touch", "cpu", "reader", 0.06),
)
MAX_MEMORY_MB = 200.0  # of the whole process tree, in any step
MAX_WALL_TO_CPU = 0.6  # cold: reached only if both cores are used

Results = Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]]


def main() -> None:
    parser = argparse.ArgumentParser(description="Compares feeds with the other programs that are installed.")
    parser.add_argument("-n", type=int, default=1000, help="number of sources (1000)")
    parser.add_argument("-m", type=int, default=40, help="entries of each source (40)")
    parser.add_argument("-r", "--rounds", type=int, default=1)
    parser.add_argument("-p", "--peers", help="programs to run, as a,b,c (default: all that are installed)")
    parser.add_argument("-s", "--steps", default="cold,warm,news,touch")
    parser.add_argument("--corpus", type=Path, help="an existing corpus, instead of -n and -m")
    options = parser.parse_args()
    environ, peers = find_peers()
    if not can_measure(environ):
        return
    programs = options.peers.split(",") if options.peers else [OURS, *peers]
    with tempfile.TemporaryDirectory(prefix="side-by-side-") as name:
        folder = Path(name)
        link_harness(folder)
        corpus = options.corpus or make_corpus(folder, options.n, options.m)
        results = folder / "results.json"
        run_server(folder, "start", corpus)
        try:
            python = environ["BENCH_VENV"] + "/bin/python"
            what = ["-p", ",".join(programs), "-r", str(options.rounds), "--steps", options.steps]
            files = ["--json", str(results), "--state", str(folder / "states")]
            subprocess.run([python, folder / "compare.py", corpus, *what, *files], env=environ, check=True)
        finally:
            run_server(folder, "stop", corpus)
        print()
        print("\n".join(ratios(json.loads(results.read_text()))))


def can_measure(environ: Mapping[str, str]) -> bool:
    """Whether the harness and its programs are there. If not, prints what is missing."""
    if not HARNESS.is_dir():
        print("side by side: skipped, there is no harness in ../shared/bench")
        return False
    if missing := [name for name in ("nginx", "openssl") if not shutil.which(name)]:
        print(f"side by side: skipped, not installed: {', '.join(missing)}")
        return False
    if not _has(environ["BENCH_VENV"], "psutil"):
        print("side by side: skipped, the harness needs psutil in BENCH_VENV")
        return False
    return True


def find_peers() -> tuple[dict[str, str], list[str]]:
    """The environment variables for the runners, and the other programs that are installed."""
    environ = dict(os.environ)
    environ.setdefault("FEEDS", str(Path(sys.prefix) / "bin" / "feeds"))
    environ.setdefault("BENCH_VENV", sys.prefix)
    installed = {
        "sfeed": bool(shutil.which("sfeed_update") and shutil.which("curl")),
        "newsboat": bool(shutil.which("newsboat")),
        "reader": _has(environ.get("BENCH_VENV_READER"), "reader._vendor.feedparser", "click"),
        "miniflux": bool(environ.get("MINIFLUX")),
        "naive": _has(environ["BENCH_VENV"], "feedparser", "requests", "feedgen"),
        "ours-fast": _has(environ["BENCH_VENV"], "feedparser", "requests", "feedgen", "lxml", "nh3"),
    }
    for name, is_installed in installed.items():
        if not is_installed:
            print(f"side by side: {name} is not installed and left out")
    return environ, [name for name, is_installed in installed.items() if is_installed]


def _has(prefix: str | None, *modules: str) -> bool:
    """Whether the virtual environment has these modules."""
    if not prefix or not Path(prefix, "bin", "python").exists():
        return False
    code = f"import {', '.join(modules)}"
    process = subprocess.run([Path(prefix, "bin", "python"), "-c", code], capture_output=True, check=False)
    return process.returncode == 0


def link_harness(folder: Path) -> None:
    """Links the shared harness and our runner into one folder: the harness looks for its parts beside itself."""
    (folder / "runners").mkdir()
    for part in HARNESS.iterdir():
        if part.is_file():
            (folder / part.name).symlink_to(part)
    for runner in (*(HARNESS / "runners").iterdir(), ROOT / "bench" / "runners" / OURS):
        (folder / "runners" / runner.name).symlink_to(runner)


def make_corpus(folder: Path, n: int, m: int) -> Path:
    """Generates the documents of `n` sources with `m` entries each."""
    corpus = folder / "corpus"
    seeds = ["--seeds", str(SEEDS)] if SEEDS.is_dir() else []
    command = [sys.executable, str(folder / "gen_corpus.py"), str(corpus)]
    subprocess.run([*command, *seeds, "-n", str(n), "-m", str(m)], check=True)
    return corpus


def run_server(folder: Path, verb: str, corpus: Path) -> None:
    subprocess.run([folder / "server.sh", verb, corpus], check=True)


def ratios(results: Results) -> list[str]:
    """A line for each goal: the ratio that was reached, and the largest that is allowed."""
    lines = [f"{'goal':<32} {'reached':>8} {'at most':>8}"]

    def add_line(goal: str, reached: float, limit: float) -> None:
        lines.append(f"{goal:<32} {reached:8.2f} {limit:8.2f}{'' if reached <= limit else '   MISSED'}")

    ours = results[OURS]
    for step, measure, peer, limit in GOALS:
        if step in ours and step in results.get(peer, {}):
            ratio = _median(ours, step, measure) / _median(results[peer], step, measure)
            add_line(f"{step}, CPU to {peer}'s", ratio, limit)
            stored, expected = (_median(program, step, "count") for program in (results[peer], ours))
            if stored != expected:
                lines[-1] += f"   ({peer} stored {stored:.0f} of {expected:.0f} entries)"
    add_line("memory of the tree, MB", max(_median(ours, step, "rss_tree") for step in ours), MAX_MEMORY_MB)
    if "cold" in ours:
        ratio = _median(ours, "cold", "wall") / _median(ours, "cold", "cpu")
        add_line("cold, wall to CPU", ratio, MAX_WALL_TO_CPU)
    return lines


def _median(program: Mapping[str, Sequence[Mapping[str, Any]]], step: str, measure: str) -> float:
    """Over the rounds of a step."""
    return median(float(round_[measure]) for round_ in program[step])


if __name__ == "__main__":
    main()
