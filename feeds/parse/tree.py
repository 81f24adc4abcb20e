"""HTML as a tree, through lxml. Nothing is loaded, and libxml2's own limits on depth and size are on."""

from __future__ import annotations

import html
import re
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from feeds.parse.parts import absolute

_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)


def read(body: bytes, content_type: str = "") -> Any:
    """The root element of a page, or None where there is none.

    UTF-8 is believed before what the server says; libxml2 takes a page that names no charset for Latin-1.
    """
    charset = _CHARSET.search(content_type)
    try:
        body.decode()
        encodings: tuple[str | None, ...] = ("utf-8",)
    except UnicodeDecodeError:
        encodings = (charset[1], None) if charset else (None,)
    for encoding in encodings:
        try:
            parser = lxml_html.HTMLParser(encoding=encoding, no_network=True, huge_tree=False)
            return lxml_html.document_fromstring(body, parser=parser)
        except (etree.LxmlError, ValueError, LookupError):  # empty, or an encoding that libxml2 does not know
            continue
    return None


def plain(value: str) -> str:
    """The text of a piece of HTML, on one line."""
    if "<" in value or "&" in value:
        try:
            value = lxml_html.fragment_fromstring(value, create_parent=True).text_content()
        except (etree.LxmlError, ValueError):
            value = html.unescape(value)
    return " ".join(value.split())


def base_of(root: Any, url: str) -> str:
    """What relative links on the page refer to: its first `<base href>`, seen from `url`."""
    declared = next((one.get("href") for one in root.iter("base") if one.get("href")), "")
    return absolute(url, declared) or url
