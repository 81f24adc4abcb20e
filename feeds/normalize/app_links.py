"""Links that another program than a browser opens: gemini:, magnet:, tel:, xmpp: and others.

An item's page and its enclosures are http or https, because feed readers fetch them. If an item states another scheme
there, its body gets a link to it, so that the target is not lost.
"""

# ruff: noqa: SIM905 - lists of words are read as words

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

from lxml import etree

from feeds.model import Item
from feeds.normalize.text import one_line, remove_unpublishable_chars
from feeds.normalize.tree import Element
from feeds.normalize.url import MAX_URL_CHARS

# Schemes whose links start a program that the reader installed, and never run a script in the feed reader.
APP_SCHEMES = frozenset(
    (
        "bitcoin ed2k ftp ftps gemini geo git gopher ipfs ipns irc ircs lightning magnet matrix mumble news nntp "
        "nostr sftp sip sips sms ssh tel webcal xmpp"
    ).split()
)

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]{1,19}):(?=\S)")
_URI_CHARS = "%/:?#[]@!$&'()*+,;=-._~"
_MAX_LABEL_CHARS = 80


def app_url(href: str) -> str | None:
    """The URI (RFC 3986, ASCII) if its scheme is in `APP_SCHEMES`; else None."""
    href = remove_unpublishable_chars(href.strip())
    match = _SCHEME.match(href)
    if match is None or match[1].lower() not in APP_SCHEMES or len(href) > MAX_URL_CHARS:
        return None
    return f"{match[1].lower()}:{quote(href[match.end() :], safe=_URI_CHARS)}"


def app_links(item: Item) -> tuple[str, ...]:
    """The URIs of the item's page and enclosures that are not http or https."""
    stated = [link.href for link in item.links if (link.rel or "alternate").lower() == "alternate"]
    stated += [media.url for media in item.media]
    return tuple(dict.fromkeys(uri for href in stated if (uri := app_url(href)) is not None))


def append_links(body: Element, uris: Iterable[str]) -> list[str]:
    """Adds a paragraph for each URI that no link of the body has. Returns the texts of the links."""
    present = {link.get("href") for link in body.iter("a")}
    labels = []
    for uri in uris:
        if uri not in present:
            link = etree.SubElement(etree.SubElement(body, "p"), "a", href=uri)
            link.text = one_line(uri[:_MAX_LABEL_CHARS] + ("…" if len(uri) > _MAX_LABEL_CHARS else ""))
            labels.append(link.text)
    return labels
