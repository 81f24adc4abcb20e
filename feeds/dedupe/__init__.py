"""Deduplication: whether an article is known, which articles have the same text, and which story an article joins.

The *window* of an article: the stored articles with a date at most `dedupe.window` before or after its own. Near
duplicates are looked for among these.
"""
