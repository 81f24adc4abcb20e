"""The entries of an XML document as bytes, so that some can be left out and each can be read alone.

Unlike `parse.delta.split_document`, which this prefers, it also cuts documents whose entries may depend on each other:
it is used where an entry would cost the whole document.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import blake2b

from feeds.parse.delta import DIGEST_BYTES, SplitDocument, split_document
from feeds.parse.newest import item_spans
from feeds.parse.parsing_version import parsing_key

_LABEL_TAGS = (b"title", b"guid", b"id")


@dataclass(frozen=True, slots=True)
class DocumentEntries:
    """head + (entry + what follows it) …, the last with the tail. `split`: the same, if the document can be split
    with certainty."""

    head: bytes
    entries: tuple[bytes, ...]
    gaps: tuple[bytes, ...]  # one for each entry: what follows it
    digests: tuple[bytes, ...]
    split: SplitDocument | None = None

    def with_entries(self, wanted: Collection[bytes]) -> bytes:
        """The document with only the entries that have these digests."""
        pieces = [self.head]
        for entry, gap, digest in zip(self.entries, self.gaps, self.digests, strict=True):
            pieces += (entry, gap) if digest in wanted else (gap,)
        return b"".join(pieces)

    def alone(self, index: int) -> bytes:
        """The document with one entry only."""
        return b"".join((self.head, self.entries[index], self.gaps[-1]))


def find_entries(body: bytes, *, url: str) -> DocumentEntries | None:
    """The entries of a document after `repair_encoding`; None if there are none, or their ends are in doubt."""
    if split := split_document(body, url=url):
        gaps = (b"",) * (len(split.entries) - 1) + (split.tail,)
        return DocumentEntries(split.head, split.entries, gaps, split.digests, split)
    spans = item_spans(body)
    if not spans:
        return None
    entries = tuple(body[start:end] for start, end in spans)
    ends = [start for start, _ in spans[1:]] + [len(body)]
    gaps = tuple(body[end:following] for (_, end), following in zip(spans, ends, strict=True))
    return DocumentEntries(body[: spans[0][0]], entries, gaps, tuple(map(digest_of, entries)))


def digest_of(item: bytes) -> bytes:
    """The digest of an item that cannot be taken from a split document. Another version of the program makes another:
    it may be able to read what this one cannot."""
    return blake2b(item, digest_size=DIGEST_BYTES, key=parsing_key()).digest()


def label_of(entry: bytes) -> str:
    """The beginning of the entry's title, else of its id, as it is written."""
    for tag in _LABEL_TAGS:
        start = entry.find(b"<" + tag)
        start = entry.find(b">", start) + 1 if start >= 0 else 0
        end = entry.find(b"</" + tag, start)
        if start and end >= 0:
            written = entry[start : min(end, start + 120)].removeprefix(b"<![CDATA[").partition(b"]]>")[0]
            if label := " ".join(written.decode("utf-8", "ignore").split())[:80]:
                return label
    return "without a name"
