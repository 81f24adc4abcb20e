"""`python -m tests.acceptance`: print the table of the checklist's items, or with `--days 30` the log of a source."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from tests.acceptance.checklist import ITEMS, Row, all_rows
from tests.acceptance.days import report, simulate
from tests.acceptance.scene import Scene


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.acceptance", description=__doc__)
    parser.add_argument("--days", type=int, help="print the log of this many simulated days instead")
    parser.add_argument("items", type=int, nargs="*", help="only these items")
    arguments = parser.parse_args()
    if arguments.days:
        with tempfile.TemporaryDirectory() as folder:
            print(*report(simulate(Path(folder), arguments.days)), sep="\n")
        return 0
    return table(set(arguments.items) or set(ITEMS))


def table(wanted: set[int]) -> int:
    rows: defaultdict[int, list[Row]] = defaultdict(list)
    for row in all_rows():
        rows[row.number].append(row)
    failed = 0
    for number in sorted(wanted):
        failing = [row for row in rows[number] if not passes(row)]
        passed = len(rows[number]) - len(failing)
        verdict = "pass" if passed and not failing else "FAIL"
        print(f"{number:2}  {verdict}  {passed:2}/{len(rows[number]):<2}  {ITEMS[number]}", flush=True)
        for row in failing:
            print(f"            {row}")
        failed += verdict == "FAIL"
    return min(failed, 1)


def passes(row: Row) -> bool:
    with tempfile.TemporaryDirectory() as folder, Scene(Path(folder)) as scene:
        try:
            row.run(scene)
        except AssertionError:
            return False
    return True


if __name__ == "__main__":
    sys.exit(main())
