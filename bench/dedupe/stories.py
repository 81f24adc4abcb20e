"""`python -m bench.dedupe.stories DIRECTORY`: the scenarios of everyday feeds, and how many entries each one gives.

Each folder of the directory has a `sources.yaml`, its documents in `x/`, and its number of entries in
`expected.json`. Runs `feeds once` in a copy of the folder and counts the entries of its output "all".
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from lxml import etree

ENTRY = "{http://www.w3.org/2005/Atom}entry"
TITLE = "{http://www.w3.org/2005/Atom}title"


def titles_of_entries(scenario: Path) -> list[str]:
    """The titles of the entries that the scenario gives, newest first."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(scenario, folder, dirs_exist_ok=True)
        command = [sys.executable, "-m", "feeds", "once"]
        environ = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120, env=environ)
        feed = etree.parse(Path(folder, "output/all.atom"))
        return [entry.findtext(TITLE, "") for entry in feed.iter(ENTRY)]


def main() -> None:
    directory = Path(sys.argv[1])
    expected: dict[str, int] = json.loads((directory / "expected.json").read_text(encoding="utf-8"))
    wrong = 0
    for name, count in expected.items():
        titles = titles_of_entries(directory / name)
        wrong += len(titles) != count
        print(f"{'right' if len(titles) == count else 'WRONG'}  {name:30} {len(titles):3} of {count:3}")
        if len(titles) != count:
            print("".join(f"         {title[:100]}\n" for title in titles), end="")
    print(f"{len(expected) - wrong} of {len(expected)} right")


if __name__ == "__main__":
    main()
