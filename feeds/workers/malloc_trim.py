"""Memory that was used for a while, given back to the system."""

from __future__ import annotations

import ctypes


def give_back() -> None:
    """What the C libraries freed: glibc keeps it, in an arena for each thread, and a first refresh of a thousand
    sources left a hundred megabytes there. Other libraries of C give back by themselves, or cannot."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
