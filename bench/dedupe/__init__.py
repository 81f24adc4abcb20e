"""Training and measuring near-duplicate detection:

    python -m bench.dedupe.fit                 features → weights.json       (needs lightgbm)
    python -m bench.dedupe.predict FILE        the product's own path → {"id", "cluster"} lines for the scorer
    python -m bench.dedupe.report              tables by file, edit and language; cross-validated

The labelled data lies beside the repository, in `../shared/dedupe`, and is not part of it.
"""
