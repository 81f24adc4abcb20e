"""The health report: a feed with an entry for each problem of a source, and a page. It is never part of an output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid5

from feeds.model import Article, Edition, Entry, Origin, SourceIssue, Text
from feeds.model.edition import file_name
from feeds.render import atom
from feeds.render.clean_for_publication import clean_for_publication
from feeds.render.entry_ids import NAMESPACE, feed_id
from feeds.render.pages.theme import Theme, built_in_theme, short_date

OUTPUT_NAME = "health"

MAX_FEED_ENTRIES = 100
"""Most entries of the feed. The page lists all problems; feed readers have seen the older ones before."""

MAX_PAIRS = 20
"""Most pairs of sources in the table of joins."""

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
class HealthReport:
    """What the report is made of."""

    title: str  # of the site
    base_url: str
    issues: tuple[SourceIssue, ...]  # the newest change first
    titles: Mapping[str, str]  # Source.id → its title
    sources: int  # number of all sources
    since: datetime  # when the first report was written
    joins: tuple[tuple[tuple[str, str], int], ...] = ()  # (pair of sources, number of joins), the most first
    joins_since: datetime | None = None

    def source_name(self, source: str) -> str:
        """The title of a source, followed by its id if that differs."""
        title = " ".join(self.titles.get(source, "").split()) or source
        return title if title == source else f"{title} ({source})"


def render_feed(health: HealthReport) -> bytes:
    """Atom. One entry for each issue, updated when the issue ends."""
    return atom.render(_edition(health)).data


def render_page(health: HealthReport, theme: Theme | None = None) -> bytes:
    """The current issues by kind, and those that ended lately."""
    current = [issue for issue in health.issues if issue.until is None]
    by_kind = [
        (heading, [_page_row(health, issue) for issue in current if issue.kind == kind])
        for kind, heading in _HEADINGS.items()
    ]
    values = {
        "title": clean_for_publication(health.title) or "Feeds",
        "base_url": health.base_url,
        "language": "en",
        "direction": "ltr",
        "sources": health.sources,
        "troubled": len({issue.source for issue in current}),
        "kinds": [(heading, rows) for heading, rows in by_kind if rows],
        "over": [_page_row(health, issue) for issue in health.issues if issue.until is not None],
        "updated": _updated(health),
        "joins": [_join_row(health, *row) for row in health.joins[:MAX_PAIRS]],
        "joins_since": health.joins_since,
    }
    return (theme or built_in_theme()).render("health.html", values)


def _edition(health: HealthReport) -> Edition:
    entries = tuple(_entry(health, issue) for issue in health.issues[:MAX_FEED_ENTRIES])
    return Edition(
        name=OUTPUT_NAME,
        title=Text(f"{health.title or 'Feeds'}: health"),
        description=Text("What is wrong with the sources: one entry when it begins, updated when it ends."),
        language="en",
        id=feed_id(health.base_url, OUTPUT_NAME),
        base_url=health.base_url,
        updated=_updated(health),
        entries=entries,
        formats=("atom", "html"),
    )


def _updated(health: HealthReport) -> datetime:
    return max((issue.until or issue.since for issue in health.issues), default=health.since)


def _entry(health: HealthReport, issue: SourceIssue) -> Entry:
    key = f"{OUTPUT_NAME} {issue.source} {issue.kind} {issue.since.isoformat()}"
    title, text = _title_and_text(health, issue)
    return Entry(
        id=f"urn:uuid:{uuid5(NAMESPACE, key)}",
        published=issue.since,
        updated=issue.until or issue.since,
        article=Article(
            id=key,
            source=issue.source,
            title=Text(title),
            text=Text(text),
            first_seen=issue.since,
        ),
        origin=Origin(
            title=f"{health.title or 'Feeds'}: health",
            id=feed_id(health.base_url, OUTPUT_NAME),
            url=health.base_url + file_name(OUTPUT_NAME, "atom"),
        ),
    )


def _title_and_text(health: HealthReport, issue: SourceIssue) -> tuple[str, str]:
    name = health.source_name(issue.source)
    text = f"{name}: {issue.description}.\nSince {short_date(issue.since)}."
    if issue.until is None:
        return _BEGAN[issue.kind].format(name), text
    return _ENDED[issue.kind].format(name), f"{text}\nOver since {short_date(issue.until)}."


def _page_row(health: HealthReport, issue: SourceIssue) -> tuple[str, str, SourceIssue]:
    """(name of the source, title, issue), as the template unpacks it."""
    return (
        clean_for_publication(health.source_name(issue.source)),
        clean_for_publication(_title_and_text(health, issue)[0]),
        clean_for_publication(issue),
    )


def _join_row(health: HealthReport, pair: tuple[str, str], count: int) -> tuple[str, str, int]:
    """(name of a source, of the other one or "" if it is the same, number of joins), as the template unpacks it."""
    source, other = pair
    name = clean_for_publication(health.source_name(source))
    return name, "" if source == other else clean_for_publication(health.source_name(other)), count


def newest_first(issues: Sequence[SourceIssue]) -> tuple[SourceIssue, ...]:
    """The issues by their newest change."""
    return tuple(
        sorted(
            issues,
            key=lambda issue: (issue.until or issue.since, issue.since, issue.source, issue.kind),
            reverse=True,
        )
    )
