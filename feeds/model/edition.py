"""Output, Story, Edition: what is published, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol, TypeAlias

from feeds.model.article import Article
from feeds.model.item import Origin
from feeds.model.parts import Mention
from feeds.model.source import Source
from feeds.model.text import Text

DedupeMode = Literal["near", "exact", "off"]
Caution = Literal["balanced", "cautious"]
Preference = Literal["priority", "agency", "longest", "earliest", "latest"]
Format: TypeAlias = str
"""The name of an output format: "atom". `feeds.render.formats` lists them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFilter:
    """Which sources an output takes: those with one of the tags and those named; all if both are empty."""

    tags: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def includes(self, source: Source) -> bool:
        if not self.tags and not self.sources:
            return True
        return source.id in self.sources or any(tag in self.tags for tag in source.tags)


@dataclass(frozen=True, slots=True, kw_only=True)
class DedupePolicy:
    """Which articles one output merges, and which copy it shows."""

    mode: DedupeMode = "near"
    caution: Caution = "balanced"  # "cautious": only near-certain copies
    within_source: bool = True  # False: copies that one source has on two pages are two entries
    window: timedelta = timedelta(hours=72)
    prefer: tuple[Preference, ...] = ("priority", "longest", "earliest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """The configuration of one output: a list of stories, published under one name in several formats."""

    name: str  # a slug; the file names begin with it
    title: str
    description: str = ""
    language: str = ""
    source_filter: SourceFilter = SourceFilter()
    dedupe: DedupePolicy = DedupePolicy()
    rules: tuple[Rule, ...] = ()
    formats: tuple[Format, ...]
    limit: int = 100
    per_source: int | None = None
    also_in: bool = True
    archive: int = 10  # how many archive pages of `limit` entries are kept; 0: none
    hubs: tuple[str, ...] = ()  # WebSub hubs to ping when its feeds change
    private: bool = False  # published under a secret address
    token: str = field(default="", repr=False)  # the secret in that address, if the user chose it


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The articles with the same text. `id` is the id of the first member and never changes."""

    id: str
    lead: Article
    others: tuple[Article, ...] = ()

    @property
    def members(self) -> tuple[Article, ...]:
        return (self.lead, *self.others)


class Rule(Protocol):
    """A rule of an output: returns the story, a changed story, or None to drop it. `str(rule)` describes it."""

    def apply(self, story: Story, context: RuleContext) -> Story | None: ...

    def reason(self, article: Article, context: RuleContext) -> str:
        """Why the rule removed this article; "" if it removes none."""
        ...


@dataclass(slots=True, kw_only=True)
class StoppedSearches:
    """The searches for one expression of a rule that took too long, see `feeds.rules.search`."""

    count: int = 0
    not_tried: int = 0  # texts that were not searched, because others were too costly
    shortest: int  # characters of the shortest text on which it was stopped


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleContext:
    """What a rule may use besides the story."""

    now: datetime
    sources: Mapping[str, Source]  # by id
    titles: Mapping[str, str]  # Source.id → its title as shown
    # By expression. The only field that rules change.
    stopped_searches: dict[str, StoppedSearches] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A story as one output shows it. `id` and `published` never change after the entry is published."""

    id: str
    published: datetime
    updated: datetime  # changes only with a significant edit (RFC 4287 §4.2.15)
    article: Article  # the lead, with the agencies that other copies credit
    origin: Origin  # the feed of the lead
    also: tuple[Mention, ...] = ()
    copies: tuple[Mention, ...] = ()  # further pages of a source that has the story on several
    rank: datetime | None = None  # date for ordering, if not `published`


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The contents of one output at one time. Rendering is a pure function: same Edition, same bytes."""

    name: str
    title: Text
    description: Text = Text("")
    language: str = ""
    id: str  # id of the feed; never changes
    base_url: str  # URL of the site; ends with "/"
    folder: str = ""  # folder of the output's files below it; "" or ends with "/"
    updated: datetime  # that of the newest entry, never the current time
    entries: tuple[Entry, ...] = ()
    formats: tuple[Format, ...]
    ttl: int = 60  # minutes between polls, as a hint for readers
    hubs: tuple[str, ...] = ()
    current: str = ""  # for an archive page: the name of its output (RFC 5005 §4)
    previous: str = ""  # name of the archive page with the next older entries

    def url(self, suffix: str, name: str = "") -> str:
        return self.base_url + file_name(name or self.name, suffix, self.folder)


def file_name(name: str, ending: str, folder: str = "") -> str:
    """The name of a published file below the site: "world.atom", "private/TOKEN/world.atom".

    `name`: of an output, or of one of its archive pages.
    """
    return f"{folder}{name}.{ending}"
