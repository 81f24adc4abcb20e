"""The schema of sources.yaml as pydantic models. The JSON Schema and the hints in messages derive from it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator
from pydantic_core import PydanticKnownError

from feeds.config.field_types import (
    AutoOrDuration,
    CssSelector,
    Duration,
    DurationOrZero,
    FullTextCondition,
    HeaderName,
    HeaderValue,
    Hub,
    Language,
    Line,
    NonEmptyLine,
    OutputName,
    Proxy,
    Section,
    Size,
    SourceId,
    Token,
    field_error,
    shorthand,
)
from feeds.config.settings import Limits, Retention
from feeds.config.site import SiteEntry
from feeds.model import Access, Caution, DedupeMode, DedupePolicy, Format, Identity, Output, Preference
from feeds.render import formats
from feeds.rules import Condition, Rewrite

# Defaults are defined once, in the values that the rest of the program uses.
_RETENTION, _LIMITS = Retention(), Limits()
_ACCESS, _DEDUPE = Access(), DedupePolicy()
_OUTPUT = Output(name="", title="", formats=formats.names())


def _registered_format(value: Any) -> Format:
    if isinstance(value, str) and formats.find(value):
        return value
    known = ", ".join(f"'{name}'" for name in formats.names())
    raise PydanticKnownError("literal_error", {"expected": known})


FormatName = Annotated[
    Format,
    PlainValidator(_registered_format),
    WithJsonSchema({"enum": list(formats.names()), "type": "string"}),
]


class FullTextEntry(Section):
    """When to fetch the article's own page."""

    when: FullTextCondition = Field(
        description="`shorter_than N`: when the feed gives fewer than N characters of text."
    )


class BasicAuthEntry(Section):
    """A user and a password (RFC 7617)."""

    user: Line = Field(description="The user's name.")
    password: Line = Field(description="The password; better `${env:NAME}` or `${file:PATH}`.")


class AuthEntry(Section):
    """How a source knows that we may read it."""

    bearer: HeaderValue | None = Field(
        None, description="A token, sent as `Authorization: Bearer`; better `${env:NAME}` or `${file:PATH}`."
    )
    basic: BasicAuthEntry | None = Field(None, description="A user and a password.")

    @model_validator(mode="after")
    def _check_one_method(self) -> AuthEntry:
        if self.bearer is None and self.basic is None:
            raise field_error("auth: needs bearer or basic")
        if self.bearer is not None and self.basic is not None:
            raise field_error("auth: has bearer and basic; a request can carry only one of them")
        return self


class TlsEntry(Section):
    """How a source's server is recognised, and how it recognises us. The files are in PEM form."""

    ca: NonEmptyLine | None = Field(
        None,
        description="A file with certificate authorities to trust for this source, besides the usual ones.",
    )
    cert: NonEmptyLine | None = Field(
        None, description="A file with the client certificate; only the source's own host sees it."
    )
    key: NonEmptyLine | None = Field(
        None, description="A file with its key, without a password; unset: it is in the same file."
    )
    verify: bool = Field(
        True,
        description="`false`: accept any certificate of the source's own host. Anybody between can then change the "
        "feed, and `feeds status` warns of it; better name the certificate as `ca`.",
    )

    @model_validator(mode="after")
    def _check_key(self) -> TlsEntry:
        if self.key and not self.cert:
            raise field_error("tls: key needs cert")
        return self


class ExtractEntry(Section):
    """Where the parts of an item stand on a page: CSS selectors, with `@name` for an attribute."""

    item: CssSelector = Field(description="What encloses one article; the others are searched inside it.")
    title: CssSelector = Field(description="The title.")
    link: CssSelector = Field("a@href", description="The link to the article.")
    date: CssSelector | None = Field(None, description="The date: time@datetime.")
    text: CssSelector | None = Field(None, description="The text.")
    image: CssSelector | None = Field(None, description="The picture: img@src.")
    author: CssSelector | None = Field(None, description="The author.")


class OptionsEntry(Section):
    """What a source may say for itself, and `defaults` for all."""

    every: AutoOrDuration = Field(
        None, description="How often to ask: a duration, or `auto` for the source's own rhythm."
    )
    min: Duration | None = Field(
        None, description="The shortest interval of `auto`; unset: 1h, or less where the server allows it."
    )
    max: Duration | None = Field(
        None, description="The longest interval of `auto`, also where the server asks for more; unset: 1d."
    )
    tags: list[NonEmptyLine] = Field([], description="What outputs choose sources by.")
    priority: Annotated[int, Field(ge=-1000, le=1000)] = Field(
        0, description="The higher one wins when copies of a text compete."
    )
    user_agent: HeaderValue = Field("", description="Another User-Agent than the site's.")
    proxy: Proxy | None = Field(
        None, description="An HTTP or SOCKS5 proxy: http://proxy.example:3128, socks5h://127.0.0.1:9050"
    )
    trust_env: bool = Field(False, description="Take proxies and .netrc from the environment.")
    timeout: Duration = Field(
        timedelta(seconds=_ACCESS.timeout), description="For one whole fetch, redirects and body included."
    )
    max_size: Size | None = Field(
        None, description="The longest document to read; unset: 20 MiB as sent, 50 MiB unpacked."
    )
    dedupe: Literal["on", "off"] = Field(
        "on", description="`off`: its articles are never taken for copies of others."
    )
    flood: Annotated[int, Field(ge=0)] = Field(
        50, description="How many new entries of one poll may stand as news; 0: all of them."
    )
    full_text: FullTextEntry | None = Field(None, description="When to fetch the article's own page.")
    push: bool = Field(True, description="Let its hub push its news, where `site.websub` is set.")


class DefaultsEntry(OptionsEntry):
    """Options of every source that does not set them itself."""


class SourceEntry(OptionsEntry):
    """One place that articles come from."""

    id: SourceId | None = Field(
        None, description="Its name in this file and in the state; unset: derived from the URL."
    )
    title: NonEmptyLine | None = Field(
        None, description="What readers see; unset: what the feed calls itself."
    )
    url: NonEmptyLine | None = Field(
        None, description="The feed: an http(s) URL, or a file below this folder."
    )
    page: NonEmptyLine | None = Field(None, description="A page that has no feed; needs `extract`.")
    extract: ExtractEntry | None = Field(None, description="Where the articles stand on the page.")
    opml: NonEmptyLine | None = Field(
        None, description="A list of feeds (OPML) to follow and keep in step with."
    )
    auth: AuthEntry | None = Field(None, description="A token, or a user and a password.")
    tls: TlsEntry | None = Field(None, description="Certificates, where the usual ones do not fit.")
    identity: Identity = Field(
        "guid",
        description="What tells the items of this feed apart. `link` or `title`: for a feed whose guids are wrong, "
        "such as others at each poll, or one for all items.",
    )
    allow_private: bool = Field(
        False, description="Allow addresses of this machine and the local network, for this source alone."
    )
    robots: bool = Field(
        True, description="`false`: read its pages whatever the site's robots.txt says; feeds never ask it."
    )
    headers: dict[HeaderName, HeaderValue] = Field(
        {}, description="Further request headers; sent to the source's own origin only."
    )

    @model_validator(mode="after")
    def _check_kind(self) -> SourceEntry:
        keys = [name for name in ("url", "page", "opml") if getattr(self, name) is not None]
        if not keys:
            raise field_error("a source needs a url (or a page, or an opml)")
        if len(keys) > 1:
            raise field_error(f"a source has one of url, page, opml; this has {' and '.join(keys)}")
        if self.page is not None and self.extract is None:
            hint = (
                "As in: extract: {item: li.news, title: a, link: a@href}. A page that names a feed is a url."
            )
            raise field_error("page: needs extract to say where the articles stand", hint)
        if self.page is None and self.extract is not None:
            raise field_error("extract: belongs to a page", "Write `page:` in place of `url:`.")
        if self.auth and any(name.lower() == "authorization" for name in self.headers):
            raise field_error("auth and an Authorization header exclude each other")
        return self


class FromEntry(Section):
    """Which sources feed an output: those with one of the tags, and those named. Neither: all."""

    tags: list[NonEmptyLine] = Field([], description="Sources with at least one of these tags.")
    sources: list[NonEmptyLine] = Field([], description="Sources with these ids.")


class DedupeEntry(Section):
    """What counts as the same text, and which copy is shown."""

    mode: DedupeMode = Field(
        _DEDUPE.mode,
        description="`near`: also slightly changed texts; `exact`: equal ones; `off`: every copy.",
    )
    caution: Caution = Field(
        _DEDUPE.caution,
        description="`balanced`: a wrong merge weighs like a missed one; `cautious`: only what is certain.",
    )
    within_source: bool = Field(
        _DEDUPE.within_source, description="Also merge copies that one source has on several pages."
    )
    window: Duration = Field(_DEDUPE.window, description="How far apart copies may appear.")
    prefer: Annotated[list[Preference], Field(min_length=1)] = Field(
        list(_DEDUPE.prefer),
        description="Which copy leads: the first of these that makes a difference.",
    )


class OutputEntry(Section):
    """One list of stories, published in several formats."""

    title: NonEmptyLine | None = Field(None, description="What readers see; unset: made from the name.")
    description: Line = Field("", description="What it is about, in a sentence.")
    language: Language | None = Field(None, description="Its language; unset: the site's.")
    from_: FromEntry | None = Field(None, alias="from", description="Which sources feed it; unset: all.")
    keep: Condition | None = Field(None, description="Keep only articles that are like this.")
    drop: Condition | None = Field(None, description="Drop articles that are like this.")
    rewrite: list[Rewrite] = Field([], description="Changes to titles, one after the other.")
    dedupe: Annotated[DedupeEntry, shorthand("mode", DedupeMode | DedupeEntry)] = Field(
        default_factory=DedupeEntry, description="What counts as the same text; a mode alone, or a mapping."
    )
    formats: Annotated[list[FormatName], Field(min_length=1)] = Field(
        list(_OUTPUT.formats), description="The kinds of file to write."
    )
    limit: Annotated[int, Field(ge=1, le=10_000)] = Field(
        _OUTPUT.limit, description="The most entries it has."
    )
    per_source: Annotated[int, Field(ge=1)] | None = Field(
        None, description="The most entries that one source may have in it."
    )
    also_in: bool = Field(True, description="Name the other sources that carry the same text.")
    archive: Annotated[int, Field(ge=0, le=100_000)] = Field(
        _OUTPUT.archive, description="How many pages of `limit` older entries are kept behind it."
    )
    hubs: list[Hub] | None = Field(
        None, description="The WebSub hubs to tell of its news; unset: the site's."
    )
    private: bool = Field(False, description="Publish it at an address that nobody can guess.")
    token: Token | None = Field(
        None, description="What that address is made of; unset: drawn once. Better `${env:NAME}`."
    )

    @model_validator(mode="after")
    def _check_private(self) -> OutputEntry:
        if (self.private or self.token) and self.hubs:
            hint = "Take one of the two out; readers of a private output ask for its news."
            raise field_error("hubs: would tell everybody the address of a private output", hint)
        return self


class RetentionEntry(Section):
    """How long things are kept."""

    age: Duration = Field(_RETENTION.age, description="The texts of articles.")
    per_source: Annotated[int, Field(ge=1)] = Field(
        _RETENTION.per_source, description="The most texts of one source."
    )
    ledger: Duration = Field(
        _RETENTION.ledger, description="What was published under which id, so that nothing comes twice."
    )


class LimitsEntry(Section):
    """What one process may spend."""

    fetch_threads: Annotated[int, Field(ge=1, le=256)] = Field(
        _LIMITS.fetch_threads, description="Fetches at the same time."
    )
    host_interval: DurationOrZero = Field(
        _LIMITS.host_interval, description="Between two requests to a host, at least; 0s: no pause."
    )
    parse_workers: Annotated[int, Field(ge=1, le=64)] = Field(
        _LIMITS.parse_workers, description="Processes that read documents."
    )
    parse_timeout: Duration = Field(
        timedelta(seconds=_LIMITS.parse_timeout), description="For reading one document."
    )
    parse_memory: Size = Field(_LIMITS.parse_memory, description="For one of those processes.")


class ConfigFile(Section):
    """What to pull, what to publish."""

    site: SiteEntry = Field(default_factory=SiteEntry, description="Who publishes, and where.")
    defaults: DefaultsEntry = Field(
        default_factory=DefaultsEntry, description="Options of every source that does not set them."
    )
    sources: list[Annotated[SourceEntry, shorthand("url", str | SourceEntry)]] | None = Field(
        None, description="Where articles come from: URLs, or mappings with a URL and options."
    )
    outputs: dict[OutputName, OutputEntry] | None = Field(
        None, description="What is published, by name; unset: one output, `all`."
    )
    retention: RetentionEntry = Field(default_factory=RetentionEntry, description="How long things are kept.")
    limits: LimitsEntry = Field(default_factory=LimitsEntry, description="What one process may spend.")
