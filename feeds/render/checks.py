"""Checks of rendered bytes: is a file what its ending promises? Each raises an exception if it is not."""

from __future__ import annotations

import json


def check_xml(data: bytes) -> None:
    """Well-formed XML, and one of the documents that this program writes."""
    from lxml import etree  # only needed when a file is written

    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    if etree.QName(root).localname not in {"feed", "rss", "opml"}:
        raise ValueError(f"<{root.tag}> is not a feed")


def check_json(data: bytes) -> None:
    if not isinstance(json.loads(data), dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - the value is wrong, not a caller's type


def check_html(data: bytes) -> None:
    if not data.startswith(b"<!doctype html>") or not data.endswith(b"</html>\n"):
        raise ValueError("not a whole HTML page")


def check_text(data: bytes) -> None:
    """UTF-8."""
    data.decode()
