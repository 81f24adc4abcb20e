"""The configuration for the rest of the program: validated, with every default filled in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

from feeds.model import Output, Source

PrivateAccess = Literal["owner", "web_server"]
"""Who may read private files on this machine: the user of this program, or everyone who knows a file's name."""

ContentCoding = Literal["gzip", "br"]  # RFC 9110 §8.4.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """An object store for the outputs, and the credentials to write to it."""

    name: str
    prefix: str = ""  # "" or ends with "/"
    endpoint: str = ""  # "" = Amazon's own
    region: str = ""
    key: str = field(default="", repr=False)  # "" = boto3 finds it: environment, ~/.aws, the machine's role
    secret: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"s3://{self.name}/{self.prefix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Who publishes, where, and in which file the state is."""

    title: str = "Feeds"
    description: str = ""
    language: str = ""  # BCP 47; "" = unknown
    base_url: str = "http://127.0.0.1:8000/"  # absolute, ends with "/": where `output` is served
    output: Path = Path("output")  # absolute once loaded
    bucket: Bucket | None = None  # to publish into, in place of `output`
    state: Path = Path("feeds.db")  # absolute once loaded
    user_agent: str = ""  # "" = the built-in one
    contact: str = ""  # a URL or a mail address, sent to the servers in the User-Agent
    callback_prefix: str = ""  # of the URLs to which hubs deliver, ends with "/"; "" = no hubs
    timezone: str = "UTC"  # an IANA name, for the times on the pages
    ca: Path | None = None  # absolute; certificate authorities to trust besides the usual ones
    templates: Path | None = None  # absolute; the user's pages and style; None = the built-in ones
    hubs: tuple[str, ...] = ()  # WebSub hubs to notify, where an output names no others
    content_codings: tuple[ContentCoding, ...] = ()  # of the compressed copies beside each file
    health: bool = True  # publish health.atom and health.html
    private_access: PrivateAccess = "owner"

    @property
    def output_location(self) -> str:
        """Where the outputs are, for messages."""
        return str(self.bucket or self.output)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long data is kept. The ledger outlives the bodies, so that nothing old is published as new."""

    age: timedelta = timedelta(days=90)  # bodies
    per_source: int = 2_000  # bodies of one source
    ledger: timedelta = timedelta(days=730)  # which ids were published when


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of one process."""

    fetch_threads: int = 16
    host_interval: timedelta = timedelta(seconds=1)  # minimum between two requests to a host
    parse_workers: int = 2  # processes
    parse_timeout: float = 20.0  # seconds, for one document
    parse_memory: int = 512 << 20  # bytes, for one worker


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The content of one configuration file. Immutable: a reload makes a new one."""

    path: Path  # of the file, absolute
    directory: Path  # its folder, absolute: relative paths start here, and file sources must be below it
    site: Site = Site()
    sources: tuple[Source, ...] = ()
    outputs: tuple[Output, ...] = ()
    secret_url_sources: frozenset[str] = (
        frozenset()
    )  # ids of sources whose URL holds a secret and is never published
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    """What no message may show: the filled-in values and the tokens in URLs. Without the tokens of private outputs,
    because `feeds status` prints their addresses."""
    retention: Retention = Retention()
    limits: Limits = Limits()
