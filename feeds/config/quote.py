"""Write one value as YAML."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"https?://[\w./?&=%~@+-]+|[^\W\d_](?:[\w./ -]*\w)?")
_YAML_WORDS = {
    "true",
    "false",
    "null",
    "yes",
    "no",
    "on",
    "off",
    "y",
    "n",
}  # of 1.1 too: other tools read it


def quoted(value: str) -> str:
    """The value as a YAML scalar that is valid anywhere, also in a flow mapping; in quotes where needed.

    ruamel.yaml's emitter writes `?0` in a flow mapping without quotes, which its scanner cannot read.
    """
    if _PLAIN.fullmatch(value) and value.lower() not in _YAML_WORDS:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{"".join(c if c.isprintable() else f"{chr(92)}U{ord(c):08X}" for c in escaped)}"'
