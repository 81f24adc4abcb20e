"""Output, Story, Edition: what is told, and how an output shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol

from feeds.model.article import Article
from feeds.model.item import Origin
from feeds.model.source import Source
from feeds.model.text import Text, Url

DedupeMode = Literal["near", "exact", "off"]
Caution = Literal["balanced", "cautious"]
Preference = Literal["priority", "agency", "longest", "earliest", "latest"]
Format = Literal["atom", "rss", "json", "html"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """Which sources feed an output: those with one of the tags, those named, or, with neither, all."""

    tags: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def takes(self, source: Source) -> bool:
        if not self.tags and not self.sources:
            return True
        return source.id in self.sources or any(tag in self.tags for tag in source.tags)


@dataclass(frozen=True, slots=True, kw_only=True)
class DedupePolicy:
    """What one output takes for the same, and which copy it shows."""

    mode: DedupeMode = "near"
    caution: Caution = "balanced"  # "cautious": near copies only where it is all but certain
    window: timedelta = timedelta(hours=72)
    prefer: tuple[Preference, ...] = ("priority", "longest", "earliest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One list of stories to publish, under one name, in several formats."""

    name: str  # a slug: the files' names begin with it
    title: str
    description: str = ""
    language: str = ""
    select: Selector = Selector()
    dedupe: DedupePolicy = DedupePolicy()
    rules: tuple[Rule, ...] = ()
    formats: tuple[Format, ...] = ("atom", "rss", "json", "html")
    limit: int = 100
    per_source: int | None = None
    also_in: bool = True
    archive: int = 10  # the most pages of `limit` entries that are kept of what left the output; 0: none
    hubs: tuple[str, ...] = ()  # WebSub hubs that are told when its feeds changed
    private: bool = False  # only who knows the address finds it
    token: str = field(default="", repr=False)  # of that address, where the user chose it


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The articles that tell one text. `id` is its first member's and never changes."""

    id: str
    lead: Article
    others: tuple[Article, ...] = ()

    @property
    def members(self) -> tuple[Article, ...]:
        return (self.lead, *self.others)


class Rule(Protocol):
    """Story → Story or nothing. One rule is one file in `rules/`; `str(rule)` says it in words."""

    def apply(self, story: Story, context: RuleContext) -> Story | None: ...

    def because(self, article: Article, context: RuleContext) -> str:
        """In words, why it took this article away."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleContext:
    """What a rule may know besides the story."""

    now: datetime
    sources: Mapping[str, Source]  # by id
    titles: Mapping[str, str]  # Source.id → its title as shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Another place that carries the story."""

    source: Text  # the source's title
    title: Text
    link: Url


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A story as one output shows it. `id` and `published` never change once they were published."""

    id: str
    published: datetime
    updated: datetime  # moves only on a material edit (RFC 4287 §4.2.15)
    article: Article  # the lead, with the link that the entry began with
    origin: Origin  # the feed that the lead was taken from
    also: tuple[Mention, ...] = ()
    rank: datetime | None = None  # what it is ordered by, where that is not `published`


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One output at one moment. Rendering is a pure function of it: same Edition, same bytes."""

    name: str
    title: Text
    description: Text = Text("")
    language: str = ""
    id: str  # of the feed; kept for ever
    base_url: str  # of the site; ends with "/"
    folder: str = ""  # below it, where the files of the output stand: "" or ends with "/"
    updated: datetime  # of the newest entry, never "now"
    entries: tuple[Entry, ...] = ()
    formats: tuple[Format, ...] = ("atom", "rss", "json", "html")
    ttl: int = 60  # minutes; how often asking makes sense
    hubs: tuple[str, ...] = ()
    current: str = ""  # this is a page of the archive of the output with this name (RFC 5005 §4)
    previous: str = ""  # the name of the archive page with the entries before these

    def url(self, suffix: str, name: str = "") -> str:
        return f"{self.base_url}{self.folder}{name or self.name}.{suffix}"
