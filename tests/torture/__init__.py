"""Torture: mutants of documents, kills, attacks in a browser. Small in the tests, whole by `make torture`."""
