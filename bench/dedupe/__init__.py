"""Trains and measures near-duplicate detection:

    python -m bench.dedupe.fit                 features → weights.json       (needs lightgbm)
    python -m bench.dedupe.predict FILE        the whole product → {"id", "cluster"} lines for the scorer
    python -m bench.dedupe.report              cross-validated tables by file, edit and language

The labelled data is not part of the repository; it is expected beside it, in `../shared/dedupe`.
"""
