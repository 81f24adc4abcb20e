"""What files of ours say that they published: an entry's id, link and dates outlive the state.

Where the state was deleted, or set aside as damaged, the feeds still stand. Ids are derived and come back by
themselves; which copy began an entry, and the date of what has none, only the files know.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from lxml import etree

from feeds.model import Recalled
from feeds.render.feedgen_extension import NAMESPACES

_ATOM = f"{{{NAMESPACES['atom']}}}"


def entries(data: bytes, form: str, feed_id: str, address: str) -> tuple[Recalled, ...]:
    """The entries of a file that we published as `form`; none where it is no file of this output.

    `feed_id`: the output's own; `address`: the URL of the file, by which an RSS file, which has no id, is
    known.
    """
    try:
        return tuple(_READERS[form](data, feed_id, address))
    except (ValueError, KeyError, TypeError, AttributeError, etree.XMLSyntaxError):
        return ()  # somebody else's file, or half of one: nothing in it can be relied on


def _atom(data: bytes, feed_id: str, _address: str) -> Iterator[Recalled]:
    root = _tree(data)
    if root.findtext(f"{_ATOM}id") != feed_id:
        return
    for entry in root.iterfind(f"{_ATOM}entry"):
        link = entry.find(f"{_ATOM}link[@rel='alternate']")
        yield Recalled(
            entry=entry.findtext(f"{_ATOM}id"),
            link="" if link is None else link.get("href"),
            published=_rfc3339(entry.findtext(f"{_ATOM}published")),
            updated=_rfc3339(entry.findtext(f"{_ATOM}updated")),
        )


def _rss(data: bytes, _feed_id: str, address: str) -> Iterator[Recalled]:
    channel = _tree(data).find("channel")
    if channel.find(f"{_ATOM}link[@rel='self']").get("href") != address:
        return
    for item in channel.iterfind("item"):
        published = parsedate_to_datetime(item.findtext("pubDate")).astimezone(UTC)
        updated = item.findtext(f"{_ATOM}updated")
        yield Recalled(
            entry=item.findtext("guid"),
            link=item.findtext("link") or "",
            published=published,
            updated=_rfc3339(updated) if updated else published,
        )


def _json(data: bytes, feed_id: str, _address: str) -> Iterator[Recalled]:
    feed = json.loads(data)
    if feed["_feeds"]["id"] != feed_id:
        return
    for item in feed["items"]:
        yield Recalled(
            entry=item["id"],
            link=item.get("url", ""),
            published=_rfc3339(item["date_published"]),
            updated=_rfc3339(item["date_modified"]),
        )


_READERS: dict[str, Callable[[bytes, str, str], Iterator[Recalled]]] = {
    "atom": _atom,
    "json": _json,
    "rss": _rss,
}

FORMS = tuple(_READERS)
"""The formats that say enough of an entry, the best first."""


def _tree(data: bytes) -> Any:
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))


def _rfc3339(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC).replace(microsecond=0)  # see wording.instant
