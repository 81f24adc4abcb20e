"""Seen entries: what is stored of a document's entries, so that only the new ones of the next document are parsed.

One blob for each source: the digest of the head (what precedes the first entry, without comments), then for each
entry the digest of its bytes and the identity keys of its article, eight bytes each. The keys tell whether a new entry
can be parsed alone: if two items of a document share a guid, a link or a text, their identities depend on each other.

Entries that the last document no longer had are kept for a while: they come back if another server of the site is
behind, or if the newest entry was withdrawn. An entry that was replaced by another version is not kept, because the old
version may come back as an edit.

An entry that cost too much to read is stored without any key. It is left out of every document until it changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from feeds.dedupe.identity_keys import Keys
from feeds.parse.delta import DIGEST_BYTES, SplitDocument

MAX_COSTLY = 100
"""Costly entries that are kept in mind; of more, those that were found last."""

_NO_KEY = bytes(DIGEST_BYTES)


@dataclass(frozen=True, slots=True)
class SeenEntries:
    """The entries of the last document and of those before. `keys`: entry digest → the keys of its article."""

    head_digest: bytes
    keys: Mapping[bytes, Keys]
    costly: tuple[bytes, ...] = ()  # digests of what cost too much to read, the last found first

    def has_all(self, document: SplitDocument) -> bool:
        """Whether every entry of the document is known, and its head is the same."""
        return document.head_digest == self.head_digest and all(
            digest in self.keys or digest in self.costly for digest in document.digests
        )


def pack(
    document: SplitDocument,
    keys: Sequence[Keys],
    previous: Mapping[bytes, Keys] | None = None,
    costly: Iterable[bytes] = (),
) -> bytes:
    """`keys`: one item for each entry of the document, which has no costly entry. `previous`: what was stored until
    now. Of the entries that the document no longer has, as many are kept as it has entries."""
    current = set(document.digests)
    own_keys = {key for entry_keys in keys for key in entry_keys.present()}
    gone = [
        (digest, entry_keys)
        for digest, entry_keys in (previous or {}).items()
        if digest not in current and own_keys.isdisjoint(entry_keys.present())
    ]
    parts = [document.head_digest]
    for digest, entry_keys in (*zip(document.digests, keys, strict=True), *gone[: len(keys)]):
        parts += (digest, *(key or _NO_KEY for key in (entry_keys.guid, entry_keys.link, entry_keys.content)))
    return b"".join(parts) + _pack_costly(costly)


def pack_costly(costly: Iterable[bytes]) -> bytes:
    """For a document that has to be parsed whole each time: only what cost too much; empty if there is nothing."""
    packed = _pack_costly(costly)
    return _NO_KEY + packed if packed else b""


def costly_only(blob: bytes) -> bytes:
    """What was packed, without the entries that need not be parsed again."""
    return pack_costly(unpack(blob).costly)


def _pack_costly(costly: Iterable[bytes]) -> bytes:
    return b"".join(digest + 3 * _NO_KEY for digest in list(dict.fromkeys(costly))[:MAX_COSTLY])


def unpack(blob: bytes) -> SeenEntries:
    """The reverse of `pack`. An empty blob holds no entry."""
    keys: dict[bytes, Keys] = {}
    costly: list[bytes] = []
    for start in range(DIGEST_BYTES, len(blob), 4 * DIGEST_BYTES):
        digest, *fields = (blob[start + DIGEST_BYTES * n : start + DIGEST_BYTES * (n + 1)] for n in range(4))
        guid, link, content = (None if field == _NO_KEY else field for field in fields)
        if guid or link or content:
            keys[digest] = Keys(guid, link, content)
        else:
            costly.append(digest)
    return SeenEntries(blob[:DIGEST_BYTES], keys, tuple(costly))


def keys_are_distinct(keys: Iterable[Keys], others: Iterable[Keys] = ()) -> bool:
    """Whether each article has a key of its own and shares none with another, nor with `others`."""
    used = {key for other in others for key in other.present()}
    for article_keys in keys:
        own = article_keys.present()
        if article_keys.shared or not own or not used.isdisjoint(own):
            return False
    return True
