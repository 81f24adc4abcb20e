"""Parses HTML with lxml. Nothing is fetched, and libxml2's own limits on depth and size are on."""

from __future__ import annotations

import html
import re

from lxml import etree
from lxml import html as lxml_html

from feeds.parse.values import Element, resolve_url

_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)


def parse_page(body: bytes, content_type: str = "") -> Element | None:
    """The root element of a page, or None if it has none.

    Bytes that decode as UTF-8 are UTF-8, whatever the server says. Others have the server's charset. Without one,
    libxml2 takes that of the page's `<meta>`, else Latin-1.
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
        except (etree.LxmlError, ValueError, LookupError):  # an empty page, or an encoding unknown to libxml2
            continue
    return None


def html_to_text(value: str) -> str:
    """The text of an HTML fragment, on one line."""
    if "<" in value or "&" in value:
        try:
            value = lxml_html.fragment_fromstring(value, create_parent=True).text_content()
        except (etree.LxmlError, ValueError):
            value = html.unescape(value)
    return " ".join(value.split())


def document_base(root: Element, url: str) -> str:
    """The URL that relative links on the page refer to: its first `<base href>`, resolved against `url`."""
    declared = next((base.get("href") for base in root.iter("base") if base.get("href")), "")
    return resolve_url(declared, base=url) or url
