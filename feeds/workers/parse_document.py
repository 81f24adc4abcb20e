"""Parse one document: bytes → articles. Runs in a process that can be killed; bytes in, bytes out, by the codec."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from feeds import codec
from feeds.dedupe.exact import exact_keys
from feeds.dedupe.identity_keys import article_keys
from feeds.dedupe.versions import newest_versions
from feeds.errors import Malformed, ParseError
from feeds.model import Article, Body, Document, Feed, Item, Text
from feeds.normalize.article import item_label, to_articles
from feeds.normalize.dates import resolve_date
from feeds.parse import main_text, opml, parse
from feeds.parse.encoding import UTF8_CONTENT_TYPE
from feeds.workers.chosen_identity import with_chosen_guid
from feeds.workers.chosen_items import ChosenItems, announce, choose_items, item_digest
from feeds.workers.document_entries import label_of
from feeds.workers.parse_job import ParseJob, ParseResult
from feeds.workers.progress import BeginItem, ignore_progress
from feeds.workers.seen_entries import SeenEntries, keys_are_distinct, pack, pack_costly, unpack

# trafilatura logs warnings about documents that fail here with a ParseError anyway.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


def parse_document(job: bytes, begin_item: BeginItem = ignore_progress) -> bytes:
    """An encoded ParseJob → an encoded ParseResult. Raises ParseError."""
    return codec.dumps(_parse(codec.loads(ParseJob, job), begin_item))


def _parse(job: ParseJob, begin_item: BeginItem) -> ParseResult:
    if job.kind == "opml":
        return ParseResult(
            feed=Feed(format="opml"),
            outlines=opml.parse(job.source_id, job.body, content_type=job.content_type),
        )
    if job.teaser is not None:
        return _parse_article_page(job, job.teaser)
    seen = unpack(job.seen_entries)
    chosen = choose_items(job, seen, begin_item)
    result = _parse_new_entries(job, chosen, seen, begin_item) if chosen.split and seen.keys else None
    result = result or _parse_whole(job, chosen, begin_item)
    return replace(
        result, notes=(*result.notes, *chosen.notes), complete=result.complete and not chosen.is_cut
    )


def _parse_whole(job: ParseJob, chosen: ChosenItems, begin_item: BeginItem) -> ParseResult:
    announce(begin_item, chosen.body, chosen.digests, chosen.labels)
    document = parse(
        job.source_id, chosen.body, url=job.url, content_type=chosen.content_type, extract=job.extract
    )
    document = chosen.without_costly_items(document)
    result = _normalize(job, document, begin_item, chosen.digests)
    # Entries are stored only if each reads the same alone. A document in doubt is parsed whole each time.
    split = chosen.split
    is_separable = split and _entries_are_independent(result, document, len(split.entries))
    if not split or not is_separable or not keys_are_distinct(result.keys):
        return replace(result, seen_entries=pack_costly(chosen.costly))
    return replace(result, seen_entries=pack(split, result.keys, costly=chosen.costly))


def _parse_new_entries(
    job: ParseJob, chosen: ChosenItems, seen: SeenEntries, begin_item: BeginItem
) -> ParseResult | None:
    """Parse only the entries that the last document did not have. None if the document has to be parsed whole."""
    split = chosen.split
    assert split is not None
    unchanged = {digest: seen.keys[digest] for digest in split.digests if digest in seen.keys}
    new = [digest for digest in split.digests if digest not in unchanged]
    if not unchanged:
        return None
    body = split.with_entries(new)
    labels = [label_of(split.entries[split.digests.index(digest)]) for digest in new[:1]]
    announce(begin_item, body, new, labels)
    try:
        document = parse(job.source_id, body, url=job.url, content_type=UTF8_CONTENT_TYPE)
    except ParseError:
        return None
    result = _normalize(job, document, begin_item, new)
    is_independent = _entries_are_independent(result, document, len(new))
    if not is_independent or not keys_are_distinct(result.keys, unchanged.values()):
        return None
    keys = unchanged | dict(zip(new, result.keys, strict=True))
    return replace(
        result,
        only_new=True,
        unchanged_keys=tuple(unchanged.values()),
        seen_entries=pack(split, [keys[digest] for digest in split.digests], seen.keys, chosen.costly),
    )


def _entries_are_independent(result: ParseResult, document: Document, entries: int) -> bool:
    """Whether each entry became an article, and would have become the same article without the others."""
    return document.independent_entries and not result.notes and len(result.articles) == entries


def _normalize(
    job: ParseJob, document: Document, begin_item: BeginItem, digests: Sequence[bytes]
) -> ParseResult:
    """`digests`: those of the document's entries, if they are known."""
    has_digests = len(digests) == len(document.items)

    def begin(number: int, item: Item) -> None:
        digest = digests[number - 1] if has_digests else item_digest(item)
        begin_item(number, digest, item_label(item))

    articles, skipped = to_articles(
        document, source=job.source_id, url=job.url, now=job.now, begin_item=begin
    )
    articles = newest_versions(with_chosen_guid(articles, job.identity))
    identity_keys = article_keys(articles)
    source_title = Text(job.title or document.feed.title)
    return ParseResult(
        feed=document.feed,
        articles=articles,
        keys=identity_keys,
        exact_keys=tuple(
            exact_keys(article, site=source_title, link_is_own=keys.owns_page)
            for article, keys in zip(articles, identity_keys, strict=True)
        ),
        notes=document.notes + skipped,
        complete=document.complete,
        stated_updated=resolve_date(document.feed.updated, job.now),
    )


def _parse_article_page(job: ParseJob, teaser: Article) -> ParseResult:
    """The teaser with the text of its page, cleaned like the text of a feed. Raises ParseError, also if the page does
    not continue the teaser: then it may be a login or a notice.

    The content hash stays the teaser's: the next document of the feed has the same teaser, and that is no edit. The
    exact keys, by which copies are found, are those of the whole text.
    """
    item = Item(
        title=Body(value=teaser.title, type="text"),
        summary=Body(value=teaser.summary or teaser.html),  # kept if the page has no summary
        content=main_text.extract_main_text(
            job.source_id, job.body, url=job.url, content_type=job.content_type
        ),
        language=teaser.language,
    )
    document = Document(feed=Feed(format="page"), items=(item,))
    articles, _ = to_articles(document, source=job.source_id, url=job.url, now=job.now)
    if not articles or not main_text.continues_teaser(articles[0].text, teaser.text):
        raise Malformed(job.source_id, "the page does not go on from what the feed says")
    page = articles[0]
    article = replace(
        teaser,
        html=page.html,
        summary=page.summary,
        text=page.text,
        credits=tuple(dict.fromkeys((*teaser.credits, *page.credits))),
        language=teaser.language or page.language,
        direction=teaser.direction or page.direction,
        image=None if teaser.is_adult else teaser.image or page.image,
    )
    exact = exact_keys(article, site=Text(job.title), link_is_own=True)
    return ParseResult(feed=document.feed, articles=(article,), exact_keys=(exact,))
