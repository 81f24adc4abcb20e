"""What the form of a guid says: a place in the document, the version of a page, an address."""

from __future__ import annotations

import re

# "URL#4", "URL?v=4", "URL@2024-05-06T10:00Z": the guid of a page, with the number or date of its version.
_VERSION = re.compile(
    r"(?:#|@|\||\s|[?&;](?:v|version|rev|revision|t|ts|time|date|updated|modified)=)([\d:TZ+_-]{1,40})$", re.I
)
_ADDRESS = re.compile(r"https?://(?:www\.)?", re.I)
_WEAK_GUID = re.compile(r".{0,4}|\D{0,40}\d{1,2}", re.S)


def is_weak_guid(guid: str) -> bool:
    """Whether it may be the place of the item in the document ("1", "item-2"): "1" is always the newest item."""
    return _WEAK_GUID.fullmatch(guid) is not None


def split_version(guid: str) -> tuple[str, str]:
    """("URL", "4") of the guid "URL#4"; (guid, "") of a guid without a version."""
    match = _VERSION.search(guid)
    return (guid[: match.start()], match[1]) if match and match.start() else (guid, "")


def is_same_address(first: str, second: str) -> bool:
    """Whether two guids or URLs differ at most in case, white space, scheme, www. and final slash."""
    return _folded_address(first) == _folded_address(second)


def _folded_address(value: str) -> str:
    return _ADDRESS.sub("", " ".join(value.split()), count=1).rstrip("/").casefold()
