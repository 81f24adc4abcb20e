"""The nouns, in the order in which an article meets them:

    Source → Response → Item → Article → Story → Edition → bytes

All are frozen and hold tuples; every datetime is aware, in UTC, in whole seconds. A value is valid when it
exists: what cannot be made valid is not made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal, NewType, Protocol

Text = NewType("Text", str)
"""Plain text: no markup, no character references. Whoever writes it into a document escapes it."""

SafeHtml = NewType("SafeHtml", str)
"""HTML that `normalize.html.sanitize` made, and nothing else."""

Url = NewType("Url", str)
"""An absolute http or https URL that `normalize.url` let through."""


def utc(moment: datetime) -> datetime:
    """An aware datetime in UTC, in whole seconds. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError(f"a datetime without a zone: {moment!r}")
    return moment.astimezone(UTC).replace(microsecond=0)


# ------------------------------------------------------------------------------------------------ Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How often a source may and should be asked. `every=None`: by its own rhythm."""

    every: timedelta | None = None
    min: timedelta = timedelta(minutes=60)
    max: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How a source is reached. `headers` may hold secrets: never shown, nor sent to another origin."""

    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    user_agent: str = ""  # "" = ours
    proxy: str = field(default="", repr=False)
    trust_env: bool = False  # take proxies and .netrc from the environment
    allow_private: bool = False
    timeout: float = 30.0  # seconds, for the whole fetch with its redirects
    max_wire: int = 20 << 20  # bytes as they come
    max_body: int = 50 << 20  # bytes after unpacking


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """Where the parts of an item stand on a page without a feed: CSS selectors, `@name` for an attribute."""

    item: str
    title: str
    link: str = "a@href"
    date: str = ""
    text: str = ""
    image: str = ""
    author: str = ""


Kind = Literal["feed", "page", "opml"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One place that articles come from. `id` is stable: it survives a change of the URL."""

    id: str
    url: str = field(repr=False)  # http(s), or a path below the configuration's directory; may hold a secret
    kind: Kind = "feed"
    title: str = ""  # "" = what the feed calls itself
    tags: tuple[str, ...] = ()
    priority: int = 0  # the higher one wins when copies compete
    schedule: Schedule = Schedule()
    access: Access = Access()
    extract: Extract | None = None
    dedupe: bool = True  # False: its articles are copies of nothing, and nothing is a copy of them
    full_text: int | None = None  # fetch the article's page when its text has fewer characters than this

    @property
    def is_file(self) -> bool:
        return "://" not in self.url


# ---------------------------------------------------------------------------------------------- Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What makes the next request conditional: byte for byte as the server sent it (RFC 9110 §8.8)."""

    etag: str = ""
    last_modified: str = ""
    url: str = ""  # the URL that issued them; they are worth nothing at another

    def __bool__(self) -> bool:
        return bool(self.etag or self.last_modified)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A document, whole. `headers` are those that mean something to us, names in lower case."""

    url: str  # where it was in the end; what relative links refer to
    status: int
    body: bytes = field(repr=False)
    headers: tuple[tuple[str, str], ...] = ()
    validators: Validators = Validators()
    moved_to: str = ""  # where an unbroken chain of 301/308 from the source's URL led
    seconds: float = 0.0
    wire_bytes: int = 0

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """304: a value, not an error. `validators` are merged with those sent (RFC 9111 §4.3.4)."""

    url: str
    headers: tuple[tuple[str, str], ...] = ()
    validators: Validators = Validators()
    moved_to: str = ""
    seconds: float = 0.0
    wire_bytes: int = 0
    status: int = 304

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")


Fetched = Response | Unchanged


# -------------------------------------------------------------------------------- parts of items and articles


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    name: str = ""
    email: str = ""
    uri: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    term: str
    scheme: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    href: str
    rel: str = "alternate"
    type: str = ""
    title: str = ""
    hreflang: str = ""
    length: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """An enclosure, or a media:content: anything that hangs on an entry and is played or shown."""

    url: str
    type: str = ""  # "" in an Item where the document does not say; never "" in an Article
    length: int | None = None  # bytes
    medium: str = ""  # image, audio, video, document, executable (Media RSS 1.5.1)
    title: str = ""
    description: str = ""
    width: int | None = None
    height: int | None = None
    duration: int | None = None  # seconds
    thumbnail: str = ""
    role: Literal["enclosure", "content", "thumbnail"] = "enclosure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """podcast:transcript"""

    url: str
    type: str = ""
    language: str = ""
    rel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Podcast:
    """What itunes: and podcast: say of an episode."""

    duration: str = ""
    episode: str = ""
    season: str = ""
    episode_type: str = ""
    explicit: str = ""
    image: str = ""
    subtitle: str = ""
    keywords: str = ""
    chapters: str = ""  # URL
    chapters_type: str = ""
    transcripts: tuple[Transcript, ...] = ()

    def __bool__(self) -> bool:
        return self != Podcast()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """GeoRSS point, WGS 84 degrees."""

    latitude: float
    longitude: float
    name: str = ""


# -------------------------------------------------------------------------------------------------- Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A text construct as the document gave it. `type` is "text" or "html"; xhtml arrives as html."""

    value: str
    type: Literal["text", "html"] = "html"
    language: str = ""
    base: str = ""  # xml:base in force, absolute


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A date as the document wrote it, and what the parser made of it (None: it could not)."""

    raw: str = ""
    parsed: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What the document said, decoded but otherwise untouched. Nothing here may be trusted or shown."""

    guid: str = ""
    guid_is_link: bool = False  # RSS: isPermaLink is not "false"
    title: Body | None = None
    links: tuple[Link, ...] = ()
    summary: Body | None = None
    content: Body | None = None
    content_src: str = ""  # Atom content that lies elsewhere
    authors: tuple[Person, ...] = ()
    contributors: tuple[Person, ...] = ()
    categories: tuple[Category, ...] = ()
    published: Stated = Stated()
    updated: Stated = Stated()
    media: tuple[Media, ...] = ()  # enclosures first
    comments: str = ""
    rights: str = ""
    license: str = ""
    language: str = ""
    podcast: Podcast = Podcast()
    place: Place | None = None
    origin: Origin | None = None  # RSS source, Atom source: the feed that this was taken from


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The feed that an entry was taken from (RFC 4287 §4.2.11), as far as it is known."""

    title: str = ""
    id: str = ""
    url: str = ""  # the feed
    link: str = ""  # the page that the feed belongs to
    updated: datetime | None = None
    rights: str = ""
    authors: tuple[Person, ...] = ()
    language: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What a document says of itself, and of how often it wants to be asked."""

    format: str = ""  # rss20, rss10, rss091…, atom10, atom03, json11, page
    title: str = ""
    id: str = ""
    link: str = ""
    self_url: str = ""
    subtitle: str = ""
    language: str = ""
    authors: tuple[Person, ...] = ()
    rights: str = ""
    icon: str = ""
    image: str = ""
    categories: tuple[Category, ...] = ()
    updated: Stated = Stated()
    hubs: tuple[str, ...] = ()
    ttl: int | None = None  # minutes
    skip_hours: tuple[int, ...] = ()  # GMT
    skip_days: tuple[str, ...] = ()  # English names, GMT
    update_period: str = ""
    update_frequency: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One parsed document. `skipped`: items that could not be read, in words."""

    feed: Feed
    items: tuple[Item, ...]
    skipped: tuple[str, ...] = ()
    complete: bool = True  # False: it was cut off, and there may have been more


# ----------------------------------------------------------------------------------------------- Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What an item means. `id` is derived from the source's id and the item's first identity, never drawn."""

    id: str
    source: str  # Source.id
    guid: str = ""  # as the document wrote it
    link: Url | None = None  # where to read it: absolute, without tracking
    canonical: str = ""  # the same, folded for comparison; "" where there is none
    title: Text = Text("")
    html: SafeHtml = SafeHtml("")
    summary: SafeHtml = SafeHtml("")  # "" where it only repeats the beginning of `html`
    text: Text = Text("")  # the body in plain words, paragraphs parted by "\n"
    authors: tuple[Person, ...] = ()
    contributors: tuple[Person, ...] = ()
    credits: tuple[str, ...] = ()  # agencies: "AFP", "Reuters"
    categories: tuple[Category, ...] = ()
    published: datetime | None = None  # as stated, checked; None where the document does not say
    updated: datetime | None = None
    first_seen: datetime  # by us; what everything is ordered by where dates are missing or absurd
    language: str = ""  # BCP 47
    direction: Literal["", "ltr", "rtl"] = ""
    media: tuple[Media, ...] = ()
    image: Url | None = None  # the lead image
    comments: Url | None = None
    rights: Text = Text("")
    license: Url | None = None
    podcast: Podcast = Podcast()
    place: Place | None = None
    related: tuple[Link, ...] = ()  # rel=related, via, replies …: cleaned
    origin: Origin | None = None
    content_hash: bytes = b""  # over what a reader would call the article; an edit changes it

    @property
    def date(self) -> datetime:
        """What the article is ordered by: a date in the future or a missing one cannot pin it to the top."""
        return min(self.published, self.first_seen) if self.published else self.first_seen


# ------------------------------------------------------------------------------------- Output, Story, Edition

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
    article: Article  # the lead
    origin: Origin  # the feed that the lead was taken from
    also: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One output at one moment. Rendering is a pure function of it: same Edition, same bytes."""

    name: str
    title: Text
    description: Text = Text("")
    language: str = ""
    id: str  # of the feed; kept for ever
    base_url: str  # ends with "/"; the files of the output stand right below it
    updated: datetime  # of the newest entry, never "now"
    entries: tuple[Entry, ...] = ()
    formats: tuple[Format, ...] = ("atom", "rss", "json", "html")
    ttl: int = 60  # minutes; how often asking makes sense

    def url(self, suffix: str) -> str:
        return f"{self.base_url}{self.name}.{suffix}"
