"""Convert the validated entries of the file into the values that the rest of the program uses."""

from __future__ import annotations

import base64
from pathlib import Path

from feeds import rules
from feeds.config import addresses
from feeds.config.document import ConfigDocument, KeyPath
from feeds.config.entries import (
    ConfigFile,
    DefaultsEntry,
    LimitsEntry,
    OptionsEntry,
    OutputEntry,
    SourceEntry,
)
from feeds.config.messages import quoted_value
from feeds.config.settings import Limits, Retention, Settings, Site
from feeds.config.site import build_site, certificate_file
from feeds.config.source_secrets import secrets_of_messages, with_secrets
from feeds.model import Access, DedupePolicy, Extract, Kind, Output, Schedule, Source, SourceFilter, Tls
from feeds.model.schemes import url_schemes
from feeds.render import formats
from feeds.secret_values import secret_parameters


def build_settings(
    file: ConfigFile, positions: tuple[int, ...], document: ConfigDocument, path: Path
) -> Settings:
    """`positions` are the indexes of `file.sources` in the document, where problems are noted."""
    directory = path.parent
    site = build_site(file.site, document, directory)
    sources = tuple(
        build_source(entry, file.defaults, ("sources", position), document, directory)
        for position, entry in zip(positions, file.sources or (), strict=True)
    )
    secret_url_sources = frozenset(
        source.id
        for position, source in zip(positions, sources, strict=True)
        if "${" in (document.written(("sources", position, url_key(source.kind))) or "")
        or secret_parameters(source.url)
    )
    outputs = tuple(build_output(name, entry, site) for name, entry in (file.outputs or {}).items())
    return Settings(
        path=path,
        directory=directory,
        site=site,
        sources=sources,
        outputs=outputs
        or (
            Output(
                name="all",
                title=site.title,
                language=site.language,
                formats=formats.names(),
                hubs=site.hubs,
            ),
        ),
        secret_url_sources=secret_url_sources,
        secrets=secrets_of_messages(sources, document, secret_url_sources),
        retention=Retention(**dict(file.retention)),
        limits=_build_limits(file.limits),
    )


def url_key(kind: Kind) -> str:
    """The key of a source that holds its URL or path."""
    return "url" if kind == "feed" else kind


def _build_limits(entry: LimitsEntry) -> Limits:
    return Limits(**{**dict(entry), "parse_timeout": entry.parse_timeout.total_seconds()})


def build_source(
    entry: SourceEntry, defaults: DefaultsEntry, loc: KeyPath, document: ConfigDocument, directory: Path
) -> Source:
    kind: Kind = "page" if entry.page is not None else "opml" if entry.opml is not None else "feed"
    url_loc = (*loc, url_key(kind))
    url, login = _url_or_path(entry.page or entry.opml or entry.url or "", url_loc, document, directory)
    written = document.written(url_loc) or url
    options = _options(entry, defaults)
    source = Source(
        id=entry.id or addresses.source_id(written),
        url=url,
        kind=kind,
        title=entry.title or "",
        tags=tuple(dict.fromkeys(options.tags)),
        priority=options.priority,
        schedule=_schedule(options, entry, loc, document),
        access=_access(
            options,
            _headers(entry, login, loc, document),
            allow_private=entry.allow_private,
            tls=_tls(entry, (*loc, "tls"), document, directory),
        ),
        identity=entry.identity,
        extract=_extract(entry),
        dedupe=options.dedupe == "on",
        robots=entry.robots,
        max_news_per_poll=options.flood,
        push=options.push,
        full_text=options.full_text.when if options.full_text else None,
    )
    basic = entry.auth.basic if entry.auth else None
    password = basic.password if basic else login.password if login else ""
    return with_secrets(source, loc, document, password)


def build_output(name: str, entry: OutputEntry, site: Site) -> Output:
    selection = entry.from_
    private = entry.private or bool(entry.token)
    return Output(
        name=name,
        title=entry.title or name.replace("-", " ").replace("_", " ").capitalize(),
        description=entry.description,
        language=entry.language or site.language,
        source_filter=SourceFilter(tags=tuple(selection.tags), sources=tuple(selection.sources))
        if selection
        else SourceFilter(),
        dedupe=DedupePolicy(
            mode=entry.dedupe.mode,
            caution=entry.dedupe.caution,
            within_source=entry.dedupe.within_source,
            window=entry.dedupe.window,
            prefer=tuple(dict.fromkeys(entry.dedupe.prefer)),
        ),
        rules=rules.build_rules(entry.keep, entry.drop, entry.rewrite),
        formats=tuple(dict.fromkeys(entry.formats)),
        limit=entry.limit,
        per_source=entry.per_source,
        also_in=entry.also_in,
        archive=entry.archive,
        # A hub would learn the secret address and pass it on.
        hubs=() if private else tuple(dict.fromkeys(entry.hubs)) if entry.hubs is not None else site.hubs,
        private=private,
        token=entry.token or "",
    )


def _options(entry: SourceEntry, defaults: DefaultsEntry) -> OptionsEntry:
    """Each option as the source sets it, else as `defaults` does, else its built-in default."""
    return OptionsEntry.model_construct(
        **{
            name: getattr(entry if name in entry.model_fields_set else defaults, name)
            for name in OptionsEntry.model_fields
        }
    )


def _schedule(options: OptionsEntry, entry: SourceEntry, loc: KeyPath, document: ConfigDocument) -> Schedule:
    if options.min and options.max and options.min > options.max:
        key = "min" if "min" in entry.model_fields_set else "max"
        loc_of_bound = (*loc, key) if key in entry.model_fields_set else ("defaults", "min")
        document.note(
            loc_of_bound, "min is longer than max", "min and max bound what `every: auto` may choose."
        )
    return Schedule(every=options.every, min=options.min, max=options.max)


def _tls(entry: SourceEntry, loc: KeyPath, document: ConfigDocument, directory: Path) -> Tls:
    if entry.tls is None:
        return Tls()
    ca, cert, key = (
        str(certificate_file(getattr(entry.tls, name), (*loc, name), document, directory) or "")
        for name in ("ca", "cert", "key")
    )
    return Tls(ca=(ca,) if ca else (), cert=cert, key=key, verify=entry.tls.verify)


def _access(
    options: OptionsEntry, headers: tuple[tuple[str, str], ...], *, allow_private: bool, tls: Tls
) -> Access:
    return Access(
        tls=tls,
        headers=headers,
        user_agent=options.user_agent,
        proxy=options.proxy or "",
        trust_env=options.trust_env,
        allow_private=allow_private,
        timeout=options.timeout.total_seconds(),
        max_transferred_bytes=options.max_size or Access().max_transferred_bytes,
        max_decoded_bytes=options.max_size or Access().max_decoded_bytes,
    )


def _headers(
    entry: SourceEntry, login: addresses.Login | None, loc: KeyPath, document: ConfigDocument
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
    text: str, loc: KeyPath, document: ConfigDocument, directory: Path
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
