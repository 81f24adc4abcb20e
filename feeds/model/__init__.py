"""The nouns, in the order in which an article meets them:

    Source → Response → Item → Article → Story → Edition → bytes

All are frozen and hold tuples; every datetime is aware, in UTC, in whole seconds. A value is valid when it
exists: what cannot be made valid is not made.
"""

from __future__ import annotations

from feeds.model.article import Article
from feeds.model.edition import (
    Caution,
    DedupeMode,
    DedupePolicy,
    Edition,
    Entry,
    Format,
    Mention,
    Output,
    Preference,
    Rule,
    RuleContext,
    Selector,
    Story,
)
from feeds.model.health import Trouble, TroubleKind
from feeds.model.item import Body, Document, Feed, Item, Origin, Stated
from feeds.model.ledger import LedgerRow, Recalled
from feeds.model.parts import (
    Category,
    Chapter,
    Link,
    Locale,
    Media,
    Person,
    Place,
    Podcast,
    Soundbite,
    Transcript,
    Voice,
)
from feeds.model.response import Fetched, Response, Unchanged, Validators
from feeds.model.source import Access, Extract, Kind, Schedule, Source
from feeds.model.source_state import SourceState
from feeds.model.text import PRINTABLE, SafeHtml, Text, Url, untypeset, utc
from feeds.model.websub import News, Ping, Subscription

__all__ = [
    "PRINTABLE",
    "Access",
    "Article",
    "Body",
    "Category",
    "Caution",
    "Chapter",
    "DedupeMode",
    "DedupePolicy",
    "Document",
    "Edition",
    "Entry",
    "Extract",
    "Feed",
    "Fetched",
    "Format",
    "Item",
    "Kind",
    "LedgerRow",
    "Link",
    "Locale",
    "Media",
    "Mention",
    "News",
    "Origin",
    "Output",
    "Person",
    "Ping",
    "Place",
    "Podcast",
    "Preference",
    "Recalled",
    "Response",
    "Rule",
    "RuleContext",
    "SafeHtml",
    "Schedule",
    "Selector",
    "Soundbite",
    "Source",
    "SourceState",
    "Stated",
    "Story",
    "Subscription",
    "Text",
    "Transcript",
    "Trouble",
    "TroubleKind",
    "Unchanged",
    "Url",
    "Validators",
    "Voice",
    "untypeset",
    "utc",
]
