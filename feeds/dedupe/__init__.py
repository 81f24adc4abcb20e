"""Deduplication: whether an article is known, which articles have the same text, and which story an article joins."""
