"""The value types, in the order of processing:

    Source → Response → Item → Article → Story → Edition → bytes

All are frozen and hold tuples. Every datetime is aware, in UTC, in whole seconds. Every value is valid: the code that
makes it has checked its data.
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
    Output,
    Preference,
    Rule,
    RuleContext,
    SourceFilter,
    StoppedSearches,
    Story,
)
from feeds.model.health import IssueKind, SourceIssue
from feeds.model.item import GENERATOR, Body, Document, Feed, Item, Origin, StatedDate
from feeds.model.ledger import LedgerRow, PreviousEntry
from feeds.model.parts import (
    Category,
    Chapter,
    GeoPlace,
    Link,
    Media,
    Mention,
    Person,
    Podcast,
    PodcastLocation,
    PodcastPerson,
    Rating,
    Soundbite,
    Transcript,
)
from feeds.model.response import Fetched, Response, Unchanged, Validators
from feeds.model.schemes import Scheme
from feeds.model.source import Access, Extract, Identity, Kind, Schedule, Source, Tls
from feeds.model.source_state import SourceState
from feeds.model.text import PRINTABLE, SafeHtml, Text, Url, replace_typography, utc
from feeds.model.websub import Ping, PublishedFeed, Subscription

__all__ = [
    "GENERATOR",
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
    "GeoPlace",
    "Identity",
    "IssueKind",
    "Item",
    "Kind",
    "LedgerRow",
    "Link",
    "Media",
    "Mention",
    "Origin",
    "Output",
    "Person",
    "Ping",
    "Podcast",
    "PodcastLocation",
    "PodcastPerson",
    "Preference",
    "PreviousEntry",
    "PublishedFeed",
    "Rating",
    "Response",
    "Rule",
    "RuleContext",
    "SafeHtml",
    "Schedule",
    "Scheme",
    "Soundbite",
    "Source",
    "SourceFilter",
    "SourceIssue",
    "SourceState",
    "StatedDate",
    "StoppedSearches",
    "Story",
    "Subscription",
    "Text",
    "Tls",
    "Transcript",
    "Unchanged",
    "Url",
    "Validators",
    "replace_typography",
    "utc",
]
