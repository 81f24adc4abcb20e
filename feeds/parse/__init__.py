"""Parses the body of a response into a Document: its feed and items, decoded but not interpreted.

    bytes ─ sniff ┬ JSON Feed ───────────────────────────── jsonfeed ┐
                  ├ RSS, RDF, Atom ─ encoding ─ fast or reference ───┼→ limits → Document
                  ├ HTML page, with `extract` ───────────────── page ┘
                  └ HTML page, without ─ discover ─→ NotAFeed(candidates)

A hostile document can make feedparser run for ever: call this in a process that can be killed. Arguments and results
are plain values that can be sent between processes.
"""

from __future__ import annotations

from feeds.errors import Malformed, NotAFeed, ParseError, TooCostly
from feeds.model import Document, Extract


def parse(
    source: str, body: bytes, *, url: str, content_type: str = "", extract: Extract | None = None
) -> Document:
    """Parse a document of any known kind. The kind is decided by its content.

    `source`: the name to use in errors. `url`: the document's own, after redirects. `extract`: the selectors for the
    items of a page without a feed. Raises only NotAFeed (with `candidates` if it is a page that links to feeds),
    Malformed and TooCostly.
    """
    try:
        return _parse(source, body, url, content_type, extract)
    except ParseError:
        raise
    except (RecursionError, MemoryError) as error:
        limit = "needs more memory than limits.parse_memory"
        problem = limit if isinstance(error, MemoryError) else "is nested too deeply"
        raise TooCostly(source, f"it {problem}") from error
    except Exception as error:  # feedparser raises others for about one damaged feed in 2,000
        raise Malformed(source, f"it cannot be read: {type(error).__name__}: {str(error)[:200]}") from error


def _parse(source: str, body: bytes, url: str, content_type: str, extract: Extract | None) -> Document:
    # Imports are local because each parser loads a library, and a poll needs only one of them.
    from feeds.parse.sniff import sniff

    kind = sniff(body, content_type)
    if kind == "empty":
        raise NotAFeed(source, "the document is empty")
    if kind == "json":
        from feeds.parse import jsonfeed

        return jsonfeed.parse(source, body, url=url, content_type=content_type)
    if kind == "opml":
        raise NotAFeed(source, "it is an OPML list of feeds, not a feed")
    if kind == "other":
        raise NotAFeed(source, "it is neither XML nor JSON nor a page")
    if kind in ("feed", "markup"):
        from feeds.parse import feed

        try:
            return feed.parse(source, body, url=url, content_type=content_type)
        except NotAFeed:
            if kind == "feed":
                raise
    if extract:
        from feeds.parse import page

        return page.parse(source, body, extract, url=url, content_type=content_type)
    from feeds.parse.discover import feed_candidates

    candidates = feed_candidates(body, url, content_type)
    what = "a page" if kind == "html" else "not a feed"
    named = f"; it names {len(candidates)} that may be" if candidates else ""
    raise NotAFeed(source, f"it is {what}{named}", candidates=candidates)
