"""Convert the validated entries of the file into the values that the rest of the program uses."""

from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from feeds import rules
from feeds.config import addresses
from feeds.config.document import Document, Loc
from feeds.config.file import Defaults, File, LimitsEntry, Options, OutputEntry, SourceEntry
from feeds.config.messages import quoted_value
from feeds.config.settings import Limits, Retention, Settings, Site
from feeds.config.site import build_site
from feeds.model import Access, DedupePolicy, Extract, Kind, Output, Schedule, Selector, Source
from feeds.model.schemes import url_schemes
from feeds.render import formats


def build_settings(file: File, positions: tuple[int, ...], document: Document, path: Path) -> Settings:
    """`positions` are the indexes of `file.sources` in the document, where problems are noted."""
    directory = path.parent
    site_ = build_site(file.site, document, directory)
    sources = tuple(
        build_source(entry, file.defaults, ("sources", position), document, directory)
        for position, entry in zip(positions, file.sources or (), strict=True)
    )
    outputs = tuple(build_output(name, entry, site_) for name, entry in (file.outputs or {}).items())
    return Settings(
        path=path,
        directory=directory,
        site=site_,
        sources=sources,
        outputs=outputs
        or (
            Output(
                name="all",
                title=site_.title,
                language=site_.language,
                formats=formats.names(),
                hubs=site_.hubs,
            ),
        ),
        private=frozenset(
            source.id
            for position, source in zip(positions, sources, strict=True)
            if "${" in (document.written(("sources", position, url_key(source.kind))) or "")
        ),
        retention=Retention(**dict(file.retention)),
        limits=build_limits(file.limits),
    )


def url_key(kind: Kind) -> str:
    """The key of a source that holds its URL or path."""
    return "url" if kind == "feed" else kind


def build_limits(entry: LimitsEntry) -> Limits:
    return Limits(**{**dict(entry), "parse_timeout": entry.parse_timeout.total_seconds()})


def build_source(
    entry: SourceEntry, defaults: Defaults, loc: Loc, document: Document, directory: Path
) -> Source:
    kind: Kind = "page" if entry.page is not None else "opml" if entry.opml is not None else "feed"
    url_loc = (*loc, url_key(kind))
    url, login = _url_or_path(entry.page or entry.opml or entry.url or "", url_loc, document, directory)
    written = document.written(url_loc) or url
    options = _LayeredOptions(entry, defaults)
    return Source(
        id=entry.id or addresses.source_id(written),
        url=url,
        kind=kind,
        title=entry.title or "",
        tags=tuple(dict.fromkeys(options["tags"])),
        priority=options["priority"],
        schedule=_schedule(options, loc, document),
        access=_access(options, _headers(entry, login, loc, document), allow_private=entry.allow_private),
        extract=_extract(entry),
        dedupe=options["dedupe"] == "on",
        robots=entry.robots,
        flood=options["flood"],
        push=options["push"],
        full_text=int(options["full_text"].when.split()[1]) if options["full_text"] else None,
    )


def build_output(name: str, entry: OutputEntry, site_: Site) -> Output:
    selection = entry.from_
    private = entry.private or bool(entry.token)
    return Output(
        name=name,
        title=entry.title or name.replace("-", " ").replace("_", " ").capitalize(),
        description=entry.description,
        language=entry.language or site_.language,
        select=Selector(tags=tuple(selection.tags), sources=tuple(selection.sources))
        if selection
        else Selector(),
        dedupe=DedupePolicy(
            mode=entry.dedupe.mode,
            caution=entry.dedupe.caution,
            window=entry.dedupe.window,
            prefer=tuple(dict.fromkeys(entry.dedupe.prefer)),
        ),
        rules=rules.build(entry.keep, entry.drop, entry.rewrite),
        formats=tuple(dict.fromkeys(entry.formats)),
        limit=entry.limit,
        per_source=entry.per_source,
        also_in=entry.also_in,
        archive=entry.archive,
        # A hub would learn the secret address and pass it on.
        hubs=() if private else tuple(dict.fromkeys(entry.hubs)) if entry.hubs is not None else site_.hubs,
        private=private,
        token=entry.token or "",
    )


class _LayeredOptions:
    """An option of the source, else of `defaults`, else the built-in default."""

    def __init__(self, entry: Options, defaults: Options) -> None:
        self.layers: tuple[BaseModel, ...] = (entry, defaults)

    def __getitem__(self, name: str) -> Any:
        layer = next((layer for layer in self.layers if name in layer.model_fields_set), self.layers[-1])
        return getattr(layer, name)


def _schedule(options: _LayeredOptions, loc: Loc, document: Document) -> Schedule:
    low: timedelta | None = options["min"]
    high: timedelta | None = options["max"]
    if low and high and low > high:
        entry = options.layers[0].model_fields_set
        key = "min" if "min" in entry else "max"
        loc_of_bound = (*loc, key) if key in entry else ("defaults", "min")
        document.note(
            loc_of_bound, "min is longer than max", "min and max bound what `every: auto` may choose."
        )
    return Schedule(every=options["every"], min=low, max=high)


def _access(options: _LayeredOptions, headers: tuple[tuple[str, str], ...], *, allow_private: bool) -> Access:
    size: int | None = options["max_size"]
    return Access(
        headers=headers,
        user_agent=options["user_agent"],
        proxy=options["proxy"] or "",
        trust_env=options["trust_env"],
        allow_private=allow_private,
        timeout=options["timeout"].total_seconds(),
        max_wire=size or Access().max_wire,
        max_body=size or Access().max_body,
    )


def _headers(
    entry: SourceEntry, login: addresses.Login | None, loc: Loc, document: Document
) -> tuple[tuple[str, str], ...]:
    headers = tuple(entry.headers.items())
    auth = entry.auth
    if login and (auth or any(name.lower() == "authorization" for name in entry.headers)):
        document.note((*loc, "auth"), "auth: the URL has a user and a password too", "Remove one of the two.")
    if auth and auth.bearer is not None:
        return (*headers, ("Authorization", f"Bearer {auth.bearer}"))
    if auth and auth.basic is not None:
        login = addresses.Login(auth.basic.user, auth.basic.password)
    if login is None:
        return headers
    pair = base64.b64encode(f"{login.user}:{login.password}".encode("utf-8", "surrogatepass")).decode("ascii")
    return (*headers, ("Authorization", f"Basic {pair}"))


def _extract(entry: SourceEntry) -> Extract | None:
    if entry.extract is None:
        return None
    return Extract(**{name: value or "" for name, value in entry.extract})


def _url_or_path(
    text: str, loc: Loc, document: Document, directory: Path
) -> tuple[str, addresses.Login | None]:
    """Return a URL without its login, and the login; or a path. Problems are noted, and `text` is returned."""
    try:
        if "://" in text:
            return addresses.without_login(addresses.check_web_url(text, url_schemes()))
        if addresses.looks_like_host(text) and not (directory / text).exists():
            written = quoted_value(f"https://{document.written(loc)}")
            document.note(
                loc, f"{loc[-1]}: neither an http(s) URL nor a file here", f"Did you mean {written}?"
            )
        return addresses.local_path(text, directory), None
    except (ValueError, OSError) as error:
        hint = "Files must stand below this folder." if "outside" in str(error) else ""
        if text.startswith("file:"):
            hint = "Write the path as seen from this file, without file://."
        elif text.startswith("feed:"):
            hint = "Write https:// in place of feed://."
        document.note(loc, f"{loc[-1]}: {quoted_value(document.written(loc) or '')} {error}", hint)
        return text, None
