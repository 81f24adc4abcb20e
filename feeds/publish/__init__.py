"""Edition → bytes (pure), and bytes → files (`files`, the only part that touches a disk)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feeds.model import Edition, Format

if TYPE_CHECKING:
    from feeds.publish.pieces import Pieces
    from feeds.publish.rendered import Admitted, Rendered
    from feeds.publish.theme import Theme


def render(
    edition: Edition | Admitted, form: Format, look: Theme | None = None, pieces: Pieces | None = None
) -> Rendered:
    """One output in one format; the same Edition gives the same bytes, wherever and whenever. `look`: of its
    page; None: ours. `pieces`: of the feeds, what need not be rendered anew."""
    if form == "atom":
        from feeds.publish import atom

        return atom.render(edition, pieces)
    if form == "rss":
        from feeds.publish import rss

        return rss.render(edition, pieces)
    if form == "json":
        from feeds.publish import jsonfeed

        return jsonfeed.render(edition, pieces)
    from feeds.publish import page

    return page.render(edition, look)
