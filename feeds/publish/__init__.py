"""Edition → bytes (pure), and bytes → files (`files`, the only part that touches a disk)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feeds.model import Edition, Format

if TYPE_CHECKING:
    from feeds.publish.rendered import Rendered
    from feeds.publish.theme import Theme


def render(edition: Edition, form: Format, look: Theme | None = None) -> Rendered:
    """One output in one format; the same Edition gives the same bytes, wherever and whenever. `look`: of its
    page; None: ours."""
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

    return page.render(edition, look)
