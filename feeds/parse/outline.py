"""What a list of feeds says of one; apart from its reader, which brings lxml."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One feed of the list. `tags`: the folders that it lies in, outermost first, then its categories."""

    url: str
    title: str = ""
    html_url: str = ""
    tags: tuple[str, ...] = ()
