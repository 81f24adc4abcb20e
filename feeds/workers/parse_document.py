"""Body → articles: everything that runs where it can be killed. Bytes in, bytes out, through the codec."""

from __future__ import annotations

import logging
from dataclasses import replace

from feeds import codec
from feeds.dedupe.exact import exact_keys
from feeds.dedupe.identity import keys, versions_apart
from feeds.errors import Malformed, ParseError
from feeds.model import Article, Body, Document, Feed, Item, Text
from feeds.normalize.article import to_articles
from feeds.normalize.dates import resolve
from feeds.parse import full_text, opml, parse
from feeds.parse.delta import Cut, cut
from feeds.parse.encoding import UTF8, mend
from feeds.workers.parse_job import Job, Reading
from feeds.workers.seen_entries import pack, taken_apart, unpack

# It warns, to nobody, of what leaves here as a ParseError.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


def read(job: bytes) -> bytes:
    """Job → Reading. Raises ParseError."""
    return codec.dumps(_read(codec.loads(Job, job)))


def _read(job: Job) -> Reading:
    if job.kind == "opml":
        return Reading(feed=Feed(format="opml"), outlines=opml.read(job.source, job.body))
    if job.teaser is not None:
        return _full(job, job.teaser)
    pieces = None
    if job.kind == "feed":
        body, content_type = mend(job.body, job.content_type)
        pieces = cut(body, url=job.url, content_type=content_type)
    news = _news(job, pieces) if pieces and job.known else None
    return news or _whole(job, pieces)


def _whole(job: Job, pieces: Cut | None) -> Reading:
    """All that the document holds."""
    document = parse(job.source, job.body, url=job.url, content_type=job.content_type, extract=job.extract)
    reading = _understood(job, document)
    # Remembered is only what reads the same piece by piece: whatever is doubtful is read whole each time.
    if not pieces or not _one_by_one(reading, document, len(pieces.entries)) or not taken_apart(reading.keys):
        return reading
    return replace(reading, entries=pack(pieces, reading.keys))


def _news(job: Job, pieces: Cut) -> Reading | None:
    """What the document holds that the last one did not; None where that has to be found in the whole."""
    known = unpack(job.known)
    standing = {digest: known.keys[digest] for digest in pieces.digests if digest in known.keys}
    new = [digest for digest in pieces.digests if digest not in standing]
    if not standing:
        return None
    try:
        document = parse(job.source, pieces.only(new), url=job.url, content_type=UTF8)
    except ParseError:
        return None
    reading = _understood(job, document)
    if not _one_by_one(reading, document, len(new)) or not taken_apart(reading.keys, standing.values()):
        return None
    keyed = standing | dict(zip(new, reading.keys, strict=True))
    return replace(
        reading,
        partial=True,
        standing=tuple(standing.values()),
        entries=pack(pieces, [keyed[digest] for digest in pieces.digests], known.keys),
    )


def _one_by_one(reading: Reading, document: Document, entries: int) -> bool:
    """Whether each entry became an article, and would have become the same without the others."""
    return document.separable and not reading.skipped and len(reading.articles) == entries


def _understood(job: Job, document: Document) -> Reading:
    articles, skipped = to_articles(document, source=job.source, url=job.url, now=job.now)
    articles = versions_apart(articles)
    keyed = keys(articles)
    site = Text(job.title or document.feed.title)
    return Reading(
        feed=document.feed,
        articles=articles,
        keys=keyed,
        exact=tuple(
            exact_keys(article, site=site, link_is_own=key.link is not None)
            for article, key in zip(articles, keyed, strict=True)
        ),
        skipped=document.skipped + skipped,
        complete=document.complete,
        made=resolve(document.feed.updated, job.now),
    )


def _full(job: Job, teaser: Article) -> Reading:
    """The teaser with the text of its page, through the same cleaning as a feed's. Raises ParseError, also
    where the page does not go on from the teaser: it may be a login or a notice.

    The digest of what it says stays the teaser's: the feed will say the same the next time, and that is no
    edit. What it may share with copies is told by the whole text.
    """
    item = Item(
        title=Body(value=teaser.title, type="text"),
        summary=Body(value=teaser.summary or teaser.html),  # kept where the page does not say it
        content=full_text.main_text(job.source, job.body, url=job.url, content_type=job.content_type),
        language=teaser.language,
    )
    page = Document(feed=Feed(format="page"), items=(item,))
    articles, _ = to_articles(page, source=job.source, url=job.url, now=job.now)
    if not articles or not full_text.goes_on(articles[0].text, teaser.text):
        raise Malformed(job.source, "the page does not go on from what the feed says")
    read = articles[0]
    article = replace(
        teaser,
        html=read.html,
        summary=read.summary,
        text=read.text,
        credits=tuple(dict.fromkeys((*teaser.credits, *read.credits))),
        language=teaser.language or read.language,
        direction=teaser.direction or read.direction,
        image=teaser.image or read.image,
    )
    exact = exact_keys(article, site=Text(job.title), link_is_own=True)
    return Reading(feed=page.feed, articles=(article,), exact=(exact,))
