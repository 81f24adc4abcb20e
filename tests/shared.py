"""Paths of the shared test data beside the repository, and marks that skip tests if it is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

SHARED_DIR = Path(__file__).resolve().parents[2] / "shared"
CORPUS_DIR = SHARED_DIR / "corpus"
HOSTILE_DIR = SHARED_DIR / "hostile"
DEDUPE_DIR = SHARED_DIR / "dedupe"
REAL_DIR = SHARED_DIR / "real"
CASES_DIR = SHARED_DIR / "cases"

needs_corpus = pytest.mark.skipif(not CORPUS_DIR.is_dir(), reason="needs ../shared/corpus")
needs_hostile = pytest.mark.skipif(not HOSTILE_DIR.is_dir(), reason="needs ../shared/hostile")
needs_real = pytest.mark.skipif(not REAL_DIR.is_dir(), reason="needs ../shared/real")
needs_cases = pytest.mark.skipif(not CASES_DIR.is_dir(), reason="needs ../shared/cases")
needs_dedupe = pytest.mark.skipif(not DEDUPE_DIR.is_dir(), reason="needs ../shared/dedupe")


def corpus_documents() -> Iterator[Path]:
    """Every feed document of the corpus. The `.serde.json` files hold results of another parser and are left out."""
    for path in sorted(CORPUS_DIR.rglob("*")):
        if path.is_file() and path.name != "README.md" and not path.name.endswith(".serde.json"):
            yield path
