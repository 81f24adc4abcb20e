"""Parses HTML with lxml. Nothing is fetched, and libxml2's own limits on depth and size are on."""

from __future__ import annotations

import html
import re

from lxml import etree
from lxml import html as lxml_html

from feeds.parse.to_utf8 import to_utf8
from feeds.parse.values import Element, resolve_url

_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_HEAD_BYTES = 64 << 10
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*+=\s*+["']([\w.:-]{1,40})"""
    rb"""|<meta\s[^>]{0,500}?charset\s*+=\s*+["']?+\s*+([\w.:-]{1,40})""",
    re.IGNORECASE,
)


def parse_page(body: bytes, content_type: str = "") -> Element | None:
    """The root element of a page in any encoding, or None if it has none."""
    declared = _DECLARED.search(body[:_HEAD_BYTES])
    body = to_utf8(body, content_type, (declared[1] or declared[2]).decode("ascii") if declared else "")
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        return lxml_html.document_fromstring(body, parser=parser)
    except (etree.LxmlError, ValueError):  # an empty page
        return None


def text_line(value: str) -> str:
    """A plain text on one line. Character references are resolved, as many feeds escape their titles twice, unless the
    text shows markup."""
    if "<" not in value:
        value = _REFERENCE.sub(lambda reference: html.unescape(reference[0]), value)
    return " ".join(value.split())


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
