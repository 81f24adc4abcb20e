"""Return memory that C libraries freed to the operating system."""

from __future__ import annotations

import ctypes


def malloc_trim() -> None:
    """Call malloc_trim(3) if the C library has it.

    glibc keeps freed memory, in an arena for each thread: a first refresh of a thousand sources left 100 MB there.
    Other C libraries return freed memory by themselves, or have no such function.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
