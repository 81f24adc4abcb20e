"""`python -m bench.growth [-m ENTRIES] [SOURCES...]`: the cost of a poll as the number of sources grows (default: 1000
and 10000).

Runs the side-by-side harness with this program only, four entries a source (`-m`; even with 1 the first refresh of
100,000 takes a quarter of an hour): a step without news, and one where one source in twenty has one new entry. A
configuration holds at most 10,000 sources; more are in lists (OPML). The cost of starting the process is measured with
ten sources and subtracted: the figures are what each further source adds.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.side_by_side import OURS, can_measure, find_peers, link_harness, make_corpus, run_server

FEW = 10
HOSTS = 2000
"""The number of addresses at which the server listens. Further sources share them."""
STEP_TIMEOUT_SECONDS = 4 * 3600


def main() -> None:
    parser = argparse.ArgumentParser(description="The cost of a poll as the number of sources grows.")
    parser.add_argument("sizes", metavar="SOURCES", type=int, nargs="*", default=[1000, 10_000])
    parser.add_argument("-m", metavar="ENTRIES", type=int, default=4, help="entries of each source (4)")
    options = parser.parse_args()
    environ, _ = find_peers()
    if not can_measure(environ):
        return
    few = measure(FEW, options.m, environ)
    print(
        f"{'sources':>8} {'warm, ms a poll':>16} {'news, ms a poll':>16} {'memory, MB':>11} {'state, MB':>10}"
    )
    for size in options.sizes:
        result = measure(size, options.m, environ)
        warm, news = ((result[step] - few[step]) / (size - FEW) * 1e3 for step in ("warm", "news"))
        print(
            f"{size:8} {warm:16.2f} {news:16.2f} {result['memory']:11.0f} {result['state']:10.1f}", flush=True
        )


def measure(sources: int, entries: int, environ: dict[str, str]) -> dict[str, float]:
    """`warm`, `news`: CPU seconds of these steps. `memory`: maximum of the process tree, MB. `state`: its size, MB."""
    with tempfile.TemporaryDirectory(prefix="growth-") as name:
        folder = Path(name)
        link_harness(folder)
        corpus = make_corpus(folder, sources, entries)
        results, states = folder / "results.json", folder / "states"
        url_list = corpus / "urls.txt"
        urls = url_list.read_text().split()
        url_list.write_text("\n".join(urls[:HOSTS]) + "\n")  # the server listens at each address
        run_server(folder, "start", corpus)
        hosts = [url.rpartition("/")[0] for url in urls[:HOSTS]]
        shared = [f"{hosts[n % len(hosts)]}/{url.rpartition('/')[2]}" for n, url in enumerate(urls)]
        url_list.write_text("\n".join(shared) + "\n")
        try:
            options = [
                "-p",
                OURS,
                "--steps",
                "cold,warm,news",
                "--state",
                str(states),
                "--json",
                str(results),
            ]
            options += ["--timeout", str(STEP_TIMEOUT_SECONDS)]
            command = [
                environ["BENCH_VENV"] + "/bin/python",
                str(folder / "compare.py"),
                str(corpus),
                *options,
            ]
            subprocess.run(command, env=environ, check=True, stdout=sys.stderr)
        finally:
            run_server(folder, "stop", corpus)
        steps = json.loads(results.read_text())[OURS]
        state = sum(file.stat().st_size for file in (states / OURS).glob("feeds.db*"))
        return {
            "warm": steps["warm"][0]["cpu"],
            "news": steps["news"][0]["cpu"],
            "memory": max(steps[step][0]["rss_tree"] for step in ("warm", "news")),
            "state": state / 2**20,
        }


if __name__ == "__main__":
    main()
