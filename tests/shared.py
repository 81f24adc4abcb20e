"""Where the shared data stands: beside the checkout. Where it does not, tests are skipped, by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
CORPUS = SHARED / "corpus"
HOSTILE = SHARED / "hostile"
DEDUPE = SHARED / "dedupe"

needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="needs ../shared/corpus")
needs_hostile = pytest.mark.skipif(not HOSTILE.is_dir(), reason="needs ../shared/hostile")
needs_dedupe = pytest.mark.skipif(not DEDUPE.is_dir(), reason="needs ../shared/dedupe")


def corpus_documents() -> Iterator[Path]:
    """Every feed document of the corpus; the `.serde.json` files beside some are another reader's results."""
    for path in sorted(CORPUS.rglob("*")):
        if path.is_file() and path.name != "README.md" and not path.name.endswith(".serde.json"):
            yield path
