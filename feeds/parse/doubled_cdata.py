"""Unwraps texts that a program wrapped in CDATA twice, or whose CDATA section it escaped, so that it became text."""

from __future__ import annotations

import re

_SECOND_START = re.compile(rb"<!\[CDATA\[\s*+(?=<!\[CDATA\[)")
# The end of the outer section may be split, so that it does not end the inner one.
_SECOND_END = re.compile(rb"(?:\]\]\]\]><!\[CDATA\[>|\]\]>\s*+)(?=\]\]>)")

# An element that begins with an escaped section. It may be the sample of an article about XML elsewhere.
_ESCAPED_START = re.compile(
    rb"<((?:[A-Za-z][\w-]{0,30}:)?(?:title|description|encoded|content|summary|subtitle|link|guid|id|author|creator|name"
    rb"|email|category|subject|pubDate|date|comments|rights|copyright))(?:\s[^<>]{0,200})?>\s*+(&lt;!\[CDATA\[)"
)
_MAX_UNENDED_NAMES = 20
_ESCAPED_END = re.compile(rb"\]\](?:&gt;|>)\s*\Z")


def without_doubled_cdata(document: bytes) -> bytes:
    if _SECOND_START.search(document):
        document = _SECOND_END.sub(b"", _SECOND_START.sub(b"", document))
    return _without_escaped_cdata(document) if b"&lt;![CDATA[" in document else document


def _without_escaped_cdata(document: bytes) -> bytes:
    pieces: list[bytes] = []
    unended: set[bytes] = set()  # names without a further end tag, so that it is searched once
    at = 0
    while len(unended) < _MAX_UNENDED_NAMES and (start := _ESCAPED_START.search(document, at)):
        end = -1 if start[1] in unended else document.find(b"</" + start[1], start.end())
        section_end = _ESCAPED_END.search(document, max(end - 100, start.end()), max(end, 0))
        if end < 0:
            unended.add(start[1])
        if section_end:
            pieces += (document[at : start.start(2)], document[start.end() : section_end.start()])
            at = end
        else:
            pieces.append(document[at : start.end()])
            at = start.end()
    return b"".join((*pieces, document[at:]))
