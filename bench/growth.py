"""`python -m bench.growth [-m ENTRIES] [SOURCES...]`: what a poll costs the more sources there are (default 1000 and
10000).

The side-by-side harness with this program alone, four entries a source (`-m`; with 1 the first refresh of 100,000 still
takes a quarter of an hour): nothing new, and one source in twenty with one new entry. More than 10,000 sources, which
is what a configuration holds, stand in lists (OPML). What the process costs before it knows of any source is measured
with ten, and told apart: the cost of a poll is what each further source adds.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.side_by_side import OURS, make_corpus, link_harness, find_peers, can_measure, run_server

FEW = 10
HOSTS = 2000
"""More addresses than the server can listen at; further sources share them."""
PATIENCE = 4 * 3600  # seconds that one step may take


def main() -> None:
    said = argparse.ArgumentParser(description="What a poll costs the more sources there are.")
    said.add_argument("sizes", metavar="SOURCES", type=int, nargs="*", default=[1000, 10_000])
    said.add_argument("-m", metavar="ENTRIES", type=int, default=4, help="of each source (4)")
    asked = said.parse_args()
    environ, _ = find_peers()
    if not can_measure(environ):
        return
    few = measure(FEW, asked.m, environ)
    print(
        f"{'sources':>8} {'warm, ms a poll':>16} {'news, ms a poll':>16} {'memory, MB':>11} {'state, MB':>10}"
    )
    for size in asked.sizes:
        found = measure(size, asked.m, environ)
        warm, news = ((found[step] - few[step]) / (size - FEW) * 1e3 for step in ("warm", "news"))
        print(
            f"{size:8} {warm:16.2f} {news:16.2f} {found['memory']:11.0f} {found['state']:10.1f}", flush=True
        )


def measure(sources: int, entries: int, environ: dict[str, str]) -> dict[str, float]:
    """CPU seconds of both steps, the greatest memory of the tree in them, the size of the state."""
    with tempfile.TemporaryDirectory(prefix="growth-") as name:
        folder = Path(name)
        link_harness(folder)
        corpus = make_corpus(folder, sources, entries)
        results, states = folder / "results.json", folder / "states"
        listed = corpus / "urls.txt"
        urls = listed.read_text().split()
        listed.write_text("\n".join(urls[:HOSTS]) + "\n")  # the server listens at each address
        run_server(folder, "start", corpus)
        hosts = [url.rpartition("/")[0] for url in urls[:HOSTS]]
        placed = [f"{hosts[at % len(hosts)]}/{url.rpartition('/')[2]}" for at, url in enumerate(urls)]
        listed.write_text("\n".join(placed) + "\n")
        try:
            told = ["-p", OURS, "--steps", "cold,warm,news", "--state", str(states), "--json", str(results)]
            told += ["--timeout", str(PATIENCE)]
            command = [environ["BENCH_VENV"] + "/bin/python", str(folder / "compare.py"), str(corpus), *told]
            subprocess.run(command, env=environ, check=True, stdout=sys.stderr)
        finally:
            run_server(folder, "stop", corpus)
        steps = json.loads(results.read_text())[OURS]
        state = sum(one.stat().st_size for one in (states / OURS).glob("feeds.db*"))
        return {
            "warm": steps["warm"][0]["cpu"],
            "news": steps["news"][0]["cpu"],
            "memory": max(steps[step][0]["rss_tree"] for step in ("warm", "news")),
            "state": state / 2**20,
        }


if __name__ == "__main__":
    main()
