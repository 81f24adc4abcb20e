"""`python -m bench.side_by_side`: this program and its peers over the same loopback sources, and the goals as ratios.

The harness (corpus generator, server, runners of the peers) is the shared one; where it is missing this says so and
measures nothing. A peer that is not installed is left out, by name. Cost is CPU time of the whole process tree: the
wall clock of a machine that others use as well says little.

The peers' Python packages are looked for in BENCH_VENV (feedparser requests feedgen lxml nh3 psutil) and
BENCH_VENV_READER (reader[cli]), miniflux in MINIFLUX, and sfeed and newsboat on the PATH (they are Debian packages).
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
    # step, what of ours, to what of whom, at most
    ("cold", "cpu", "sfeed", 0.5),
    ("cold", "cpu", "reader", 0.25),
    ("warm", "cpu", "reader", 0.3),
    ("warm", "cpu", "miniflux", 0.2),
    ("news", "cpu", "reader", 0.3),
    ("news", "cpu", "miniflux", 0.2),
    ("touch", "cpu", "reader", 0.06),
)
MEMORY = 200.0  # MB, the whole tree, in any step
SPREAD = 0.6  # wall to CPU, cold: both cores are used

Results = Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]]


def main() -> None:
    said = argparse.ArgumentParser(description="Side by side with the peers that are installed.")
    said.add_argument("-n", type=int, default=1000, help="sources (1000)")
    said.add_argument("-m", type=int, default=40, help="entries of each (40)")
    said.add_argument("-r", "--rounds", type=int, default=1)
    said.add_argument("-p", "--peers", help="a,b,c in place of all that are installed")
    said.add_argument("-s", "--steps", default="cold,warm,news,touch")
    said.add_argument("--corpus", type=Path, help="one that was made before, in place of -n and -m")
    asked = said.parse_args()
    environ, peers = find_peers()
    if not can_measure(environ):
        return
    chosen = asked.peers.split(",") if asked.peers else [OURS, *peers]
    with tempfile.TemporaryDirectory(prefix="side-by-side-") as name:
        folder = Path(name)
        link_harness(folder)
        corpus = asked.corpus or make_corpus(folder, asked.n, asked.m)
        results = folder / "results.json"
        run_server(folder, "start", corpus)
        try:
            python = environ["BENCH_VENV"] + "/bin/python"
            told = ["-p", ",".join(chosen), "-r", str(asked.rounds), "--steps", asked.steps]
            kept = ["--json", str(results), "--state", str(folder / "states")]
            subprocess.run([python, folder / "compare.py", corpus, *told, *kept], env=environ, check=True)
        finally:
            run_server(folder, "stop", corpus)
        print()
        print("\n".join(ratios(json.loads(results.read_text()))))


def can_measure(environ: Mapping[str, str]) -> bool:
    """Whether anything can be measured; says why not."""
    if not HARNESS.is_dir():
        print("side by side: skipped, the harness ../shared/bench is not there")
        return False
    if missing := [name for name in ("nginx", "openssl") if not shutil.which(name)]:
        print(f"side by side: skipped, not installed: {', '.join(missing)}")
        return False
    if not _has(environ["BENCH_VENV"], "psutil"):
        print("side by side: skipped, the harness needs psutil in BENCH_VENV")
        return False
    return True


def find_peers() -> tuple[dict[str, str], list[str]]:
    """The environment for the runners, and the peers that can run in it."""
    environ = dict(os.environ)
    environ.setdefault("FEEDS", str(Path(sys.prefix) / "bin" / "feeds"))
    environ.setdefault("BENCH_VENV", sys.prefix)
    needs = {
        "sfeed": bool(shutil.which("sfeed_update") and shutil.which("curl")),
        "newsboat": bool(shutil.which("newsboat")),
        "reader": _has(environ.get("BENCH_VENV_READER"), "reader._vendor.feedparser", "click"),
        "miniflux": bool(environ.get("MINIFLUX")),
        "naive": _has(environ["BENCH_VENV"], "feedparser", "requests", "feedgen"),
        "ours-fast": _has(environ["BENCH_VENV"], "feedparser", "requests", "feedgen", "lxml", "nh3"),
    }
    for name, there in needs.items():
        if not there:
            print(f"side by side: {name} is left out, it is not installed")
    return environ, [name for name, there in needs.items() if there]


def _has(prefix: str | None, *modules: str) -> bool:
    if not prefix or not Path(prefix, "bin", "python").exists():
        return False
    asked = f"import {', '.join(modules)}"
    done = subprocess.run([Path(prefix, "bin", "python"), "-c", asked], capture_output=True, check=False)
    return done.returncode == 0


def link_harness(folder: Path) -> None:
    """The shared harness with our runner among its own. It finds its parts beside itself."""
    (folder / "runners").mkdir()
    for part in HARNESS.iterdir():
        if part.is_file():
            (folder / part.name).symlink_to(part)
    for runner in (*(HARNESS / "runners").iterdir(), ROOT / "bench" / "runners" / OURS):
        (folder / "runners" / runner.name).symlink_to(runner)


def make_corpus(folder: Path, n: int, m: int) -> Path:
    made = folder / "corpus"
    seeds = ["--seeds", str(SEEDS)] if SEEDS.is_dir() else []
    maker = [sys.executable, str(folder / "gen_corpus.py"), str(made)]
    subprocess.run([*maker, *seeds, "-n", str(n), "-m", str(m)], check=True)
    return made


def run_server(folder: Path, verb: str, corpus: Path) -> None:
    subprocess.run([folder / "server.sh", verb, corpus], check=True)


def ratios(results: Results) -> list[str]:
    """The goals as lines: the ratio that was reached, and the one that was wanted."""
    lines = [f"{'goal':<32} {'reached':>8} {'at most':>8}"]

    def line(what: str, reached: float, most: float) -> None:
        lines.append(f"{what:<32} {reached:8.2f} {most:8.2f}{'' if reached <= most else '   MISSED'}")

    ours = results[OURS]
    for step, fact, peer, most in GOALS:
        if step in ours and step in results.get(peer, {}):
            line(f"{step}, CPU to {peer}'s", _of(ours, step, fact) / _of(results[peer], step, fact), most)
            took, whole = (_of(one, step, "count") for one in (results[peer], ours))
            if took != whole:
                lines[-1] += f"   ({peer} took in {took:.0f} of {whole:.0f} entries)"
    line("memory of the tree, MB", max(_of(ours, step, "rss_tree") for step in ours), MEMORY)
    if "cold" in ours:
        line("cold, wall to CPU", _of(ours, "cold", "wall") / _of(ours, "cold", "cpu"), SPREAD)
    return lines


def _of(peer: Mapping[str, Sequence[Mapping[str, Any]]], step: str, fact: str) -> float:
    return median(float(one[fact]) for one in peer[step])


if __name__ == "__main__":
    main()
