"""Rewrites audio and video elements of the article's own files."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from lxml import etree

from feeds.model import Url
from feeds.normalize.rewrite.context import Handler, RewriteContext
from feeds.normalize.rewrite.urls import rewrite_url
from feeds.normalize.text import one_line, remove_unpublishable_chars
from feeds.normalize.tree import Element, mark_dropped
from feeds.normalize.url import absolute_url


def _rewrite_player(element: Element, context: RewriteContext) -> None:
    """Adds a link to the first file after a player, because not every feed reader shows players.

    The link replaces `controls`, which validators report as a risk (SecurityRiskAttr), and the fallback content.
    """
    rewrite_url(element, "poster", context.base)
    files = list(element.iter("source"))
    stated = (holder.get("src", "") for holder in (element, *files))
    first_url = next(
        (url for src in stated if (url := absolute_url(src, base=context.base)) is not None), None
    )
    if first_url is None:
        mark_dropped(element)
        return
    rewrite_url(element, "src", context.base)
    element.text = None
    element[:] = files
    for file in files:  # an HTML parser that does not know `source` nests each in the one before
        file.text = file.tail = None
        del file[:]
    element.set("preload", "none")
    if (parent := element.getparent()) is not None and next(element.iterancestors("a"), None) is None:
        link = etree.Element("a", href=first_url)
        link.text = one_line(element.get("title", "")) or _file_name(first_url)
        link.tail, element.tail = remove_unpublishable_chars(element.tail or ""), " "
        parent.insert(parent.index(element) + 1, link)


def _file_name(url: Url) -> str:
    parts = urlsplit(url)
    return one_line(unquote(parts.path).rpartition("/")[2]) or parts.netloc


HANDLERS: dict[str, Handler] = {"audio": _rewrite_player, "video": _rewrite_player}
