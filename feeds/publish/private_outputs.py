"""What is private: the addresses that nobody can guess, where files of private outputs stand, and the sources that
only those outputs take."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from feeds.model import Output, Source
from feeds.publish.sink import PRIVATE
from feeds.store.store import remember, remembered

TOKEN = 16
"""Random bytes of a token that we draw: 128 bits, as many as a key has."""


def folders(
    connection: Connection, outputs: Iterable[Output], standing: frozenset[str] = frozenset()
) -> dict[str, str]:
    """Output → the folder of its files: "" where it is public, else "private/TOKEN/".

    A token that is not given is drawn once and kept in the state. A state that knows none takes it from the files
    that stand (`standing`: their names), so that readers keep their address when the state is deleted.
    """
    return {
        one.name: f"{PRIVATE}{_token(connection, one, standing)}/" if one.private else "" for one in outputs
    }


def folder(connection: Connection, output: Output) -> str:
    """As `folders`, without drawing anything; "" as well where no token was drawn yet."""
    token = output.token or remembered(connection, _key(output))
    return f"{PRIVATE}{token}/" if output.private and token else ""


def may_be_named(source: Source, outputs: Sequence[Output]) -> bool:
    """Whether a public file may name it: it feeds an output that is public, or none at all."""
    fed = [output for output in outputs if output.select.takes(source)]
    return not fed or any(not output.private for output in fed)


def _token(connection: Connection, output: Output, standing: frozenset[str]) -> str:
    if output.token:
        return output.token
    if not (token := remembered(connection, _key(output))):
        token = _on_disk(output, standing) or secrets.token_hex(TOKEN)
        remember(connection, _key(output), token)
    return token


def _on_disk(output: Output, standing: frozenset[str]) -> str:
    files = {f"{output.name}.{form}" for form in output.formats}
    paths = (name.removeprefix(PRIVATE).partition("/") for name in standing if name.startswith(PRIVATE))
    found = {token for token, _, file in paths if file in files}
    return found.pop() if len(found) == 1 else ""


def _key(output: Output) -> str:
    return f"token of {output.name}"
