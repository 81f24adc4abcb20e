"""Compares two items that have a key in common: may they be versions of one item?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from feeds.dedupe.likeness import Likeness, text_likeness, title_likeness
from feeds.model import Article

SERIES_INTERVAL = timedelta(hours=20)
"""An edit is dated less than this after the article, as a rule; the next item of a daily series is not."""

DateRelation = Literal["same", "coarse", "near", "far", "unknown"]
"""`coarse`: both have the same date at the full hour, as dates have to which no time was given."""


def date_relation(first: datetime | None, second: datetime | None) -> DateRelation:
    if first is None or second is None:
        return "unknown"
    if first == second:
        return "same" if first.minute or first.second else "coarse"
    return "near" if abs(first - second) < SERIES_INTERVAL else "far"


@dataclass(frozen=True, slots=True)
class Comparison:
    """An item beside an article, or beside another item of the document."""

    date: DateRelation
    title: Likeness
    text: Likeness
    same_enclosure: bool | None  # None: one of them has none, or their addresses differ in the host only

    @property
    def is_alike(self) -> bool:
        return self.title in ("equal", "alike") or self.text in ("equal", "alike")

    @property
    def is_unrelated(self) -> bool:
        """Neither title nor text agree, as far as there are any."""
        return self.title in ("other", "unknown") and self.text not in ("equal", "alike") and self.has_words

    @property
    def has_words(self) -> bool:
        return (self.title, self.text) != ("unknown", "unknown")

    @property
    def is_next_of_series(self) -> bool:
        """Only a number in the title differs, and the text is one that recurs, or quite another."""
        return self.title == "series" and self.text != "alike"


def compare(article: Article, other: Article, date: DateRelation) -> Comparison:
    return Comparison(
        date=date,
        title=title_likeness(article.title, other.title),
        text=text_likeness(article.text, other.text),
        same_enclosure=_is_same_file(article.enclosure_key, other.enclosure_key),
    )


def _is_same_file(file: str, other: str) -> bool | None:
    """None if that is not known: the host name may be that of one of many servers with the same files."""
    if file == other:
        return True if file else None
    is_at_other_host = file.partition("/")[2] == other.partition("/")[2]
    return None if is_at_other_host or not (file and other) else False


def is_another_item(found: Comparison, *, is_single: bool = False) -> bool:
    """Whether two items with the same link, and without guids that say it, are different.

    `is_single`: the document has one item. Such a document often shows the newest item only, always with one link.
    """
    has_other_date = found.date == "far" or (is_single and found.date == "near")
    if has_other_date and found.is_next_of_series:  # "News at 5", "News at 6", both with latest.mp3
        return True
    if has_other_date and found.is_unrelated:
        return found.same_enclosure is not True
    return found.same_enclosure is False and found.date in ("near", "far") and found.title != "equal"
