"""Turn an Edition into bytes, one module for each output format; `formats` lists them. Nothing here touches a disk,
except for the reading of the user's templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feeds.model import Edition, Format
from feeds.render import formats

if TYPE_CHECKING:
    from feeds.render.pages.theme import Theme
    from feeds.render.rendered import CleanEdition, Rendered
    from feeds.render.rendered_cache import RenderedCache


def render(
    edition: Edition | CleanEdition,
    format_name: Format,
    theme: Theme | None = None,
    cache: RenderedCache | None = None,
) -> Rendered:
    """Render one output in one format. The same Edition gives the same bytes, everywhere and at any time.

    `theme`: of the HTML page; None: the built-in one. `cache`: entries that need not be rendered again. Raises KeyError
    for a format that is not registered.
    """
    return formats.get(format_name).load().render(edition, theme=theme, cache=cache)
