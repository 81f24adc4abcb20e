"""Read back published entries from the published files, after the state was deleted or set aside as damaged.

A new state derives the same entry ids from the same articles. Two facts are only in the files: which copy gave an entry
its id, and the date of an entry whose article has none.
"""

from __future__ import annotations

from lxml import etree

from feeds.model import PreviousEntry
from feeds.render.formats import OutputFormat


def recover_file(
    data: bytes, output_format: OutputFormat, feed_id: str, url: str
) -> tuple[PreviousEntry, ...]:
    """The entries of a published file; none if it cannot be read or belongs to another output.

    `feed_id`: the id of the output. `url`: of the file.
    """
    try:
        return tuple(output_format.load_recovery().recover_entries(data, feed_id, url))
    except (ValueError, KeyError, TypeError, AttributeError, etree.XMLSyntaxError):
        return ()  # not a file of this program, or a damaged one: no part of it can be relied on
