"""The HTML page of an output, for people and for feed readers that search a page for feeds.

It runs no scripts: its content security policy allows images and the one style sheet, by its hash.
"""

from __future__ import annotations

from functools import partial
from itertools import groupby

from feeds.model import Edition
from feeds.render import entry_text, formats
from feeds.render.checks import check_html
from feeds.render.pages.card import build_card
from feeds.render.pages.lead_story import choose_lead
from feeds.render.pages.theme import Theme, built_in_theme
from feeds.render.rendered import CleanEdition, Rendered, clean_edition, render_each
from feeds.render.rendered_cache import RenderedCache

check = check_html


def render(
    edition: Edition | CleanEdition, *, theme: Theme | None = None, cache: RenderedCache | None = None
) -> Rendered:
    """One lead story, then the others by day, newest first, each with an excerpt and a link to the article.

    An archive page has no lead, because people browse it by date. `cache` is ignored: rendering a card costs less than
    finding it in the old file.
    """
    clean, theme = clean_edition(edition), theme or built_in_theme()
    edition = clean.edition
    _, cards, skipped = render_each(edition.entries, partial(build_card, language=edition.language))
    days = groupby(cards, key=lambda card: card.placed.astimezone(theme.zone).date())
    values = {
        "edition": edition,
        "name": edition.current or edition.name,  # an archive page links to the feeds of its output
        "language": entry_text.language_tag(edition.language) or "en",
        "direction": "rtl" if entry_text.is_right_to_left(edition.language) else "ltr",
        "formats": formats.feed_links(edition.formats),
        "lead": None if edition.current else choose_lead(cards),
        "days": [(day, list(group)) for day, group in days],
        "count": len(cards),
    }
    return Rendered(theme.render("page.html", values), clean.skipped_entries + skipped)
