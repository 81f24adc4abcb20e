"""Response → Items: what a document says, decoded, and nothing of what it means.

    bytes ─ sniff ┬ JSON Feed ──────────────────── jsonfeed ┐
                  ├ RSS, RDF, Atom ─ door ─ fast or reader ─┼→ bounds → Document
                  ├ a page, with `extract` ─────────── page ┘
                  └ a page without ─ discover ─→ NotAFeed(candidates)

Hostile documents can make feedparser slow without end: whoever calls this does so in a process that can be
killed. Arguments and results are plain values and cross processes.
"""

from __future__ import annotations

from feeds.errors import Malformed, NotAFeed, ParseError, TooCostly
from feeds.model import Document, Extract


def parse(
    source: str, body: bytes, *, url: str, content_type: str = "", extract: Extract | None = None
) -> Document:
    """Read a document of any kind that we know; what it is, its content decides.

    `source` names it in errors, `url` is where it was in the end, `extract` says where the items stand on a
    page without a feed. Raises NotAFeed (with `candidates`, when it is a page that names feeds), Malformed
    and TooCostly; nothing else.
    """
    try:
        return _parse(source, body, url, content_type, extract)
    except ParseError:
        raise
    except (RecursionError, MemoryError) as error:
        raise TooCostly(source, f"reading it went over a limit: {type(error).__name__}") from error
    except Exception as error:  # what feedparser raises on damaged feeds: about one in 2,000
        raise Malformed(source, f"it cannot be read: {type(error).__name__}: {str(error)[:200]}") from error


def _parse(source: str, body: bytes, url: str, content_type: str, extract: Extract | None) -> Document:
    # Each reader brings a library; a poll needs one of them.
    from feeds.parse.sniff import sniff

    kind = sniff(body, content_type)
    if kind == "empty":
        raise NotAFeed(source, "the document is empty")
    if kind == "json":
        from feeds.parse import jsonfeed

        return jsonfeed.read(source, body, url=url)
    if kind == "opml":
        raise NotAFeed(source, "it is an OPML list of feeds, not a feed")
    if kind == "other":
        raise NotAFeed(source, "it is neither XML nor JSON nor a page")
    if kind in ("feed", "markup"):
        from feeds.parse import feed

        try:
            return feed.read(source, body, url=url, content_type=content_type)
        except NotAFeed:
            if kind == "feed":
                raise
    if extract:
        from feeds.parse import page

        return page.read(source, body, extract, url=url, content_type=content_type)
    from feeds.parse.discover import candidates

    found = candidates(body, url)
    what = "a page" if kind == "html" else "not a feed"
    named = f"; it names {len(found)} that may be" if found else ""
    raise NotAFeed(source, f"it is {what}{named}", candidates=found)
