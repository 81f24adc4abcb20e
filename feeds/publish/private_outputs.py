"""Private outputs: the secret folders of their files, and the sources that public files must not name."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from feeds.model import Output, Source
from feeds.model.edition import file_name
from feeds.publish.sink import PRIVATE_FOLDER
from feeds.store.store import load_fact, save_fact

_UNNAMED_KEY = "unnamed"  # in `meta`

TOKEN_BYTES = 16
"""Random bytes of a generated token: 128 bits, as many as a cryptographic key has."""


def ensure_folders(
    connection: Connection, outputs: Iterable[Output], existing_files: frozenset[str] = frozenset()
) -> dict[str, str]:
    """Output name → the folder of its files: "" for a public output, "private/TOKEN/" for a private one.

    A token that the configuration does not give is generated once and stored in the state. A state without one takes
    the token from the folder in `existing_files` that holds the output's files, so that readers keep their address
    after the state was deleted.
    """
    return {
        output.name: f"{PRIVATE_FOLDER}{_token(connection, output, existing_files)}/"
        if output.private
        else ""
        for output in outputs
    }


def known_folder(connection: Connection, output: Output) -> str:
    """Like `ensure_folders`, for one output, without generating a token; "" also if there is no token yet."""
    token = output.token or load_fact(connection, _meta_key(output))
    return f"{PRIVATE_FOLDER}{token}/" if output.private and token else ""


def may_be_named(source: Source, outputs: Sequence[Output]) -> bool:
    """Whether a public file may name the source: it feeds a public output, or none at all."""
    fed = [output for output in outputs if output.source_filter.includes(source)]
    return not fed or any(not output.private for output in fed)


class Unnamed(NamedTuple):
    """What nothing public may name: private outputs, and sources that only they take."""

    outputs: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()


def save_unnamed(connection: Connection, outputs: Sequence[Output], sources: Iterable[Source]) -> None:
    """Store it for `feeds serve`, which may have read an older configuration."""
    encoded = json.dumps(
        {
            "outputs": sorted(output.name for output in outputs if output.private),
            "sources": sorted(source.id for source in sources if not may_be_named(source, outputs)),
        }
    )
    if encoded != load_fact(connection, _UNNAMED_KEY):
        save_fact(connection, _UNNAMED_KEY, encoded)


def load_unnamed(connection: Connection) -> Unnamed:
    stored = json.loads(load_fact(connection, _UNNAMED_KEY) or "{}")
    return Unnamed(frozenset(stored.get("outputs", ())), frozenset(stored.get("sources", ())))


def _token(connection: Connection, output: Output, existing_files: frozenset[str]) -> str:
    if output.token:
        return output.token
    if not (token := load_fact(connection, _meta_key(output))):
        token = _token_of_files(output, existing_files) or secrets.token_hex(TOKEN_BYTES)
        save_fact(connection, _meta_key(output), token)
    return token


def _token_of_files(output: Output, existing_files: frozenset[str]) -> str:
    """The token of the one private folder that holds files of this output; "" if there is none, or several."""
    own_files = {file_name(output.name, format_name) for format_name in output.formats}
    paths = (
        name.removeprefix(PRIVATE_FOLDER).partition("/")
        for name in existing_files
        if name.startswith(PRIVATE_FOLDER)
    )
    tokens = {token for token, _, file in paths if file in own_files}
    return tokens.pop() if len(tokens) == 1 else ""


def _meta_key(output: Output) -> str:
    return f"token of {output.name}"
