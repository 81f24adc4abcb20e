"""`python -m tests.acceptance`: the table. `--days 30`: the log of an ordinary source."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from tests.acceptance.days import report, simulate
from tests.acceptance.lines import LINES, Row, all_rows
from tests.acceptance.scene import Scene


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.acceptance", description=__doc__)
    parser.add_argument("--days", type=int, help="print the log of so many simulated days instead")
    parser.add_argument("lines", type=int, nargs="*", help="only these lines")
    given = parser.parse_args()
    if given.days:
        with tempfile.TemporaryDirectory() as folder:
            print(*report(simulate(Path(folder), given.days)), sep="\n")
        return 0
    return table(set(given.lines) or set(LINES))


def table(wanted: set[int]) -> int:
    rows: defaultdict[int, list[Row]] = defaultdict(list)
    for row in all_rows():
        rows[row.line].append(row)
    failed = 0
    for number in sorted(wanted):
        wrong = [row for row in rows[number] if not holds(row)]
        passed = len(rows[number]) - len(wrong)
        verdict = "pass" if passed and not wrong else "FAIL"
        print(f"{number:2}  {verdict}  {passed:2}/{len(rows[number]):<2}  {LINES[number]}", flush=True)
        for row in wrong:
            print(f"            {row}")
        failed += verdict == "FAIL"
    return min(failed, 1)


def holds(row: Row) -> bool:
    with tempfile.TemporaryDirectory() as folder, Scene(Path(folder)) as scene:
        try:
            row.run(scene)
        except AssertionError:
            return False
    return True


if __name__ == "__main__":
    sys.exit(main())
