"""An HTML page per output: for people, and for readers that look for the feeds in it.

Nothing in them runs. The content security policy allows pictures and the one style sheet, by its hash.
"""

from __future__ import annotations

from functools import partial
from itertools import groupby

from feeds.model import Edition, Format
from feeds.render import entry_text
from feeds.render.card import card
from feeds.render.feedgen_extension import TYPES
from feeds.render.lead_story import leading
from feeds.render.rendered import Admitted, Rendered, admit_edition, each
from feeds.render.theme import Theme, ours

FORMATS: dict[Format, str] = {"atom": "Atom", "rss": "RSS", "json": "JSON Feed"}


def render(edition: Edition | Admitted, look: Theme | None = None) -> Rendered:
    """The output's page: a story that leads, the others by day, the newest first, with excerpts; the articles are
    read where they stand. What is in the archive has no lead: it is looked through by date.
    """
    (edition, refused), look = admit_edition(edition), look or ours()
    _, cards, left_out = each(edition.entries, partial(card, language=edition.language))
    days = groupby(cards, key=lambda one: one.placed.astimezone(look.zone).date())
    facts = {
        "edition": edition,
        "name": edition.current or edition.name,  # what one subscribes to
        "language": entry_text.language(edition.language) or "en",
        "direction": "rtl" if entry_text.right_to_left(edition.language) else "ltr",
        "formats": subscribable(edition.formats),
        "lead": None if edition.current else leading(cards),
        "days": [(day, list(group)) for day, group in days],
        "count": len(cards),
    }
    return Rendered(look.render("page.html", facts), refused + left_out)


def subscribable(formats: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """(ending, what people call it, media type) of the feeds among the formats."""
    return [(form, name, TYPES[form]) for form, name in FORMATS.items() if form in formats]
