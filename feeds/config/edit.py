"""Add sources to the user's file and leave every other byte of it as it is.

The new lines are inserted at the end of the list of sources. Dumping the whole file again (ruamel.yaml's round trip)
changes spacing, joins the lines of flow collections, and puts a new source below the comment above the next section.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from feeds.config.addresses import check_web_url, source_id, url_comparison_key
from feeds.config.document import ConfigDocument
from feeds.config.load import parse_settings, read_text
from feeds.config.messages import quoted_value
from feeds.config.quote import quoted
from feeds.config.settings import Settings
from feeds.config.yaml_positions import MappingNode, Node, ScalarNode, SequenceNode
from feeds.errors import ConfigError, Problem
from feeds.model import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class _NewSource:
    id: str
    url: str
    title: str = ""
    tags: tuple[str, ...] = ()
    allow_private: bool = False


def add_source(
    path: Path,
    url: str,
    *,
    id: str | None = None,  # noqa: A002  the key in the file
    title: str | None = None,
    tags: Iterable[str] = (),
    allow_private: bool = False,
) -> str:
    """Add one source to the file and return its id.

    Raises ConfigError and leaves the file unchanged when the result could not be loaded: the URL or the id is
    already there, or the file had a mistake before.
    """
    text = read_text(path)
    before = parse_settings(text, path, None)
    new = replace(_new_source(before, url, id, title, tags), allow_private=allow_private)
    _write_checked(path, text, before, [new])
    return new.id


def preview_source(
    path: Path,
    environ: Mapping[str, str],
    url: str,
    *,
    id: str | None = None,  # noqa: A002  as above
    title: str | None = None,
    tags: Iterable[str] = (),
    allow_private: bool = False,
) -> tuple[Settings, Source]:
    """Return the settings with one more source, and that source with all defaults. Writes nothing.

    Raises ConfigError as `add_source` does.
    """
    text = read_text(path)
    new = replace(
        _new_source(parse_settings(text, path, None), url, id, title, tags), allow_private=allow_private
    )
    settings = parse_settings(_with_sources(text, path, [new]), path, environ)
    return settings, next(source for source in settings.sources if source.id == new.id)


def _new_source(
    before: Settings, url: str, own_id: str | None, title: str | None, tags: Iterable[str]
) -> _NewSource:
    url = escape_references(url)
    chosen = own_id or _free_id(source_id(url), {source.id.casefold() for source in before.sources})
    return _NewSource(id=chosen, url=url, title=title or "", tags=tuple(tags))


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What `add_sources` did with each source of the list."""

    added: tuple[str, ...] = ()  # ids
    known: int = 0  # how many were in the file already, or twice in the list
    refused: tuple[str, ...] = ()  # a message for each


def add_sources(path: Path, sources: Iterable[tuple[str, str, Iterable[str]]]) -> ImportResult:
    """Add many sources (URL, title or "", tags), such as the feeds of an OPML file.

    URLs that are already in the file or are not web addresses are skipped and reported. Raises ConfigError and
    leaves the file unchanged when the result could not be loaded.
    """
    text = read_text(path)
    before = parse_settings(text, path, None)
    urls = {url_comparison_key(source.url) for source in before.sources}
    ids = {source.id.casefold() for source in before.sources}
    added: list[_NewSource] = []
    known, refused = 0, list[str]()
    for address, title, tags in sources:
        try:
            url = check_web_url(escape_references(address))
        except ValueError as error:
            refused.append(f"{quoted_value(address)} {error}")
            continue
        if url_comparison_key(url) in urls:
            known += 1
            continue
        chosen = _free_id(source_id(url), ids)
        urls.add(url_comparison_key(url))
        ids.add(chosen.casefold())
        added.append(_NewSource(id=chosen, url=url, title=title, tags=tuple(tags)))
    if added:
        _write_checked(path, text, before, added)
    return ImportResult(added=tuple(source.id for source in added), known=known, refused=tuple(refused))


def escape_references(url: str) -> str:
    """Escape `${` in a URL from elsewhere (a page, an OPML list): `${env:X}` in it must not read the secret X."""
    return url.strip().replace("${", "%24{")


def _free_id(wanted: str, taken: set[str]) -> str:
    number, chosen = 2, wanted
    while chosen.casefold() in taken:
        number, chosen = number + 1, f"{wanted}-{number}"
    return chosen


# ------------------------------------------------------------------------------------------- the text


def _write_checked(path: Path, text: str, before: Settings, sources: list[_NewSource]) -> None:
    edited = _with_sources(text, path, sources)
    after = parse_settings(edited, path, None)
    if after.sources[: len(before.sources)] != before.sources or len(after.sources) == len(before.sources):
        raise _not_editable(path)
    replace_file(path, edited)


def _not_editable(path: Path) -> ConfigError:
    problem = "the sources are written in a way that nothing can be added to"
    return ConfigError(
        (Problem(str(path), problem, "Write them as a list, one in a line, below `sources:`."),)
    )


def _with_sources(text: str, path: Path, sources: list[_NewSource]) -> str:
    root = ConfigDocument(text, str(path)).root
    newline = "\r\n" if "\r\n" in text else "\n"
    sources_pair = _pair_of_key(root, "sources")
    if sources_pair is None and isinstance(root, MappingNode) and root.flow:
        raise _not_editable(path)
    if sources_pair is None:  # no list yet: append one to the file
        before = text if not text or text.endswith("\n") else text + newline
        gap = newline if before.strip() else ""
        return f"{before}{gap}sources:{newline}{_block_lines(sources, 2, newline)}"
    key, value = sources_pair
    if isinstance(value, SequenceNode) and value.items and value.flow:
        end = _text_end(value.items[-1])
        return f"{text[:end]}{''.join(f', {_flow_mapping(source)}' for source in sources)}{text[end:]}"
    if isinstance(value, SequenceNode) and value.items:
        end = _end_of_list(text, _text_end(value.items[-1]))
        return _insert_lines(text, end, _block_lines(sources, value.column, newline), newline)
    # `sources:` without a value, or with `[]`: begin the list below the key
    rest = text[key.end :]
    text = text[: key.end] + re.sub(r"\A(\s*:)[ \t]*(\[\s*\]|~|null)", r"\1", rest)
    return _insert_lines(text, _end_of_list(text, key.end), _block_lines(sources, 2, newline), newline)


def _insert_lines(text: str, index: int, lines: str, newline: str) -> str:
    gap = "" if text[:index].endswith("\n") else newline
    return f"{text[:index]}{gap}{lines}{text[index:]}"


def _pair_of_key(root: Node | None, name: str) -> tuple[Node, Node] | None:
    pairs = root.pairs if isinstance(root, MappingNode) else []
    return next(
        ((key, value) for key, value in pairs if isinstance(key, ScalarNode) and key.text == name), None
    )


def _text_end(node: Node) -> int:
    """The index where the node's text ends; `end` of a block collection lies after the comments that follow it."""
    if isinstance(node, MappingNode) and node.pairs and not node.flow:
        return _text_end(node.pairs[-1][1])
    if isinstance(node, SequenceNode) and node.items and not node.flow:
        return _text_end(node.items[-1])
    return node.end


def _end_of_list(text: str, index: int) -> int:
    """The end of the line at `index` and of the indented comments directly below it."""
    end = index if text[index - 1 : index] == "\n" else text.find("\n", index) + 1 or len(text)
    comments = re.compile(r"(?:[ \t]+#[^\n]*(?:\n|\Z))*").match(text, end)
    return comments.end() if comments else end


def _block_lines(sources: list[_NewSource], column: int, newline: str) -> str:
    lines: list[str] = []
    for source in sources:
        first, *others = _fields(source)
        lines.append(f"{' ' * column}- {first}")
        lines.extend(f"{' ' * (column + 2)}{line}" for line in others)
    return "".join(line + newline for line in lines)


def _flow_mapping(source: _NewSource) -> str:
    return f"{{{', '.join(_fields(source))}}}"


def _fields(source: _NewSource) -> list[str]:
    fields = [f"id: {quoted(source.id)}", f"url: {quoted(source.url)}"]
    if title := _one_safe_line(source.title):
        fields.append(f"title: {quoted(title)}")
    if tags := [tag for tag in map(_one_safe_line, source.tags) if tag]:
        fields.append(f"tags: [{', '.join(map(quoted, tags))}]")
    if source.allow_private:
        fields.append("allow_private: true")
    return fields


def _one_safe_line(text: str) -> str:
    """Text of a feed in one line, with `${` escaped: `${env:X}` in it must not read the secret X."""
    return " ".join(text.split()).replace("${", "$ {")


def replace_file(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Replace the file's content atomically. A symbolic link stays one, and the file keeps its mode; `mode`: that of a
    new file.

    Raises ConfigError when it cannot be written.
    """
    target = path.resolve()
    name = ""
    try:
        with tempfile.NamedTemporaryFile(
            "wb", dir=target.parent, prefix=f".{target.name}.", delete=False
        ) as out:
            name = out.name
            out.write(text.encode("utf-8"))
            out.flush()
            os.fsync(out.fileno())
        Path(name).chmod(target.stat().st_mode & 0o7777 if target.exists() else mode)
        Path(name).replace(target)
    except OSError as error:
        if name:
            Path(name).unlink(missing_ok=True)
        raise ConfigError((Problem(str(path), f"cannot be written: {error.strerror}"),)) from error
