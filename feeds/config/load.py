"""Load sources.yaml: return `Settings`, or raise the problems found in it.

    text → ConfigDocument (positions) → secrets filled in → ConfigFile (validation) → Settings → cross-checks

The validation notes every invalid value and removes it, so that the rest can be built and checked too. A check that
compares the keys of one entry (a source has exactly one of url, page, opml) runs only where the values of that entry
are valid: its problem is reported after they have been corrected.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from feeds.config import build, cross_checks, secrets
from feeds.config.document import MAX_FILE_BYTES, ConfigDocument, KeyPath
from feeds.config.entries import ConfigFile
from feeds.config.messages import note_error
from feeds.config.settings import Settings
from feeds.errors import ConfigError, Problem
from feeds.logs import hide_values

# References to secrets are filled in here only. A secret in another key of `outputs` would be published.
_SECTIONS_WITH_SECRETS = ("site", "defaults", "sources")
_OUTPUT_KEYS_WITH_SECRETS = ("token",)


def load(path: Path, environ: Mapping[str, str]) -> Settings:
    """Read the configuration. `environ` resolves `${env:NAME}`.

    Raises ConfigError with the problems found: file:line:column, what is wrong, and what to do.
    """
    settings = parse_settings(read_text(path), path, environ)
    hide_values(str(path), settings.secrets)
    return settings


def read_text(path: Path) -> str:
    """Return the file's text. Raises ConfigError when it cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        hint = "`feeds init` writes one to begin with." if isinstance(error, FileNotFoundError) else ""
        raise ConfigError((Problem(str(path), f"cannot be read: {error.strerror}", hint),)) from error
    if len(data) > MAX_FILE_BYTES:
        hint = "Long lists of feeds are better kept in OPML: `- opml: feeds.opml`."
        raise ConfigError((Problem(str(path), f"longer than {MAX_FILE_BYTES >> 20} MiB", hint),))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise ConfigError((Problem(f"{path}:{line}:{column}", "not text in UTF-8"),)) from None


def parse_settings(text: str, path: Path, environ: Mapping[str, str] | None) -> Settings:
    """Parse the text of the file at `path`. `environ=None` leaves references to secrets unresolved."""
    document = ConfigDocument(text, str(path))
    path = path.absolute()
    if document.data is None:
        document.note((), "the file is empty", "`feeds init` writes one to begin with.")
    elif not isinstance(document.data, dict):
        document.note((), "the file must be a mapping", "Begin with `sources:` and list the feeds below it.")
    document_data = document.data if isinstance(document.data, dict) else {}
    data = {
        key: secrets.fill_in(value, (key,), document, path.parent, environ)
        if key in _SECTIONS_WITH_SECRETS
        else value
        for key, value in document_data.items()
    }
    if isinstance(outputs := data.get("outputs"), dict):
        data["outputs"] = {
            name: {
                key: secrets.fill_in(value, ("outputs", name, key), document, path.parent, environ)
                if key in _OUTPUT_KEYS_WITH_SECRETS
                else value
                for key, value in output.items()
            }
            if isinstance(output, dict)
            else output
            for name, output in outputs.items()
        }
    file, positions, names_known = _validate(data, document)
    settings = build.build_settings(file, positions, document, path)
    cross_checks.check_sources(settings.sources, positions, document)
    if names_known:
        cross_checks.check_outputs(file, settings, document)
    cross_checks.check_retention(settings, document)
    document.raise_problems()
    return settings


def _validate(data: dict[str, Any], document: ConfigDocument) -> tuple[ConfigFile, tuple[int, ...], bool]:
    """Return the valid part of the data, the positions of its sources, and whether all ids and tags are known.

    Notes the errors of the first pass. Later passes only find what else must be removed.
    """
    sources = data.get("sources")
    positions = list(range(len(sources))) if isinstance(sources, list) else []
    names_known = True
    is_first_pass = True
    while True:
        try:
            file = ConfigFile.model_validate(data)
        except ValidationError as error:
            errors = error.errors(include_url=False, include_input=False)
        else:
            return file, tuple(positions[: len(file.sources or ())]), names_known
        if is_first_pass:
            for detail in errors:
                note_error(detail, document, ConfigFile)
        is_first_pass = False
        removable = {_removable(detail["loc"], data) for detail in errors}
        for loc in sorted(removable, key=_removal_order, reverse=True):
            names_known = names_known and not _affects_names(loc)
            _remove(loc, data)
            if len(loc) == 2 and loc[0] == "sources":
                del positions[int(loc[1])]


def _removable(loc: KeyPath, root: dict[str, Any]) -> KeyPath:
    """The prefix of `loc` to remove so that the rest stays valid: a key of a section or of an entry."""
    data: Any = root
    path: KeyPath = ()
    for step in loc[:3]:
        exists = step in data if isinstance(data, dict) else isinstance(data, list) and isinstance(step, int)
        if not exists:
            break
        data, path = data[step], (*path, step)
    return path


def _removal_order(loc: KeyPath) -> tuple[int, tuple[tuple[bool, str | int], ...]]:
    return len(loc), tuple((isinstance(step, str), step) for step in loc)


def _remove(loc: KeyPath, data: Any) -> None:
    for step in loc[:-1]:
        data = data[step]
    del data[loc[-1]]


def _affects_names(loc: KeyPath) -> bool:
    """Whether the ids and tags of the file are no longer fully known once this is removed."""
    if loc[0] == "sources":
        return len(loc) < 3 or loc[2] in {"id", "tags", "url", "page", "opml"}
    return loc[0] == "defaults" and (len(loc) == 1 or loc[1] == "tags")
