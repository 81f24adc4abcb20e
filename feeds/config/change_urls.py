"""Change the URLs of sources in the user's file; their ids and every other byte stay as they are.

An id that is not in the file is derived from the URL. Where the new URL would give another id, the old one is written
beside it, so that the source keeps its history.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from feeds.config import edit
from feeds.config.addresses import source_id, url_comparison_key, without_login
from feeds.config.build import url_key
from feeds.config.document import ConfigDocument, KeyPath
from feeds.config.load import parse_settings, read_text
from feeds.config.quote import quoted
from feeds.config.settings import Settings
from feeds.config.yaml_positions import MappingNode, ScalarNode, SequenceNode
from feeds.errors import ConfigError
from feeds.model import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlChange:
    """A new URL for a source. `obstacle` says why only the user can make the change; "" if it can be made here."""

    source: str  # Source.id
    old: str  # as written
    new: str
    obstacle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlChangePlan:
    """The planned content of the file: `text` has every applicable change."""

    path: Path
    text: str
    changes: tuple[UrlChange, ...] = ()

    @property
    def applicable(self) -> tuple[UrlChange, ...]:
        return tuple(change for change in self.changes if not change.obstacle)

    def write(self) -> None:
        """Replace the file. Raises ConfigError when it cannot be written."""
        if self.applicable:
            edit.replace_file(self.path, self.text)


def plan_url_changes(path: Path, new_urls: Mapping[str, str]) -> UrlChangePlan:
    """Plan the change of sources' URLs. `new_urls`: source id → new URL. Writes nothing.

    Raises ConfigError when the file cannot be loaded as it is. Ids that the file does not have are ignored.
    """
    text = read_text(path)
    settings = parse_settings(text, path, None)
    changes = []
    for position, source in enumerate(settings.sources):
        new = new_urls.get(source.id, "")
        if not new or new == source.url:
            continue
        document = ConfigDocument(text, str(path))
        old = document.written(_loc_of_url(source, position)) or source.url
        obstacle = _obstacle(settings, source, old, new)
        if not obstacle:
            edited = _with_url(text, document, source, position, edit.escape_references(new))
            if edited is not None and _changes_only_url(
                edited, path, settings, position, edit.escape_references(new)
            ):
                text, settings = edited, parse_settings(edited, path, None)
            else:
                obstacle = "it is written in a form that feeds cannot edit"
        changes.append(UrlChange(source=source.id, old=old, new=new, obstacle=obstacle))
    return UrlChangePlan(path=path, text=text, changes=tuple(changes))


def _loc_of_url(source: Source, position: int) -> KeyPath:
    return "sources", position, url_key(source.kind)


def _obstacle(settings: Settings, source: Source, old: str, new: str) -> str:
    duplicate = next(
        (
            other.id
            for other in settings.sources
            if other is not source and url_comparison_key(other.url) == url_comparison_key(new)
        ),
        "",
    )
    if duplicate:
        return f"{duplicate} has that address already: remove one of the two"
    if "${" in old or ("://" in old and without_login(old)[1]):
        return "its URL holds a secret"
    if source.access.headers and urlsplit(new).hostname != urlsplit(source.url).hostname:
        return "its credentials and headers would go to another host: see whether they should"
    if source.access.headers and urlsplit(new).scheme == "http" != urlsplit(source.url).scheme:
        return "its credentials and headers would go over the wire for everyone to read"
    return ""


def _with_url(text: str, document: ConfigDocument, source: Source, position: int, new: str) -> str | None:
    """The text with the new URL; None where the entry is written in an unsupported way."""
    sources, entry_pair = document.locate(("sources",)), document.locate(("sources", position))
    pair = document.locate(_loc_of_url(source, position))
    if sources is None or entry_pair is None or pair is None or not isinstance(pair.value, ScalarNode):
        return None
    if pair.value.style in ("|", ">"):
        return None  # a block scalar: its end includes the line break
    entry, start, end = entry_pair.value, pair.value.start, pair.value.end
    newline = "\r\n" if "\r\n" in text else "\n"
    url, own_id = quoted(new), f"id: {quoted(source.id)}"
    derived = source_id(new) == source.id
    if isinstance(entry, ScalarNode):
        if derived:
            return f"{text[:start]}{url}{text[end:]}"
        lines = f"{own_id}{newline}{' ' * entry.column}url: {url}"
        inline = isinstance(sources.value, SequenceNode) and sources.value.flow
        mapping = f"{{{own_id}, url: {url}}}" if inline else lines
        return f"{text[:start]}{mapping}{text[end:]}"
    if not isinstance(entry, MappingNode) or not any(key is pair.key for key, _ in entry.pairs):
        return None
    changed = f"{text[:start]}{url}{text[end:]}"
    if derived or _has_id(entry):
        return changed
    gap = ", " if entry.flow else f"{newline}{' ' * pair.key.column}"
    begin = pair.key.start
    return f"{changed[:begin]}{own_id}{gap}{changed[begin:]}"


def _has_id(entry: MappingNode) -> bool:
    return any(isinstance(key, ScalarNode) and key.text == "id" for key, _ in entry.pairs)


def _changes_only_url(text: str, path: Path, before: Settings, position: int, new: str) -> bool:
    """Whether only that URL differs between the settings: an alias of it may be used elsewhere."""
    try:
        after = parse_settings(text, path, None)
    except ConfigError:
        return False
    expected = list(before.sources)
    expected[position] = replace(expected[position], url=new)
    return after == replace(before, sources=tuple(expected))
