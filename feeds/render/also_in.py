"""Who else carries a story: the other copies that this instance reads, and the pages that other instances name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from feeds.model import Article, Mention, Origin, Text, Url


def also_in(copies: Sequence[Article], origins: Mapping[str, Origin]) -> tuple[Mention, ...]:
    """The other outlets with the story, each once. `copies`: the lead first, whose page is that of the entry."""
    lead, link = copies[0], copies[0].link
    linked = {lead.source} | {copy.source for copy in copies if copy.link == link}
    own: dict[str, Mention] = {}
    for copy in copies:
        if copy.source not in linked and copy.link:
            own.setdefault(
                copy.source, Mention(source=_outlet(copy, origins), title=copy.title, link=copy.link)
            )
    return (*own.values(), *_named_by_others(copies, origins, link, tuple(own.values())))


def copies_within_sources(
    copies: Sequence[Article], origins: Mapping[str, Origin], *, also: Sequence[Mention]
) -> tuple[Mention, ...]:
    """The further pages of sources that have the story on several, each once. `also`: the pages that are named as those
    of other outlets."""
    link = copies[0].link
    sources = Counter(copy.source for copy in copies)
    named = {_page_key(url) for url in (link, *(mention.link for mention in also)) if url}
    further: dict[str, Mention] = {}
    for copy in copies:
        if sources[copy.source] > 1 and copy.link and (page := _page_key(copy.link)) not in named:
            further.setdefault(page, Mention(source=_outlet(copy, origins), title=copy.title, link=copy.link))
    return tuple(further.values())


def _named_by_others(
    copies: Sequence[Article], origins: Mapping[str, Origin], link: Url | None, own: Sequence[Mention]
) -> tuple[Mention, ...]:
    """The pages that copies from other instances of this program name.

    Not a page that this instance reads itself, nor another page of an outlet whose copy it reads.
    """
    pages = {_page_key(url) for url in (link, *(mention.link for mention in own)) if url}
    pages.update(_page_key(copy.link) for copy in copies if copy.link)
    named: dict[str, Mention] = {}
    for copy in copies:
        if not copy.also_in:
            continue
        outlets = {_outlet(other, origins).casefold() for other in copies if other is not copy}
        for mention in copy.also_in:
            page = _page_key(mention.link)
            if page not in pages and mention.source.casefold() not in outlets:
                named.setdefault(page, mention)
    return tuple(named.values())


def _outlet(copy: Article, origins: Mapping[str, Origin]) -> Text:
    """The title of the outlet that a copy was taken from, also if another feed passed it on."""
    return Text((copy.origin.title if copy.origin else "") or origins[copy.source].title)


def _page_key(link: Url) -> str:
    """The URL without what one site writes in several ways. Links of articles have no tracking."""
    return link.partition("://")[2].removeprefix("www.").rstrip("/")
