"""Item → Article: what a document said becomes what it means.

Document --to_articles--> (Article, …), (what was skipped, in words)
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import replace
from datetime import datetime

from feeds.model import Article, Document, Feed, Item, Link, Media, Origin, Place, Stated, Url, utc
from feeds.normalize.body import Bodies, bodies
from feeds.normalize.canonical import canonical
from feeds.normalize.credits.agencies import name_of
from feeds.normalize.dates import resolve
from feeds.normalize.identity import article_id, content_hash
from feeds.normalize.language import direction_of, language_of, tidy
from feeds.normalize.media import lead_image, media
from feeds.normalize.people import categories, people
from feeds.normalize.podcast import podcast
from feeds.normalize.text import fold, plain, title, xml_chars
from feeds.normalize.url import absolute, clean

_RELATED = frozenset({"alternate", "related", "via", "replies", "describedby", "payment"})


def to_articles(
    document: Document, *, source: str, url: str, now: datetime
) -> tuple[tuple[Article, ...], tuple[str, ...]]:
    """The articles of a document, in its order, and why items were left out.

    `source` is the source's id, `url` where the document was in the end: relative links refer to it. An item
    without title, body and link is left out, and so is one that cannot be read, alone. Items that agree in
    guid, link and content are one article. Raises ValueError for a `now` without zone, and nothing else.
    """
    now = utc(now)
    base = _base(url, document.feed)
    drafts: list[Article] = []
    skipped: list[str] = []
    for number, item in enumerate(document.items, start=1):
        try:
            draft = _draft(item, document.feed, source=source, base=base, now=now)
        except Exception as error:  # whatever hostile input brings about, the other items are published
            skipped.append(
                f"item {number} ({_called(item)}): {type(error).__name__}: {fold(str(error)[:200])}"
            )
            continue
        if draft is None:
            skipped.append(f"item {number} ({_called(item)}): neither title, text, link nor media")
        else:
            drafts.append(draft)
    return _identified(drafts), tuple(skipped)


def _called(item: Item) -> str:
    return (fold(item.guid[:80]) or title(item.title)[:80] or "without a name").strip()


def _base(url: str, feed: Feed) -> str:
    """What relative links refer to: the document's own address; for a file, what the feed calls itself."""
    return next((made for one in (url, feed.self_url, feed.link) if (made := absolute(one))), "")


def _draft(item: Item, feed: Feed, *, source: str, base: str, now: datetime) -> Article | None:
    """The article without its id."""
    words = title(item.title)
    link = _link(item, base)
    read = bodies(item, words, base)
    hung = media(item.media, base)
    if not words and not read.body.html and link is None and not hung:
        return None
    episode = podcast(item.podcast, base)
    authors = people(item.authors, base)
    sample = f"{words}\n{read.body.text[:600]}"
    language = language_of(_declared(item, feed), sample)
    published, updated = _dates(item, now)
    canonical_link = canonical(link) if link else ""
    return Article(
        id="",
        source=source,
        guid=xml_chars(item.guid).strip(),
        link=link,
        canonical=canonical_link,
        title=words,
        html=read.body.html,
        summary=read.summary,
        text=read.body.text,
        authors=authors,
        contributors=people(item.contributors, base),
        credits=_credits(read, tuple(one.name for one in authors), feed.title),
        categories=categories(item.categories),
        published=published,
        updated=updated,
        first_seen=now,
        language=language,
        direction=direction_of(language, sample),
        media=hung,
        image=lead_image(hung, read.body.tree, episode),
        comments=_cleaned(item.comments, base),
        comment_count=item.comment_count,
        rights=plain(item.rights),
        license=absolute(item.license, base),
        podcast=episode,
        place=_place(item.place),
        related=_related(item, link, hung, base),
        origin=_origin(item.origin, base, now),
        content_hash=content_hash(words, read.body.text, canonical_link or link or "", hung),
    )


def _link(item: Item, base: str) -> Url | None:
    """Where to read it: the alternate link, HTML first; a guid that is a link; where the content lies."""
    alternates = [one for one in item.links if (one.rel or "alternate").lower() == "alternate"]
    alternates.sort(key=lambda one: "html" not in one.type if one.type else False)
    for one in alternates:
        if (url := _cleaned(one.href, base)) is not None:
            return url
    if item.guid_is_link and (url := _cleaned(item.guid, "")) is not None:
        return url
    return _cleaned(item.content_src, base)


def _cleaned(href: str, base: str) -> Url | None:
    url = absolute(href, base) if href else None
    return clean(url) if url else None


def _declared(item: Item, feed: Feed) -> tuple[str, ...]:
    bodies = (item.content, item.summary, item.title)
    return (item.language, *(body.language for body in bodies if body), feed.language)


def _dates(item: Item, now: datetime) -> tuple[datetime | None, datetime | None]:
    published, updated = resolve(item.published, now), resolve(item.updated, now)
    if published is None:
        return updated, None
    return published, updated if updated is not None and updated > published else None


def _credits(read: Bodies, authors: tuple[str, ...], outlet: str) -> tuple[str, ...]:
    """Those in the copy, and agencies that stand as its author; not the outlet itself ("| HARBOUR, AFP")."""
    found = (*read.credits, *(name for author in authors if (name := name_of(author))))
    if not found:
        return ()
    own = _bare(outlet)
    return tuple(dict.fromkeys(one for one in found if not _is_own(_bare(one), own)))


def _is_own(credit: str, outlet: str) -> bool:
    """Agencies' names are short, and stand in other words by chance."""
    return credit == outlet or (len(credit) > 4 and credit in outlet and name_of(credit) == "")


def _bare(name: str) -> str:
    """Without case and accents, which capitals often drop."""
    return "".join(char for char in unicodedata.normalize("NFKD", name.casefold()) if char.isalnum())


def _place(place: Place | None) -> Place | None:
    if place is None or not (-90 <= place.latitude <= 90 and -180 <= place.longitude <= 180):
        return None
    return replace(place, name=plain(place.name))


def _related(item: Item, page: Url | None, hung: tuple[Media, ...], base: str) -> tuple[Link, ...]:
    """What the item points to besides its page. The same page in another form is an alternate of that type;
    in another language, or at another address, it is a related page: readers take one page for the entry's.
    """
    found: dict[tuple[str, str], Link] = {}
    for one in item.links:
        rel, kind = one.rel.strip().lower() or "alternate", _media_type(one.type)
        if rel == "alternate" and (not kind or "html" in kind):
            rel = "related"
        if rel not in _RELATED or (url := _cleaned(one.href, base)) is None or url == page:
            continue
        made = Link(href=url, rel=rel, type=kind, title=plain(one.title), hreflang=tidy(one.hreflang))
        found.setdefault((rel, url), made)
    elsewhere = {page, *(one.url for one in hung), None}
    if item.content_src and (url := _cleaned(item.content_src, base)) not in elsewhere:
        found.setdefault(("related", str(url)), Link(href=str(url), rel="related"))
    return tuple(found.values())


def _media_type(said: str) -> str:
    """Without its parameters, which no format of ours needs: "text/html; charset=utf-8"."""
    return plain(said).partition(";")[0].strip().lower()


def _origin(origin: Origin | None, base: str, now: datetime) -> Origin | None:
    if origin is None:
        return None
    made = replace(
        origin,
        title=plain(origin.title),
        id=xml_chars(origin.id).strip(),
        url=absolute(origin.url, base) or "",
        link=_cleaned(origin.link, base) or "",
        links=tuple(
            replace(
                one,
                href=href,
                type=_media_type(one.type),
                title=plain(one.title),
                hreflang=tidy(one.hreflang),
            )
            for one in origin.links
            if (href := absolute(one.href, base))
        ),
        categories=categories(origin.categories),
        updated=resolve(Stated(parsed=origin.updated), now),
        rights=plain(origin.rights),
        authors=people(origin.authors, base),
        language=tidy(origin.language),
        icon=absolute(origin.icon, base) or "",
    )
    return made if made != Origin() else None


def _identified(drafts: list[Article]) -> tuple[Article, ...]:
    """Gives each draft the first of its identities that no other item of the document shares.

    A guid that several unlike items carry (some feeds have one for all) identifies none of them.
    """
    said = {(draft.guid, draft.link, draft.content_hash): draft for draft in reversed(drafts)}
    once = list(said.values())[::-1]
    guids, links = Counter(draft.guid for draft in once), Counter(draft.canonical for draft in once)
    articles: dict[str, Article] = {}
    for draft in once:
        if draft.guid and guids[draft.guid] == 1:
            made = article_id(draft.source, "guid", draft.guid)
        elif draft.canonical and links[draft.canonical] == 1:
            made = article_id(draft.source, "link", draft.canonical)
        else:
            made = article_id(draft.source, "text", f"{draft.title}\n{draft.text}\n{draft.link or ''}")
        articles.setdefault(made, replace(draft, id=made))
    return tuple(articles.values())
