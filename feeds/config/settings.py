"""What the rest of the program is given: the file's meaning, checked, with every default filled in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

from feeds.model import Output, Source

Packing = Literal["gzip", "br"]  # content codings (RFC 9110 §8.4.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Where the objects lie, and as whom they are written."""

    name: str
    prefix: str = ""  # "" or ends with "/"
    endpoint: str = ""  # "" = Amazon's own
    region: str = ""
    key: str = field(
        default="", repr=False
    )  # "" = as boto3 finds it: environment, ~/.aws, the machine's role
    secret: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"s3://{self.name}/{self.prefix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Who publishes, where, and what the state is kept in."""

    title: str = "Feeds"
    description: str = ""
    language: str = ""  # BCP 47; "" = not stated
    base_url: str = "http://127.0.0.1:8000/"  # absolute, ends with "/": where `output` is served
    output: Path = Path("output")  # absolute once loaded
    bucket: Bucket | None = None  # to publish into, in place of `output`
    state: Path = Path("feeds.db")  # absolute once loaded
    user_agent: str = ""  # "" = ours
    contact: str = ""  # a URL or a mail address, told to the servers that are asked
    callbacks: str = ""  # what the addresses begin with at which hubs deliver, ends with "/"; "" = no hubs
    timezone: str = "UTC"  # an IANA name: what the pages tell times in
    templates: Path | None = None  # absolute; the user's own pages and style; None: ours
    hubs: tuple[str, ...] = ()  # that are told of our news, where an output names no others
    packings: tuple[Packing, ...] = ()  # that stand beside each file
    health: bool = True  # publish how the sources are: health.atom, health.html

    @property
    def place(self) -> str:
        """Where the files are, in words."""
        return str(self.bucket or self.output)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long things are kept. The ledger outlives the bodies, so that nothing old comes back as new."""

    age: timedelta = timedelta(days=90)  # bodies
    per_source: int = 2_000  # bodies of one source
    ledger: timedelta = timedelta(days=730)  # what was published when, under which id


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one process may spend."""

    fetch_threads: int = 16
    host_interval: timedelta = timedelta(seconds=1)  # the least pause between two requests to a host
    parse_workers: int = 2  # processes
    parse_timeout: float = 20.0  # seconds, for one document
    parse_memory: int = 512 << 20  # bytes, for one worker


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One configuration file, understood. Reload makes a new one; nothing in it is ever changed."""

    path: Path  # of the file, absolute
    directory: Path  # its folder, absolute: what relative paths start from and file sources may not leave
    site: Site = Site()
    sources: tuple[Source, ...] = ()
    outputs: tuple[Output, ...] = ()
    private: frozenset[str] = frozenset()  # ids of sources with a secret in their URL: it is never published
    retention: Retention = Retention()
    limits: Limits = Limits()
