"""Edition → bytes (pure), and bytes → files (`files`, the only part that touches a disk)."""

from __future__ import annotations

from feeds.model import Edition, Format
from feeds.publish.rendered import Rendered


def render(edition: Edition, form: Format) -> Rendered:
    """One output in one format; the same Edition gives the same bytes, wherever and whenever."""
    if form == "atom":
        from feeds.publish import atom

        return atom.render(edition)
    if form == "rss":
        from feeds.publish import rss

        return rss.render(edition)
    if form == "json":
        from feeds.publish import jsonfeed

        return jsonfeed.render(edition)
    from feeds.publish import page

    return page.render(edition)
