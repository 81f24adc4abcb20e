"""What is remembered of a document's entries, so that the next one needs to be read only where it is new.

A blob a source: the digest of the envelope, then for each entry the digest of its bytes and the keys of its
article, eight bytes each. The keys tell whether a new entry can be taken alone: identity is a matter of the
whole document as soon as two items of it share a guid, a link or a text.

Entries that the last document had no more are kept for a while: they come back, where another server of the site is
behind, or where the newest entry was withdrawn. Not those that gave way to another version: that one may be taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from feeds.dedupe.identity import Keys
from feeds.parse.delta import SIZE, Cut

_NONE = bytes(SIZE)


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries of the last document, and of those before: digest → the keys of its article."""

    envelope: bytes
    keys: Mapping[bytes, Keys]

    def hold(self, cut: Cut) -> bool:
        """Whether a document says nothing that was not said."""
        return cut.envelope == self.envelope and all(digest in self.keys for digest in cut.digests)


def pack(cut: Cut, keys: Sequence[Keys], before: Mapping[bytes, Keys] | None = None) -> bytes:
    """`keys` stand beside the entries of the document, one for each. `before`: what was remembered till now; of what
    the document has no more, as many entries are kept as it has."""
    here = set(cut.digests)
    taken = {key for one in keys for key in one.own()}
    gone = [
        (digest, one)
        for digest, one in (before or {}).items()
        if digest not in here and taken.isdisjoint(one.own())
    ]
    parts = [cut.envelope]
    for digest, key in (*zip(cut.digests, keys, strict=True), *gone[: len(keys)]):
        parts += (digest, key.guid or _NONE, key.link or _NONE, key.content or _NONE)
    return b"".join(parts)


def unpack(blob: bytes) -> Entries:
    """What `pack` packed; nothing is known from an empty blob."""
    keys = {}
    for at in range(SIZE, len(blob), 4 * SIZE):
        digest, *three = (blob[at + SIZE * n : at + SIZE * (n + 1)] for n in range(4))
        guid, link, content = (None if key == _NONE else key for key in three)
        keys[digest] = Keys(guid, link, content)
    return Entries(blob[:SIZE], keys)


def taken_apart(keys: Iterable[Keys], others: Iterable[Keys] = ()) -> bool:
    """Whether each of the articles is told by a key of its own and shares none, with `others` either."""
    taken = {key for other in others for key in other.own()}
    for one in keys:
        own = one.own()
        if one.shared or not own or not taken.isdisjoint(own):
            return False
    return True
