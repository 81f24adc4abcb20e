"""One feed of an OPML list. Apart from `opml`, so that importing it does not load lxml."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """`tags`: the names of the folders that hold the feed, outermost first, then its categories."""

    url: str
    title: str = ""
    html_url: str = ""
    tags: tuple[str, ...] = ()
