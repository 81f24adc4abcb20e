"""`python -m bench.dedupe.real DIRECTORY`: every join that deduplication makes among real feeds, to be read.

The directory holds feed documents, gzipped or not. Each is a source of its own; one cycle reads them all. The numbers
cannot say whether a join is right: a person reads the titles and links.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

SOURCES = "site: {base_url: 'https://bench.example/'}\nsources:\n"
OUTPUTS = "outputs: {all: {title: All, limit: 10000}}\n"


def joins(directory: Path) -> tuple[int, list[dict[str, Any]]]:
    """The number of sources, and the joins as `feeds merges --json` prints them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "x").mkdir()
        lines: list[str] = []
        for path in sorted(directory.iterdir()):
            if path.name == "README.md" or not path.is_file():
                continue
            data = path.read_bytes()
            document = path.name.removesuffix(".gz")
            (folder / "x" / document).write_bytes(gzip.decompress(data) if path.suffix == ".gz" else data)
            lines.append(f"  - {{id: s{len(lines)}, url: 'x/{document}'}}\n")
        (folder / "sources.yaml").write_text(SOURCES + "".join(lines) + OUTPUTS, encoding="utf-8")
        environ = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
        command = [sys.executable, "-m", "feeds"]
        subprocess.run([*command, "once"], cwd=folder, capture_output=True, env=environ, check=False)
        shown = subprocess.run(
            [*command, "merges", "--since", "10000d", "--json"],
            cwd=folder,
            capture_output=True,
            env=environ,
            check=True,
        )
        return len(lines), json.loads(shown.stdout)


def main() -> None:
    sources, found = joins(Path(sys.argv[1]))
    for join in found:
        print(json.dumps(join, ensure_ascii=False, indent=1))
    print(f"{sources} sources, {len(found)} joins")


if __name__ == "__main__":
    main()
