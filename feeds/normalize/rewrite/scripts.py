"""Rewrites what stands in place of a script: the content of `noscript`."""

from __future__ import annotations

import re
from itertools import islice

from feeds.normalize.rewrite.context import Handler, RewriteContext
from feeds.normalize.text import one_line
from feeds.normalize.tree import BLOCKS, Element, is_dropped, mark_dropped
from feeds.normalize.url import absolute_url, url_host

MAX_NOTICE_CHARS = 300

# A sentence about the reader's program, and not about the article
_NOTICE = re.compile(
    r"java ?script|\bJS\b|\b(?:enable|allow|without|disabled?|require\w*|support\w*)\W+(?:\w+\W+){0,3}?scripts?\b"
    r"|\bscripts?\W+(?:\w+\W+){0,3}?(?:enabled?|allowed|disabled|blocked|required)|your browser",
    re.I,
)
# A notice links to these only to explain itself.
_NOTICE_HOST = re.compile(
    r"(?:.*\.)?(?:disqus\.com|enable-?javascript\.(?:com|co)|google\.com|intensedebate\.com|mozilla\.org|hyvor\.com"
    r"|activatejavascript\.org|whatismybrowser\.com)$"
)
_MAX_PASSED = 4  # scripts and dropped elements before a `noscript`
_SEEN = ("a", "img", "picture", "iframe", "video", "audio", "object", "embed")


def _rewrite_noscript(element: Element, context: RewriteContext) -> None:
    """Keeps the words, links and pictures, unless they are a notice, or stand right before it as well."""
    words = one_line("".join(_texts(element)))
    shows = any(part.tag != "a" or (words and _leads(part, context)) for part in element.iter(*_SEEN))
    if not shows and (not words or _is_notice(words) or _stands_before(element, words)):
        mark_dropped(element)
    else:
        element.tag = "div" if any(part.tag in BLOCKS for part in element.iterdescendants()) else "span"
        element.attrib.clear()


def _is_notice(words: str) -> bool:
    return len(words) <= MAX_NOTICE_CHARS and _NOTICE.search(words) is not None


def _texts(element: Element) -> list[str]:
    texts = [element.text or ""]
    for part in element:
        if not is_dropped(part) and part.tag not in {"style", "script"}:
            texts += [" " if part.tag in BLOCKS else "", *_texts(part)]
        texts.append(part.tail or "")
    return texts


def _leads(link: Element, context: RewriteContext) -> bool:
    url = absolute_url(link.get("href") or "", base=context.base)
    return url is not None and _NOTICE_HOST.match(url_host(url)) is None


def _stands_before(element: Element, words: str) -> bool:
    for before in islice(element.itersiblings(preceding=True), _MAX_PASSED):
        if (before.tail or "").strip():
            return one_line(before.tail).endswith(words)
        if not is_dropped(before) and before.tag != "script":
            return one_line("".join(before.itertext())).endswith(words)
    return False


HANDLERS: dict[str, Handler] = {"noscript": _rewrite_noscript}
