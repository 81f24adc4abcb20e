"""`python -m tests.torture [fuzz|kill|browser …]`: the whole torture, or parts of it.

It prints its seed, and ends with status 1 if anything failed. `--seed N` repeats a run; without it, each run draws
another. `--mutants`, `--kills` and `--attacks` bound it.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.shared import HOSTILE_DIR
from tests.torture.attacks import BROWSER, active_in_browser, generated, page_of
from tests.torture.fuzz import fuzz
from tests.torture.kills import kills

PARTS = ("fuzz", "kill", "browser")
ATTACKS_OF_A_PAGE = 1500
REPORT_SECONDS = 30.0


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    options.add_argument("parts", nargs="*", metavar="PART", help=f"of {PARTS}; default: all")
    options.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    options.add_argument("--mutants", type=int, default=100_000)
    options.add_argument("--kills", type=int, default=500)
    options.add_argument("--attacks", type=int, default=5_000, help="generated ones, besides the collected")
    chosen = options.parse_args()
    print(f"seed {chosen.seed}", flush=True)
    failed = 0
    for part in chosen.parts or PARTS:
        begun = time.monotonic()
        if part == "fuzz":
            count = _fuzz(chosen.seed, chosen.mutants)
        elif part == "kill":
            count = _kill(chosen.seed, chosen.kills)
        else:
            count = _browser(chosen.seed, chosen.attacks)
        print(f"{part}: {count} failures in {time.monotonic() - begun:.0f} s", flush=True)
        failed += count
    sys.exit(bool(failed))


def _fuzz(seed: int, mutants: int) -> int:
    done = failed = peak = 0
    reported = time.monotonic()
    for count, failures, grown in fuzz(seed, mutants):
        done, failed, peak = done + count, failed + len(failures), max(peak, grown)
        for failure in failures:
            print(f"mutant {failure.seed}: {failure.problem}", flush=True)
        if time.monotonic() - reported > REPORT_SECONDS or done == mutants:
            reported = time.monotonic()
            print(f"{done} mutants, at most {peak / 1e6:.0f} MB for one", flush=True)
    return failed


def _kill(seed: int, count: int) -> int:
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for done, (what, faults) in enumerate(kills(Path(folder), count, seed)):
            failed += len(faults)
            if faults or done % 20 == 0 or done > count:
                print(f"kill {done}, {what}: {faults[:5] or 'nothing lost'}", flush=True)
    return failed


def _browser(seed: int, count: int) -> int:
    if BROWSER is None or not HOSTILE_DIR.is_dir():
        print("browser: left out, it needs chromium and ../shared/hostile")
        return 0
    vectors = [vector["p"] for vector in json.loads((HOSTILE_DIR / "xss.json").read_text(encoding="utf-8"))]
    attacks = [*vectors, *generated(vectors, count, seed)]
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for at in range(0, len(attacks), ATTACKS_OF_A_PAGE):
            found = active_in_browser(page_of(attacks[at : at + ATTACKS_OF_A_PAGE]), Path(folder))
            print(
                f"{min(at + ATTACKS_OF_A_PAGE, len(attacks))} attacks: {found[:5] or 'nothing runs'}",
                flush=True,
            )
            failed += len(found)
    return failed


if __name__ == "__main__":
    main()
