"""Read what was published out of the published files, after the state was deleted or set aside as damaged.

The state can derive entry ids again. Only the files know with which copy an entry began, and the date of an entry whose
article has none.
"""

from __future__ import annotations

from lxml import etree

from feeds.model import PreviousEntry
from feeds.render.formats import OutputFormat


def recover_entries(
    data: bytes, output_format: OutputFormat, feed_id: str, address: str
) -> tuple[PreviousEntry, ...]:
    """The entries of a published file; none if it cannot be read or belongs to another output.

    `feed_id`: the id of the output. `address`: the URL of the file.
    """
    try:
        return tuple(output_format.load_recovery().recover_entries(data, feed_id, address))
    except (ValueError, KeyError, TypeError, AttributeError, etree.XMLSyntaxError):
        return ()  # not a file of this program, or a damaged one: no part of it can be relied on
