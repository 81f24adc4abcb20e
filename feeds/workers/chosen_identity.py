"""Puts what the user chose as the identity of a source's items in the place of their guids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from feeds.model import Article, Identity


def with_chosen_guid(articles: Sequence[Article], identity: Identity) -> Sequence[Article]:
    """The articles of one document with the link or the title for a guid; those without one have no guid.

    The keys of the old guids stay in the state, and so do those of links and texts. So after a change of the setting
    the items of the next document are recognised by their links or texts, and none is published anew.
    """
    if identity == "guid":
        return articles
    return tuple(replace(article, guid=_guid(article, identity)) for article in articles)


def _guid(article: Article, identity: Identity) -> str:
    if identity == "link":
        return article.canonical_part or article.canonical or article.link or ""
    return " ".join(article.title.casefold().split())
