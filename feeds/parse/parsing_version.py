"""The version of what parsing and normalizing make of the same bytes. Imports no parser: polls without news need it."""

from __future__ import annotations

from feeds import __version__

PARSING_VERSION = b"6"
"""Raise it when parsing or normalizing the same bytes gives another result than before."""


def parsing_key() -> bytes:
    """Part of every digest by which a document or an entry counts as read: another version reads it once more."""
    return PARSING_VERSION + b"\n" + __version__.encode()
