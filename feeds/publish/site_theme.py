"""The theme of one publication: the built-in templates in this process, the user's in one that can be killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from feeds.config import Settings
from feeds.errors import PublishError

if TYPE_CHECKING:
    from feeds.render.pages.theme import Theme


@contextmanager
def site_theme(settings: Settings) -> Iterator[Theme]:
    """If the user's templates cannot be read, every page fails with that error, and the feeds are published."""
    from feeds.render.pages.theme import UnreadableTheme, load_theme

    folder, zone = settings.site.templates, settings.site.timezone
    if folder is None:
        yield load_theme(None, zone)
        return
    from feeds.workers.isolated_theme import IsolatedTheme

    try:
        theme = IsolatedTheme(folder, zone)
    except PublishError as error:
        yield UnreadableTheme(error, zone)
        return
    try:
        yield theme
    finally:
        theme.close()
