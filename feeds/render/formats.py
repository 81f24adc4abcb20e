"""The registry of output formats: the one place that lists the kinds of file in which an output can be published.

To add a format, write a module with a `render` function and a `check` function (see `FormatModule`) and register it at
the end of this file. The configuration, the publisher, the server and the hubs read the registry. A format's module is
imported when a file of that format is made, because start-up must not pay for feedgen, lxml and jinja2.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from feeds.model import Edition, Format, PreviousEntry

if TYPE_CHECKING:
    from feeds.render.pages.theme import Theme
    from feeds.render.rendered import CleanEdition, Rendered
    from feeds.render.rendered_cache import RenderedCache


class FormatModule(Protocol):
    """What the module of a format defines."""

    def render(
        self,
        edition: Edition | CleanEdition,
        *,
        theme: Theme | None = None,
        cache: RenderedCache | None = None,
    ) -> Rendered:
        """Render one output. A format without pages ignores `theme`; one that renders all entries anew, `cache`."""
        ...

    def check(self, data: bytes) -> None:
        """Raise an exception if the bytes are not a whole document of this format. Called before a file is replaced."""
        ...


class RecoveringModule(Protocol):
    """What the module of a format defines besides if its record has a `recovery_rank`."""

    def recover_entries(self, data: bytes, feed_id: str, address: str) -> Iterable[PreviousEntry]:
        """Read the entries out of a file that an earlier run published.

        Yields nothing if the file belongs to another output: `feed_id` is the output's id, `address` the file's URL.
        Raises ValueError, KeyError, TypeError, AttributeError or XMLSyntaxError for a file that is not of this format.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputFormat:
    """One kind of file in which an output can be published."""

    name: Format  # small letters and digits, also the ending of the file's name: "atom"
    title: str  # what people call it: "JSON Feed"
    media_type: str  # without parameters: "application/atom+xml"
    module: str  # dotted name of a `FormatModule`
    is_feed: bool = True  # feed readers subscribe to it and hubs announce it; False: a page for people
    reuses_entries: bool = False  # `render` takes the bytes of unchanged entries from its cache
    recovery_rank: int | None = None  # order in which files are read back, 1 first; None: they cannot be

    def load(self) -> FormatModule:
        return cast(FormatModule, import_module(self.module))

    def load_recovery(self) -> RecoveringModule:
        return cast(RecoveringModule, import_module(self.module))


class FeedLink(NamedTuple):
    """How a page links to a feed. The templates unpack it by position."""

    ending: str
    title: str
    media_type: str


_registry: dict[Format, OutputFormat] = {}


def register(output_format: OutputFormat) -> None:
    """Raises ValueError if the name is taken."""
    if output_format.name in _registry:
        raise ValueError(f"the output format {output_format.name!r} is registered already")
    _registry[output_format.name] = output_format


def unregister(name: Format) -> None:
    del _registry[name]


def find(name: str) -> OutputFormat | None:
    return _registry.get(name)


def get(name: Format) -> OutputFormat:
    """Raises KeyError for a name that is not registered."""
    return _registry[name]


def names() -> tuple[Format, ...]:
    """All names, in the order of registration: the order of an output's default `formats`."""
    return tuple(_registry)


def feeds() -> tuple[OutputFormat, ...]:
    """The formats that feed readers subscribe to, the one to recommend first."""
    return tuple(output_format for output_format in _registry.values() if output_format.is_feed)


def pages() -> tuple[OutputFormat, ...]:
    """The formats for people."""
    return tuple(output_format for output_format in _registry.values() if not output_format.is_feed)


def recoverable() -> tuple[OutputFormat, ...]:
    """The formats whose files can be read back, the one that says most of an entry first."""
    ranked = [
        (output_format.recovery_rank, output_format)
        for output_format in _registry.values()
        if output_format.recovery_rank is not None
    ]
    return tuple(output_format for _, output_format in sorted(ranked, key=lambda pair: pair[0]))


def feed_links(formats: Iterable[Format]) -> list[FeedLink]:
    """The feeds among these formats, in the order of registration."""
    chosen = set(formats)
    return [FeedLink(feed.name, feed.title, feed.media_type) for feed in feeds() if feed.name in chosen]


register(
    OutputFormat(
        name="atom",
        title="Atom",
        media_type="application/atom+xml",
        module="feeds.render.atom",
        reuses_entries=True,
        recovery_rank=1,
    )
)
register(
    OutputFormat(
        name="rss",
        title="RSS",
        media_type="application/rss+xml",
        module="feeds.render.rss",
        reuses_entries=True,
        recovery_rank=3,
    )
)
register(
    OutputFormat(
        name="json",
        title="JSON Feed",
        media_type="application/feed+json",
        module="feeds.render.jsonfeed",
        reuses_entries=True,
        recovery_rank=2,
    )
)
register(
    OutputFormat(
        name="html",
        title="HTML",
        media_type="text/html",
        module="feeds.render.pages.output_page",
        is_feed=False,
    )
)
