"""Links in which the server puts another value for each answer, under a name that no rule knows ("?poll=17").

Such a link is not stored anew at each poll: otherwise every article would change at every poll, and so would the files.
One article whose link alone gets another value was corrected; several at once, under the same name, were not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from feeds.dedupe.identity import Match
from feeds.dedupe.reused_keys import KnownArticle
from feeds.model import Article
from feeds.normalize.content_hash import only_links_differ
from feeds.normalize.link_tokens import changed_parameters, without_tokens

MIN_ROTATING_LINKS = 3
"""A publisher that renumbers a page corrects one or two."""


def without_rotating_links(
    matches: Sequence[Match], read_stored: Callable[[KnownArticle], Article | None]
) -> tuple[Match, ...]:
    """The matches of one document. Those that differ from the stored article only in a rotating value of their link
    do not count as edited."""
    candidates = [
        match
        for match in matches
        if match.known and only_links_differ(match.known.content_hash, match.article.content_hash)
    ]
    if len(candidates) < MIN_ROTATING_LINKS:
        return tuple(matches)
    changed = {
        match.position: _changed_parameters(match.article, read_stored(match.known))
        for match in candidates
        if match.known
    }
    counts = Counter(name for names in changed.values() for name in names)
    rotating = {name for name, count in counts.items() if count >= MIN_ROTATING_LINKS}
    return tuple(
        replace(match, edited=False)
        if (names := changed.get(match.position)) and rotating.issuperset(names)
        else match
        for match in matches
    )


def varying_keys(match: Match) -> set[bytes]:
    """The keys of an article that was not edited which are others at each poll, and therefore identify nothing."""
    assert match.known is not None
    article, keys = match.article, match.keys
    link_varies = match.known.content_hash != article.content_hash or _has_token(article.canonical)
    varying = {keys.link if link_varies else None, keys.guid if _has_token(article.guid) else None}
    return {key for key in varying if key}


def _has_token(url: str) -> bool:
    return without_tokens(url) != url


def _changed_parameters(article: Article, stored: Article | None) -> frozenset[str]:
    if stored is None or stored.also_in != article.also_in:
        return frozenset()
    return changed_parameters(stored.canonical, article.canonical)
