"""The selectors of `extract`: `css@attribute`, of which either part may be missing."""

from __future__ import annotations

import re

_ATTRIBUTE = re.compile(r"@([A-Za-z_:][\w:.-]*)$")


def split_selector(text: str) -> tuple[str, str]:
    """(CSS selector, attribute): "time@datetime" → ("time", "datetime"). A missing part is "".

    Only an attribute's name after the last @ counts: in "a:contains('x@y')" the @ belongs to the CSS.
    """
    text = text.strip()
    match = _ATTRIBUTE.search(text)
    return (text[: match.start()].strip(), match[1]) if match else (text, "")
