"""Edition → bytes (pure), and bytes → files (`files`, the only part that touches a disk)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feeds.model import Edition, Format

if TYPE_CHECKING:
    from feeds.render.rendered import Admitted, Rendered
    from feeds.render.rendered_cache import Pieces
    from feeds.render.theme import Theme


def render(
    edition: Edition | Admitted, form: Format, look: Theme | None = None, pieces: Pieces | None = None
) -> Rendered:
    """One output in one format; the same Edition gives the same bytes, wherever and whenever. `look`: of its
    page; None: ours. `pieces`: of the feeds, what need not be rendered anew."""
    if form == "atom":
        from feeds.render import atom

        return atom.render(edition, pieces)
    if form == "rss":
        from feeds.render import rss

        return rss.render(edition, pieces)
    if form == "json":
        from feeds.render import jsonfeed

        return jsonfeed.render(edition, pieces)
    from feeds.render import output_page

    return output_page.render(edition, look)
