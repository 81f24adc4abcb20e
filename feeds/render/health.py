"""How the sources are: a feed that speaks when something begins or ends, and a page. Never part of an output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid5

from feeds.model import Article, Edition, Entry, Origin, Text, Trouble
from feeds.render import atom
from feeds.render.clean_for_publication import admit
from feeds.render.entry_ids import NAMESPACE, feed_id
from feeds.render.theme import Theme, ours, short_date

NAME = "health"

NEWEST = 100
"""Changes that the feed tells; the page tells them all. Whoever reads it has read those before."""

_HEADINGS = {
    "gone": "Ended",
    "failing": "Failing",
    "silent": "Silent",
    "moved": "Moved",
    "flooding": "Flooding",
}
_BEGAN = {
    "gone": "{} has ended",
    "failing": "{} is failing",
    "silent": "{} has fallen silent",
    "moved": "{} has moved",
    "flooding": "{} presented too much at once",
}
_ENDED = {
    "gone": "{} is there again",
    "failing": "{} answers again",
    "silent": "{} publishes again",
    "moved": "{} is where the configuration says",
    "flooding": "{} is calm again",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """All that is told. `troubles`: the newest change first; `since`: when this began to be told."""

    title: str  # the site's
    base_url: str
    troubles: tuple[Trouble, ...]
    titles: Mapping[str, str]  # Source.id → what it is called
    sources: int
    since: datetime

    def name(self, source: str) -> str:
        """What people call a source, with its id where that says more."""
        title = " ".join(self.titles.get(source, "").split()) or source
        return title if title == source else f"{title} ({source})"


def render_feed(health: Health) -> bytes:
    """Atom; one entry a trouble, which is updated when the trouble ends, for the newest of them."""
    return atom.render(_edition(health)).data


def render_page(health: Health, look: Theme | None = None) -> bytes:
    """What is wrong now, by kind, and what lately was."""
    standing = [one for one in health.troubles if one.until is None]
    kinds = [(heading, [one for one in standing if one.kind == kind]) for kind, heading in _HEADINGS.items()]
    facts = {
        "title": admit(health.title) or "Feeds",
        "base_url": health.base_url,
        "language": "en",
        "direction": "ltr",
        "sources": health.sources,
        "troubled": len({one.source for one in standing}),
        "kinds": [(heading, [_told(health, one) for one in some]) for heading, some in kinds if some],
        "over": [_told(health, one) for one in health.troubles if one.until is not None],
        "updated": _updated(health),
    }
    return (look or ours()).render("health.html", facts)


def _edition(health: Health) -> Edition:
    entries = tuple(_entry(health, one) for one in health.troubles[:NEWEST])
    return Edition(
        name=NAME,
        title=Text(f"{health.title or 'Feeds'}: health"),
        description=Text("What is wrong with the sources: one entry when it begins, updated when it ends."),
        language="en",
        id=feed_id(health.base_url, NAME),
        base_url=health.base_url,
        updated=_updated(health),
        entries=entries,
        formats=("atom", "html"),
    )


def _updated(health: Health) -> datetime:
    return max((one.until or one.since for one in health.troubles), default=health.since)


def _entry(health: Health, trouble: Trouble) -> Entry:
    key = f"{NAME} {trouble.source} {trouble.kind} {trouble.since.isoformat()}"
    title, said = _words(health, trouble)
    return Entry(
        id=f"urn:uuid:{uuid5(NAMESPACE, key)}",
        published=trouble.since,
        updated=trouble.until or trouble.since,
        article=Article(
            id=key,
            source=trouble.source,
            title=Text(title),
            text=Text(said),
            first_seen=trouble.since,
        ),
        origin=Origin(
            title=f"{health.title or 'Feeds'}: health",
            id=feed_id(health.base_url, NAME),
            url=f"{health.base_url}{NAME}.atom",
        ),
    )


def _words(health: Health, trouble: Trouble) -> tuple[str, str]:
    name = health.name(trouble.source)
    said = f"{name}: {trouble.said}.\nSince {short_date(trouble.since)}."
    if trouble.until is None:
        return _BEGAN[trouble.kind].format(name), said
    return _ENDED[trouble.kind].format(name), f"{said}\nOver since {short_date(trouble.until)}."


def _told(health: Health, trouble: Trouble) -> tuple[str, str, Trouble]:
    """(the source's name, the title, the trouble)"""
    return admit(health.name(trouble.source)), admit(_words(health, trouble)[0]), admit(trouble)


def newest(troubles: Sequence[Trouble]) -> tuple[Trouble, ...]:
    """The newest change first."""
    return tuple(
        sorted(
            troubles,
            key=lambda one: (one.until or one.since, one.since, one.source, one.kind),
            reverse=True,
        )
    )
