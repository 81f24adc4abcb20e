"""Decides whether an item with a key of a known article is a new version of it, or another item that reuses the key.

Publishers reuse guids ("1" for the newest item) and links ("/crossword/today"). Two wishes conflict: no item may be
lost, and no edit may make a second entry. So a key counts unless several other things speak against it, and these are
weighed: the guid, the date, the title and the text. The stored text is read only if the cheap signs are not clear.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from feeds.dedupe.guid_forms import is_same_address, is_weak_guid, split_version
from feeds.dedupe.identity_keys import Keys
from feeds.dedupe.item_comparison import Comparison, compare, date_relation, is_another_item
from feeds.dedupe.likeness import is_edited_text
from feeds.model import Article

MOVE_TOLERANCE = timedelta(hours=14)
"""For matches by content. A site that moves keeps its dates, perhaps in another time zone (at most 14 hours). A daily
bulletin with the same words has a date of its own."""

_TELLING_TITLE_BYTES = 24
"""Shorter titles may be those of a series ("Open thread"). In bytes, because a Chinese character says more."""

ReadStored = Callable[["KnownArticle"], Article | None]
"""Reads the last version of a stored article; None if only its identity is kept."""


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """A stored article of the same source."""

    n: int
    id: str
    story: str
    exact_story: str
    first_seen: datetime
    published: datetime | None
    last_seen_at: datetime
    content_hash: bytes


def read_nothing(_: KnownArticle) -> Article | None:
    """A `ReadStored` for callers without the stored texts: keys are trusted."""
    return None


def is_unchanged(article: Article, _: Keys, stored: KnownArticle) -> bool:
    """Whether an item says the same as a stored article, and has the same date."""
    dates = {article.published, stored.published}
    return article.content_hash == stored.content_hash and (len(dates) == 1 or None in dates)


@dataclass(slots=True)
class KeyCheck:
    """Tells for each kind of key whether the article that has it is accepted as the earlier version of an item.

    `guids_change`: the items of the document have new guids beside known links, so a new guid says nothing.
    `is_single`: the document has one item, so its guid may be that of every item.
    """

    known: Mapping[bytes, KnownArticle]
    read_stored: ReadStored
    guids_change: bool
    is_single: bool
    _read: dict[int, Article | None] = field(default_factory=dict)

    def by_guid(self, article: Article, keys: Keys, stored: KnownArticle) -> bool:
        date = date_relation(article.published, stored.published)
        if article.content_hash == stored.content_hash or date in ("same", "coarse"):
            return True
        link_agrees = keys.link is not None and self.known.get(keys.link) == stored
        link_is_guid = is_same_address(article.guid, article.link or "")
        is_weak = is_weak_guid(article.guid)
        if link_agrees and not is_weak and (not link_is_guid or (date == "near" and not self.is_single)):
            return True
        old = self._stored(stored)
        if old is None:
            return True
        found = compare(article, old, date)
        if found.same_enclosure and not found.is_next_of_series:
            return True
        if link_agrees:
            return not is_another_item(found, is_single=self.is_single)
        if is_weak or (self.is_single and date != "unknown"):
            return self._is_alike_at_other_link(article, keys, old, found)
        return date != "far" or not found.is_unrelated or found.text == "short"

    def by_link(self, article: Article, keys: Keys, stored: KnownArticle) -> bool:
        date = date_relation(article.published, stored.published)
        if date == "same":
            return True
        if keys.guid is None and (date == "coarse" or article.content_hash == stored.content_hash):
            return True
        old = self._stored(stored)
        if old is None or self._is_version_of_page(article, old):
            return True
        found = compare(article, old, date)
        if is_another_item(found, is_single=self.is_single):
            return False
        if not self._has_other_guid(article, keys, old):
            return True
        is_unlike = found.is_unrelated or found.is_next_of_series or found.text == "other"
        return not (date == "far" or is_unlike or found.same_enclosure is False)

    def by_enclosure(self, article: Article, keys: Keys, stored: KnownArticle) -> bool:
        date = date_relation(article.published, stored.published)
        if article.content_hash == stored.content_hash or date in ("same", "coarse"):
            return True
        old = self._stored(stored)
        if old is None:
            return True
        found = compare(article, old, date)
        if found.is_unrelated or found.is_next_of_series:
            return False
        return date != "far" or found.title == "equal"

    def by_content(self, article: Article, _: Keys, stored: KnownArticle) -> bool:
        """Guid and link have changed. The editions of an hourly programme have equal words and other recordings."""
        if not _dates_agree(article.published, stored.published):
            return False
        old = self._stored(stored) if article.enclosure_key else None
        return old is None or article.published == old.published or not _has_other_file(article, old)

    def by_dated_title(self, article: Article, _: Keys, stored: KnownArticle) -> bool:
        """Link and text have changed."""
        old = self._stored(stored)
        found = None if old is None else compare(article, old, "same")
        return found is None or found.same_enclosure is not False

    def by_text(self, article: Article, _: Keys, stored: KnownArticle) -> bool:
        """The link has changed, if there is one, and the title."""
        found = self._compare_if_dates_agree(article, stored)
        if found is None or found.same_enclosure is False:
            return False
        return found.date == "same" or found.title in ("equal", "alike", "unknown")

    def by_title(self, article: Article, _: Keys, stored: KnownArticle) -> bool:
        """The text has changed, and nothing but the title, or the beginning of the text, names the item."""
        found = self._compare_if_dates_agree(article, stored)
        if found is None:
            return False
        if not article.title:
            old = self._stored(stored)
            return old is not None and not old.title and is_edited_text(article.text, old.text)
        if found.date in ("same", "coarse"):
            return True
        return found.text in ("equal", "alike") or (found.date == "unknown" and found.text != "other")

    def by_page(self, article: Article, _: Keys, stored: KnownArticle) -> bool:
        """The fragment of the link has changed, or the article was stored before fragments counted."""
        if article.published != stored.published:
            return False
        found = self._compare_if_dates_agree(article, stored)
        return found is not None and found.is_alike

    def by_date(self, article: Article, keys: Keys, stored: KnownArticle) -> bool:
        """Guid, link and text have changed, but the second of publication has not."""
        old = self._stored(stored)
        if old is None:
            return False
        found = compare(article, old, date_relation(article.published, stored.published))
        if found.same_enclosure is False:
            return False
        has_other_guid = self._has_other_guid(article, keys, old)
        if found.date == "same":
            return found.is_alike or not (has_other_guid or self.is_single)
        has_same_title, has_text = found.title == "equal", found.text in ("equal", "alike")
        if has_other_guid:
            return has_same_title and (has_text or len(article.title.encode()) >= _TELLING_TITLE_BYTES)
        return has_same_title or has_text

    def by_whole(self, article: Article, keys: Keys, stored: KnownArticle) -> bool:
        return True

    def _compare_if_dates_agree(self, article: Article, stored: KnownArticle) -> Comparison | None:
        """None also if the stored text is gone."""
        if not _dates_agree(article.published, stored.published):
            return None
        old = self._stored(stored)
        if old is None:
            return None
        return compare(article, old, date_relation(article.published, stored.published))

    def _is_alike_at_other_link(self, article: Article, keys: Keys, old: Article, found: Comparison) -> bool:
        """Whether two items that share nothing but a weak guid are versions."""
        of_same_date = self.known.get(keys.date) if keys.date else None
        if of_same_date or found.date == "far" or found.text == "other" or found.is_next_of_series:
            return False
        has_other_link = article.canonical and old.canonical and not _is_same_link(article, old)
        return found.text in ("equal", "alike") if has_other_link else found.is_alike

    def _has_other_guid(self, article: Article, keys: Keys, old: Article) -> bool:
        """Whether the publisher says by guids that the two are different.

        A guid that repeats the link says no more than the link, and the guid of a place in the document says nothing.
        """
        if self.guids_change or keys.guid is None or not old.guid:
            return False
        if keys.guid in self.known and is_weak_guid(article.guid):
            return False
        if all(is_same_address(split_version(side.guid)[0], side.link or "") for side in (article, old)):
            return False
        return not is_same_address(split_version(article.guid)[0], split_version(old.guid)[0])

    def _is_version_of_page(self, article: Article, old: Article) -> bool:
        """Whether both guids are the link with the number of a version ("URL#1", "URL#4")."""
        (page, version), (old_page, old_version) = split_version(article.guid), split_version(old.guid)
        has_other_version = page == old_page and version != old_version
        return has_other_version and not self.is_single and is_same_address(page, article.link or "")

    def _stored(self, stored: KnownArticle) -> Article | None:
        if stored.n not in self._read:
            self._read[stored.n] = self.read_stored(stored)
        return self._read[stored.n]


def _has_other_file(article: Article, old: Article) -> bool:
    return compare(article, old, "unknown").same_enclosure is False


def _dates_agree(first: datetime | None, second: datetime | None) -> bool:
    return first is None or second is None or abs(first - second) <= MOVE_TOLERANCE


def _is_same_link(article: Article, old: Article) -> bool:
    return (article.canonical_part or article.canonical) == (old.canonical_part or old.canonical)
