"""Fill in the secrets that the file refers to with `${env:NAME}` and `${file:PATH}`.

A filled-in value never appears in a message: messages quote the text of the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from feeds.config.document import ConfigDocument, KeyPath
from feeds.config.regular_file import read_regular_file

MAX_SECRET_BYTES = 64 << 10
"""A secret is a token or a password."""

_REFERENCE = re.compile(r"\$\{([^{}]*)\}")


def without_references(text: str) -> str:
    return _REFERENCE.sub("", text)


def fill_in(
    value: object, loc: KeyPath, document: ConfigDocument, directory: Path, environ: Mapping[str, str] | None
) -> object:
    """Return `value` with its references replaced. Missing secrets are noted; `environ=None` looks none up."""
    if isinstance(value, dict):
        return {
            key: fill_in(inner, (*loc, key), document, directory, environ) for key, inner in value.items()
        }
    if isinstance(value, list):
        return [
            fill_in(inner, (*loc, index), document, directory, environ) for index, inner in enumerate(value)
        ]
    if not isinstance(value, str) or "${" not in value:
        return value
    problems: list[tuple[str, str]] = []

    def replacement(match: re.Match[str]) -> str:
        kind, _, name = match[1].partition(":")
        try:
            if kind in {"env", "file"} and name:
                if environ is None:
                    return match[0]
                name = name.strip()
                secret = _from_environment(name, environ) if kind == "env" else _from_file(name, directory)
                document.note_secret(loc, secret)
                return secret
        except _MissingSecret as missing:
            problems.append((str(missing), missing.hint))
        else:
            hint = f"Did you mean ${{env:{match[1]}}}?" if re.fullmatch(r"\w+", match[1]) else ""
            problems.append((f"{match[0]} is not known here", hint or "Write ${env:NAME} or ${file:PATH}."))
        return match[0]

    filled = _REFERENCE.sub(replacement, value)
    for problem, hint in problems:
        document.note(loc, problem, hint)
    if problems or environ is None:
        document.silence(loc)
    return filled


class _MissingSecret(Exception):
    def __init__(self, problem: str, hint: str = "") -> None:
        super().__init__(problem, hint)
        self.hint = hint

    def __str__(self) -> str:
        return str(self.args[0])


def _from_environment(name: str, environ: Mapping[str, str]) -> str:
    if value := environ.get(name):
        return value
    state = "empty" if name in environ else "not set"
    raise _MissingSecret(f"the environment variable {name} is {state}", "Set it where feeds is started.")


def _from_file(name: str, directory: Path) -> str:
    try:
        data = read_regular_file(directory / name, MAX_SECRET_BYTES + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "not a usable name"
        raise _MissingSecret(f"the file {name} cannot be read: {why}") from None
    if len(data) > MAX_SECRET_BYTES:
        raise _MissingSecret(
            f"the file {name} is longer than {MAX_SECRET_BYTES >> 10} KiB", "It should hold one secret only."
        )
    try:
        value = data.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise _MissingSecret(f"the file {name} is not text in UTF-8") from None
    if not value:
        raise _MissingSecret(f"the file {name} is empty")
    return value
